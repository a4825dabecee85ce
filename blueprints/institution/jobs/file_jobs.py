"""Watching a file being made, and fetching it."""

from flask import Response, abort, flash, send_file
from flask_login import current_user

from blueprints.institution.components.exporting import Export, Exporting
from blueprints.institution.components.job_running import clear_away, file_of, set_off
from blueprints.institution.routing import mould
from blueprints.institution.summaries.summaries import WORKBOOK
from blueprints.web.access import requires
from blueprints.web.page import go, page
from models import jobs
from models.database import db, will_write
from models.jobs import UNFINISHED, FileJob, JobKind, Progress, TooMany
from models.rules.filters import LARGEST_ID
from models.rules.policy import Action

MIMES = {"pdf": "application/pdf", "xlsx": WORKBOOK}


def begin(kind: JobKind, asked: dict, name: str, total: int) -> Response | None:
    """Start making a file and send the person to its progress; None, with a sentence flashed,
    when it cannot start now. The view must have read all it needs, and have written nothing.
    """
    will_write()
    clear_away()
    try:
        job = jobs.start(current_user, kind, asked, name, total)
    except TooMany as refusal:
        flash(str(refusal), "error")
        db.session.commit()
        return None
    # The process that makes it can only see what is committed.
    db.session.commit()
    set_off(job)
    db.session.commit()
    return go(f".{job.kind}_progress", job_id=job.id)


@mould.get("/prints/<int:job_id>", endpoint="print_progress")
@mould.get("/exports/<int:job_id>", endpoint="export_progress")
@requires(Action.READ)
def progress(job_id: int) -> Response:
    """How far a file is; asked again every second until it is there."""
    job = _load_job(job_id)
    stands, trouble = job.stands()
    return page(
        "institution/jobs/file_job.html",
        "progress",
        job=job,
        at_work=stands in UNFINISHED,
        trouble=trouble if stands is Progress.failed else "",
    )


@mould.get("/files/<int:job_id>")
@requires(Action.READ)
def job_file(job_id: int) -> Response:
    """The file, while it is kept."""
    job = _load_job(job_id)
    if job.progress is not Progress.done or not file_of(job).exists() or not _may_still(job):
        abort(404)
    response = send_file(file_of(job), MIMES[job.ending], as_attachment=True,
                         download_name=job.name)
    response.headers["Cache-Control"] = "no-store"
    return response


def _may_still(job: FileJob) -> bool:
    """Whether the person may still see what an export holds; a print's sheets they have seen."""
    return job.kind is not JobKind.export or Exporting(Export.read(job.asked), job.person).allowed()


def _load_job(job_id: int) -> FileJob:
    """The person's own; else 404."""
    found = jobs.of(current_user, job_id) if job_id <= LARGEST_ID else None
    return found or abort(404)
