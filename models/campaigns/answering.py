"""A unit answers in its report: 无变更, 变更 or 注销 of a channel, or 零报告. Nothing commits."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from models.campaigns.answers import KINDS, has_anything, units_of
from models.campaigns.report import Answer, Report, ReportLine, note_writer
from models.campaigns.transitions import check_revision, record, write_unless_changed
from models.channels.channel import Channel, ChannelState
from models.clock import campus_time, utcnow
from models.database import db
from models.decisions import decide_each
from models.events import history
from models.filings.filing import AlreadyOpen, Filing, open_about
from models.filings.starting import start
from models.filings.transitions import discard
from models.people.person import Person
from models.register.staleness import is_stale
from models.rules.definitions.institution import Institution
from models.rules.report_workflow import ReportState
from models.rules.workflow import Refused, State


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
    check_revision(report, revision)
    _check_writable(report, actor)
    what = f"填报“{answer.label}”"
    write_unless_changed(report, revision, actor, what, now, nil=False, state=_writing(report))
    note_writer(report, actor.id)
    scope = units_of(report)

    def say_of(channel: Channel) -> None:
        if channel.unit_id not in scope or channel.form not in report.campaign.forms:
            raise Refused("不在这次报送的范围内。")
        _say_of_channel(report, institution, channel, answer, actor, now)

    decisions = decide_each(channels, say_of)
    return [(decision.row, decision.problem) for decision in decisions if decision.problem]


def say_nothing_to_report(
    report: Report, actor: Person, nil: bool, revision: int, now: datetime | None = None
) -> None:
    """零报告: the unit has nothing in scope. Raises Refused when it has, ReportConflict."""
    check_revision(report, revision)
    _check_writable(report, actor)
    if nil and has_anything(report):
        raise Refused("本单位（含下属单位）有在册账号，或在这次工作中办理了备案，不能作零报告。")
    before, now = report.nil, now or utcnow()
    what = "登记零报告" if nil else "取消零报告"
    write_unless_changed(report, revision, actor, what, now, nil=nil, state=_writing(report))
    note_writer(report, actor.id)
    if nil != before:
        record(report, "report_nil" if nil else "report_not_nil", actor, now)


def _say_of_channel(
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
