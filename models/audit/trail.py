"""The trail as the auditor searches it: the newest first, a page beginning below a known event.

An id never moves, so no event is seen twice or missed while others are being written.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, func, or_, select

from models.campaigns.campaign import Campaign
from models.campaigns.report import Report
from models.channels.channel import Channel
from models.clock import CAMPUS_ZONE
from models.database import db
from models.events.history import Event
from models.filings.filing import Filing
from models.people.unit import Unit, tree
from models.rules.event_labels import all_deeds
from models.rules.filters import whole_number
from models.wording import mentions

WORDS_IN = (
    Event.opinion,
    Event.step_label,
    Filing.title,
    Filing.number,
    Channel.title,
    Channel.number,
    Campaign.title,
)


@dataclass(frozen=True)
class Question:
    """What is looked for. `errors` holds a sentence for each filter that could not be read."""

    errors: Mapping[str, str]
    person: str = ""
    verb: str = ""
    words: str = ""
    since: date | None = None
    until: date | None = None
    unit: int | None = None
    filing: int | None = None
    channel: int | None = None


@dataclass(frozen=True)
class Entry:
    """An event and what it is about, as far as that still has a name."""

    event: Event
    filing: Filing | None
    channel: Channel | None
    report: Report | None


@dataclass(frozen=True)
class TrailPage:
    """A page of the trail; `below` is where the next one begins, None on the last."""

    items: list[Entry]
    below: int | None


def read_question(args: Mapping[str, str]) -> Question:
    """The filters of an address; what cannot be read is left out, with a sentence."""
    errors: dict[str, str] = {}
    since, until = (_day(args, name, errors) for name in ("since", "until"))
    if since and until and since > until:
        errors["until"] = "结束日期早于开始日期，请调整。"
    verb = args.get("deed", "")
    return Question(
        errors,
        args.get("person", "").strip()[:100],
        verb if verb in all_deeds() else "",
        args.get("words", "").strip()[:100],
        since,
        until,
        *(whole_number(args.get(name, "")) or None for name in ("unit", "filing", "channel")),
    )


def page(institution: str, question: Question, below: int | None, size: int) -> TrailPage:
    """The events below an id, at most `size`; of all of them when there is none."""
    query = _query(institution, question).limit(size + 1)
    if below is not None:
        query = query.where(Event.id < below)
    rows = [Entry(*row) for row in db.session.execute(query)]
    return TrailPage(rows[:size], rows[size - 1].event.id if len(rows) > size else None)


def count(institution: str, question: Question, most: int) -> int:
    """How many events there are, counted no further than `most` + 1."""
    matching = _query(institution, question).with_only_columns(Event.id).limit(most + 1).subquery()
    return db.session.scalar(select(func.count()).select_from(matching))


def _query(institution: str, question: Question) -> Select:
    return (
        select(Event, Filing, Channel, Report)
        .outerjoin(Filing, Filing.id == Event.filing_id)
        .outerjoin(Channel, Channel.id == Event.channel_id)
        .outerjoin(Report, Report.id == Event.report_id)
        .outerjoin(Campaign, Campaign.id == Report.campaign_id)
        .where(Event.institution == institution, *_conditions(institution, question))
        .order_by(Event.id.desc())
    )


def _conditions(institution: str, question: Question) -> Iterator[ColumnElement[bool]]:
    if question.person:
        yield mentions(Event.actor_name, question.person)
    if question.verb:
        yield Event.verb == question.verb
    if question.words:
        yield or_(*(mentions(column, question.words) for column in WORDS_IN))
    if question.since:
        yield Event.at >= _midnight(question.since)
    if question.until:
        yield Event.at < _midnight(question.until + timedelta(days=1))
    if question.unit:
        units = tree(institution).below({question.unit})
        yield or_(*(row.unit_id.in_(units) for row in (Filing, Channel, Report)))
    if question.filing:
        yield Event.filing_id == question.filing
    if question.channel:
        yield or_(Event.channel_id == question.channel, Filing.channel_id == question.channel)


def units(institution: str) -> list[tuple[str, str]]:
    """The units to filter by: id and name, indented as in the tree."""
    return [(str(node.id), "　" * depth + node.name) for node, depth in tree(institution).ordered()]


def unit_names(institution: str) -> dict[int, str]:
    """Every unit's name by its id."""
    query = select(Unit.id, Unit.name).where(Unit.institution == institution)
    return dict(db.session.execute(query).all())


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), CAMPUS_ZONE)


def _day(args: Mapping[str, str], name: str, errors: dict[str, str]) -> date | None:
    text = args.get(name, "").strip()
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        day = None
    if text and (day is None or not 2000 <= day.year <= 2999):
        errors[name] = "日期看不懂，请按 2026-01-31 的样子填写。"
        return None
    return day
