"""The office with one report: receives it row by row, extends it, notes that its paper came."""

from flask import Response, abort, flash, g, request
from flask_login import current_user

from blueprints.institution.campaigns.loading import load_report
from blueprints.institution.campaigns.receipt_forms import ExtensionForm, PaperForm
from blueprints.institution.campaigns.unit_report import LONGEST_REASON, REPORT, show
from blueprints.institution.components.uploads import Files, examines
from blueprints.institution.download import handed_in
from blueprints.institution.filtering import whole_number
from blueprints.institution.loading import revision_of
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.idempotency import once
from blueprints.web.page import go, page
from blueprints.web.refusal import attempt
from models.campaigns.answers import withdrawn
from models.campaigns.report import Report
from models.campaigns.transitions import extend, listed, receive, receive_paper
from models.database import db, will_write
from models.events import history
from models.examining.examined import Kind
from models.rules.messages import clean
from models.rules.policy import Action
from models.rules.report_workflow import ReportState
from models.rules.workflow import Role


@mould.route(f"{REPORT}/receipt", methods=["GET", "POST"])
@requires(Action.OVERSEE)
def receipt(campaign_id: int, unit_id: int) -> Response:
    """The rows of its lists, each to be accepted or returned with a reason."""
    report = load_report(campaign_id, unit_id)
    if request.method == "GET":
        return _draw_receipt(report)
    returned = _returned()
    if any(len(reason) > LONGEST_REASON for reason in returned.values()):
        words = f"退回的理由最多{LONGEST_REASON}个字，请删减；其余的行还没有接收。"
        return _draw_receipt(report, 422, words, returned)
    with attempt() as attempted:
        decisions = receive(report, g.institution, current_user, revision_of(request.form), returned)
        db.session.commit()
    if attempted.refused:
        report = load_report(campaign_id, unit_id)
        return _draw_receipt(report, attempted.status, attempted.sentence, returned)
    flash("已接收。")
    left = [decision for decision in decisions if decision.problem]
    return show(report, left=left) if left else _back(report)


def _returned() -> dict[int, str]:
    """The rows that were ticked, or given a reason, with it: filing id to reason."""
    reasons = {
        name.removeprefix("reason-"): clean(words).strip()
        for name, words in request.form.items()
        if name.startswith("reason-")
    }
    ticked = set(request.form.getlist("return")) | {number for number, words in reasons.items() if words}
    known = {whole_number(number): reasons.get(number, "") for number in ticked}
    return {number: words for number, words in known.items() if number}


def _draw_receipt(
    report: Report, status: int = 200, error: str = "", returned: dict[int, str] | None = None
) -> Response:
    rows = list(db.session.scalars(listed(report, g.institution, Role.office)))
    open_still = report.state is ReportState.reported
    return page(
        "institution/campaigns/report_receipt.html",
        status=status,
        report=report,
        error=error,
        campaign=report.campaign,
        rows=rows if open_still else [],
        open_still=open_still,
        returned=returned or {},
        withdrawn=withdrawn(report),
    )


@mould.post(f"{REPORT}/extend")
@requires(Action.OVERSEE)
@once
def extend_report(campaign_id: int, unit_id: int) -> Response:
    """A later deadline for this unit, with its reason."""
    report, form = load_report(campaign_id, unit_id), ExtensionForm(prefix="extension")
    if not form.validate_on_submit():
        return show(report, 422, extension=form)
    with attempt() as attempted:
        extend(report, form.until.data, form.reason.data, current_user, revision_of(request.form))
        db.session.commit()
    if attempted.refused:
        report = load_report(campaign_id, unit_id)
        return show(report, attempted.status, attempted.sentence, extension=form)
    flash("已延期。")
    return _back(report)


@mould.post(f"{REPORT}/paper")
@requires(Action.OVERSEE)
@examines(scan=Kind.document)
@once
def report_paper(campaign_id: int, unit_id: int, files: Files) -> Response:
    """纸质件已收: the day, the place, the scan."""
    report = load_report(campaign_id, unit_id)
    form = PaperForm(report, files)
    if not form.validate_on_submit():
        return show(report, 422, paper=form)
    with attempt() as attempted:
        receive_paper(report, form.on, form.place.data, current_user, revision_of(request.form), form.taken)
        db.session.commit()
    if attempted.refused:
        report = load_report(campaign_id, unit_id)
        return show(report, attempted.status, attempted.sentence, paper=form)
    flash("已登记纸质件。")
    return _back(report)


@mould.get(f"{REPORT}/scan")
@requires(Action.READ)
def report_scan(campaign_id: int, unit_id: int) -> Response:
    """The scan of the signed paper, to be saved: it shows what an export would."""
    report = load_report(campaign_id, unit_id)
    if report.scan is None:
        abort(404)
    will_write()
    history.record(
        report.institution, "export", current_user, report_id=report.id, opinion="报送的签字扫描件"
    )
    db.session.commit()
    return handed_in(
        report.scan, report.scan_mime, report.scan_name, attached=True, cache="private, no-store"
    )


def _back(report: Report) -> Response:
    return go(".report", campaign_id=report.campaign_id, unit_id=report.unit_id)
