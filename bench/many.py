"""Two hundred filings in one file, while the pages go on answering."""

from collections.abc import Callable
from io import BytesIO
from statistics import median
from time import perf_counter, sleep
from urllib.request import urlopen

from flask import Flask
from pypdf import PdfReader

from bench.measuring import Result, seconds
from bench.school import copies_of_sample, officer, sample
from bench.serving import the_app
from blueprints.institution.components.file_jobs import set_off
from models import jobs
from models.database import db
from models.jobs import UNFINISHED, FileJob, JobKind, Progress

PAUSE = 0.05


def in_its_own_process(app: Flask, light_pages: int) -> list[Result]:
    """Seconds from asking to the finished file, and what a light page takes before and during."""
    with app.app_context(), the_app(app) as port:
        address = f"http://127.0.0.1:{port}/sign-in"
        before = _medians(address, lambda: True, most=light_pages)
        start = perf_counter()
        job_id = _start()
        during = _medians(address, lambda: _at_work(job_id))
        taken = perf_counter() - start
        job = db.session.get_one(FileJob, job_id)
        assert job.progress is Progress.done, job.status()
        file = jobs.content_of(job) or b""
        assert len(PdfReader(BytesIO(file)).pages) >= job.total, "a sheet of every filing is in the file"
        size = len(file) / 1e6
    return [
        Result(f"d  {job.total} filings in one file", taken, "s", 30, f"{size:.1f} MB"),
        Result("d  a light page before", before * 1000, "ms"),
        Result("d  the same page meanwhile", during * 1000, "ms", 200),
    ]


def _start() -> int:
    ids, person = copies_of_sample(), officer(sample().institution)
    order = {"filings": ids, "everyone": False, "link": "http://localhost/filings/"}
    job = jobs.start(person, JobKind.print, order, "many.pdf", len(ids))
    db.session.commit()
    set_off(job)
    return job.id


def _at_work(job_id: int) -> bool:
    db.session.rollback()  # else this session goes on seeing what it saw first
    progress, _ = db.session.get_one(FileJob, job_id).status()
    db.session.rollback()
    return progress in UNFINISHED


def _medians(address: str, going_on: Callable[[], bool], most: int = 10_000) -> float:
    taken: list[float] = []
    while going_on() and len(taken) < most:
        taken.append(seconds(lambda: urlopen(address).read()))
        sleep(PAUSE)
    return median(taken)
