"""The office with one report: receives it row by row, extends it, notes that its paper came."""

from flask import Response, abort, flash, g, request
from flask_login import current_user

from blueprints.institution.campaigns.loading import load_report
from blueprints.institution.campaigns.report_forms import ExtensionForm, PaperForm
from blueprints.institution.campaigns.report_page import show
from blueprints.institution.campaigns.report_pages import LONGEST_REASON, REPORT
from blueprints.institution.download import handed_in
from blueprints.institution.filtering import whole_number
from blueprints.institution.loading import definition_of, revision_of
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.idempotency import once
from blueprints.web.page import go, page
from models.campaigns.report import Report, ReportConflict
from models.campaigns.transitions import extend, listed, receive, receive_paper
from models.database import db, will_write
from models.events import history
from models.rules.messages import clean
from models.rules.policy import Action
from models.rules.report_workflow import ReportState
from models.rules.workflow import Refused, Role


@mould.route(f"{REPORT}/receipt", methods=["GET", "POST"])
@requires(Action.OVERSEE)
def receipt(campaign_id: int, unit_id: int) -> Response:
    """The rows of its lists, each to be accepted or returned with a reason."""
    found = load_report(campaign_id, unit_id)
    if request.method == "GET":
        return _draw_receipt(found)
    returned = _returned()
    if any(len(reason) > LONGEST_REASON for reason in returned.values()):
        words = f"退回的理由最多{LONGEST_REASON}个字，请删减；其余的行还没有接收。"
        return _draw_receipt(found, 422, words, returned)
    try:
        rows = receive(found, g.institution, current_user, revision_of(request.form), returned)
    except (Refused, ReportConflict) as problem:
        db.session.rollback()
        status = 409 if isinstance(problem, ReportConflict) else 422
        found = load_report(campaign_id, unit_id)
        return _draw_receipt(found, status, str(problem), returned)
    db.session.commit()
    flash("已接收。")
    left = [row for row in rows if row.problem]
    return show(found, left=left) if left else _back(found)


def _returned() -> dict[int, str]:
    """The rows that were ticked, or given a reason, with it: filing id to reason."""
    reasons = {
        name.removeprefix("reason-"): clean(words).strip()
        for name, words in request.form.items()
        if name.startswith("reason-")
    }
    ticked = set(request.form.getlist("return")) | {one for one in reasons if reasons[one]}
    known = {whole_number(one): reasons.get(one, "") for one in ticked}
    return {number: words for number, words in known.items() if number}


def _draw_receipt(
    found: Report, status: int = 200, error: str = "", returned: dict[int, str] | None = None
) -> Response:
    rows = list(db.session.scalars(listed(found, g.institution, Role.office)))
    open_still = found.state is ReportState.reported
    return page(
        "institution/campaigns/receipt.html",
        status=status,
        report=found,
        error=error,
        campaign=found.campaign,
        rows=rows if open_still else [],
        open_still=open_still,
        returned=returned or {},
        definition_of=definition_of,
    )


@mould.post(f"{REPORT}/extend")
@requires(Action.OVERSEE)
@once
def extend_report(campaign_id: int, unit_id: int) -> Response:
    """A later deadline for this unit, with its reason."""
    found, form = load_report(campaign_id, unit_id), ExtensionForm(prefix="extension")
    if not form.validate_on_submit():
        return show(found, 422, extension=form)
    try:
        extend(found, form.until.data, form.reason.data, current_user, revision_of(request.form))
    except (Refused, ReportConflict) as problem:
        return _refuse(campaign_id, unit_id, problem, extension=form)
    db.session.commit()
    flash("已延期。")
    return _back(found)


@mould.post(f"{REPORT}/paper")
@requires(Action.OVERSEE)
@once
def report_paper(campaign_id: int, unit_id: int) -> Response:
    """纸质件已收: the day, the place, the scan."""
    found = load_report(campaign_id, unit_id)
    form = PaperForm(found)
    if not form.validate_on_submit():
        return show(found, 422, paper=form)
    try:
        receive_paper(found, form.on, form.place.data, current_user, revision_of(request.form), form.taken)
    except (Refused, ReportConflict) as problem:
        return _refuse(campaign_id, unit_id, problem, paper=form)
    db.session.commit()
    flash("已登记纸质件。")
    return _back(found)


@mould.get(f"{REPORT}/scan")
@requires(Action.READ)
def report_scan(campaign_id: int, unit_id: int) -> Response:
    """The scan of the signed paper, to be saved: it shows what an export would."""
    will_write()
    found = load_report(campaign_id, unit_id)
    if found.scan is None:
        abort(404)
    history.record(found.institution, "export", current_user, report_id=found.id, opinion="报送的签字扫描件")
    db.session.commit()
    return handed_in(found.scan, found.scan_mime, found.scan_name, attached=True, cache="private, no-store")


def _refuse(campaign_id: int, unit_id: int, problem: Exception, **typed) -> Response:
    db.session.rollback()
    status = 409 if isinstance(problem, ReportConflict) else 422
    return show(load_report(campaign_id, unit_id), status, str(problem), **typed)


def _back(found: Report) -> Response:
    return go(".report", campaign_id=found.campaign_id, unit_id=found.unit_id)
