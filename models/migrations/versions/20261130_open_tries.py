"""tries to sign in whose outcome is not known yet"""

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('sign_in_failure', sa.Column('open_until', sa.DateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column('sign_in_failure', 'open_until')
