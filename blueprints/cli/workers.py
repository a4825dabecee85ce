"""What `flask serve` does beside answering: each job in a thread of its own, again and again."""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread, current_thread

from flask import Flask
from sqlalchemy.exc import OperationalError

log = logging.getLogger(__name__)

PATIENCE = 5.0  # seconds, for the rounds that are under way when the server stops


@dataclass(frozen=True)
class Job:
    """`do` is called in the application's context; `every`: so many seconds lie between two rounds."""

    name: str
    every: float
    do: Callable[[], object]


class Worker(Thread):
    """Does one job until it is stopped; a round that fails does not keep the next from being tried."""

    def __init__(self, app: Flask, job: Job) -> None:
        super().__init__(name=job.name, daemon=True)
        self.app, self.job, self.off_duty = app, job, Event()
        self.trouble = ""

    def run(self) -> None:
        while not self.off_duty.wait(self.job.every):
            self.do_round()

    def do_round(self) -> None:
        """One round. What fails is logged with the job's name: once, while it goes on failing so."""
        try:
            with self.app.app_context():
                self.job.do()
        except OperationalError as failure:
            # A database that is locked or away is no defect: where it was met says nothing.
            self._fail(str(failure.orig))
        except Exception as failure:
            # Whatever it was, the next round may be luckier.
            self._fail(repr(failure), failure)
        else:
            self.trouble = ""

    def _fail(self, trouble: str, defect: Exception | None = None) -> None:
        if trouble != self.trouble:
            log.error("The job “%s” failed: %s", self.job.name, trouble, exc_info=defect)
        self.trouble = trouble


def rest(seconds: float) -> bool:
    """Pause within a round, for whoever else needs the database; True when the round is to end."""
    worker = current_thread()
    off_duty = worker.off_duty if isinstance(worker, Worker) else Event()
    return off_duty.wait(seconds)


@contextmanager
def at_work(app: Flask, jobs: Iterable[Job]) -> Iterator[list[Worker]]:
    """The jobs are done while what stands below it runs; then each finishes the round it is in."""
    workers = [Worker(app, job) for job in jobs]
    for worker in workers:
        worker.start()
    try:
        yield workers
    finally:
        for worker in workers:
            worker.off_duty.set()
        for worker in workers:
            worker.join(PATIENCE)
