"""append-only history, its seals"""

from alembic import op

from models.events import append_only

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index('ix_event_institution_id', 'event', ['institution', 'id'], unique=False)
    op.create_index('ix_event_institution_verb_id', 'event', ['institution', 'verb', 'id'], unique=False)
    append_only.install(op.get_bind())


def downgrade() -> None:
    append_only.remove(op.get_bind())
    op.drop_index('ix_event_institution_verb_id', 'event')
    op.drop_index('ix_event_institution_id', 'event')
