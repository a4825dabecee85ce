"""Drawing many filings, in a process of its own: the pages for it are in `batch`."""

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Thread

import click
from flask import current_app

from blueprints.institution.paper import PaperError, holders, pages_of, prints
from blueprints.institution.paper.many import TOGETHER, Drawn, bind, draw_many
from models import history, print_job
from models.database import db, institutions
from models.filing import Filing
from models.print_job import PrintJob, Progress

FAILED = "打印没有完成。请回到备案列表再打印一次；仍然不行时请减少件数，或联系系统管理员。"
log = logging.getLogger(__name__)


def file_of(job_id: int, ending: str = "pdf") -> Path:
    """Where a print is kept; what its process said is beside it, as `log`."""
    return Path(current_app.instance_path) / "prints" / f"{job_id}.{ending}"


def set_off(job_id: int) -> None:
    """Start the process that draws a print, and do not wait for it. Raises OSError."""
    command = [sys.executable, "-m", "flask", "--app", "app", "print-batch", str(job_id)]
    file_of(job_id).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if sys.platform == "win32":
        background = subprocess.CREATE_NO_WINDOW | subprocess.BELOW_NORMAL_PRIORITY_CLASS
        apart = {"creationflags": background | subprocess.CREATE_NEW_PROCESS_GROUP}
    else:
        apart = {"start_new_session": True}
    with file_of(job_id, "log").open("wb") as said:
        process = subprocess.Popen(
            command,
            cwd=current_app.root_path,
            env=os.environ | {"BEIAN_INSTANCE": current_app.instance_path, "PYTHONUTF8": "1"},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            **apart,
        )
    # A process that nobody waits for stays in the system's table when it ends.
    Thread(target=process.wait, daemon=True).start()


def clear_away() -> None:
    """Forget the prints of more than a day ago, with their files. The caller commits."""
    for job_id in print_job.forget_old():
        for ending in ("pdf", "log"):
            with suppress(OSError):
                file_of(job_id, ending).unlink()


@click.command("print-batch", hidden=True)
@click.argument("job_id", type=int)
def print_batch(job_id: int) -> None:
    """Draw print JOB_ID. The web pages start this; there is no need to type it."""
    if hasattr(os, "nice"):
        os.nice(5)  # whoever looks at a page comes first
    try:
        _print(job_id)
    except PaperError as error:
        _fail(job_id, f"{error}请回到备案列表，取消勾选这一件后再打印。")
    except Exception:  # whatever it was, the person must not wait for ever
        log.exception("Print %s failed", job_id)
        _fail(job_id, FAILED)


def _print(job_id: int) -> None:
    """Draw and keep the file; then, in one transaction, say so and write every print down."""
    ids = list(_job(job_id).filings)
    _advance(job_id, 0)
    drawn: list[tuple[str, list[Drawn]]] = []
    for start in range(0, len(ids), TOGETHER):
        drawn += _draw(job_id, ids[start : start + TOGETHER])
        _advance(job_id, min(start + TOGETHER, len(ids)))
    file_of(job_id).write_bytes(bind(drawn, f"备案表（{len(drawn)}件）"))
    job = _job(job_id)
    for filing in _filings(ids):
        history.record_print(filing, job.person)
    job.advance(Progress.done, len(ids))
    db.session.commit()


def _draw(job_id: int, ids: list[int]) -> list[tuple[str, list[Drawn]]]:
    """The name and the sheets of each filing."""
    named = list(_read(_job(job_id), ids))
    # Outside a request a transaction locks the database: nothing may be drawn within one.
    db.session.rollback()
    sheets = iter(draw_many([page for _, pages in named for page in pages]) if named else [])
    return [(name, [next(sheets) for _ in pages]) for name, pages in named]


def _read(job: PrintJob, ids: list[int]) -> Iterator[tuple[str, list]]:
    """What is to be drawn, as plain data; what has no paper or is gone by now is left out."""
    school = institutions()[job.institution]
    for filing in _filings(ids):
        definition = filing.definition(institutions())
        if prints(definition, filing):
            copies = holders(definition) if job.everyone else ()
            link = f"{job.link}{filing.id}"
            name = filing.title or f"备案件 {filing.id}"
            yield name, pages_of(school, definition, filing, copies, link)


def _filings(ids: list[int]) -> list[Filing]:
    found = (db.session.get(Filing, filing_id) for filing_id in ids)
    return [filing for filing in found if filing is not None]


def _job(job_id: int) -> PrintJob:
    return db.session.get_one(PrintJob, job_id)


def _advance(job_id: int, done: int) -> None:
    _job(job_id).advance(Progress.drawing, done)
    db.session.commit()


def _fail(job_id: int, trouble: str) -> None:
    db.session.rollback()
    job = _job(job_id)
    job.advance(Progress.failed, job.done, trouble)
    db.session.commit()
