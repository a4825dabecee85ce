"""whoever wrote a filing or signed it before; for which head somebody signs"""

import sqlalchemy as sa
from alembic import op

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('filing_hand',
    sa.Column('filing_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('part', sa.Enum('wrote', 'signed', name='part', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.ForeignKeyConstraint(['filing_id'], ['filing.id'], name=op.f('fk_filing_hand_filing_id_filing'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_filing_hand_person_id_person')),
    sa.PrimaryKeyConstraint('filing_id', 'person_id', 'part', name=op.f('pk_filing_hand'))
    )
    op.add_column('filing', sa.Column('bars_writers', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column('filing', sa.Column('bars_deciders', sa.Boolean(), nullable=False, server_default=sa.false()))
    # Who handed a filing in, in whichever round, and who kept a draft last.
    op.execute("INSERT INTO filing_hand (filing_id, person_id, part) "
               "SELECT DISTINCT event.filing_id, event.actor_id, 'wrote' FROM event "
               "JOIN filing ON filing.id = event.filing_id "
               "WHERE event.verb = 'submit' AND event.actor_id != filing.created_by_id")
    op.execute("INSERT INTO filing_hand (filing_id, person_id, part) "
               "SELECT filing.id, filing.updated_by_id, 'wrote' FROM filing "
               "WHERE filing.state = 'draft' AND filing.updated_by_id != filing.created_by_id "
               "AND NOT EXISTS (SELECT 1 FROM filing_hand WHERE filing_hand.filing_id = filing.id "
               "AND filing_hand.person_id = filing.updated_by_id)")
    op.execute("INSERT INTO filing_hand (filing_id, person_id, part) "
               "SELECT DISTINCT event.filing_id, event.actor_id, 'signed' FROM event "
               "JOIN filing ON filing.id = event.filing_id "
               "WHERE event.verb = 'approve' AND filing.state = 'in_review' AND event.id > "
               "(SELECT max(handed_in.id) FROM event AS handed_in WHERE handed_in.filing_id = filing.id "
               "AND handed_in.verb = 'submit')")
    # Until now a step was told apart from the one before by a school's own word alone.
    op.execute("UPDATE filing SET bars_writers = barred_submitter_id IS NOT NULL, "
               "bars_deciders = (1 = 1) WHERE state = 'in_review'")
    op.drop_column('filing', 'barred_submitter_id')
    op.drop_column('filing', 'barred_approver_id')

    op.create_table('report_writer',
    sa.Column('report_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_report_writer_person_id_person')),
    sa.ForeignKeyConstraint(['report_id'], ['report.id'], name=op.f('fk_report_writer_report_id_report'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('report_id', 'person_id', name=op.f('pk_report_writer'))
    )
    op.execute("INSERT INTO report_writer (report_id, person_id) "
               "SELECT report_id, by_id FROM report_line "
               "UNION SELECT report_id, actor_id FROM event WHERE report_id IS NOT NULL "
               "AND verb IN ('report_hand_in', 'report_nil', 'report_not_nil')")

    op.add_column('substitute', sa.Column('head_id', sa.Integer(), nullable=True))
    # An administrator who named somebody did so for the head; of several, for the one known longest.
    op.execute("UPDATE substitute SET head_id = coalesce("
               "(SELECT min(mine.person_id) FROM person_grant AS mine WHERE mine.role = 'head' "
               "AND mine.unit_id = substitute.unit_id AND mine.person_id = substitute.named_by_id), "
               "(SELECT first.person_id FROM person_grant AS first WHERE first.id = "
               "(SELECT min(any_of_them.id) FROM person_grant AS any_of_them WHERE any_of_them.role = 'head' "
               "AND any_of_them.unit_id = substitute.unit_id "
               "AND any_of_them.person_id != substitute.person_id)), named_by_id)")
    with op.batch_alter_table('substitute') as table:
        table.alter_column('head_id', existing_type=sa.Integer(), nullable=False)
        table.create_foreign_key(op.f('fk_substitute_head_id_person'), 'person', ['head_id'], ['id'])


def downgrade() -> None:
    with op.batch_alter_table('substitute') as table:
        table.drop_constraint(op.f('fk_substitute_head_id_person'), type_='foreignkey')
        table.drop_column('head_id')
    op.add_column('filing', sa.Column('barred_submitter_id', sa.Integer(), nullable=True))
    op.add_column('filing', sa.Column('barred_approver_id', sa.Integer(), nullable=True))
    op.execute("UPDATE filing SET barred_submitter_id = submitted_by_id "
               "WHERE state = 'in_review' AND bars_writers")
    op.drop_column('filing', 'bars_deciders')
    op.drop_column('filing', 'bars_writers')
    op.drop_table('report_writer')
    op.drop_table('filing_hand')
