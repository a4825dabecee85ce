"""What a move of a filing does to its channel. Called by `Filing`, in the same transaction."""

from datetime import datetime

from models.channel import Channel, ChannelState, Duplicate, holder
from models.kinds import FilingKind
from models.promotion import account_key, promoted, register_columns, search_text


def on_submit(filing, form) -> None:
    """A planned channel claims its account; one in force keeps its own until the approval.

    Raises Duplicate when another channel has the account.
    """
    channel, key = filing.channel, account_key(form, filing.answers)
    if channel.state == ChannelState.planned:
        channel.claim(filing.platform, key)
        return
    other = holder(channel.institution, filing.platform, key, besides=channel)
    if other is not None:
        raise Duplicate(other)


def on_withdraw(filing) -> None:
    """An account nobody asks for any longer is free for others."""
    if filing.channel.state == ChannelState.planned:
        filing.channel.account_key = ""


def on_reject(filing, now: datetime) -> None:
    """The channel of a rejected first filing is void; it may be filed again on the same channel."""
    channel = filing.channel
    if filing.kind == FilingKind.first and channel.state == ChannelState.planned:
        channel.state, channel.account_key, channel.updated_at = ChannelState.void, "", now


def on_filed(filing, form, now: datetime) -> None:
    """The filing becomes what the register says; a closing takes the channel off it."""
    channel = filing.channel
    channel.current_id = filing.id
    channel.number = channel.number or filing.number
    refresh(channel, filing, form, now)
    if filing.kind == FilingKind.close:
        channel.state, channel.closed_at, channel.incomplete = ChannelState.closed, now, False
    else:
        channel.state, channel.closed_at = ChannelState.in_force, None


def refresh(channel: Channel, filing, form, now: datetime) -> None:
    """Writes a filing's answers into the channel's columns. Raises Duplicate."""
    columns = promoted(form, filing.answers)
    channel.claim(columns["platform"], account_key(form, filing.answers))
    preview(channel, filing, form, now)
    channel.incomplete = bool(form.missing_later(filing.answers))


def preview(channel: Channel, filing, form, now: datetime) -> None:
    """The same without claiming the account: for a channel that is only planned."""
    columns = promoted(form, filing.answers)
    for name, value in (columns | register_columns(form, filing.answers)).items():
        setattr(channel, name, value)
    channel.unit_id, channel.updated_at = filing.unit_id, now
    channel.search = search_text(filing.unit.name, columns)
