"""failed sign-ins, one-time and ageing passwords"""

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('sign_in_failure',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('account', sa.String(length=64), nullable=False),
    sa.Column('address', sa.String(length=64), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_in_failure'))
    )
    op.create_index('ix_sign_in_failure_account_at', 'sign_in_failure', ['account', 'at'], unique=False)
    op.create_index('ix_sign_in_failure_address_at', 'sign_in_failure', ['address', 'at'], unique=False)
    op.create_index('ix_sign_in_failure_at', 'sign_in_failure', ['at'], unique=False)

    op.add_column('person', sa.Column('password_set_at', sa.DateTime(), nullable=True))
    op.add_column('person', sa.Column('one_time_until', sa.DateTime(), nullable=True))
    op.add_column('person', sa.Column('earlier_hashes', sa.JSON(), nullable=False, server_default='[]'))
    # Nobody knows since when: the days of a password that ages are counted from today.
    op.execute("UPDATE person SET password_set_at = CURRENT_TIMESTAMP WHERE password_hash <> ''")


def downgrade() -> None:
    for column in ('earlier_hashes', 'one_time_until', 'password_set_at'):
        op.drop_column('person', column)
    op.drop_table('sign_in_failure')
