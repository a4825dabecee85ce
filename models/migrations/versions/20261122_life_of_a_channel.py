"""what a channel lives through after its first filing"""

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('channel', sa.Column('title_key', sa.String(length=500), nullable=False, server_default=''))
    op.add_column('channel', sa.Column('followers', sa.BigInteger(), nullable=True))
    op.add_column('channel', sa.Column('gone_at', sa.DateTime(), nullable=True))
    op.add_column('channel', sa.Column('last_update_on', sa.Date(), nullable=True))
    op.add_column('channel', sa.Column('quiet_since', sa.Date(), nullable=True))
    op.add_column('channel', sa.Column('confirmed_on', sa.Date(), nullable=True))
    op.add_column('channel', sa.Column('opening_number', sa.String(length=100), nullable=False, server_default=''))
    op.add_column('channel', sa.Column('opening_on', sa.Date(), nullable=True))
    op.create_index('ix_channel_title_key', 'channel', ['institution', 'title_key'], unique=False)
    op.create_index('ix_channel_quiet', 'channel', ['institution', 'state', 'quiet_since'], unique=False)
    # What is known already: whatever was closed before is gone, and a paper is news of its channel.
    op.execute("UPDATE channel SET gone_at = closed_at WHERE state = 'closed'")
    op.execute("UPDATE channel SET quiet_since = DATE(updated_at) WHERE state = 'in_force'")
    tell_names_and_followers(op.get_bind())

    # SQLite can add a reference with its column, but no constraint afterwards.
    op.execute('ALTER TABLE filing ADD COLUMN base_id INTEGER '
               'CONSTRAINT fk_filing_base_id_filing REFERENCES filing (id)')
    op.add_column('filing', sa.Column('base_answers', sa.JSON(), nullable=True))
    op.add_column('filing', sa.Column('happened_on', sa.Date(), nullable=True))
    # Whatever is being written about a channel was begun from what is in force now.
    op.execute("UPDATE filing SET base_id = (SELECT current_id FROM channel "
               "WHERE channel.id = filing.channel_id) WHERE kind != 'first' AND state != 'filed'")
    op.execute("UPDATE filing SET base_answers = (SELECT answers FROM filing AS base "
               "WHERE base.id = filing.base_id) WHERE base_id IS NOT NULL")
    op.execute('ALTER TABLE event ADD COLUMN channel_id INTEGER '
               'CONSTRAINT fk_event_channel_id_channel REFERENCES channel (id)')
    op.create_index('ix_event_channel_id', 'event', ['channel_id'], unique=False)


def tell_names_and_followers(connection) -> None:
    """The key of every name; how many follow, where the paper in force has an item of that name."""
    known = connection.execute(sa.text(
        'SELECT channel.id, channel.title, filing.answers FROM channel '
        'LEFT JOIN filing ON filing.id = channel.current_id').columns(answers=sa.JSON()))
    found = [{'id': channel, 'key': title_key(title)[:500], 'followers': followers(answers or {})}
             for channel, title, answers in known]
    if found:
        connection.execute(sa.text('UPDATE channel SET title_key = :key, followers = :followers '
                                   'WHERE id = :id'), found)


def title_key(title: str) -> str:
    """A name without width, case, spaces and punctuation, as the app made it at this revision."""
    return re.sub(r'[\W_]+', '', unicodedata.normalize('NFKC', title).casefold())


def followers(answers):
    count = answers.get('followers')
    return count if isinstance(count, int) else None


def downgrade() -> None:
    op.drop_index('ix_event_channel_id', 'event')
    op.drop_index('ix_channel_quiet', 'channel')
    op.drop_index('ix_channel_title_key', 'channel')
    for table, columns in (
        ('event', ['channel_id']),
        ('filing', ['base_id', 'base_answers', 'happened_on']),
        ('channel', ['title_key', 'followers', 'gone_at', 'last_update_on', 'quiet_since', 'confirmed_on',
                     'opening_number', 'opening_on']),
    ):
        for column in columns:
            op.drop_column(table, column)
