"""campaigns and the reports of the units"""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('campaign',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('institution', sa.String(length=40), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('document', sa.String(length=100), nullable=False),
    sa.Column('notice', sa.Text(), nullable=False),
    sa.Column('forms', sa.JSON(), nullable=False),
    sa.Column('opens_at', sa.DateTime(), nullable=False),
    sa.Column('closes_at', sa.DateTime(), nullable=False),
    sa.Column('contact', sa.String(length=200), nullable=False),
    sa.Column('place', sa.String(length=200), nullable=False),
    sa.Column('created_by_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('published_at', sa.DateTime(), nullable=True),
    sa.Column('ended_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['created_by_id'], ['person.id'], name=op.f('fk_campaign_created_by_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_campaign')),
    sa.UniqueConstraint('institution', 'year', 'title', name=op.f('uq_campaign_institution_year_title'))
    )
    op.create_index('ix_campaign_institution_closes_at', 'campaign', ['institution', 'closes_at'], unique=False)

    op.create_table('report',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('institution', sa.String(length=40), nullable=False),
    sa.Column('campaign_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('not_started', 'writing', 'to_sign', 'reported', 'received', 'returned', name='reportstate', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('nil', sa.Boolean(), nullable=False),
    sa.Column('handed_in_by_id', sa.Integer(), nullable=True),
    sa.Column('signed_by_id', sa.Integer(), nullable=True),
    sa.Column('reported_at', sa.DateTime(), nullable=True),
    sa.Column('received_at', sa.DateTime(), nullable=True),
    sa.Column('returned_reason', sa.Text(), nullable=False),
    sa.Column('extended_to', sa.DateTime(), nullable=True),
    sa.Column('extension_reason', sa.Text(), nullable=False),
    sa.Column('paper_on', sa.Date(), nullable=True),
    sa.Column('paper_place', sa.String(length=200), nullable=False),
    sa.Column('scan', sa.LargeBinary(), nullable=True),
    sa.Column('scan_name', sa.String(length=300), nullable=False),
    sa.Column('scan_mime', sa.String(length=60), nullable=False),
    sa.Column('touched_at', sa.DateTime(), nullable=True),
    sa.Column('touched_by', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_report_campaign_id_campaign'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['handed_in_by_id'], ['person.id'], name=op.f('fk_report_handed_in_by_id_person')),
    sa.ForeignKeyConstraint(['signed_by_id'], ['person.id'], name=op.f('fk_report_signed_by_id_person')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_report_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_report')),
    sa.UniqueConstraint('campaign_id', 'unit_id', name=op.f('uq_report_campaign_id_unit_id'))
    )
    op.create_index('ix_report_campaign_id_state', 'report', ['campaign_id', 'state'], unique=False)
    op.create_index('ix_report_unit_id', 'report', ['unit_id'], unique=False)

    op.create_table('report_line',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('report_id', sa.Integer(), nullable=False),
    sa.Column('channel_id', sa.Integer(), nullable=False),
    sa.Column('answer', sa.Enum('unchanged', 'change', 'close', name='answer', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('filing_id', sa.Integer(), nullable=True),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_report_line_by_id_person')),
    sa.ForeignKeyConstraint(['channel_id'], ['channel.id'], name=op.f('fk_report_line_channel_id_channel')),
    sa.ForeignKeyConstraint(['filing_id'], ['filing.id'], name=op.f('fk_report_line_filing_id_filing'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['report_id'], ['report.id'], name=op.f('fk_report_line_report_id_report'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_report_line')),
    sa.UniqueConstraint('report_id', 'channel_id', name=op.f('uq_report_line_report_id_channel_id'))
    )
    op.create_index('ix_report_line_channel_id', 'report_line', ['channel_id'], unique=False)

    # SQLite can add a reference with its column, but no constraint afterwards.
    op.execute('ALTER TABLE event ADD COLUMN report_id INTEGER '
               'CONSTRAINT fk_event_report_id_report REFERENCES report (id)')
    op.create_index('ix_event_report_id', 'event', ['report_id'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_event_report_id', 'event')
    op.drop_column('event', 'report_id')
    for table in ('report_line', 'report', 'campaign'):
        op.drop_table(table)
