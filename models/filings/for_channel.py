"""What a filing means for its channel: what it claims, what the register shows of it, what ends it.

None commits or looks whether it may: `transitions` does.
"""

from datetime import datetime

from models.channels.channel import Channel, ChannelState, Duplicate, holder
from models.clock import campus_time
from models.database import db
from models.filings.filing import Filing
from models.rules.answer_columns import account_key, promoted, register_columns, search_text
from models.rules.definitions.definition import Form
from models.rules.filing_kind import FilingKind
from models.rules.workflow import State, Verb


def claim(filing: Filing, form: Form) -> None:
    """A planned channel claims its account; one in force keeps its own until the approval.

    One that was void is planned again. Raises Duplicate when another channel has the account.
    """
    channel, key = filing.channel, account_key(form, filing.answers)
    if channel.state in (ChannelState.planned, ChannelState.void):
        channel.claim(filing.platform, key)
        channel.state = ChannelState.planned
        return
    other = holder(channel.institution, filing.platform, key, besides=channel)
    if other is not None:
        raise Duplicate(other)


def follow(filing: Filing, verb: Verb, form: Form, now: datetime) -> None:
    """What a move that was won means for the channel. Flushed."""
    channel = filing.channel
    if filing.state is State.filed:
        file_on_channel(filing, form, now)
    elif filing.state is State.rejected:
        # Void; it may be filed again on the same channel.
        if filing.kind == FilingKind.first and channel.state == ChannelState.planned:
            channel.state, channel.account_key, channel.updated_at = ChannelState.void, "", now
    elif verb is Verb.withdraw and channel.state == ChannelState.planned:
        # An account nobody asks for any longer is free for others.
        channel.account_key = ""
    db.session.flush()


def file_on_channel(filing: Filing, form: Form, now: datetime) -> None:
    """The filing becomes what the register says.

    A closing takes the channel off the register; what was filed last about it stays readable.
    """
    channel = filing.channel
    if filing.kind is FilingKind.close:
        channel.state, channel.closed_at, channel.incomplete = ChannelState.closed, now, False
        channel.gone_at, channel.updated_at = None, now
        return
    refresh(channel, filing, form, now)
    if filing.kind is FilingKind.first:
        # The paper that allowed an earlier life of the account to begin says nothing of this one.
        channel.opening_number, channel.opening_on = "", None
    channel.current_id, channel.number = filing.id, channel.number or filing.number
    db.session.expire(channel, ["current"])
    channel.state, channel.closed_at, channel.gone_at = ChannelState.in_force, None, None
    # A paper that went through every hand is news of the channel.
    channel.quiet_since = campus_time(now).date()


def refresh(channel: Channel, filing: Filing, form: Form, now: datetime) -> None:
    """Writes a filing's answers into the channel's columns. Raises Duplicate."""
    channel.claim(promoted(form, filing.answers)["platform"], account_key(form, filing.answers))
    preview(channel, filing, form, now)
    channel.incomplete = bool(form.missing_later(filing.answers, filing.kind))


def preview(channel: Channel, filing: Filing, form: Form, now: datetime) -> None:
    """The same without claiming the account: for a channel that is only planned."""
    columns = promoted(form, filing.answers) | register_columns(form, filing.answers)
    if channel.account_key:
        # The account is claimed on the platform it was handed in for.
        del columns["platform"]
    for name, value in columns.items():
        setattr(channel, name, value)
    channel.unit_id, channel.updated_at = filing.unit_id, now
    channel.search = search_text(form, filing.answers)
