"""A unit answers: of each channel, by a 零报告, by handing in, signing and taking back."""

from flask import Response, abort, flash, g, request
from flask_login import current_user
from sqlalchemy import select

from blueprints.institution.campaigns.loading import load_campaign, load_report
from blueprints.institution.campaigns.report_page import show
from blueprints.institution.filtering import whole_number
from blueprints.institution.loading import load_form, revision_of
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.idempotency import once
from blueprints.web.page import go, page, wants_block
from models.campaigns.answers import channels_of, say, say_nothing_to_report, unanswered
from models.campaigns.campaign import Campaign, reporter_of
from models.campaigns.report import Answer, Report, ReportConflict, report_of
from models.campaigns.transitions import move
from models.channels.channel import Channel
from models.database import db
from models.filings.filing import Filing, open_about
from models.filings.starting import start
from models.people.unit import tree
from models.rules.filing_kind import FilingKind
from models.rules.messages import clean
from models.rules.policy import Action
from models.rules.report_workflow import ReportVerb
from models.rules.workflow import Refused, State

LONGEST_REASON = 500
REPORT = "/campaigns/<int:campaign_id>/reports/<int:unit_id>"


@mould.get(REPORT)
@requires(Action.READ)
def report(campaign_id: int, unit_id: int) -> Response:
    """A unit's report; a unit that another one reports for is led there."""
    found = load_campaign(campaign_id)
    if report_of(found, unit_id) is None:
        return _lead_on(found, unit_id)
    return show(load_report(campaign_id, unit_id))


def _lead_on(found: Campaign, unit_id: int) -> Response:
    nodes, visible = tree(g.institution.code).nodes, current_user.visible_units()
    if unit_id not in nodes or (visible is not None and unit_id not in visible):
        abort(404)
    reporter = reporter_of(g.institution.code, [unit_id]).get(unit_id)
    if reporter is None or report_of(found, reporter) is None:
        abort(404)
    if visible is None or reporter in visible:
        return go(".report", campaign_id=found.id, unit_id=reporter)
    return page(
        "institution/campaigns/led.html", campaign=found, unit=nodes[unit_id], reporter=nodes[reporter]
    )


@mould.post(f"{REPORT}/say")
@requires(Action.FILE)
def say_in_report(campaign_id: int, unit_id: int) -> Response:
    """无变更, 变更 or 注销 of one row, of the ticked ones, or 无变更 of all the rest."""
    found = load_report(campaign_id, unit_id)
    answer, channels = _meant(found)
    ticked = [channel.id for channel in channels]
    if not channels:
        return show(found, 422, "请先勾选要填报的账号或群。")
    try:
        refused = say(found, g.institution, channels, answer, current_user, revision_of(request.form))
    except (Refused, ReportConflict) as problem:
        return _refuse(campaign_id, unit_id, problem, ticked=ticked)
    db.session.commit()
    said = len(channels) - len(refused)
    if said:
        flash(f"已填报 {said} 个“{answer.label}”。")
    if len(channels) == said == 1 and answer is not Answer.unchanged:
        return go(".edit", filing_id=open_about(channels[0].id).id)
    if refused or wants_block():
        return show(found, refused=refused)
    return _back(found)


def _meant(found: Report) -> tuple[Answer, list[Channel]]:
    """The answer that was pressed, and of which of the report's channels."""
    if request.form.get("rest"):
        return Answer.unchanged, unanswered(found)
    one, _, number = request.form.get("one", "").partition("-")
    code = one or request.form.get("answer", "")
    sent = [number] if one else request.form.getlist("channel")
    ids = {whole_number(text) for text in sent} - {None}
    if code not in list(Answer):
        abort(400)
    return Answer(code), list(db.session.scalars(channels_of(found).where(Channel.id.in_(ids))))


@mould.post(f"{REPORT}/nil")
@requires(Action.FILE)
def nil_report(campaign_id: int, unit_id: int) -> Response:
    """零报告: nothing to report; or, with an empty `nil`, there is something after all."""
    found, nil = load_report(campaign_id, unit_id), bool(request.form.get("nil"))
    try:
        say_nothing_to_report(found, current_user, nil, revision_of(request.form))
    except (Refused, ReportConflict) as problem:
        return _refuse(campaign_id, unit_id, problem)
    db.session.commit()
    flash("已登记零报告，请提交签字。" if nil else "已取消零报告。")
    return show(found) if wants_block() else _back(found)


@mould.post(f"{REPORT}/new")
@requires(Action.FILE)
@once
def new_in_report(campaign_id: int, unit_id: int) -> Response:
    """A new filing of the report's unit; an untouched draft is used again."""
    found, form = load_report(campaign_id, unit_id), load_form(request.form.get("form", ""))
    asked = select(Filing).where(
        Filing.institution == g.institution.code,
        Filing.form == form.code,
        Filing.unit_id == unit_id,
        Filing.kind == FilingKind.first,
        Filing.state == State.draft,
        Filing.created_by_id == current_user.id,
        Filing.revision == 1,
    )
    try:
        filing = db.session.scalars(asked.limit(1)).first() or start(
            g.institution, form, FilingKind.first, found.unit, current_user
        )
    except Refused as problem:
        return _refuse(campaign_id, unit_id, problem)
    db.session.commit()
    return go(".edit", filing_id=filing.id)


@mould.post(f"{REPORT}/<any(hand_in,take_back,sign,return):verb>")
@requires(Action.READ)
def move_report(campaign_id: int, unit_id: int, verb: str) -> Response:
    """One verb; whether this person may is the rules' to say. Receiving has a page of its own."""
    found, deed = load_report(campaign_id, unit_id), ReportVerb(verb)
    reason = clean(request.form.get("reason", "")).strip()
    if len(reason) > LONGEST_REASON:
        return show(found, 422, f"最多{LONGEST_REASON}个字，请删减。", reason=reason)
    try:
        rows = move(found, g.institution, deed, current_user, revision_of(request.form), reason)
    except (Refused, ReportConflict) as problem:
        return _refuse(campaign_id, unit_id, problem, reason=reason)
    db.session.commit()
    flash(f"已{deed.label}。")
    left = [row for row in rows if row.problem]
    return show(found, left=left) if left or wants_block() else _back(found)


def _refuse(campaign_id: int, unit_id: int, problem: Exception, **typed) -> Response:
    """The report as it is now, why nothing was done, and what was typed."""
    db.session.rollback()
    status = 409 if isinstance(problem, ReportConflict) else 422
    return show(load_report(campaign_id, unit_id), status, str(problem), **typed)


def _back(found: Report) -> Response:
    return go(".report", campaign_id=found.campaign_id, unit_id=found.unit_id)
