"""forms that were sent already"""

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('sent_form',
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('address', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_sent_form'))
    )
    op.create_index('ix_sent_form_at', 'sent_form', ['at'], unique=False)


def downgrade() -> None:
    op.drop_table('sent_form')
