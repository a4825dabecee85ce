"""accounts that were found, and sanctions"""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('found_account',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('institution', sa.String(length=40), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('platform', sa.String(length=100), nullable=False),
    sa.Column('account', sa.String(length=500), nullable=False),
    sa.Column('account_key', sa.String(length=500), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('screenshot', sa.LargeBinary(), nullable=True),
    sa.Column('screenshot_mime', sa.String(length=60), nullable=False),
    sa.Column('bears_name', sa.Boolean(), nullable=False),
    sa.Column('times', sa.Integer(), nullable=False),
    sa.Column('found_by_id', sa.Integer(), nullable=False),
    sa.Column('found_at', sa.DateTime(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=True),
    sa.Column('asked_at', sa.DateTime(), nullable=True),
    sa.Column('state', sa.Enum('open', 'answered', 'settled', name='foundstate', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('answer', sa.Enum('filed', 'to_file', 'not_ours', 'gone', name='foundanswer', native_enum=False, create_constraint=True, length=20), nullable=True),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('answered_by_id', sa.Integer(), nullable=True),
    sa.Column('answered_at', sa.DateTime(), nullable=True),
    sa.Column('channel_id', sa.Integer(), nullable=True),
    sa.Column('filing_id', sa.Integer(), nullable=True),
    sa.Column('campaign_id', sa.Integer(), nullable=True),
    sa.Column('closing_words', sa.Text(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('touched_at', sa.DateTime(), nullable=False),
    sa.Column('touched_by', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['answered_by_id'], ['person.id'], name=op.f('fk_found_account_answered_by_id_person')),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_found_account_campaign_id_campaign'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['channel_id'], ['channel.id'], name=op.f('fk_found_account_channel_id_channel'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['filing_id'], ['filing.id'], name=op.f('fk_found_account_filing_id_filing'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['found_by_id'], ['person.id'], name=op.f('fk_found_account_found_by_id_person')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_found_account_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_found_account'))
    )
    op.create_index('ix_found_account_institution_account_key', 'found_account', ['institution', 'account_key'], unique=False)
    op.create_index('ix_found_account_institution_state_unit_id', 'found_account', ['institution', 'state', 'unit_id'], unique=False)
    for column in ('unit_id', 'channel_id', 'filing_id'):
        op.create_index(f'ix_found_account_{column}', 'found_account', [column], unique=False)

    op.create_table('sanction',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('institution', sa.String(length=40), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('effect_year', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=100), nullable=False),
    sa.Column('label', sa.String(length=200), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('found_id', sa.Integer(), nullable=True),
    sa.Column('channel_id', sa.Integer(), nullable=True),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('lifted_at', sa.DateTime(), nullable=True),
    sa.Column('lifted_by_id', sa.Integer(), nullable=True),
    sa.Column('lift_reason', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_sanction_by_id_person')),
    sa.ForeignKeyConstraint(['channel_id'], ['channel.id'], name=op.f('fk_sanction_channel_id_channel'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['found_id'], ['found_account.id'], name=op.f('fk_sanction_found_id_found_account'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['lifted_by_id'], ['person.id'], name=op.f('fk_sanction_lifted_by_id_person')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_sanction_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sanction'))
    )
    op.create_index('ix_sanction_institution_effect_year_unit_id', 'sanction', ['institution', 'effect_year', 'unit_id'], unique=False)
    for column in ('unit_id', 'found_id', 'channel_id'):
        op.create_index(f'ix_sanction_{column}', 'sanction', [column], unique=False)


def downgrade() -> None:
    for table in ('sanction', 'found_account'):
        op.drop_table(table)
