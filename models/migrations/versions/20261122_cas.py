"""which CAS ticket opened a session"""

import sqlalchemy as sa
from alembic import op

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('sign_in', sa.Column('ticket_hash', sa.String(length=64), nullable=True))
    op.create_index('ix_sign_in_ticket_hash', 'sign_in', ['ticket_hash'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_sign_in_ticket_hash', table_name='sign_in')
    op.drop_column('sign_in', 'ticket_hash')
