"""what makes the register quick"""

import re

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

REGISTER = ['institution', 'state', 'unit_id', 'id', 'search', 'form', 'platform', 'tier',
            'incomplete', 'gone_at', 'quiet_since', 'number']
STATE = sa.Enum('planned', 'in_force', 'closed', 'void', name='channelstate', native_enum=False, create_constraint=True, length=20)

# The upkeep of the tally and the pairs as it was at this revision: frozen here, whatever the app does later.
PLACES = 600  # the longest `search` of a channel
WATCHED = ('institution', 'unit_id', 'state', 'gone_at', 'incomplete', 'form', 'platform', 'search')
SORT = 'institution, standing, incomplete, platform, form, unit_id'
BYTES = {'sqlite': 'length(CAST({} AS BLOB))', 'postgresql': 'octet_length({})'}


def sort_of(row: str) -> str:
    standing = f"CASE WHEN {row}.state = 'closed' AND {row}.gone_at IS NULL THEN 'closing' ELSE {row}.state END"
    return f'{row}.institution, {standing}, {row}.incomplete, {row}.platform, {row}.form, {row}.unit_id'


def pairs(row: str, dialect: str) -> tuple[str, str]:
    """The pair at place `n` of a row, and whether it is kept: within a line, and not ASCII alone."""
    pair, line_ends = f'substr({row}.search, n, 2)', "'\n'"
    return pair, (
        f"n < length({row}.search) AND {row}.state <> 'planned' "
        f'AND {BYTES[dialect].format(pair)} > 2 '
        f'AND substr({row}.search, n, 1) <> {line_ends} '
        f'AND substr({row}.search, n + 1, 1) <> {line_ends}'
    )


def enter(row: str, dialect: str) -> str:
    pair, is_kept = pairs(row, dialect)
    return f"""
        INSERT INTO channel_tally ({SORT}, channels) VALUES ({sort_of(row)}, 1)
        ON CONFLICT ({SORT}) DO UPDATE SET channels = channel_tally.channels + 1;
        INSERT INTO channel_pair (institution, state, pair, unit_id, channel_id)
        SELECT DISTINCT {row}.institution, {row}.state, {pair}, {row}.unit_id, {row}.id
        FROM text_place WHERE {is_kept};"""


def leave(row: str, dialect: str) -> str:
    pair, is_kept = pairs(row, dialect)
    return f"""
        UPDATE channel_tally SET channels = channels - 1 WHERE ({SORT}) = ({sort_of(row)});
        DELETE FROM channel_pair WHERE institution = {row}.institution AND state = {row}.state
        AND unit_id = {row}.unit_id AND channel_id = {row}.id
        AND pair IN (SELECT {pair} FROM text_place WHERE {is_kept});"""


def sqlite_triggers() -> list[str]:
    entered, left = enter('new', 'sqlite'), leave('old', 'sqlite')
    changed = ' OR '.join(f'old.{name} IS NOT new.{name}' for name in WATCHED)
    return [
        f'CREATE TRIGGER channel_enters AFTER INSERT ON channel BEGIN {entered} END',
        f'CREATE TRIGGER channel_leaves AFTER DELETE ON channel BEGIN {left} END',
        f"CREATE TRIGGER channel_moves AFTER UPDATE OF {', '.join(WATCHED)} ON channel "
        f'WHEN {changed} BEGIN {left} {entered} END',
    ]


def postgresql_triggers() -> list[str]:
    entered, left = enter('NEW', 'postgresql'), leave('OLD', 'postgresql')
    return [
        f"""CREATE OR REPLACE FUNCTION channel_upkeep() RETURNS trigger AS $$ BEGIN
        IF TG_OP <> 'INSERT' THEN {left} END IF;
        IF TG_OP <> 'DELETE' THEN {entered} END IF;
        RETURN NULL; END $$ LANGUAGE plpgsql""",
        'CREATE TRIGGER channel_comes_or_goes AFTER INSERT OR DELETE ON channel '
        'FOR EACH ROW EXECUTE FUNCTION channel_upkeep()',
        f"CREATE TRIGGER channel_moves AFTER UPDATE OF {', '.join(WATCHED)} ON channel "
        'FOR EACH ROW EXECUTE FUNCTION channel_upkeep()',
    ]


