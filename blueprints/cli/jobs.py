"""What a file's own process is started with."""

import logging

import click
from flask import g

from blueprints.cli.workers import Job
from blueprints.institution.components import print_run, summary_files
from blueprints.institution.components.file_jobs import (
    JobRefused,
    TakenOver,
    fail,
    load_job,
    take_over_what_fell_silent,
)
from models.database import will_read
from models.jobs import JobKind
from models.rules.policy import Action, may

MAKERS = {JobKind.print: print_run.make, JobKind.export: summary_files.make}
NOT_ANY_MORE = "您的账号已停用，或不再能查看备案，文件没有生成。如有疑问请联系系统管理员。"
log = logging.getLogger(__name__)

LOOK_EVERY = 10.0  # seconds
# Files that were begun by a server that is gone.
JOB = Job("files", LOOK_EVERY, take_over_what_fell_silent)


@click.command("make-file", hidden=True)
@click.argument("job_id", type=int)
@click.argument("attempt", type=int, default=1)
def make_file(job_id: int, attempt: int) -> None:
    """Make the file of job JOB_ID. The web pages start this; there is no need to type it."""
    will_read()
    g.attempt = attempt
    try:
        _make(job_id)
    except TakenOver:
        log.warning("Job %s is another process's by now; what attempt %s made is dropped", job_id, attempt)
    except JobRefused as refusal:
        fail(job_id, str(refusal))
    except Exception:  # whatever it was, the person must not wait for ever
        log.exception("Job %s failed", job_id)
        fail(job_id)


def _make(job_id: int) -> None:
    """Between the asking and now the person may have lost what they had."""
    job = load_job(job_id)
    if not (job.person.active and may(job.person, Action.READ)):
        raise JobRefused(NOT_ANY_MORE)
    MAKERS[job.kind](job_id)
