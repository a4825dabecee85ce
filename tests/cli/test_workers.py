"""The jobs of the served app go on whatever happens to them, and end with it."""

import sqlite3
from threading import Event

from flask import current_app
from sqlalchemy.exc import OperationalError

from blueprints.cli.workers import Job, Worker, at_work, rest
from tests.parts import PATIENCE


def test_every_job_is_done_in_the_application_again_and_again_until_the_server_stops(app):
    seen, third = [], Event()

    def count() -> None:
        seen.append(current_app.name)
        if len(seen) == 3:
            third.set()

    with at_work(app, [Job("counting", 0.001, count)]) as workers:
        third.wait()
        assert [worker.name for worker in workers] == ["counting"]
    assert not any(worker.is_alive() for worker in workers)
    assert set(seen) == {app.name}


def test_a_failure_that_lasts_is_logged_once_with_the_name_of_its_job(app, caplog):
    outcomes = iter([OSError("away"), OSError("away"), None, OSError("away"), OSError("full")])

    def work() -> None:
        if (outcome := next(outcomes)) is not None:
            raise outcome

    worker = Worker(app, Job("posting", 1, work))
    for _ in range(5):
        worker.do_round()
    failures = [entry.exc_info[1].args[0] for entry in caplog.records]
    assert failures == ["away", "away", "full"]
    assert all("The job “posting” failed" in entry.getMessage() for entry in caplog.records)


def test_a_locked_database_is_one_line_however_it_was_met(app, caplog):
    statements = iter(["UPDATE mail", "SELECT mail", "UPDATE mail"])

    def work() -> None:
        raise OperationalError(next(statements), {}, sqlite3.OperationalError("database is locked"))

    worker = Worker(app, Job("posting", 1, work))
    for _ in range(3):
        worker.do_round()
    [line] = caplog.records
    assert line.getMessage() == "The job “posting” failed: database is locked"
    assert not line.exc_info


def test_a_round_that_rests_ends_with_the_server(app):
    rested, ended = Event(), []

    def work() -> None:
        rested.set()
        ended.append(rest(PATIENCE))

    with at_work(app, [Job("resting", 0.001, work)]):
        assert rested.wait(PATIENCE)
    assert ended == [True]
