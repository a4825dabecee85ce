"""A unit's report: its page, and what the unit does on it.

The page shows what is in force, what is under way, what is wrong and what to do. The unit answers of
each channel, or by a 零报告; the report is handed in, signed and taken back.
"""

from dataclasses import dataclass, replace
from math import ceil

from flask import Response, abort, flash, g, request, url_for
from flask_login import current_user
from sqlalchemy import select

from blueprints.institution.campaigns.loading import load_campaign, load_report
from blueprints.institution.campaigns.receipt_forms import ExtensionForm, PaperForm
from blueprints.institution.campaigns.signed_part import signed_part
from blueprints.institution.campaigns.words import countdown, late_by, report_words
from blueprints.institution.components.progress import Stage, edit_place, state_words
from blueprints.institution.filtering import page_number, whole_number
from blueprints.institution.loading import load_form, may_open, revision_of
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.idempotency import once
from blueprints.web.page import go, page, wants_block
from blueprints.web.refusal import attempt
from models.campaigns.answering import say, say_nothing_to_report
from models.campaigns.answers import (
    answered_by_paper,
    channels_of,
    decided_for,
    has_anything,
    papers_of,
    unanswered,
    units_of,
    withdrawn,
)
from models.campaigns.campaign import Campaign, reporter_of
from models.campaigns.problems import Problem, problems
from models.campaigns.report import Answer, Report, ReportLine, report_of
from models.campaigns.transitions import move
from models.channels.channel import Channel, ChannelState
from models.database import db
from models.events.history import Event
from models.filings.filing import OPEN, Filing, open_about
from models.filings.queries import Page
from models.filings.starting import start
from models.people.person import Person
from models.people.unit import tree
from models.register.staleness import is_stale
from models.rules.definitions.definition import Form
from models.rules.filing_kind import FilingKind
from models.rules.messages import clean
from models.rules.policy import Action, may
from models.rules.report_workflow import MISSING, ReportState, ReportVerb
from models.rules.workflow import State

LONGEST_REASON = 500
REPORT = "/campaigns/<int:campaign_id>/reports/<int:unit_id>"
REPORTED = (ReportState.reported, ReportState.received)
PAGE_SIZE = 50
UNSENT = "（未提交的草稿）"


@dataclass(frozen=True)
class ChannelRow:
    """A channel in force with what answers for it: a line, or a filing that is there."""

    channel: Channel
    line: ReportLine | None
    paper: Filing | None
    stale: bool


@mould.get(REPORT)
@requires(Action.READ)
def report(campaign_id: int, unit_id: int) -> Response:
    """A unit's report; a unit that another one reports for is led there."""
    campaign = load_campaign(campaign_id)
    if report_of(campaign, unit_id) is None:
        return _lead_on(campaign, unit_id)
    return show(load_report(campaign_id, unit_id))


def _lead_on(campaign: Campaign, unit_id: int) -> Response:
    nodes, visible = tree(g.institution.code).nodes, current_user.visible_units()
    if unit_id not in nodes or (visible is not None and unit_id not in visible):
        abort(404)
    reporter = reporter_of(g.institution.code, [unit_id]).get(unit_id)
    if reporter is None or report_of(campaign, reporter) is None:
        abort(404)
    if visible is None or reporter in visible:
        return go(".report", campaign_id=campaign.id, unit_id=reporter)
    return page(
        "institution/campaigns/reported_by_another.html",
        campaign=campaign,
        unit=nodes[unit_id],
        reporter=nodes[reporter],
    )


@mould.post(f"{REPORT}/say")
@requires(Action.FILE)
def say_in_report(campaign_id: int, unit_id: int) -> Response:
    """无变更, 变更 or 注销 of one row, of the ticked ones, or 无变更 of all the rest."""
    report = load_report(campaign_id, unit_id)
    answer, channels = _meant(report)
    ticked = [channel.id for channel in channels]
    if not channels:
        return show(report, 422, "请先勾选要填报的账号或群。")
    with attempt() as attempted:
        refused = say(report, g.institution, channels, answer, current_user, revision_of(request.form))
        db.session.commit()
    if attempted.refused:
        report = load_report(campaign_id, unit_id)
        return show(report, attempted.status, attempted.sentence, ticked=ticked)
    answered = len(channels) - len(refused)
    if answered:
        flash(f"已填报 {answered} 个“{answer.label}”。")
    if len(channels) == answered == 1 and answer is not Answer.unchanged:
        return go(".edit", filing_id=open_about(channels[0].id).id)
    if refused or wants_block():
        return show(report, refused=refused)
    return _back(report)


def _meant(report: Report) -> tuple[Answer, list[Channel]]:
    """The answer that was pressed, and of which of the report's channels."""
    if request.form.get("rest"):
        return Answer.unchanged, unanswered(report)
    row_answer, _, number = request.form.get("one", "").partition("-")
    code = row_answer or request.form.get("answer", "")
    sent = [number] if row_answer else request.form.getlist("channel")
    ids = {whole_number(text) for text in sent} - {None}
    if code not in list(Answer):
        abort(400)
    return Answer(code), list(db.session.scalars(channels_of(report).where(Channel.id.in_(ids))))