def install(connection) -> None:
    made = sqlite_triggers() if connection.dialect.name == 'sqlite' else postgresql_triggers()
    for statement in made:
        connection.exec_driver_sql(statement)


def number_places(connection) -> None:
    connection.execute(sa.text('INSERT INTO text_place (n) VALUES (:n)'), [{'n': n} for n in range(1, PLACES + 1)])


def recount(connection) -> None:
    """Builds the tally and the pairs from the channels there are."""
    pair, is_kept = pairs('channel', connection.dialect.name)
    sort = sort_of('channel')
    for statement in (
        f'INSERT INTO channel_tally ({SORT}, channels) SELECT {sort}, count(*) FROM channel GROUP BY {sort}',
        'INSERT INTO channel_pair (institution, state, pair, unit_id, channel_id) '
        f'SELECT DISTINCT channel.institution, channel.state, {pair}, channel.unit_id, channel.id '
        f'FROM channel JOIN text_place ON {is_kept} ORDER BY 1, 2, 3, 4, 5',
    ):
        connection.exec_driver_sql(statement)


def upgrade() -> None:
    op.add_column('channel', sa.Column('phones', sa.String(length=500), nullable=False, server_default=''))
    op.drop_index('ix_channel_search', 'channel')
    op.create_index('ix_channel_register', 'channel', REGISTER, unique=False)

    op.create_table('channel_tally',
    sa.Column('institution', sa.String(length=40), nullable=False),
    sa.Column('standing', sa.String(length=20), nullable=False),
    sa.Column('incomplete', sa.Boolean(), nullable=False),
    sa.Column('platform', sa.String(length=500), nullable=False),
    sa.Column('form', sa.String(length=40), nullable=False),
    sa.Column('unit_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('channels', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('institution', 'standing', 'incomplete', 'platform', 'form', 'unit_id', name=op.f('pk_channel_tally')),
    sqlite_with_rowid=False
    )
    op.create_table('channel_pair',
    sa.Column('institution', sa.String(length=40), nullable=False),
    sa.Column('state', STATE, nullable=False),
    sa.Column('pair', sa.String(length=2), nullable=False),
    sa.Column('unit_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('channel_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.PrimaryKeyConstraint('institution', 'state', 'pair', 'unit_id', 'channel_id', name=op.f('pk_channel_pair')),
    sqlite_with_rowid=False
    )
    op.create_table('text_place',
    sa.Column('n', sa.Integer(), autoincrement=False, nullable=False),
    sa.PrimaryKeyConstraint('n', name=op.f('pk_text_place'))
    )
    connection = op.get_bind()
    tell_phones(connection)
    number_places(connection)
    recount(connection)
    install(connection)


def tell_phones(connection) -> None:
    """Every answer that is called a phone or a mobile, of the paper in force."""
    known = sa.text('SELECT channel.id, filing.answers FROM channel '
                    'JOIN filing ON filing.id = channel.current_id').columns(answers=sa.JSON())
    found = [{'id': channel, 'phones': ''.join(f'{phone}\n' for phone in dict.fromkeys(phones(answers)))[:500]}
             for channel, answers in connection.execute(known)]
    if found:
        connection.execute(sa.text('UPDATE channel SET phones = :phones WHERE id = :id'), found)


def phones(answers):
    for name, value in answers.items():
        if isinstance(value, dict):
            yield from phones(value)
        elif isinstance(value, str) and re.search('phone|mobile', name):
            yield re.sub(r'\D', '', value)


def downgrade() -> None:
    if op.get_bind().dialect.name == 'sqlite':
        for trigger in ('channel_enters', 'channel_leaves', 'channel_moves'):
            op.execute(f'DROP TRIGGER {trigger}')
    else:
        op.execute('DROP FUNCTION channel_upkeep CASCADE')
    for table in ('text_place', 'channel_pair', 'channel_tally'):
        op.drop_table(table)
    op.drop_index('ix_channel_register', 'channel')
    op.create_index('ix_channel_search', 'channel', ['institution', 'state', 'unit_id', 'search'], unique=False)
    op.drop_column('channel', 'phones')
