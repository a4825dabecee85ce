"""a change or a closing may keep the number of its account"""

import sqlalchemy as sa
from alembic import op

revision = '0024'
down_revision = '0023'
branch_labels = None
depends_on = None

OWN = sa.text("number != '' AND kind NOT IN ('change', 'close')")
ANY = sa.text("number != ''")


def upgrade() -> None:
    op.drop_index('uq_filing_number', 'filing')
    op.create_index('uq_filing_number', 'filing', ['institution', 'number'], unique=True, sqlite_where=OWN, postgresql_where=OWN)
    # Only a downgrade takes a number from what is filed; it comes back, for it stands under the seal.
    op.execute("UPDATE filing SET number = (SELECT channel.number FROM channel WHERE channel.id = filing.channel_id) "
               "WHERE kind IN ('change', 'close') AND state = 'filed' AND number = ''")


def downgrade() -> None:
    # Before, a number stood on one filing alone.
    op.execute("UPDATE filing SET number = '' WHERE kind IN ('change', 'close') AND EXISTS (SELECT 1 FROM filing AS other "
               "WHERE other.institution = filing.institution AND other.number = filing.number AND other.id < filing.id)")
    op.drop_index('uq_filing_number', 'filing')
    op.create_index('uq_filing_number', 'filing', ['institution', 'number'], unique=True, sqlite_where=ANY, postgresql_where=ANY)
