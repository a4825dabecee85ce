"""A file whose process went with its server is made by another one, once; the first is then not wanted."""

from pathlib import Path

import pytest
from sqlalchemy import make_url, select

from blueprints.cli.jobs import JOB
from blueprints.institution.components import file_jobs, print_run
from models import jobs, served_engine
from models.clock import utcnow
from models.database import db, engine_at
from models.events.history import Event
from models.filings.filing import Filing
from models.jobs import GIVEN_UP, MOST_ATTEMPTS, SILENT, FileJob, JobKind, Progress
from models.people.person import Person
from tests import databases
from tests.commands import run
from tests.lending import DATABASE

A_MOMENT = SILENT / 10


@pytest.fixture
def started(monkeypatch) -> list[tuple[int, int]]:
    """No process is started; the jobs and attempts that would have been."""
    begun: list[tuple[int, int]] = []
    monkeypatch.setattr(file_jobs, "_start", lambda job_id, attempt=1: begun.append((job_id, attempt)))
    return begun


def silent_for(app, how_long, **columns) -> int:
    """A print of one filing whose process has said nothing for so long."""
    with app.app_context():
        person = db.session.scalars(select(Person).filter_by(username="wutong")).one()
        filing = db.session.scalars(select(Filing.id).where(Filing.state == "filed")).first()
        request = {"filings": [filing], "everyone": False, "link": "http://localhost/pdsu/filings/"}
        job = jobs.start(person, JobKind.print, request, "备案表.pdf", 1, now=utcnow() - how_long)
        for name, value in columns.items():
            setattr(job, name, value)
        db.session.commit()
        return job.id


def look(app) -> None:
    with app.app_context():
        JOB.do()


def printed(app) -> int:
    with app.app_context():
        return len(db.session.scalars(select(Event.id).where(Event.verb == "print")).all())


@pytest.mark.parametrize("progress", [Progress.waiting, Progress.drawing])
def test_what_fell_silent_is_taken_over_once_and_who_waits_goes_on_waiting(app, sign_in, started, progress):
    job = silent_for(app, SILENT + A_MOMENT, progress=progress)
    page = sign_in("wutong").open(f"/pdsu/prints/{job}")
    assert page.find("#progress").has_attr("hx-trigger")
    look(app)
    look(app)
    assert started == [(job, 2)]


def test_two_who_look_at_once_do_not_both_take_it(app, started):
    job = silent_for(app, SILENT + A_MOMENT)
    with app.app_context():
        assert jobs.fallen_silent() == [job]
        assert [jobs.take_over(job), jobs.take_over(job)] == [2, None]
        db.session.commit()


@pytest.mark.parametrize(
    ("how_long", "columns"),
    [
        (SILENT - A_MOMENT, {}),
        (GIVEN_UP + A_MOMENT, {}),
        (SILENT + A_MOMENT, {"attempt": MOST_ATTEMPTS}),
        (SILENT + A_MOMENT, {"progress": Progress.done}),
        (SILENT + A_MOMENT, {"progress": Progress.failed}),
    ],
    ids=["lives", "given up", "tried often", "done", "failed"],
)
def test_nothing_else_is_taken_over(app, started, how_long, columns):
    silent_for(app, how_long, **columns)
    look(app)
    assert started == []


def test_what_was_tried_often_enough_has_failed(app, sign_in):
    job = silent_for(app, SILENT + A_MOMENT, attempt=MOST_ATTEMPTS)
    assert "再打印一次" in sign_in("wutong").open(f"/pdsu/prints/{job}").text


def test_a_process_that_lives_after_all_makes_no_second_file(app, started):
    """Whoever took it over counts: the file is there once, and was printed once in history."""
    job = silent_for(app, SILENT + A_MOMENT)
    look(app)
    assert run(app, "make-file", str(job), "1").exit_code == 0
    assert printed(app) == 0
    with app.app_context():
        jobs.note_alive(job, 1, now=utcnow() + GIVEN_UP)
        assert not jobs.end_unfinished(job, "它结束了。", 1)
        db.session.rollback()
        file_jobs.fail(job)
        assert db.session.get_one(FileJob, job).progress is Progress.failed
        db.session.execute(db.update(FileJob).values(progress=Progress.waiting))
        db.session.commit()
    assert run(app, "make-file", str(job), "2").exit_code == 0
    assert run(app, "make-file", str(job), "1").exit_code == 0
    assert printed(app) == 1
    with app.app_context():
        row = db.session.get_one(FileJob, job)
        assert row.progress is Progress.done
        assert jobs.content_of(row).startswith(b"%PDF-")


def test_others_who_write_keep_no_file_from_being_made(app, started, monkeypatch):
    """What is only noted on the way is let be while somebody has the database; the file is made."""
    job = silent_for(app, SILENT - A_MOMENT)
    draw, bind = print_run.draw_batch, print_run.bind
    where = databases.uri(Path(app.instance_path) / DATABASE)
    other = engine_at(served_engine.address(where) if databases.ON_POSTGRESQL else make_url(where))

    def locked(pages):
        # Outside the application's requests every transaction writes.
        held.append(other.connect())
        with app.app_context():
            held[0].begin()
        return draw(pages)

    def let_go(*drawn):
        held.pop().close()
        other.dispose()
        return bind(*drawn)

    held: list = []

    monkeypatch.setattr(print_run, "draw_batch", locked)
    monkeypatch.setattr(print_run, "bind", let_go)
    assert run(app, "make-file", str(job)).exit_code == 0
    with app.app_context():
        assert db.session.get_one(FileJob, job).status() == (Progress.done, "")
