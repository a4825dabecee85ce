"""Printing many filings into one file: ask for it, watch it, fetch it."""

from flask import Response, abort, flash, g, request, send_file, url_for
from flask_login import current_user
from sqlalchemy import or_

from blueprints.access import requires
from blueprints.institution import mould
from blueprints.institution.batch_drawing import FAILED, clear_away, file_of, set_off
from blueprints.institution.filtering import whole_number
from blueprints.page import go, page
from models import ledger, print_job
from models.database import db
from models.filing import Filing
from models.filters import EVERYTHING, Filters
from models.kinds import FilingKind
from models.policy import Action
from models.print_job import UNFINISHED, PrintJob, Progress, TooMany


@mould.post("/filings/print")
@requires(Action.READ)
def print_many() -> Response:
    """Print the ticked filings, or all that the list shows under the filters of its address."""
    clear_away()
    try:
        job = print_job.start(
            current_user,
            _chosen(),
            url_for(".filings", _external=True),
            everyone=request.form.get("copies") == "all",
        )
    except TooMany as refusal:
        flash(str(refusal), "error")
        db.session.commit()
        return go(".filings", **Filters.read(request.args).query)
    # The process that draws can only see what is committed.
    db.session.commit()
    _set_off(job)
    return go(".print_progress", job_id=job.id)


@mould.get("/prints/<int:job_id>")
@requires(Action.READ)
def print_progress(job_id: int) -> Response:
    """How far a print is; asked again every second until it is done."""
    job = _load_job(job_id)
    progress, trouble = job.stands()
    return page(
        "institution/batch.html",
        "progress",
        job=job,
        at_work=progress in UNFINISHED,
        trouble=trouble if progress is Progress.failed else "",
    )


@mould.get("/prints/<int:job_id>.pdf")
@requires(Action.READ)
def printed_file(job_id: int) -> Response:
    """The file, while it is kept."""
    job = _load_job(job_id)
    if job.progress is not Progress.done or not file_of(job.id).exists():
        abort(404)
    name = f"备案表（{job.total}件）.pdf"
    response = send_file(file_of(job.id), "application/pdf", as_attachment=True, download_name=name)
    response.headers["Cache-Control"] = "no-store"
    return response


def _load_job(job_id: int) -> PrintJob:
    """The person's own print; else 404."""
    return print_job.of(current_user, job_id) or abort(404)


def _chosen() -> list[int]:
    """The ids to print, in the list's order; only what the person may see and what has a sheet."""
    every = request.form.get("which") == "all"
    with_paper = [form.code for form in g.institution.forms.values() if form.paper]
    asked = ledger.filings(current_user, Filters.read(request.args) if every else EVERYTHING)
    asked = asked.where(or_(Filing.form.in_(with_paper), Filing.kind != FilingKind.first))
    if not every:
        ticked = {whole_number(text) for text in request.form.getlist("filing")} - {None}
        asked = asked.where(Filing.id.in_(ticked))
    found = db.session.scalars(asked.limit(print_job.MOST_FILINGS + 1))
    return [filing.id for filing in found.unique()]


def _set_off(job: PrintJob) -> None:
    try:
        set_off(job.id)
    except OSError:
        job.advance(Progress.failed, 0, FAILED)
        db.session.commit()
