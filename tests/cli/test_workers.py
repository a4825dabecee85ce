"""The jobs of the served app go on whatever happens to them, and end with it."""

from threading import Event

from flask import current_app

from blueprints.cli.workers import Job, Worker, at_work


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
    assert {entry.getMessage() for entry in caplog.records} == {"The job “posting” failed"}
