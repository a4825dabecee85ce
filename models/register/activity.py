"""What a unit says of a channel that lives: its newest post, 无变更, an answer when it was silent.

A channel's unit is heard through its reporters, its head, and the office, which files for those
who have nobody. What is said is written down in the same transaction; nothing here commits.

`quiet_since` is the last day anything was heard of the channel. An approval or a 无变更 sets it to
its own day, and so does an answer that it goes on. Once the day of the newest post is typed, that
day counts instead of the approval; only a 无变更 or an answer that is later outweighs it. So a
post of eight months ago makes a channel stale however young its paper is, unless its unit has
vouched for it since.
"""

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from models import clock
from models.channels.channel import Channel, ChannelState
from models.clock import campus_time, utcnow
from models.database import db, lock
from models.events import history
from models.filings import queries
from models.filings.filing import AlreadyOpen, Filing, open_about
from models.filings.starting import start
from models.messaging import notices
from models.people.person import Person
from models.register import search
from models.register.staleness import is_stale, stale_before, stale_condition
from models.rules.definitions.institution import Institution
from models.rules.filing_kind import FilingKind
from models.rules.filters import year_of
from models.rules.workflow import Refused

STALE = "待核实"
EARLIEST = date(2000, 1, 1)
LONGEST_WORDS = 500


class Answer(StrEnum):
    """What a unit may say of a channel that is stale."""

    go_on = "continue"
    close = "close"
    explain = "explain"

    @property
    def label(self) -> str:
        return LABELS[self]


LABELS = {Answer.go_on: "继续运营", Answer.close: "注销", Answer.explain: "说明"}


def check_day(day: date, today: date) -> None:
    """Raises Refused for a day on which nothing can have been posted."""
    if day > today:
        raise Refused(f"最近更新日期填的是{day_words(day)}，还没有到，请核对。")
    if day < EARLIEST:
        raise Refused(f"最近更新日期填的是{day_words(day)}，早于{EARLIEST.year}年，请核对。")


def record_newest_post(
    channel: Channel, day: date, actor: Person, now: datetime | None = None
) -> history.Event | None:
    """Writes down the day of the newest post; None when it is what was known already.

    Raises Refused: not their unit's, not on the register, an impossible day.
    """
    now = now or utcnow()
    _lock_channel(channel, actor)
    check_day(day, campus_time(now).date())
    if day == channel.last_update_on:
        return None
    changed = _updated(channel, day)
    spoken = (day, channel.confirmed_on, _last_answered(channel))
    channel.quiet_since = max(filter(None, spoken))
    return _record(channel, "heard", actor, now, changes=changed)


def confirm_unchanged(
    channel: Channel, institution: Institution, actor: Person, now: datetime | None = None
) -> history.Event:
    """无变更: once a year a unit vouches that all on the register still holds.

    Raises Refused: not their unit's, not on the register, confirmed this year already, a filing
    about it is open, or it is stale and so must be answered for by itself.
    """
    now = now or utcnow()
    today = campus_time(now).date()
    _lock_channel(channel, actor)
    if channel.confirmed_on and channel.confirmed_on.year == today.year:
        raise Refused(f"今年已在{day_words(channel.confirmed_on)}确认过，不必重复。")
    other = open_about(channel.id)
    if other is not None:
        raise AlreadyOpen(other)
    if is_stale(channel, institution, today):
        raise Refused("长时间没有更新，请先答复核实（继续运营、注销或说明），再确认无变更。")
    channel.confirmed_on = channel.quiet_since = today
    return _record(channel, "confirm", actor, now)


def answer(
    channel: Channel,
    institution: Institution,
    choice: Answer,
    actor: Person,
    words: str = "",
    day: date | None = None,
    now: datetime | None = None,
) -> Filing | None:
    """A unit answers for a stale channel; 注销 begins its closing and returns that draft.

    继续运营 needs the day of a newer post or a reason, 说明 needs words; either counts as heard
    of, so that the limit runs anew from today.
    Raises Refused: not their unit's, not stale (somebody may have answered already), no words;
    AlreadyOpen when its closing is under way, or another filing stands before one.
    """
    now = now or utcnow()
    today, words = campus_time(now).date(), words.strip()
    _lock_channel(channel, actor)
    _check_answer(channel, institution, choice, words, day, today)
    changed, closing = [], None
    if choice is Answer.close:
        closing = _begin_closing(channel, institution, actor, now)
    else:
        moved = choice is Answer.go_on and day and day != channel.last_update_on
        changed = _updated(channel, day) if moved else []
        channel.quiet_since = today
    _record(
        channel, "answer", actor, now, opinion=words, changes=changed, from_state=STALE, to_state=choice.label
    )
    notices.notify(
        channel.institution,
        notices.office_people(channel.institution),
        f"“{channel.title}”（{channel.unit.name}）答复核实：{choice.label}。",
        channel=channel,
        besides=actor,
        detail=words,
        now=now,
    )
    return closing