@mould.post(f"{REPORT}/nil")
@requires(Action.FILE)
def nil_report(campaign_id: int, unit_id: int) -> Response:
    """零报告: nothing to report; or, with an empty `nil`, there is something after all."""
    report, nil = load_report(campaign_id, unit_id), bool(request.form.get("nil"))
    with attempt() as attempted:
        say_nothing_to_report(report, current_user, nil, revision_of(request.form))
        db.session.commit()
    if attempted.refused:
        return show(load_report(campaign_id, unit_id), attempted.status, attempted.sentence)
    flash("已登记零报告，请提交签字。" if nil else "已取消零报告。")
    return show(report) if wants_block() else _back(report)


@mould.post(f"{REPORT}/new")
@requires(Action.FILE)
@once
def new_in_report(campaign_id: int, unit_id: int) -> Response:
    """A new filing of the report's unit; an untouched draft is used again."""
    report, form = load_report(campaign_id, unit_id), load_form(request.form.get("form", ""))
    with attempt() as attempted:
        filing = _untouched_draft(form, unit_id) or start(
            g.institution, form, FilingKind.first, report.unit, current_user
        )
        db.session.commit()
    if attempted.refused:
        return show(load_report(campaign_id, unit_id), attempted.status, attempted.sentence)
    return go(".edit", filing_id=filing.id)


def _untouched_draft(form: Form, unit_id: int) -> Filing | None:
    """What the person began before for this unit on this form, and did not write in."""
    query = select(Filing).where(
        Filing.institution == g.institution.code,
        Filing.form == form.code,
        Filing.unit_id == unit_id,
        Filing.kind == FilingKind.first,
        Filing.state == State.draft,
        Filing.created_by_id == current_user.id,
        Filing.revision == 1,
    )
    return db.session.scalars(query.limit(1)).first()


@mould.post(f"{REPORT}/<any(hand_in,take_back,sign,return):verb>")
@requires(Action.READ)
def move_report(campaign_id: int, unit_id: int, verb: str) -> Response:
    """One verb; whether this person may is the rules' to say. Receiving has a page of its own."""
    report, verb = load_report(campaign_id, unit_id), ReportVerb(verb)
    reason = clean(request.form.get("reason", "")).strip()
    if len(reason) > LONGEST_REASON:
        return show(report, 422, f"最多{LONGEST_REASON}个字，请删减。", reason=reason)
    with attempt() as attempted:
        decisions = move(report, g.institution, verb, current_user, revision_of(request.form), reason)
        db.session.commit()
    if attempted.refused:
        report = load_report(campaign_id, unit_id)
        return show(report, attempted.status, attempted.sentence, reason=reason)
    flash(f"已{verb.label}。")
    left = [decision for decision in decisions if decision.problem]
    return show(report, left=left) if left or wants_block() else _back(report)


def _back(report: Report) -> Response:
    return go(".report", campaign_id=report.campaign_id, unit_id=report.unit_id)


def show(report: Report, status: int = 200, error: str = "", **context) -> Response:
    """The report's page, or under htmx what changed on it.

    `context` may carry the `reason` that was typed, the ids that were `ticked`, the `refused`
    rows of what was said of many, the list rows that a signature left (`left`), and the forms
    `extension` and `paper` with what was typed into them.
    """
    untouched = {"reason": "", "ticked": (), "refused": [], "left": []}
    office = may(current_user, Action.OVERSEE)
    clock = countdown(report.due_at) if report.state in MISSING else None
    return page(
        "institution/campaigns/unit_report.html",
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
        allowed=report.allowed(current_user, g.institution),
        registers=_registers(report),
        signed=signed_part(report),
        anything=has_anything(report),
        forms=_forms(report),
        **_lines(report),
        **_to_settle(report),
        withdrawn=withdrawn(report) if office else [],
        **(_office_forms(report, office) | untouched | context),
    )


def _lines(report: Report) -> dict:
    """One page of what is in force, each row with what answers for it."""
    every = list(db.session.scalars(channels_of(report)))
    pages = max(1, ceil(len(every) / PAGE_SIZE))
    number = min(page_number(request.args), pages)
    shown = every[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    lines = {line.channel_id: line for line in report.lines}
    papers = answered_by_paper(report, shown)
    rows = [
        ChannelRow(channel, lines.get(channel.id), papers.get(channel.id), is_stale(channel, g.institution))
        for channel in shown
    ]
    return {
        "listing": Page(rows, len(every), number, pages),
        "unsaid": len(unanswered(report)),
        "editable": report.editable(current_user),
    }


def _papers(report: Report) -> list[Filing]:
    """Filings of what is not in force: new ones, and closings that went through meanwhile.

    A draft is there for those who write it alone.
    """
    query = (
        papers_of(report, *OPEN, State.filed)
        .join(Filing.channel)
        .where(Channel.state != ChannelState.in_force, decided_for(report) | Filing.state.in_(OPEN))
    )
    return [paper for paper in db.session.scalars(query) if may_open(paper)]


def _to_settle(report: Report) -> dict[str, list[Problem]]:
    """What stands in the way of handing in; once it is handed in there is nothing to settle."""
    unsettled = problems(report, g.institution) if report.state in MISSING else []
    return {"problems": [_in_sight(problem) for problem in unsettled]}


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
    standing = report.standing(g.institution)
    heads = select(Person.name).where(Person.id.in_(standing.heads - standing.barred))
    names = "、".join(db.session.scalars(heads.order_by(Person.id)))
    return f"等待 {names} 签字" if names else "还没有登记单位负责人"
