"""The process that makes a file: behind whoever looks at a page, and nobody else is put there."""

import os
import subprocess
import sys
from threading import Event

import pytest
from sqlalchemy import select

from blueprints.institution.components import file_jobs
from models import jobs
from models.clock import utcnow
from models.database import db
from models.jobs import FileJob, JobKind, Progress
from models.people.person import Person
from tests.file_jobs import wait_for_processes
from tests.parts import PATIENCE

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows starts it so")


def priority(process_id: int = 0) -> int:
    """As `nice` counts it; of this process unless another is named."""
    return os.getpriority(os.PRIO_PROCESS, process_id)


class Waiting(subprocess.Popen):
    """A process that only waits for its input to end, whatever it was meant to be."""

    def __init__(self, _command, **settings) -> None:
        settings["stdin"] = subprocess.PIPE
        super().__init__([sys.executable, "-c", "import sys; sys.stdin.read()"], **settings)


@pytest.fixture
def started(monkeypatch) -> list[Waiting]:
    """The processes that were started; closing their input ends them."""
    processes: list[Waiting] = []

    def start(*command, **settings) -> Waiting:
        processes.append(Waiting(*command, **settings))
        return processes[-1]

    monkeypatch.setattr(subprocess, "Popen", start)
    return processes


def job_silent_for_long(app) -> int:
    """A job whose process has said nothing for so long that it would be taken for dead."""
    with app.app_context():
        person = db.session.scalars(select(Person)).first()
        job = jobs.start(person, JobKind.print, {}, "备案表.pdf", 1, now=utcnow() - jobs.SILENT * 2)
        db.session.commit()
        return job.id


def progress_of(app, job_id: int) -> Progress:
    with app.app_context():
        return db.session.get_one(FileJob, job_id).status()[0]


def test_it_comes_after_whoever_looks_at_a_page(app, started):
    with app.app_context():
        file_jobs._start(1)
    behind = priority(started[0].pid)
    started[0].stdin.close()
    wait_for_processes()
    assert behind == min(priority() + file_jobs.BEHIND, 19)


def test_one_that_lives_is_not_taken_for_dead_however_slow_it_is(app, started, monkeypatch):
    noted, note_alive = Event(), jobs.note_alive
    monkeypatch.setattr(file_jobs, "SIGN_OF_LIFE", 0.01)
    monkeypatch.setattr(jobs, "note_alive", lambda job_id: (note_alive(job_id), noted.set()))
    job_id = job_silent_for_long(app)
    assert progress_of(app, job_id) is Progress.failed
    with app.app_context():
        file_jobs._start(job_id)
    assert noted.wait(PATIENCE)
    started[0].stdin.close()
    wait_for_processes()
    assert progress_of(app, job_id) is Progress.waiting


def test_what_is_finished_stays_as_it_is(app):
    job_id = job_silent_for_long(app)
    with app.app_context():
        db.session.get_one(FileJob, job_id).advance(Progress.done, 1)
        db.session.commit()
        before = db.session.get_one(FileJob, job_id).updated_at
        jobs.note_alive(job_id, before + jobs.SILENT)
        db.session.commit()
        assert db.session.get_one(FileJob, job_id).updated_at == before


def test_the_command_leaves_the_process_that_runs_it_where_it_is(app):
    before = priority()
    with app.app_context():
        app.test_cli_runner().invoke(args=["make-file", "1"])
    assert priority() == before
