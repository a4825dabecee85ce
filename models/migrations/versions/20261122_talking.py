"""messages, notices, mail and canned opinions"""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('person', sa.Column('email', sa.String(length=200), nullable=False, server_default=''))

    op.create_table('message',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('filing_id', sa.Integer(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=False),
    sa.Column('author_name', sa.String(length=100), nullable=False),
    sa.Column('side', sa.Enum('unit', 'office', name='side', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('token', sa.String(length=40), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['person.id'], name=op.f('fk_message_author_id_person')),
    sa.ForeignKeyConstraint(['filing_id'], ['filing.id'], name=op.f('fk_message_filing_id_filing')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message')),
    sa.UniqueConstraint('filing_id', 'author_id', 'token', name=op.f('uq_message_filing_id_author_id_token')),
    sqlite_autoincrement=True
    )
    op.create_index('ix_message_author_id', 'message', ['author_id'], unique=False)

    op.create_table('notice',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('institution', sa.String(length=40), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('topic', sa.Enum('task', 'news', 'message', name='topic', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('detail', sa.Text(), nullable=False),
    sa.Column('times', sa.Integer(), nullable=False),
    sa.Column('filing_id', sa.Integer(), nullable=True),
    sa.Column('channel_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('read_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['channel_id'], ['channel.id'], name=op.f('fk_notice_channel_id_channel'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['filing_id'], ['filing.id'], name=op.f('fk_notice_filing_id_filing'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_notice_person_id_person'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice')),
    sqlite_autoincrement=True
    )
    op.create_index('ix_notice_channel_id', 'notice', ['channel_id'], unique=False)
    op.create_index('ix_notice_filing_id', 'notice', ['filing_id'], unique=False)
    op.create_index('ix_notice_person_id_read_at_id', 'notice', ['person_id', 'read_at', 'id'], unique=False)

    op.create_table('mail',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('institution', sa.String(length=40), nullable=False),
    sa.Column('notice_id', sa.Integer(), nullable=False),
    sa.Column('address', sa.String(length=200), nullable=False),
    sa.Column('state', sa.Enum('waiting', 'sent', 'failed', name='delivery', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('not_before', sa.DateTime(), nullable=False),
    sa.Column('problem', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('sent_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['notice_id'], ['notice.id'], name=op.f('fk_mail_notice_id_notice'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mail')),
    sqlite_autoincrement=True
    )
    op.create_index('ix_mail_institution_id', 'mail', ['institution', 'id'], unique=False)
    op.create_index('ix_mail_notice_id', 'mail', ['notice_id'], unique=False)
    op.create_index('ix_mail_state_not_before', 'mail', ['state', 'not_before'], unique=False)

    op.create_table('canned_opinion',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('text', sa.String(length=200), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_canned_opinion_person_id_person'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_canned_opinion')),
    sa.UniqueConstraint('person_id', 'text', name=op.f('uq_canned_opinion_person_id_text'))
    )


def downgrade() -> None:
    for table in ('canned_opinion', 'mail', 'notice', 'message'):
        op.drop_table(table)
    op.drop_column('person', 'email')
