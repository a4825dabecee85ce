"""开设手续: the school's paper that allows an account to be opened, after it was approved."""

from datetime import date, datetime

from sqlalchemy import select

from models.channels.channel import Channel, ChannelState
from models.clock import campus_time, utcnow
from models.database import db, write_if
from models.events import history
from models.events.history import Event
from models.filings.filing import Filing
from models.messaging import notices
from models.people.person import Person
from models.rules.filing_kind import FilingKind
from models.rules.workflow import Refused, Role, State


def approval_before_opening(channel: Channel) -> Filing | None:
    """The first filing that was approved while the account was not open yet; None without one."""
    query = select(Filing).where(
        Filing.channel_id == channel.id, Filing.kind == FilingKind.first, Filing.state == State.filed
    )
    approval = db.session.scalars(query.order_by(Filing.id.desc()).limit(1)).first()
    return approval if approval and needs_opening(approval) else None


def needs_opening(filing: Filing) -> bool:
    """Whether a filing was the approval of an account that was not open yet."""
    return (
        filing.kind is FilingKind.first
        and filing.state is State.filed
        and not filing.opened
        and filing.channel.state is ChannelState.in_force
    )


def record_opening(
    filing: Filing, number: str, issued_on: date, seen: str, actor: Person, now: datetime | None = None
) -> Event:
    """Writes down the paper's number and day; later once more, to correct them.

    In: `seen` is the number that stood there when the page was drawn, '' for none.
    Raises Refused, also to who comes second, and when nothing would change.
    """
    now, channel = now or utcnow(), filing.channel
    if not actor.has(Role.office) or actor.institution != filing.institution:
        raise Refused("只有备案审核部门可以登记开设手续。")
    if not needs_opening(filing):
        raise Refused("只有批准后才开通的账号需要开设手续。")
    if (number, issued_on) == (channel.opening_number, channel.opening_on):
        raise Refused("与已登记的文号和日期相同，没有改动。")
    before = _words(channel)
    issued = {"opening_number": number, "opening_on": issued_on, "updated_at": now}
    if not write_if(channel, Channel.opening_number == seen, **issued):
        raise Refused(_who_was_faster(channel))
    notices.notify(
        filing.institution,
        notices.people_of_unit(filing.institution, filing.unit_id),
        f"“{filing.title}”的开设手续已经出具，可以打印。",
        filing=filing,
        besides=actor,
        now=now,
    )
    change = {"path": "opening", "label": "开设手续", "before": before, "after": _words(channel)}
    return history.record(filing.institution, "opening", actor, now, channel_id=channel.id, changes=[change])


def _words(channel: Channel) -> str:
    if channel.opening_on is None:
        return ""
    day = channel.opening_on
    return f"{channel.opening_number}（{day.year}年{day.month}月{day.day}日）"


def _who_was_faster(channel: Channel) -> str:
    done = [event for event in history.of_channel(channel.id) if event.verb == "opening"]
    if not done:
        return "这份开设手续刚刚有变动，请刷新后再登记。"
    moment = campus_time(done[-1].at)
    return (
        f"{done[-1].actor_name}在{moment.month}月{moment.day}日 {moment:%H:%M} 已登记开设手续："
        f"{_words(channel)}。您的操作没有生效，请看过最新内容再决定。"
    )
