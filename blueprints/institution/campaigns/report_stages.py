"""How far a report has come: 未开始 → 填报中 → 已报送 → 已接收, with who and when."""

from sqlalchemy import select

from blueprints.institution.components.progress import Stage
from models.campaigns.report import Report
from models.database import db
from models.events.history import Event
from models.people.person import Person
from models.rules.report_workflow import ReportState

REPORTED = (ReportState.reported, ReportState.received)


def stages(report: Report) -> list[Stage]:
    """The four dots of the stepper."""
    last = {event.verb: event for event in report.events}
    began = "current" if report.state is ReportState.not_started else "done"
    return [Stage("未开始", began), _writing(report, last), _signed(report, last),
            _received(report, last)]


def _writing(report: Report, last: dict[str, Event]) -> Stage:
    if report.state is ReportState.returned:
        sent = last["report_return"]
        who = f"{sent.actor_name} 退回"
        return Stage("已退回", "refused", who, report.returned_reason, sent.at)
    if report.state is ReportState.writing:
        return Stage("填报中", "current", report.touched_by, when=report.touched_at)
    if report.state is ReportState.not_started:
        return Stage("填报中", "todo")
    handed = last["report_hand_in"]
    return Stage("填报中", "done", f"{handed.actor_name} 提交签字", when=handed.at)


def _signed(report: Report, last: dict[str, Event]) -> Stage:
    if report.state is ReportState.to_sign:
        waiting = last["report_hand_in"].at
        return Stage("已报送", "current", _awaited(report), waiting_since=waiting)
    if report.state in REPORTED:
        who = f"{report.signed_by.name} 签字"
        return Stage("已报送", "done", who, when=report.reported_at)
    return Stage("已报送", "todo")


def _received(report: Report, last: dict[str, Event]) -> Stage:
    if report.state is ReportState.received:
        who = f"{last['report_receive'].actor_name} 接收"
        return Stage("已接收", "done", who, when=report.received_at)
    if report.state is ReportState.reported:
        return Stage("已接收", "current", "等待宣传部门接收", waiting_since=report.reported_at)
    return Stage("已接收", "todo")


def _awaited(report: Report) -> str:
    heads = select(Person.name).where(Person.id.in_(report.standing().heads))
    names = "、".join(db.session.scalars(heads.order_by(Person.id)))
    return f"等待 {names} 签字" if names else "还没有登记单位负责人"
