"""The process that makes a file: behind whoever looks at a page, and nobody else is put there."""

import os
import signal
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
        job = jobs.start(person, JobKind.print, {}, "备案表.pdf", 1, now=utcnow() - jobs.GIVEN_UP * 2)
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
    monkeypatch.setattr(jobs, "note_alive", lambda *which: (note_alive(*which), noted.set()))
    job_id = job_silent_for_long(app)
    assert progress_of(app, job_id) is Progress.failed
    with app.app_context():
        file_jobs._start(job_id)
    assert noted.wait(PATIENCE)
    assert progress_of(app, job_id) is Progress.waiting
    started[0].stdin.close()
    wait_for_processes()


@pytest.mark.parametrize("kind", JobKind)
@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (signal.SIGKILL, "程序被系统结束，可能是内存不足。"),
        (signal.SIGTERM, ""),
        (None, ""),  # it ends by itself, as if all were well
    ],
)
def test_one_that_ended_without_its_file_is_noticed_at_once(app, started, kind, number, sentence):
    with app.app_context():
        person = db.session.scalars(select(Person)).first()
        job_id = jobs.start(person, kind, {}, "备案表.pdf", 1).id
        db.session.commit()
        file_jobs._start(job_id)
    if number:
        started[0].send_signal(number)
    started[0].stdin.close()
    wait_for_processes()
    with app.app_context():
        expected = Progress.failed, sentence + file_jobs.FAILED[kind]
        assert db.session.get_one(FileJob, job_id).status() == expected


def test_who_lost_a_print_reads_why_and_prints_again_at_once(app, sign_in, started):
    office = sign_in("wutong")
    ids = [box["value"] for box in office.open("/pdsu/filings/").soup.select("#results input[name=filing]")]
    address = office.submit("打印所选", filing=ids[:1]).address
    office.open("/pdsu/filings/")
    assert "您的上一份文件还在生成" in office.submit("打印所选", filing=ids[:1]).text
    started[0].kill()
    started[0].stdin.close()
    wait_for_processes()
    page = office.open(address)
    assert "程序被系统结束，可能是内存不足。" in page.text
    assert not page.find("#progress").has_attr("hx-trigger")
    office.open("/pdsu/filings/")
    assert "正在生成文件" in office.submit("打印所选", filing=ids[:1]).text
    started[1].stdin.close()


def test_what_its_process_said_before_it_ended_stays(app, started):
    job_id = job_silent_for_long(app)
    with app.app_context():
        file_jobs._start(job_id)
        file_jobs.fail(job_id, "这张表排不成页。")
    started[0].kill()
    started[0].stdin.close()
    wait_for_processes()
    with app.app_context():
        assert db.session.get_one(FileJob, job_id).trouble == "这张表排不成页。"


def test_a_database_that_is_locked_for_a_moment_does_not_keep_it_from_being_noticed(
    app, started, monkeypatch, caplog
):
    outcomes, end = iter([True, False]), jobs.end_unfinished

    def locked(*arguments) -> bool:
        if next(outcomes):
            raise OSError("database is locked")
        return end(*arguments)

    monkeypatch.setattr(jobs, "end_unfinished", locked)
    job_id = job_silent_for_long(app)
    with app.app_context():
        file_jobs._start(job_id)
    started[0].stdin.close()
    wait_for_processes()
    with app.app_context():
        assert db.session.get_one(FileJob, job_id).trouble == file_jobs.FAILED[JobKind.print]
    assert not any(entry.exc_info for entry in caplog.records)


def test_what_is_finished_stays_as_it_is(app):
    job_id = job_silent_for_long(app)
    with app.app_context():
        db.session.get_one(FileJob, job_id).advance(Progress.done, 1)
        db.session.commit()
        before = db.session.get_one(FileJob, job_id).updated_at
        jobs.note_alive(job_id, now=before + jobs.SILENT)
        db.session.commit()
        assert db.session.get_one(FileJob, job_id).updated_at == before


def test_the_command_leaves_the_process_that_runs_it_where_it_is(app):
    before = priority()
    with app.app_context():
        app.test_cli_runner().invoke(args=["make-file", "1"])
    assert priority() == before
