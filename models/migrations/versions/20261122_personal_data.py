"""what was said in an event can be erased; filings know that they were purged"""

import sqlalchemy as sa
from alembic import op

from models.events import append_only

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None

FOR_EVENTS = (('salt', 32), ('erased', 64))


def upgrade() -> None:
    for name, width in FOR_EVENTS:
        op.add_column('event', sa.Column(name, sa.String(width), nullable=False, server_default=''))
    op.add_column('filing', sa.Column('purged_at', sa.DateTime(), nullable=True))
    # The guard against changes now knows of purges.
    append_only.remove(op.get_bind())
    append_only.install(op.get_bind())


def downgrade() -> None:
    """Refused once there are events with a salt: without it their digests would not fit."""
    if op.get_bind().execute(sa.text("SELECT 1 FROM event WHERE salt <> '' OR erased <> ''")).first():
        raise RuntimeError('history has events whose digests need their salt')
    append_only.remove(op.get_bind())
    op.drop_column('filing', 'purged_at')
    for name, _ in FOR_EVENTS:
        op.drop_column('event', name)
