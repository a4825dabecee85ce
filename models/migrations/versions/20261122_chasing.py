"""reminders and substitutes"""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('reminder',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('campaign_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('occasion', sa.Enum('manual', 'opening', 'halfway', 'day_before', 'last_hours', 'contact', name='occasion', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('due_at', sa.DateTime(), nullable=True),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.Column('channel_id', sa.Integer(), nullable=True),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_reminder_by_id_person')),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_reminder_campaign_id_campaign'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['channel_id'], ['channel.id'], name=op.f('fk_reminder_channel_id_channel')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_reminder_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reminder')),
    # Many nulls are no two of a kind: only what is sent by itself has a due_at.
    sa.UniqueConstraint('campaign_id', 'unit_id', 'occasion', 'due_at', name=op.f('uq_reminder_campaign_id_unit_id_occasion_due_at'))
    )
    op.create_index('ix_reminder_campaign_id_id', 'reminder', ['campaign_id', 'id'], unique=False)
    op.create_index('ix_reminder_channel_id', 'reminder', ['channel_id'], unique=False)

    op.create_table('substitute',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('institution', sa.String(length=40), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=False),
    sa.Column('named_by_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('ended_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['named_by_id'], ['person.id'], name=op.f('fk_substitute_named_by_id_person')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_substitute_person_id_person')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_substitute_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_substitute'))
    )
    op.create_index('ix_substitute_institution_until_on', 'substitute', ['institution', 'until_on'], unique=False)
    op.create_index('ix_substitute_person_id', 'substitute', ['person_id'], unique=False)


def downgrade() -> None:
    for table in ('substitute', 'reminder'):
        op.drop_table(table)
