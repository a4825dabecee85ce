"""what makes the register quick"""

import re

import sqlalchemy as sa
from alembic import op

from models.channels import count_triggers

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

REGISTER = ['institution', 'state', 'unit_id', 'id', 'search', 'form', 'platform', 'tier',
            'incomplete', 'gone_at', 'quiet_since', 'number']
STATE = sa.Enum('planned', 'in_force', 'closed', 'void', name='channelstate', native_enum=False, create_constraint=True, length=20)


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
    count_triggers.number_places(connection)
    count_triggers.recount(connection)
    count_triggers.install(connection)


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
