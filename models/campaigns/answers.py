"""What a unit says of its channels in a report, and what still stands in the way of signing it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, select

from models.campaigns.report import Answer, Report, ReportLine
from models.campaigns.rules import ReportState
from models.channel import Channel, ChannelState
from models.database import db, institutions, utcnow
from models.filing import Filing, open_about, start
from models.kinds import FilingKind
from models.people import Person, tree
from models.staleness import is_stale
from models.workflow import Refused, State

KINDS = {Answer.change: FilingKind.change, Answer.close: FilingKind.close}


@dataclass(frozen=True)
class Problem:
    """A row that keeps a report from being signed, and what to do about it."""

    title: str
    sentence: str
    channel_id: int | None = None
    filing_id: int | None = None


def units_of(report: Report) -> set[int]:
    """The report's unit and everything counted with it."""
    return tree(report.institution).below({report.unit_id})


def channels_of(report: Report) -> Select[tuple[Channel]]:
    """What is on the register for the report's units, of the forms in scope; in a stable order."""
    return select(Channel).where(
        *_in_scope(Channel, report), Channel.state == ChannelState.in_force
    ).order_by(Channel.unit_id, Channel.form, Channel.title, Channel.id)


def papers_of(report: Report, *states: State) -> Select[tuple[Filing]]:
    """The filings of the report's units in these states, of the forms in scope."""
    return select(Filing).where(*_in_scope(Filing, report), Filing.state.in_(states)).order_by(
        Filing.unit_id, Filing.form, Filing.id
    )


def say(report: Report, channels: Iterable[Channel], answer: Answer, actor: Person,
        revision: int, now: datetime | None = None) -> list[tuple[Channel, str]]:
    """Says the same of one or many channels; those that cannot take it come back with a sentence.

    变更 and 注销 open the filing for it (one that is open already is taken). Raises Refused when
    the report is not theirs to write, StaleReport when somebody was faster.
    """
    now = now or utcnow()
    _check_writable(report, actor)
    report.win(revision, actor, f"填报“{answer.label}”", now, state=_writing(report))
    scope, refused = units_of(report), []
    for channel in channels:
        try:
            if channel.unit_id not in scope or channel.form not in report.campaign.forms:
                raise Refused("不在这次报送的范围内。")
            with db.session.begin_nested():
                _say_one(report, channel, answer, actor, now)
        except Refused as refusal:
            refused.append((channel, str(refusal)))
    return refused


def say_nothing_to_report(report: Report, actor: Person, nil: bool, revision: int,
                          now: datetime | None = None) -> None:
    """零报告: the unit has nothing in scope. Raises Refused when it has, StaleReport."""
    _check_writable(report, actor)
    if nil and _has_anything(report):
        raise Refused("本单位（含下属单位）还有在册账号或正在办理的备案，不能作零报告。")
    deed = "登记零报告" if nil else "取消零报告"
    report.win(revision, actor, deed, now, nil=nil, state=ReportState.writing)


def problems(report: Report) -> list[Problem]:
    """Everything that must be settled before the report can be handed in or signed."""
    said = {line.channel_id: line for line in report.lines}
    found = [
        problem for channel in db.session.scalars(channels_of(report))
        if (problem := _unsettled(channel, said.get(channel.id))) is not None
    ]
    unsent = papers_of(report, State.draft, State.returned)
    found += [
        Problem(paper.title or "（未命名）", _unsent(paper), paper.channel_id, paper.id)
        for paper in db.session.scalars(unsent)
    ]
    if not found and not report.nil and not _has_anything(report):
        found.append(Problem(report.unit.name, "没有在册账号，也没有新的备案：请确认作零报告。"))
    return found


def _say_one(report: Report, channel: Channel, answer: Answer, actor: Person,
             now: datetime) -> None:
    if channel.state is not ChannelState.in_force:
        raise Refused(f"现在是“{channel.state_label}”，不必填报。")
    if answer is Answer.unchanged:
        if is_stale(channel):
            raise Refused("长时间没有更新，请先答复核实，再填“无变更”。")
        if open_about(Filing, channel.id) is not None:
            raise Refused("有一件备案正在办理，不能填“无变更”。")
    line = db.session.scalar(select(ReportLine).where(
        ReportLine.report_id == report.id, ReportLine.channel_id == channel.id
    ))
    if line is None:
        line = ReportLine(report=report, channel=channel)
        db.session.add(line)
    line.answer, line.by_id, line.at = answer, actor.id, now
    line.filing_id = _filing_for(channel, answer, actor, now)
    db.session.flush()


def _filing_for(channel: Channel, answer: Answer, actor: Person, now: datetime) -> int | None:
    if answer not in KINDS:
        return None
    known = open_about(Filing, channel.id)
    if known is not None and known.kind is KINDS[answer]:
        return known.id
    school = institutions()[channel.institution]
    form = school.forms[channel.form]
    return start(school, form, KINDS[answer], channel.unit, actor, channel, now=now).id


def _unsettled(channel: Channel, line: ReportLine | None) -> Problem | None:
    if line is None:
        return Problem(channel.title, "还没有填报：请选“无变更”“变更”或“注销”。", channel.id)
    if line.answer is Answer.unchanged and is_stale(channel):
        return Problem(channel.title, "长时间没有更新，请先答复核实。", channel.id)
    if line.answer in KINDS and line.filing_id is None:
        return Problem(channel.title, f"填的是“{line.answer.label}”，但备案件已删除，请重新填报。",
                       channel.id)
    return None


def _unsent(paper: Filing) -> str:
    return f"{paper.kind.label}还是“{paper.state.label}”，请填好提交，不需要的请删除或撤回。"


def _has_anything(report: Report) -> bool:
    open_papers = papers_of(report, State.draft, State.returned, State.in_review)
    return any(db.session.scalar(asked.limit(1)) is not None
               for asked in (channels_of(report), open_papers))


def _check_writable(report: Report, actor: Person) -> None:
    if not report.editable(actor):
        raise Refused(f"这份报送现在是“{report.state.label}”，或不属于您的单位，您不能填报。")


def _writing(report: Report) -> ReportState:
    """A returned report stays 已退回 until it is handed in again: nobody loses sight of it."""
    returned = report.state is ReportState.returned
    return ReportState.returned if returned else ReportState.writing


def _in_scope(row: type[Channel] | type[Filing], report: Report) -> list[ColumnElement[bool]]:
    return [
        row.institution == report.institution, row.form.in_(report.campaign.forms),
        row.unit_id.in_(units_of(report)),
    ]
