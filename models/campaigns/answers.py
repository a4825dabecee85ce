"""What a report is about, and what is said of it so far: by its lines, or by filings."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Select, and_, or_, select

from models.campaigns.report import Answer, Report
from models.channels.channel import Channel, ChannelState
from models.database import db
from models.events.history import Event
from models.filings.filing import OPEN, Filing
from models.people.unit import tree
from models.rules.filing_kind import FilingKind
from models.rules.filters import year_of
from models.rules.workflow import State, Verb
from models.wording import by_pinyin

# What a line leads to.
KINDS = {Answer.change: FilingKind.change, Answer.close: FilingKind.close}


def units_of(report: Report) -> set[int]:
    """The report's unit and everything counted with it."""
    return tree(report.institution).below({report.unit_id})


def channels_of(report: Report) -> Select[Channel]:
    """What is on the register for the report's units, of the forms in scope; in a stable order."""
    return (
        select(Channel)
        .where(*_in_scope(Channel, report), Channel.state == ChannelState.in_force)
        .order_by(Channel.unit_id, Channel.form, by_pinyin(Channel.title), Channel.id)
    )


def papers_of(report: Report, *states: State) -> Select[Filing]:
    """The filings of the report's units in these states, of the forms in scope."""
    return (
        select(Filing)
        .where(*_in_scope(Filing, report), Filing.state.in_(states))
        .order_by(Filing.unit_id, Filing.form, Filing.id)
    )


def withdrawn(report: Report) -> list[Filing]:
    """What was handed in, and taken back since the campaign began: it is in no list any more."""
    began = Event.at >= (report.campaign.published_at or report.campaign.created_at)
    taken_back = select(Event.filing_id).where(Event.verb == Verb.withdraw, began)
    query = papers_of(report, State.withdrawn).where(Filing.id.in_(taken_back))
    return list(db.session.scalars(query))


def answered_by_paper(report: Report, channels: Iterable[Channel]) -> dict[int, Filing]:
    """By channel id: the filing that is under way, or was approved since the campaign began.

    It says what a line would say, so none is asked for.
    """
    known = {channel.id: channel.current_id for channel in channels}
    underway = Filing.state.in_(OPEN)
    decided = and_(Filing.id.in_(known.values()), Filing.decided_at >= report.campaign.published_at)
    query = select(Filing).where(Filing.channel_id.in_(known), or_(underway, decided))
    # The one under way is the newer one.
    return {paper.channel_id: paper for paper in db.session.scalars(query.order_by(Filing.id))}


def unanswered(report: Report) -> list[Channel]:
    """What is on the register of which neither a line nor a filing says anything yet."""
    channels = list(db.session.scalars(channels_of(report)))
    answered = {line.channel_id for line in report.lines} | answered_by_paper(report, channels).keys()
    return [channel for channel in channels if channel.id not in answered]


def _in_scope(row: type[Channel] | type[Filing], report: Report) -> list[ColumnElement[bool]]:
    return [
        row.institution == report.institution,
        row.form.in_(report.campaign.forms),
        row.unit_id.in_(units_of(report)),
    ]


def decided_for(report: Report) -> ColumnElement[bool]:
    """Whether a filing was decided since the campaign began, or closed something in its year.

    What was closed in the year stands on the school's tables, be it before the campaign began.
    """
    closed = and_(Filing.kind == FilingKind.close, Filing.decided_at.between(*year_of(report.campaign.year)))
    return or_(Filing.decided_at >= report.campaign.published_at, closed)


def has_anything(report: Report) -> bool:
    """Whether there is anything to report: a channel in force, a filing open or decided for it."""
    decided = papers_of(report, State.filed).where(decided_for(report))
    return any(
        db.session.scalar(query.limit(1)) is not None
        for query in (channels_of(report), papers_of(report, *OPEN), decided)
    )
