"""files made in a process of their own"""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

PROGRESS = sa.Enum('waiting', 'drawing', 'done', 'failed', name='progress', native_enum=False, create_constraint=True, length=20)


def upgrade() -> None:
    # A print is kept for one day: who was waiting for one asks again.
    op.drop_table('print_job')
    op.create_table('file_job',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('institution', sa.String(length=40), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('print', 'export', name='jobkind', native_enum=False, create_constraint=True, length=20), nullable=False),
    sa.Column('asked', sa.JSON(), nullable=False),
    sa.Column('ending', sa.String(length=10), nullable=False),
    sa.Column('name', sa.String(length=300), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('progress', PROGRESS, nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('trouble', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('updated_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_file_job_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_file_job')),
    sqlite_autoincrement=True
    )
    op.create_index('ix_file_job_person_id', 'file_job', ['person_id'], unique=False)


def downgrade() -> None:
    op.drop_table('file_job')
    op.create_table('print_job',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('institution', sa.String(length=40), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('filings', sa.JSON(), nullable=False),
    sa.Column('everyone', sa.Boolean(), nullable=False),
    sa.Column('link', sa.Text(), nullable=False),
    sa.Column('progress', PROGRESS, nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('trouble', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('updated_at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_print_job_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_print_job')),
    sqlite_autoincrement=True
    )
    op.create_index('ix_print_job_person_id', 'print_job', ['person_id'], unique=False)
