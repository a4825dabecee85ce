"""sanctions have a basis, may be read by all, or have an account closed by a day; incidents"""

import sqlalchemy as sa
from alembic import op

revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('sanction', sa.Column('basis', sa.Text(), nullable=False, server_default=''))
    op.add_column('sanction', sa.Column('circular', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column('sanction', sa.Column('due_on', sa.Date(), nullable=True))
    op.add_column('sanction', sa.Column('gone_at', sa.DateTime(), nullable=True))
    op.create_table('incident',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('institution', sa.String(length=40), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('channel_id', sa.Integer(), nullable=True),
    sa.Column('happened_on', sa.Date(), nullable=False),
    sa.Column('what', sa.Text(), nullable=False),
    sa.Column('done', sa.Text(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_incident_by_id_person')),
    sa.ForeignKeyConstraint(['channel_id'], ['channel.id'], name=op.f('fk_incident_channel_id_channel'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_incident_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_incident'))
    )
    op.create_index('ix_incident_institution_happened_on', 'incident', ['institution', 'happened_on'], unique=False)
    for column in ('unit_id', 'channel_id'):
        op.create_index(f'ix_incident_{column}', 'incident', [column], unique=False)


def downgrade() -> None:
    op.drop_table('incident')
    for column in ('gone_at', 'due_on', 'circular', 'basis'):
        op.drop_column('sanction', column)
