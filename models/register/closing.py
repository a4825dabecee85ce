"""待核实销号: an approved closing waits until the office has seen that the account is gone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import contains_eager

from models.channels.channel import CLOSING, Channel, ChannelState
from models.clock import campus_time, utcnow
from models.database import db, like, write_if
from models.events import history
from models.events.history import Event
from models.filings import transitions
from models.filings.filing import Filing
from models.messaging import notices
from models.people.person import Person
from models.people.unit import tree
from models.rules.event_labels import GONE, STILL_THERE
from models.rules.filing_kind import FilingKind
from models.rules.workflow import Refused, Role, State


class Overtaken(Refused):
    """Somebody looked at the channel since the page was drawn: who, with what result, and when."""

    def __init__(self, channel: Channel):
        last = _last_looks([channel.id]).get(channel.id)
        sentence = f"“{channel.title}”刚刚有变动"
        if last is not None:
            moment = campus_time(last.at)
            sentence = (
                f"{last.actor_name}在{moment.month}月{moment.day}日 {moment:%H:%M} "
                f"已对“{channel.title}”{last.label}"
            )
        super().__init__(f"{sentence}。您的操作没有生效，请看过最新情况再决定。")


@dataclass(frozen=True)
class Awaited:
    """A closed channel with the filing that closed it and what the office found last.

    `look`: the last event of the office since the closing, 核实销号 or 核实未销号; None at first.
    """

    channel: Channel
    filing: Filing | None
    look: Event | None

    @property
    def seen(self) -> str:
        """What a form sends back, so that what somebody else did meanwhile is noticed."""
        return self.channel.updated_at.isoformat()


def awaiting(person: Person, words: str = "") -> Select[Channel]:
    """The channels within the person's units whose going is still to be seen, oldest first."""
    query = (
        select(Channel)
        .join(Channel.unit)
        .options(contains_eager(Channel.unit))
        .where(
            Channel.institution == person.institution,
            Channel.state == ChannelState.closed,
            Channel.gone_at.is_(None),
        )
    )
    visible = person.visible_units()
    if visible is not None:
        query = query.where(Channel.unit_id.in_(visible))
    if words:
        units = tree(person.institution).named_like(words)
        query = query.where(or_(Channel.search.like(like(words), escape="\\"), Channel.unit_id.in_(units)))
    return query.order_by(Channel.closed_at, Channel.id)


def awaited(channels: Sequence[Channel]) -> list[Awaited]:
    """The same channels with what must be known to judge them, in three queries at most."""
    ids = [channel.id for channel in channels]
    looks = _last_looks(ids)
    closings = select(Filing).where(
        Filing.channel_id.in_(ids), Filing.kind == FilingKind.close, Filing.state == State.filed
    )
    filings = {filing.channel_id: filing for filing in db.session.scalars(closings.order_by(Filing.id))}
    return [
        Awaited(channel, filings.get(channel.id), _since_closed(channel, looks.get(channel.id)))
        for channel in channels
    ]


def confirm_gone(channel: Channel, seen: str, actor: Person, now: datetime | None = None) -> Event:
    """The office saw that the account is gone: it is 已注销 for good.

    In: `seen` as `Awaited.seen` gave it. Raises Refused, and Overtaken to who comes second.
    """
    now = now or utcnow()
    _write_unless_changed(channel, seen, actor, gone_at=now, updated_at=now)
    _tell(channel, f"“{channel.title}”已核实销号。", actor, now)
    return history.record(
        channel.institution,
        GONE,
        actor,
        now,
        channel_id=channel.id,
        from_state=CLOSING,
        to_state=channel.state_label,
    )


def still_there(channel: Channel, note: str, seen: str, actor: Person, now: datetime | None = None) -> Event:
    """The office found the account still open: its unit must see to it; the channel stays listed.

    Raises Refused (also without a note) and Overtaken.
    """
    now, note = now or utcnow(), note.strip()
    if not note:
        raise Refused("请写明查到的情况，单位要据此处理。")
    _write_unless_changed(channel, seen, actor, updated_at=now)
    _tell(channel, f"“{channel.title}”经核实仍未销号，请在平台上办理销号。", actor, now, note)
    return history.record(
        channel.institution,
        STILL_THERE,
        actor,
        now,
        channel_id=channel.id,
        opinion=note,
        from_state=CLOSING,
        to_state=CLOSING,
    )


def dissolve(filing: Filing, actor: Person, revision: int, now: datetime | None = None) -> Event:
    """A draft of what was dissolved before it had to be filed: it goes, and its name is kept.

    Raises Refused or Conflict as discarding does.
    """
    institution, unit = filing.institution, filing.unit.name
    name = filing.title or "未命名"
    transitions.discard(filing, actor, revision)
    return history.record(institution, "dissolve", actor, now, opinion=f"{name}（{unit}）")


def _write_unless_changed(channel: Channel, seen: str, actor: Person, **columns: object) -> None:
    """Of all who saw the channel so exactly one may write: the others are told by Overtaken."""
    if not actor.has(Role.office) or actor.institution != channel.institution:
        raise Refused("只有备案审核部门可以核实销号。")
    if seen != channel.updated_at.isoformat():
        raise Overtaken(channel)
    if not channel.closing:
        raise Refused(f"“{channel.title}”现在是“{channel.state_label}”，不需要核实销号。")
    unchanged = (
        Channel.updated_at == channel.updated_at,
        Channel.state == ChannelState.closed,
        Channel.gone_at.is_(None),
    )
    if not write_if(channel, *unchanged, **columns):
        raise Overtaken(channel)


def _tell(channel: Channel, text: str, actor: Person, now: datetime, detail: str = "") -> None:
    people = notices.people_of_unit(channel.institution, channel.unit_id)
    notices.notify(channel.institution, people, text, channel=channel, besides=actor, detail=detail, now=now)


def _last_looks(channel_ids: Sequence[int]) -> dict[int, Event]:
    query = select(Event).where(Event.channel_id.in_(channel_ids), Event.verb.in_((GONE, STILL_THERE)))
    return {look.channel_id: look for look in db.session.scalars(query.order_by(Event.id))}


def _since_closed(channel: Channel, look: Event | None) -> Event | None:
    """An account that was opened and closed again is looked at anew."""
    return look if look and channel.closed_at and look.at >= channel.closed_at else None
