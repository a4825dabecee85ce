"""Watching a file being made, and fetching it."""

from io import BytesIO

from flask import Response, abort
from flask_login import current_user

from blueprints.institution.components.summary_files import Export, Exporting
from blueprints.institution.download import download
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.page import page
from models import jobs
from models.filings import queries
from models.jobs import UNFINISHED, FileJob, JobKind, Progress
from models.rules.filters import LARGEST_ID
from models.rules.policy import Action


@mould.get("/prints/<int:job_id>", endpoint="print_progress")
@mould.get("/exports/<int:job_id>", endpoint="export_progress")
@requires(Action.READ)
def progress(job_id: int) -> Response:
    """How far a file is; asked again every second until it is there."""
    job = _load_job(job_id)
    stands, trouble = job.status()
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
    if job.progress is not Progress.done or not _may_still(job):
        abort(404)
    content = jobs.content_of(job)
    return abort(404) if content is None else download(BytesIO(content), job.name, attached=True)


def _may_still(job: FileJob) -> bool:
    """Whether the person may still see all that the file holds."""
    if job.kind is JobKind.export:
        return Exporting(Export.read(job.request), job.person).allowed()
    return queries.all_visible(job.person, job.request["filings"])


def _load_job(job_id: int) -> FileJob:
    """The person's own; else 404."""
    job = jobs.of(current_user, job_id) if job_id <= LARGEST_ID else None
    return job or abort(404)