def due_condition(institution: str, today: date | None = None) -> ColumnElement[bool]:
    """Channels of which 无变更 is still to be said this year: no paper or word of this year yet."""
    year = (today or clock.today()).year
    before = exists().where(Filing.id == Channel.current_id, Filing.decided_at < year_of(year)[0])
    unsaid = or_(Channel.confirmed_on.is_(None), Channel.confirmed_on < date(year, 1, 1))
    return and_(Channel.institution == institution, Channel.state == ChannelState.in_force, unsaid, before)


def counts(institution: Institution, person: Person) -> dict[str, int]:
    """How many channels of the person's units (the office: of all) are stale, and how many due."""
    query = search.channels(institution, person)
    return {
        "stale": queries.count(query.where(stale_condition(institution))),
        "due": queries.count(query.where(due_condition(institution.code))),
    }


def standing_answers(channels: Iterable[Channel]) -> dict[int, history.Event]:
    """By channel id: the answer by which it was last heard of, where it was an answer."""
    known = {channel.id: channel.quiet_since for channel in channels}
    newest = (
        select(func.max(history.Event.id))
        .where(
            history.Event.channel_id.in_(known),
            history.Event.verb == "answer",
            history.Event.to_state != Answer.close.label,
        )
        .group_by(history.Event.channel_id)
    )
    events = db.session.scalars(select(history.Event).where(history.Event.id.in_(newest)))
    return {
        event.channel_id: event for event in events if campus_time(event.at).date() == known[event.channel_id]
    }


def day_words(day: date) -> str:
    """A day in an event or a sentence, which is read in other years too."""
    return f"{day.year}年{day.month}月{day.day}日"


def _lock_channel(channel: Channel, actor: Person) -> None:
    """The channel as it is now, while all others who would write an event about one wait."""
    lock(f"events of {channel.institution}")
    db.session.refresh(channel, ["state", "last_update_on", "quiet_since", "confirmed_on"])
    units = actor.visible_units()
    theirs = units is None or channel.unit_id in units
    if actor.institution != channel.institution or not theirs:
        raise Refused("这不是您单位的账号。")
    if channel.state is not ChannelState.in_force:
        raise Refused(f"现在是“{channel.state_label}”，不在册，没有要核实的。")


def _check_answer(
    channel: Channel, institution: Institution, choice: Answer, words: str, day: date | None, today: date
) -> None:
    other = open_about(channel.id)
    if other is not None and (choice is Answer.close or other.kind is FilingKind.close):
        raise AlreadyOpen(other)
    if not is_stale(channel, institution, today):
        raise Refused(_why_not_stale(channel))
    if len(words) > LONGEST_WORDS:
        raise Refused(f"最多{LONGEST_WORDS}个字，现在是{len(words)}个字，请删减。")
    if choice is Answer.explain and not words:
        raise Refused("请写明情况，再提交说明。")
    if choice is Answer.go_on:
        _check_going_on(institution, words, day, today)


def _check_going_on(institution: Institution, words: str, day: date | None, today: date) -> None:
    if day is not None:
        check_day(day, today)
    if words:
        return
    if day is None:
        raise Refused("请填写新的最近更新日期；还没有新的更新时，请写明继续运营的理由。")
    if day < stale_before(institution, today):
        raise Refused(f"{day_words(day)}已经过了核实的期限，请写明继续运营的理由，或选择注销。")


def _why_not_stale(channel: Channel) -> str:
    event = standing_answers([channel]).get(channel.id)
    if event is not None:
        return f"{event.actor_name}已在{day_words(channel.quiet_since)}答复“{event.to_state}”，不必再答复。"
    return "现在不在待核实之列，不必答复。"


def _begin_closing(channel: Channel, institution: Institution, actor: Person, now: datetime) -> Filing:
    form = institution.forms.get(channel.form)
    if form is None:
        raise Refused("它的表单已经停用，请联系宣传部办理注销。")
    return start(institution, form, FilingKind.close, channel.unit, actor, channel, now=now)


def _updated(channel: Channel, day: date) -> list[dict]:
    before, channel.last_update_on = channel.last_update_on, day
    return [
        {
            "path": "last_update_on",
            "label": "最近更新日期",
            "before": day_words(before) if before else "",
            "after": day_words(day),
        }
    ]


def _last_answered(channel: Channel) -> date | None:
    """The day of the last answer that it goes on."""
    moment = db.session.scalar(
        select(func.max(history.Event.at)).where(
            history.Event.channel_id == channel.id,
            history.Event.verb == "answer",
            history.Event.to_state != Answer.close.label,
        )
    )
    return campus_time(moment).date() if moment else None


def _record(channel: Channel, verb: str, actor: Person, now: datetime, **details) -> history.Event:
    return history.record(channel.institution, verb, actor, now, channel_id=channel.id, **details)
