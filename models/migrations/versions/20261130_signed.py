"""what was signed is in the events; files have a digest; the database has a name of its own"""

from hashlib import sha256
from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None

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
REFUSAL = 'history cannot be changed'


def purged(same: str, as_text: tuple[str, ...]) -> str:
    """That an update is what a purge does. `same`: how this database compares, NULL included."""
    kept = [f'NEW.{name} {same} OLD.{name}' for name in KEPT]
    kept += [f'CAST(NEW.{name} AS TEXT) {same} CAST(OLD.{name} AS TEXT)' for name in as_text]
    return PURGED.format(kept=' AND '.join(kept))


def guards(dialect: str, as_text: tuple[str, ...] = ('signed',)) -> tuple[str, ...]:
    """The triggers; before this revision there was nothing to compare as text."""
    if dialect == 'postgresql':
        return (
            f"CREATE OR REPLACE FUNCTION keep_history() RETURNS trigger AS $$ BEGIN "
            f"IF TG_OP = 'UPDATE' THEN IF {purged('IS NOT DISTINCT FROM', as_text)} THEN RETURN NEW; END IF; "
            f"END IF; RAISE EXCEPTION '{REFUSAL}'; END $$ LANGUAGE plpgsql",
            "CREATE TRIGGER event_is_not_changed BEFORE UPDATE OR DELETE ON event "
            "FOR EACH ROW EXECUTE FUNCTION keep_history()",
            "CREATE TRIGGER event_is_not_deleted BEFORE TRUNCATE ON event "
            "FOR EACH STATEMENT EXECUTE FUNCTION keep_history()",
        )
    return (
        f"CREATE TRIGGER event_is_not_changed BEFORE UPDATE ON event WHEN NOT ({purged('IS', as_text)}) "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
        f"CREATE TRIGGER event_is_not_deleted BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
        f"CREATE TRIGGER event_is_not_replaced BEFORE INSERT ON event "
        f"WHEN EXISTS (SELECT 1 FROM event WHERE id = NEW.id) OR EXISTS (SELECT 1 FROM event "
        f"WHERE institution = NEW.institution AND previous = NEW.previous) "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
    )


def install(connection, statements: tuple[str, ...]) -> None:
    for statement in statements:
        connection.exec_driver_sql(statement)


def remove(connection) -> None:
    on_table = ' ON event' if connection.dialect.name == 'postgresql' else ''
    for name in ('event_is_not_changed', 'event_is_not_deleted', 'event_is_not_replaced'):
        connection.exec_driver_sql(f'DROP TRIGGER IF EXISTS {name}{on_table}')


def digest_the_files(connection) -> None:
    """The digest of every file that is there already, one file in memory at a time."""
    for number in connection.scalars(sa.text('SELECT id FROM attachment ORDER BY id')).all():
        content = connection.scalar(sa.text('SELECT content FROM attachment WHERE id = :id'), {'id': number})
        connection.execute(
            sa.text('UPDATE attachment SET digest = :digest WHERE id = :id'),
            {'digest': sha256(content).hexdigest(), 'id': number},
        )


def upgrade() -> None:
    connection = op.get_bind()
    op.add_column('attachment', sa.Column('digest', sa.String(64), nullable=False, server_default=''))
    digest_the_files(connection)
    op.create_table('database_name',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_database_name'))
    )
    connection.execute(sa.text('INSERT INTO database_name (id) VALUES (:id)'), {'id': uuid4().hex})
    op.add_column('event', sa.Column('signed', sa.JSON(), nullable=True))
    # The guard against changes now knows of what was signed.
    remove(connection)
    install(connection, guards(connection.dialect.name))


def downgrade() -> None:
    """Refused once something was signed: without the digests the events would not fit."""
    connection = op.get_bind()
    if connection.execute(sa.text('SELECT 1 FROM event WHERE signed IS NOT NULL')).first():
        raise RuntimeError('history has events whose digests need what was signed')
    remove(connection)
    op.drop_column('event', 'signed')
    install(connection, guards(connection.dialect.name, ()))
    op.drop_table('database_name')
    op.drop_column('attachment', 'digest')
