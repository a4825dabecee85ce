"""What a unit says of its channels in a report, and what still stands in the way of signing it."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, or_, select

from models.campaigns.report import Answer, Report, ReportLine
from models.channels.channel import Channel, ChannelState
from models.clock import campus_time, utcnow
from models.database import db
from models.events import history
from models.filings.filing import OPEN, AlreadyOpen, Filing, open_about
from models.filings.starting import start
from models.filings.transitions import discard
from models.people.person import Person
from models.people.unit import tree
from models.register.staleness import is_stale
from models.rules.definitions.institution import Institution
from models.rules.filing_kind import FilingKind
from models.rules.report_workflow import ReportState
from models.rules.workflow import Refused, State

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
        .order_by(Channel.unit_id, Channel.form, Channel.title, Channel.id)
    )


def papers_of(report: Report, *states: State) -> Select[Filing]:
    """The filings of the report's units in these states, of the forms in scope."""
    return (
        select(Filing)
        .where(*_in_scope(Filing, report), Filing.state.in_(states))
        .order_by(Filing.unit_id, Filing.form, Filing.id)
    )


def say(
    report: Report,
    institution: Institution,
    channels: Iterable[Channel],
    answer: Answer,
    actor: Person,
    revision: int,
    now: datetime | None = None,
) -> list[tuple[Channel, str]]:
    """Says the same of one or many channels; those that cannot take it come back with a sentence.

    变更 and 注销 open the filing for it (one that is open already is taken). Raises Refused when
    the report is not theirs to write, ReportConflict when somebody was faster.
    """
    now = now or utcnow()
    report.check(revision)
    _check_writable(report, actor)
    deed = f"填报“{answer.label}”"
    report.win(revision, actor, deed, now, nil=False, state=_writing(report))
    scope, refused = units_of(report), []
    for channel in channels:
        try:
            if channel.unit_id not in scope or channel.form not in report.campaign.forms:
                raise Refused("不在这次报送的范围内。")
            with db.session.begin_nested():
                _say_one(report, institution, channel, answer, actor, now)
        except Refused as refusal:
            refused.append((channel, str(refusal)))
    return refused


def say_nothing_to_report(
    report: Report, actor: Person, nil: bool, revision: int, now: datetime | None = None
) -> None:
    """零报告: the unit has nothing in scope. Raises Refused when it has, ReportConflict."""
    report.check(revision)
    _check_writable(report, actor)
    if nil and has_anything(report):
        raise Refused("本单位（含下属单位）有在册账号，或在这次工作中办理了备案，不能作零报告。")
    was, deed = report.nil, "登记零报告" if nil else "取消零报告"
    report.win(revision, actor, deed, now, nil=nil, state=_writing(report))
    if nil != was:
        report.write("report_nil" if nil else "report_not_nil", actor, now or utcnow())


def answered_by_paper(report: Report, channels: Iterable[Channel]) -> dict[int, Filing]:
    """By channel id: the filing that is under way, or was approved since the campaign began.

    It says what a line would say, so none is asked for.
    """
    known = {channel.id: channel.current_id for channel in channels}
    underway = Filing.state.in_(OPEN)
    decided = and_(Filing.id.in_(known.values()), Filing.decided_at >= report.campaign.published_at)
    asked = select(Filing).where(Filing.channel_id.in_(known), or_(underway, decided))
    # The one under way is the newer one.
    return {paper.channel_id: paper for paper in db.session.scalars(asked.order_by(Filing.id))}


def unanswered(report: Report) -> list[Channel]:
    """What is on the register of which neither a line nor a filing says anything yet."""
    channels = list(db.session.scalars(channels_of(report)))
    said = {line.channel_id for line in report.lines} | answered_by_paper(report, channels).keys()
    return [channel for channel in channels if channel.id not in said]


def _say_one(
    report: Report, institution: Institution, channel: Channel, answer: Answer, actor: Person, now: datetime
) -> None:
    if channel.state is not ChannelState.in_force:
        raise Refused(f"现在是“{channel.state_label}”，不必填报。")
    line = db.session.scalar(
        select(ReportLine).where(ReportLine.report_id == report.id, ReportLine.channel_id == channel.id)
    )
    known = _still_open(channel, line, answer, actor)
    if answer is Answer.unchanged:
        if is_stale(channel, institution, campus_time(now).date()):
            raise Refused("长时间没有更新，请先答复核实，再填“无变更”。")
        if known is not None:
            raise Refused(
                f"有一件{known.kind.label}正在办理（{known.state.label}），"
                "不能填“无变更”；不需要办的，请先删除或撤回它。"
            )
    paper = known or _begin(channel, institution, answer, actor, now)
    before = line.answer if line else None
    if answer is not before:
        history.record(
            report.institution,
            "report_say",
            actor,
            now,
            channel_id=channel.id,
            opinion=report.campaign.title,
            from_state=before.label if before else "",
            to_state=answer.label,
        )
    if line is None:
        line = ReportLine(report=report, channel=channel)
        db.session.add(line)
    line.answer, line.by_id, line.at = answer, actor.id, now
    line.filing_id = paper and paper.id
    db.session.flush()


def _still_open(channel: Channel, line: ReportLine | None, answer: Answer, actor: Person) -> Filing | None:
    """The filing under way that goes with the answer; raises AlreadyOpen for one that does not.

    A draft that another answer opened and nobody wrote in is thrown away.
    """
    known = open_about(channel.id)
    if known is None or known.kind is KINDS.get(answer):
        return known
    if line and line.filing_id == known.id and known.state is State.draft and known.revision == 1:
        discard(known, actor, known.revision)
        db.session.refresh(line)
        return None
    if answer in KINDS:
        raise AlreadyOpen(known)
    return known


def _begin(
    channel: Channel, institution: Institution, answer: Answer, actor: Person, now: datetime
) -> Filing | None:
    if answer not in KINDS:
        return None
    form = institution.forms.get(channel.form)
    if form is None:
        raise Refused("它的表单已经停用，请联系宣传部门。")
    return start(institution, form, KINDS[answer], channel.unit, actor, channel, now=now)


def _check_writable(report: Report, actor: Person) -> None:
    if not report.editable(actor):
        raise Refused(f"这份报送现在是“{report.state.label}”，或不属于您的单位，您不能填报。")


def _writing(report: Report) -> ReportState:
    """A returned report stays 已退回 until it is handed in again: nobody loses sight of it."""
    returned = report.state is ReportState.returned
    return ReportState.returned if returned else ReportState.writing


def _in_scope(row: type[Channel] | type[Filing], report: Report) -> list[ColumnElement[bool]]:
    return [
        row.institution == report.institution,
        row.form.in_(report.campaign.forms),
        row.unit_id.in_(units_of(report)),
    ]


def has_anything(report: Report) -> bool:
    """Whether there is anything to report: a channel in force, a filing open or decided since."""
    decided = papers_of(report, State.filed).where(Filing.decided_at >= report.campaign.published_at)
    return any(
        db.session.scalar(query.limit(1)) is not None
        for query in (channels_of(report), papers_of(report, *OPEN), decided)
    )
