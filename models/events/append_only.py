"""History in the database itself: a row of `event` can be added, and nothing else.

But for a purge (`models.audit.erasing`): once an event says that an account was purged, what was said in
the events about it before can be emptied, in exactly one way, and nothing else of them.

The app refuses it as well (`models.events.history`); the triggers also stop plain SQL. They do not stop
whoever may drop them: for that there are the chain and the seals (`models.audit`).

A migration that makes the table `event` anew drops them with it, and must create them again, in its own
words: no migration imports this module.
"""

from sqlalchemy import Connection

REFUSAL = "history cannot be changed"

KEPT = (
    "id",
    "institution",
    "filing_id",
    "channel_id",
    "report_id",
    "verb",
    "actor_id",
    "actor_name",
    "step",
    "step_label",
    "from_state",
    "to_state",
    "at",
    "previous",
    "digest",
)
# PostgreSQL compares no JSON, only its text.
AS_TEXT = ("signed",)
PURGED = (
    "NEW.opinion = '' AND CAST(NEW.changes AS TEXT) = '[]' AND NEW.salt = '' "
    "AND OLD.erased = '' AND NEW.erased <> '' AND {kept} "
    "AND EXISTS (SELECT 1 FROM event AS purge WHERE purge.verb = 'purge' AND purge.id > OLD.id "
    "AND purge.institution = OLD.institution AND purge.channel_id = coalesce(OLD.channel_id, "
    "(SELECT channel_id FROM filing WHERE filing.id = OLD.filing_id)))"
)


def _purged(same: str) -> str:
    """That an update is what a purge does. `same`: how this database compares, NULL included."""
    kept = [f"NEW.{name} {same} OLD.{name}" for name in KEPT]
    kept += [f"CAST(NEW.{name} AS TEXT) {same} CAST(OLD.{name} AS TEXT)" for name in AS_TEXT]
    return PURGED.format(kept=" AND ".join(kept))


SQLITE = [
    (
        f"CREATE TRIGGER event_is_not_changed BEFORE UPDATE ON event "
        f"WHEN NOT ({_purged('IS')}) "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    ),
    f"CREATE TRIGGER event_is_not_deleted BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
    # INSERT OR REPLACE takes a row away without telling the trigger above.
    (
        f"CREATE TRIGGER event_is_not_replaced BEFORE INSERT ON event "
        f"WHEN EXISTS (SELECT 1 FROM event WHERE id = NEW.id) OR EXISTS (SELECT 1 FROM event "
        f"WHERE institution = NEW.institution AND previous = NEW.previous) "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    ),
]
POSTGRESQL = [
    (
        f"CREATE OR REPLACE FUNCTION keep_history() RETURNS trigger AS $$ BEGIN "
        f"IF TG_OP = 'UPDATE' THEN IF {_purged('IS NOT DISTINCT FROM')} THEN RETURN NEW; END IF; "
        f"END IF; RAISE EXCEPTION '{REFUSAL}'; END $$ LANGUAGE plpgsql"
    ),
    (
        "CREATE TRIGGER event_is_not_changed BEFORE UPDATE OR DELETE ON event "
        "FOR EACH ROW EXECUTE FUNCTION keep_history()"
    ),
    (
        "CREATE TRIGGER event_is_not_deleted BEFORE TRUNCATE ON event "
        "FOR EACH STATEMENT EXECUTE FUNCTION keep_history()"
    ),
]
TRIGGERS = ("event_is_not_changed", "event_is_not_deleted", "event_is_not_replaced")


def install(connection: Connection) -> None:
    """Creates the triggers; the table must exist."""
    for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}[connection.dialect.name]:
        connection.exec_driver_sql(statement)


def remove(connection: Connection) -> None:
    """Drops the triggers, as somebody with rights over the database could."""
    on_table = " ON event" if connection.dialect.name == "postgresql" else ""
    for name in TRIGGERS:
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}{on_table}")


def after_create(_table: object, connection: Connection, **_: object) -> None:
    """For tables that are made without a migration."""
    install(connection)
