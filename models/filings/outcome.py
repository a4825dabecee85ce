"""What a move does to a filing's columns and to its channel, in the same transaction."""

from datetime import datetime
from typing import Any

from models.channels.channel import Channel, ChannelState, Duplicate, holder
from models.clock import campus_time
from models.database import db
from models.filings.numbering import next_number
from models.rules.answer_columns import account_key, promoted, register_columns, search_text
from models.rules.filing_kind import FilingKind
from models.rules.workflow import Next, Position, State, Verb, waits_for


def columns(
    filing, verb: Verb, actor, position: Position, after: Next, form, now: datetime
) -> dict[str, Any]:
    """The filing's own columns after a move."""
    found: dict[str, Any] = {
        "state": after.state,
        "step": after.step,
        "updated_at": now,
        "updated_by_id": actor.id,
        **_waiting(position, after, now, actor.id, verb),
    }
    if verb is Verb.submit:
        found |= {
            "submitted_by_id": actor.id,
            "submitted_at": now,
            "decided_at": None,
            "submitted_answers": filing.answers,
            "edition_digest": form.digest,
        }
    if after.state in (State.filed, State.rejected):
        found["decided_at"] = now
    return found


def follow(filing, verb: Verb, form, institution, now: datetime) -> None:
    """What a move that was won means for the channel; a filed one gets its number. Flushed."""
    if filing.state is State.filed:
        filing.number = next_number(institution, now)
        on_filed(filing, form, now)
    elif filing.state is State.rejected:
        on_reject(filing, now)
    elif verb is Verb.withdraw:
        on_withdraw(filing)
    db.session.flush()


def _waiting(position: Position, after: Next, now: datetime, actor_id: int, verb: Verb) -> dict[str, Any]:
    """For whom the filing waits now, and who of them may not sign."""
    if after.state is not State.in_review:
        return {
            "waits_for": "",
            "waiting_since": None,
            "barred_submitter_id": None,
            "barred_approver_id": None,
        }
    step = position.steps[after.step]
    submitter = actor_id if verb is Verb.submit else position.submitted_by
    return {
        "waits_for": waits_for(step),
        "waiting_since": now,
        "barred_submitter_id": None if step.submitter_may else submitter,
        "barred_approver_id": actor_id if step.distinct and verb is Verb.approve else None,
    }


def on_submit(filing, form) -> None:
    """A planned channel claims its account; one in force keeps its own until the approval.

    One that was void is planned again. Raises Duplicate when another channel has the account.
    """
    channel, key = filing.channel, account_key(form, filing.answers)
    if channel.state == ChannelState.void:
        channel.state = ChannelState.planned
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
    channel.current, channel.number = filing, channel.number or filing.number
    channel.state, channel.closed_at, channel.gone_at = ChannelState.in_force, None, None
    # A paper that went through every hand is news of the channel.
    channel.quiet_since = campus_time(now).date()


def refresh(channel: Channel, filing, form, now: datetime) -> None:
    """Writes a filing's answers into the channel's columns. Raises Duplicate."""
    columns = promoted(form, filing.answers)
    channel.claim(columns["platform"], account_key(form, filing.answers))
    preview(channel, filing, form, now)
    channel.incomplete = bool(form.missing_later(filing.answers, filing.kind))


def preview(channel: Channel, filing, form, now: datetime) -> None:
    """The same without claiming the account: for a channel that is only planned."""
    columns = promoted(form, filing.answers) | register_columns(form, filing.answers)
    if channel.account_key:
        # The account is claimed on the platform it was handed in for.
        del columns["platform"]
    for name, value in columns.items():
        setattr(channel, name, value)
    channel.unit_id, channel.updated_at = filing.unit_id, now
    channel.search = search_text(form, filing.answers)
