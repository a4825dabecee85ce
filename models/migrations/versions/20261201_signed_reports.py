"""what the head signed of a report is kept row by row; supplements; the first signature counts for lateness"""

import sqlalchemy as sa
from alembic import op

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None

STATES = ('not_started', 'writing', 'to_sign', 'reported', 'received', 'returned')


def upgrade() -> None:
    # The rows of reports signed before are frozen by the program, which knows the school's tables
    # (`flask upgrade`, models.campaigns.freezing).
    op.add_column('report', sa.Column('first_reported_at', sa.DateTime(), nullable=True))
    op.execute("UPDATE report SET first_reported_at = coalesce((SELECT min(event.at) FROM event "
               "WHERE event.report_id = report.id AND event.verb = 'report_sign'), reported_at)")

    op.create_table('report_supplement',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('report_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum(*STATES, name='reportstate', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('handed_in_by_id', sa.Integer(), nullable=True),
    sa.Column('signed_by_id', sa.Integer(), nullable=True),
    sa.Column('reported_at', sa.DateTime(), nullable=True),
    sa.Column('received_at', sa.DateTime(), nullable=True),
    sa.Column('returned_reason', sa.Text(), nullable=False),
    sa.Column('touched_at', sa.DateTime(), nullable=False),
    sa.Column('touched_by', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['handed_in_by_id'], ['person.id'], name=op.f('fk_report_supplement_handed_in_by_id_person')),
    sa.ForeignKeyConstraint(['report_id'], ['report.id'], name=op.f('fk_report_supplement_report_id_report')),
    sa.ForeignKeyConstraint(['signed_by_id'], ['person.id'], name=op.f('fk_report_supplement_signed_by_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_report_supplement')),
    sa.UniqueConstraint('report_id', 'number', name=op.f('uq_report_supplement_report_id_number'))
    )
    op.create_index('ix_report_supplement_report_id', 'report_supplement', ['report_id'], unique=False)

    op.create_table('signed_paper',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('institution', sa.String(length=40), nullable=False),
    sa.Column('report_id', sa.Integer(), nullable=False),
    sa.Column('supplement_id', sa.Integer(), nullable=True),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('unit_name', sa.String(length=200), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=500), nullable=False),
    sa.Column('nil', sa.Boolean(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('signed_by_id', sa.Integer(), nullable=False),
    sa.Column('signed_by_name', sa.String(length=200), nullable=False),
    sa.Column('signed_at', sa.DateTime(), nullable=False),
    sa.Column('at_upgrade', sa.Boolean(), nullable=False),
    sa.Column('returned_at', sa.DateTime(), nullable=True),
    sa.Column('event_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_signed_paper_event_id_event')),
    sa.ForeignKeyConstraint(['report_id'], ['report.id'], name=op.f('fk_signed_paper_report_id_report')),
    sa.ForeignKeyConstraint(['signed_by_id'], ['person.id'], name=op.f('fk_signed_paper_signed_by_id_person')),
    sa.ForeignKeyConstraint(['supplement_id'], ['report_supplement.id'], name=op.f('fk_signed_paper_supplement_id_report_supplement')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_signed_paper_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_signed_paper')),
    sa.UniqueConstraint('event_id', name=op.f('uq_signed_paper_event_id'))
    )
    op.create_index('ix_signed_paper_institution_year_unit_id', 'signed_paper', ['institution', 'year', 'unit_id'], unique=False)
    for column in ('report_id', 'signed_at', 'supplement_id', 'unit_id'):
        op.create_index(f'ix_signed_paper_{column}', 'signed_paper', [column], unique=False)

    op.create_table('signed_table',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('paper_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('definition', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['paper_id'], ['signed_paper.id'], name=op.f('fk_signed_table_paper_id_signed_paper')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_signed_table'))
    )
    op.create_index('ix_signed_table_paper_id_code', 'signed_table', ['paper_id', 'code'], unique=True)

    op.create_table('signed_row',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('table_id', sa.Integer(), nullable=False),
    sa.Column('serial', sa.Integer(), nullable=False),
    sa.Column('channel_id', sa.Integer(), nullable=False),
    sa.Column('filing_id', sa.Integer(), nullable=False),
    sa.Column('edition', sa.String(length=64), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('form', sa.String(length=40), nullable=False),
    sa.Column('title', sa.String(length=500), nullable=False),
    sa.Column('closed', sa.Boolean(), nullable=False),
    sa.Column('worksheets', sa.JSON(), nullable=False),
    sa.Column('cells', sa.JSON(), nullable=False),
    sa.Column('salt', sa.String(length=32), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('erased', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['channel_id'], ['channel.id'], name=op.f('fk_signed_row_channel_id_channel')),
    sa.ForeignKeyConstraint(['filing_id'], ['filing.id'], name=op.f('fk_signed_row_filing_id_filing')),
    sa.ForeignKeyConstraint(['table_id'], ['signed_table.id'], name=op.f('fk_signed_row_table_id_signed_table')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_signed_row_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_signed_row'))
    )
    op.create_index('ix_signed_row_channel_id', 'signed_row', ['channel_id'], unique=False)
    op.create_index('ix_signed_row_table_id_serial', 'signed_row', ['table_id', 'serial'], unique=False)


def downgrade() -> None:
    """Refused once something was signed: its digests are in the history, its rows would be gone."""
    if op.get_bind().execute(sa.text('SELECT 1 FROM signed_paper WHERE NOT at_upgrade')).first():
        raise RuntimeError('reports were signed, and what was signed stands only here')
    op.drop_table('signed_row')
    op.drop_table('signed_table')
    op.drop_table('signed_paper')
    op.drop_table('report_supplement')
    op.drop_column('report', 'first_reported_at')
