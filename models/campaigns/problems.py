"""What still stands in the way of signing a report, a sentence for each."""

from dataclasses import dataclass

from models.campaigns.answers import KINDS, answered_by_paper, channels_of, has_anything, papers_of
from models.campaigns.report import Answer, Report, ReportLine
from models.channels.channel import Channel
from models.database import db
from models.filings.filing import Filing
from models.register.staleness import is_stale
from models.rules.definitions.institution import Institution
from models.rules.workflow import State

NOT_NIL = "已登记零报告，但现在有在册账号或办理了备案：请取消零报告。"
NOT_SAID_NIL = "没有在册账号，也没有新的备案：请确认作零报告。"


@dataclass(frozen=True)
class Problem:
    """A row that keeps a report from being signed, and what to do about it."""

    title: str
    sentence: str
    channel_id: int | None = None
    filing_id: int | None = None


def problems(report: Report, institution: Institution) -> list[Problem]:
    """Everything that must be settled before the report can be handed in or signed."""
    lines = {line.channel_id: line for line in report.lines}
    channels = list(db.session.scalars(channels_of(report)))
    papers = answered_by_paper(report, channels)
    unsettled = [
        problem
        for channel in channels
        if (problem := _unsettled(channel, institution, lines.get(channel.id), papers.get(channel.id)))
    ]
    unsent = papers_of(report, State.draft, State.returned)
    unsettled += [
        Problem(paper.title or "（未命名）", _unsent(paper), paper.channel_id, paper.id)
        for paper in db.session.scalars(unsent)
    ]
    if report.nil == has_anything(report):
        unsettled.append(Problem(report.unit.name, NOT_NIL if report.nil else NOT_SAID_NIL))
    return unsettled


def _unsettled(
    channel: Channel, institution: Institution, line: ReportLine | None, paper: Filing | None
) -> Problem | None:
    if paper is not None:
        return None  # it is shown by itself while it is not handed in
    if line is None:
        return Problem(channel.title, "还没有填报：请选“无变更”“变更”或“注销”。", channel.id)
    if line.answer is Answer.unchanged and is_stale(channel, institution):
        return Problem(channel.title, "长时间没有更新，请先答复核实。", channel.id)
    if line.answer in KINDS:
        return Problem(
            channel.title,
            f"填的是“{line.answer.label}”，但那件备案已删除、撤回或不予备案，请重新填报。",
            channel.id,
        )
    return None


def _unsent(paper: Filing) -> str:
    return f"{paper.kind.label}还是“{paper.state.label}”，请填好提交，不需要的请删除或撤回。"
