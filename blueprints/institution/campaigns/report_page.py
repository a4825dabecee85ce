"""A unit's report as a page: what is in force, what is under way, what is wrong, what to do."""

from dataclasses import dataclass, replace
from math import ceil

from flask import Response, g, request, url_for
from flask_login import current_user
from sqlalchemy import select

from blueprints.institution.campaigns.report_forms import ExtensionForm, PaperForm
from blueprints.institution.campaigns.words import countdown, late_by, report_words
from blueprints.institution.components.progress import Stage, edit_place, state_words
from blueprints.institution.filtering import page_number
from blueprints.institution.loading import may_open
from blueprints.web.page import page
from models.campaigns.answers import answered_by_paper, channels_of, papers_of, unanswered, units_of
from models.campaigns.problems import Problem, problems
from models.campaigns.report import Answer, Report, ReportLine
from models.channels.channel import Channel, ChannelState
from models.database import db
from models.events.history import Event
from models.filings.filing import OPEN, Filing
from models.filings.queries import Page
from models.people.person import Person
from models.register.staleness import is_stale
from models.rules.policy import Action, may
from models.rules.report_workflow import MISSING, ReportState, ReportVerb
from models.rules.workflow import State

REPORTED = (ReportState.reported, ReportState.received)
PAGE_SIZE = 50
UNSENT = "（未提交的草稿）"


@dataclass(frozen=True)
class Line:
    """A channel in force with what is said of it: by a line, or by a filing that is there."""

    channel: Channel
    said: ReportLine | None
    paper: Filing | None
    stale: bool


def show(report: Report, status: int = 200, error: str = "", **context) -> Response:
    """The report's page, or under htmx what a deed changed of it.

    `context` may carry the `reason` that was typed, the ids that were `ticked`, the `refused`
    rows of what was said of many, the list rows that a signature left (`left`), and the forms
    `extension` and `paper` with what was typed into them.
    """
    said = {"reason": "", "ticked": (), "refused": [], "left": []}
    office = may(current_user, Action.OVERSEE)
    clock = countdown(report.due_at) if report.state in MISSING else None
    return page(
        "institution/campaigns/report.html",
        "body",
        "state",
        "sub",
        "places",
        status=status,
        report=report,
        campaign=report.campaign,
        error=error,
        office=office,
        clock=clock,
        late=late_by(report),
        report_words=report_words,
        answers=list(Answer),
        papers=_papers(report),
        link_to=_link_to,
        state_words=state_words,
        stages=stages(report),
        events=report.events,
        verbs=ReportVerb,
        allowed=report.allowed(current_user),
        registers=_registers(report),
        forms=_forms(report),
        **_lines(report),
        **_to_settle(report),
        **(_office_forms(report, office) | said | context),
    )


def _lines(report: Report) -> dict:
    """One page of what is in force, each row with what is said of it."""
    every = list(db.session.scalars(channels_of(report)))
    pages = max(1, ceil(len(every) / PAGE_SIZE))
    number = min(page_number(request.args), pages)
    shown = every[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    said = {line.channel_id: line for line in report.lines}
    papers = answered_by_paper(report, shown)
    rows = [Line(one, said.get(one.id), papers.get(one.id), is_stale(one, g.institution)) for one in shown]
    return {
        "found": Page(rows, len(every), number, pages),
        "unsaid": len(unanswered(report)),
        "editable": report.editable(current_user),
    }


def _papers(report: Report) -> list[Filing]:
    """Filings of what is not in force: new ones, and closings that went through meanwhile.

    A draft is there for those who write it alone.
    """
    asked = (
        papers_of(report, *OPEN, State.filed)
        .join(Filing.channel)
        .where(
            Channel.state != ChannelState.in_force,
            (Filing.decided_at >= report.campaign.published_at) | Filing.state.in_(OPEN),
        )
    )
    return [paper for paper in db.session.scalars(asked) if may_open(paper)]


def _to_settle(report: Report) -> dict[str, list[Problem]]:
    """What stands in the way of handing in; once it is handed in there is nothing to settle."""
    found = problems(report, g.institution) if report.state in MISSING else []
    return {"problems": [_in_sight(problem) for problem in found]}


def _in_sight(problem: Problem) -> Problem:
    """The problem as this person may read it: what a draft of others is called is not theirs."""
    paper = db.session.get(Filing, problem.filing_id) if problem.filing_id else None
    return problem if paper is None or may_open(paper) else replace(problem, title=UNSENT)


def _link_to(problem: Problem) -> str:
    """Where a problem is settled; '' when the person has no place for it."""
    if problem.filing_id is not None:
        return paper_link(db.session.get(Filing, problem.filing_id))
    return url_for(".channel", channel_id=problem.channel_id) if problem.channel_id else ""


def paper_link(paper: Filing) -> str:
    """Where a filing is written on or looked at; '' for a draft that is not the person's."""
    if paper.editable(current_user):
        endpoint, values = edit_place(paper)
        return url_for(endpoint, **values)
    return "" if paper.state is State.draft else url_for(".filing", filing_id=paper.id)


def _forms(report: Report) -> list:
    """The forms in scope that the school still has."""
    forms = g.institution.forms
    return [forms[code] for code in report.campaign.forms if code in forms]


def _registers(report: Report) -> list:
    """The summary tables that are signed with this report."""
    every = g.institution.registers.values()
    return [register for register in every if register.form in report.campaign.forms]


def _office_forms(report: Report, office: bool) -> dict:
    return {
        "extension": ExtensionForm(formdata=None, prefix="extension") if office else None,
        "paper": PaperForm(report, formdata=None) if office else None,
        "paper_link": paper_link,
        "units": len(units_of(report)),
    }


def stages(report: Report) -> list[Stage]:
    """The four dots of the stepper."""
    last = {event.verb: event for event in report.events}
    began = "current" if report.state is ReportState.not_started else "done"
    return [Stage("未开始", began), _writing(report, last), _signed(report, last), _received(report, last)]


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
