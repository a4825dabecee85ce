"""Two hundred filings in one file, while the pages go on answering."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import contextmanager
from statistics import median
from time import perf_counter, sleep
from urllib.request import urlopen

from flask import Flask
from sqlalchemy import select

from bench.measuring import HOUSE, Result, seconds
from bench.school import copies_of_sample, sample
from blueprints.institution.batch_drawing import file_of, set_off
from models import print_job
from models.database import db
from models.people import Person
from models.print_job import UNFINISHED, PrintJob, Progress

PAUSE = 0.05


def in_its_own_process(app: Flask) -> list[Result]:
    """Seconds from asking to the finished file, and what a light page takes before and during."""
    with app.app_context(), _served(app) as address:
        before = _medians(address, lambda: True, most=100)
        start = perf_counter()
        job_id = _ask()
        during = _medians(address, lambda: _at_work(job_id))
        taken = perf_counter() - start
        job = db.session.get_one(PrintJob, job_id)
        assert job.progress is Progress.done, job.stands()
        size = file_of(job_id).stat().st_size / 1e6
    return [
        Result(f"d  {job.total} filings in one file", taken, "s", 30, f"{size:.1f} MB"),
        Result("d  a light page before", before * 1000, "ms"),
        Result("d  the same page meanwhile", during * 1000, "ms", 200),
    ]


def _ask() -> int:
    person = db.session.scalars(select(Person).where(Person.institution == sample().institution))
    job = print_job.start(person.first(), copies_of_sample(), "http://localhost/filings/")
    db.session.commit()
    set_off(job.id)
    return job.id


def _at_work(job_id: int) -> bool:
    db.session.rollback()  # else this session goes on seeing what it saw first
    progress, _ = db.session.get_one(PrintJob, job_id).stands()
    db.session.rollback()
    return progress in UNFINISHED


def _medians(address: str, going_on: Callable[[], bool], most: int = 10_000) -> float:
    taken: list[float] = []
    while going_on() and len(taken) < most:
        taken.append(seconds(lambda: urlopen(address).read()))
        sleep(PAUSE)
    return median(taken)


@contextmanager
def _served(app: Flask):
    """The app under its own server, as people run it; the address of a light page."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "app", "serve", "--port", str(port)],
        cwd=HOUSE, env=os.environ | {"BEIAN_INSTANCE": app.instance_path},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}/sign-in"
    try:
        for _ in range(200):
            try:
                urlopen(address).read()
                break
            except OSError:
                sleep(0.1)
        yield address
    finally:
        server.terminate()
        server.wait()
