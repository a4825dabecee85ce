"""what was said in an event can be erased; filings know that they were purged"""

import sqlalchemy as sa
from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None

FOR_EVENTS = (('salt', 32), ('erased', 64))

# The guard of the history as it was at this revision: frozen here, whatever the app does later.
KEPT = ('id', 'institution', 'filing_id', 'channel_id', 'report_id', 'verb', 'actor_id', 'actor_name', 'step',
        'step_label', 'from_state', 'to_state', 'at', 'previous', 'digest')
PURGED = (
    "NEW.opinion = '' AND CAST(NEW.changes AS TEXT) = '[]' AND NEW.salt = '' "
    "AND OLD.erased = '' AND NEW.erased <> '' AND {kept} "
    "AND EXISTS (SELECT 1 FROM event AS purge WHERE purge.verb = 'purge' AND purge.id > OLD.id "
    "AND purge.institution = OLD.institution AND purge.channel_id = coalesce(OLD.channel_id, "
    "(SELECT channel_id FROM filing WHERE filing.id = OLD.filing_id)))"
)


def purged(same: str) -> str:
    """That an update is what a purge does. `same`: how this database compares, NULL included."""
    return PURGED.format(kept=' AND '.join(f'NEW.{name} {same} OLD.{name}' for name in KEPT))


REFUSAL = 'history cannot be changed'
GUARDS = {
    'sqlite': (
        f"CREATE TRIGGER event_is_not_changed BEFORE UPDATE ON event WHEN NOT ({purged('IS')}) "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
        f"CREATE TRIGGER event_is_not_deleted BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
        f"CREATE TRIGGER event_is_not_replaced BEFORE INSERT ON event "
        f"WHEN EXISTS (SELECT 1 FROM event WHERE id = NEW.id) OR EXISTS (SELECT 1 FROM event "
        f"WHERE institution = NEW.institution AND previous = NEW.previous) "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
    ),
    'postgresql': (
        f"CREATE OR REPLACE FUNCTION keep_history() RETURNS trigger AS $$ BEGIN "
        f"IF TG_OP = 'UPDATE' THEN IF {purged('IS NOT DISTINCT FROM')} THEN RETURN NEW; END IF; "
        f"END IF; RAISE EXCEPTION '{REFUSAL}'; END $$ LANGUAGE plpgsql",
        "CREATE TRIGGER event_is_not_changed BEFORE UPDATE OR DELETE ON event "
        "FOR EACH ROW EXECUTE FUNCTION keep_history()",
        "CREATE TRIGGER event_is_not_deleted BEFORE TRUNCATE ON event "
        "FOR EACH STATEMENT EXECUTE FUNCTION keep_history()",
    ),
}


def install(connection) -> None:
    for statement in GUARDS[connection.dialect.name]:
        connection.exec_driver_sql(statement)


def remove(connection) -> None:
    on_table = ' ON event' if connection.dialect.name == 'postgresql' else ''
    for name in ('event_is_not_changed', 'event_is_not_deleted', 'event_is_not_replaced'):
        connection.exec_driver_sql(f'DROP TRIGGER IF EXISTS {name}{on_table}')


def upgrade() -> None:
    for name, width in FOR_EVENTS:
        op.add_column('event', sa.Column(name, sa.String(width), nullable=False, server_default=''))
    op.add_column('filing', sa.Column('purged_at', sa.DateTime(), nullable=True))
    # The guard against changes now knows of purges.
    remove(op.get_bind())
    install(op.get_bind())


def downgrade() -> None:
    """Refused once there are events with a salt: without it their digests would not fit."""
    if op.get_bind().execute(sa.text("SELECT 1 FROM event WHERE salt <> '' OR erased <> ''")).first():
        raise RuntimeError('history has events whose digests need their salt')
    remove(op.get_bind())
    op.drop_column('filing', 'purged_at')
    for name, _ in FOR_EVENTS:
        op.drop_column('event', name)
