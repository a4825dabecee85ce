"""initial"""

import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def inline_foreign_keys() -> bool:
    """SQLite cannot add a foreign key later, and does not mind one to a table still to come."""
    return op.get_bind().dialect.name == 'sqlite'


def upgrade() -> None:
    op.create_table('edition',
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('institution', sa.String(length=40), nullable=False),
    sa.Column('form', sa.String(length=40), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.PrimaryKeyConstraint('digest', 'institution', name=op.f('pk_edition'))
    )
    op.create_table('person',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('institution', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('username', sa.String(length=100), nullable=False),
    sa.Column('password_hash', sa.String(length=200), nullable=False),
    sa.Column('phone', sa.String(length=40), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person')),
    sa.UniqueConstraint('institution', 'username', name=op.f('uq_person_institution_username'))
    )
    op.create_table('serial',
    sa.Column('institution', sa.String(length=40), nullable=False),
    sa.Column('year', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('last', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('institution', 'year', name=op.f('pk_serial'))
    )
    op.create_table('unit',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('institution', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('parent_id', sa.Integer(), nullable=True),
    sa.Column('pinyin', sa.String(length=200), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['parent_id'], ['unit.id'], name=op.f('fk_unit_parent_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_unit'))
    )
    op.create_index('ix_unit_institution_parent_id', 'unit', ['institution', 'parent_id'], unique=False)

    op.create_table('channel',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('institution', sa.String(length=40), nullable=False),
    sa.Column('form', sa.String(length=40), nullable=False),
    sa.Column('title', sa.String(length=500), nullable=False),
    sa.Column('platform', sa.String(length=500), nullable=False),
    sa.Column('account', sa.String(length=500), nullable=False),
    sa.Column('account_key', sa.String(length=500), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('tier', sa.String(length=100), nullable=False),
    sa.Column('nature', sa.String(length=500), nullable=False),
    sa.Column('person', sa.String(length=500), nullable=False),
    sa.Column('phone', sa.String(length=500), nullable=False),
    sa.Column('number', sa.String(length=100), nullable=False),
    sa.Column('search', sa.Text(), nullable=False),
    sa.Column('state', sa.Enum('planned', 'in_force', 'closed', 'void', name='channelstate', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('incomplete', sa.Boolean(), nullable=False),
    sa.Column('current_id', sa.Integer(), nullable=True),
    sa.Column('updated_at', sa.DateTime(), nullable=False),
    sa.Column('closed_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['current_id'], ['filing.id'], name=op.f('fk_channel_current_id_filing'), use_alter=True),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_channel_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_channel'))
    )
    op.create_index('ix_channel_search', 'channel', ['institution', 'state', 'unit_id', 'search'], unique=False)
    op.create_index('ix_channel_unit_id', 'channel', ['unit_id'], unique=False)
    op.create_index('uq_channel_account', 'channel', ['institution', 'platform', 'account_key'], unique=True, sqlite_where=sa.text("account_key != '' AND state != 'void'"), postgresql_where=sa.text("account_key != '' AND state != 'void'"))

    op.create_table('person_grant',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.Enum('reporter', 'head', 'office', 'admin', 'auditor', name='role', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_person_grant_person_id_person'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_person_grant_unit_id_unit')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person_grant')),
    sa.UniqueConstraint('person_id', 'role', 'unit_id', name=op.f('uq_person_grant_person_id_role_unit_id'))
    )
    op.create_index('ix_person_grant_unit_id', 'person_grant', ['unit_id'], unique=False)

    op.create_table('sign_in',
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('seen_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_sign_in_person_id_person'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_sign_in'))
    )
    op.create_index('ix_sign_in_person_id', 'sign_in', ['person_id'], unique=False)

    op.create_table('filing',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('institution', sa.String(length=40), nullable=False),
    sa.Column('form', sa.String(length=40), nullable=False),
    sa.Column('kind', sa.Enum('first', 'change', 'review', 'close', name='filingkind', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('channel_id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('owner_kind', sa.String(length=40), nullable=False),
    sa.Column('state', sa.Enum('draft', 'in_review', 'returned', 'withdrawn', 'rejected', 'filed', name='state', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('step', sa.Integer(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=100), nullable=False),
    sa.Column('edition_digest', sa.String(length=64), nullable=False),
    sa.Column('answers', sa.JSON(), nullable=False),
    sa.Column('submitted_answers', sa.JSON(), nullable=True),
    sa.Column('opened', sa.Boolean(), nullable=False),
    sa.Column('title', sa.String(length=500), nullable=False),
    sa.Column('platform', sa.String(length=500), nullable=False),
    sa.Column('account', sa.String(length=500), nullable=False),
    sa.Column('person', sa.String(length=500), nullable=False),
    sa.Column('phone', sa.String(length=500), nullable=False),
    sa.Column('search', sa.Text(), nullable=False),
    sa.Column('created_by_id', sa.Integer(), nullable=False),
    sa.Column('updated_by_id', sa.Integer(), nullable=False),
    sa.Column('submitted_by_id', sa.Integer(), nullable=True),
    sa.Column('waits_for', sa.String(length=20), nullable=False),
    sa.Column('barred_submitter_id', sa.Integer(), nullable=True),
    sa.Column('barred_approver_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('updated_at', sa.DateTime(), nullable=False),
    sa.Column('submitted_at', sa.DateTime(), nullable=True),
    sa.Column('decided_at', sa.DateTime(), nullable=True),
    sa.Column('waiting_since', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['channel_id'], ['channel.id'], name=op.f('fk_filing_channel_id_channel')),
    sa.ForeignKeyConstraint(['created_by_id'], ['person.id'], name=op.f('fk_filing_created_by_id_person')),
    sa.ForeignKeyConstraint(['submitted_by_id'], ['person.id'], name=op.f('fk_filing_submitted_by_id_person')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_filing_unit_id_unit')),
    sa.ForeignKeyConstraint(['updated_by_id'], ['person.id'], name=op.f('fk_filing_updated_by_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_filing'))
    )
    op.create_index('ix_filing_channel_id', 'filing', ['channel_id'], unique=False)
    op.create_index('ix_filing_created_by_id', 'filing', ['created_by_id'], unique=False)
    op.create_index('ix_filing_search', 'filing', ['institution', 'state', 'unit_id', 'search'], unique=False)
    op.create_index('ix_filing_unit_id', 'filing', ['unit_id'], unique=False)
    op.create_index('uq_filing_number', 'filing', ['institution', 'number'], unique=True, sqlite_where=sa.text("number != ''"), postgresql_where=sa.text("number != ''"))
    op.create_index('uq_filing_open', 'filing', ['channel_id'], unique=True, sqlite_where=sa.text("state IN ('draft', 'in_review', 'returned')"), postgresql_where=sa.text("state IN ('draft', 'in_review', 'returned')"))

    op.create_table('attachment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('institution', sa.String(length=40), nullable=False),
    sa.Column('filing_id', sa.Integer(), nullable=False),
    sa.Column('field', sa.String(length=100), nullable=False),
    sa.Column('name', sa.String(length=300), nullable=False),
    sa.Column('mime', sa.String(length=60), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('width', sa.Integer(), nullable=True),
    sa.Column('height', sa.Integer(), nullable=True),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['filing_id'], ['filing.id'], name=op.f('fk_attachment_filing_id_filing'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attachment'))
    )
    op.create_index('ix_attachment_filing_id', 'attachment', ['filing_id'], unique=False)

    op.create_table('event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('institution', sa.String(length=40), nullable=False),
    sa.Column('filing_id', sa.Integer(), nullable=True),
    sa.Column('verb', sa.String(length=20), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=False),
    sa.Column('actor_name', sa.String(length=100), nullable=False),
    sa.Column('step', sa.Integer(), nullable=True),
    sa.Column('step_label', sa.String(length=100), nullable=False),
    sa.Column('opinion', sa.Text(), nullable=False),
    sa.Column('from_state', sa.String(length=20), nullable=False),
    sa.Column('to_state', sa.String(length=20), nullable=False),
    sa.Column('changes', sa.JSON(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('previous', sa.String(length=64), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['actor_id'], ['person.id'], name=op.f('fk_event_actor_id_person')),
    sa.ForeignKeyConstraint(['filing_id'], ['filing.id'], name=op.f('fk_event_filing_id_filing')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_event')),
    sa.UniqueConstraint('institution', 'previous', name=op.f('uq_event_institution_previous')),
    sqlite_autoincrement=True
    )
    op.create_index('ix_event_actor_id', 'event', ['actor_id'], unique=False)
    op.create_index('ix_event_filing_id_id', 'event', ['filing_id', 'id'], unique=False)
    if not inline_foreign_keys():
        op.create_foreign_key('fk_channel_current_id_filing', 'channel', 'filing',
                              ['current_id'], ['id'])


def downgrade() -> None:
    if not inline_foreign_keys():
        op.drop_constraint('fk_channel_current_id_filing', 'channel', type_='foreignkey')
    for table in ('event', 'attachment', 'filing', 'sign_in', 'person_grant', 'channel', 'unit',
                  'serial', 'person', 'edition'):
        op.drop_table(table)
