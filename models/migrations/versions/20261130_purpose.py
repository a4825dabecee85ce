"""a database says whether it is a trial or a real one"""

import sqlalchemy as sa
from alembic import op

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Nothing is marked here: what people were put into before is taken for real.
    op.add_column('database_name', sa.Column('purpose', sa.String(length=20), nullable=False, server_default=''))


def downgrade() -> None:
    op.drop_column('database_name', 'purpose')
