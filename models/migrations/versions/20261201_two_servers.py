"""what two servers share: files that were made, who makes them, and the backup of the night"""

import sqlalchemy as sa
from alembic import op

revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('file_job', sa.Column('attempt', sa.Integer(), nullable=False, server_default='1'))
    # What was made before lies in files that nobody looks for any more: it is made again when asked for.
    op.execute("DELETE FROM file_job")
    op.create_table(
        'job_file',
        sa.Column('job_id', sa.Integer(), nullable=False),
        sa.Column('content', sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(['job_id'], ['file_job.id'], name=op.f('fk_job_file_job_id_file_job'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('job_id', name=op.f('pk_job_file')),
    )
    op.create_table(
        'backup_of_night',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('tried_at', sa.DateTime(), nullable=True),
        sa.Column('good_at', sa.DateTime(), nullable=True),
        sa.Column('file', sa.Text(), nullable=False),
        sa.Column('held_until', sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_backup_of_night')),
    )


def downgrade() -> None:
    op.drop_table('backup_of_night')
    op.drop_table('job_file')
    op.drop_column('file_job', 'attempt')
