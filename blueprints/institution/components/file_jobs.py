"""Files made in a process of their own: how the process starts, what it says, who takes it over."""

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread

from flask import Flask, Response, current_app, flash, g
from flask_login import current_user

from blueprints.web.page import go
from models import jobs
from models.database import db, if_not_busy, let_go_of_the_lock, will_read, will_write
from models.jobs import FileJob, JobKind, Progress, TooMany

log = logging.getLogger(__name__)

FAILED = {
    JobKind.print: "打印没有完成。请回到备案列表再打印一次；仍然不行时请减少件数，或联系系统管理员。",
    JobKind.export: "导出没有完成。请回到汇总表再导出一次；仍然不行时请按单位分几次导出，或联系系统管理员。",
}

# Nobody kills so but the system that has no memory left, and whoever runs the server.
KILLED = "程序被系统结束，可能是内存不足。"

BEHIND = 5  # as `nice` counts
PATIENT = 60.0  # seconds, where nobody looks at a page meanwhile
SIGN_OF_LIFE = 30.0  # seconds
MOST_TRIES = 3  # to write down how a process ended; each waits for the database
WAITING = "waits for a file's process"


class JobRefused(Exception):
    """The file may not or cannot be made; the text is a Chinese sentence that says what to do."""


class TakenOver(Exception):
    """Another process makes this file by now; what this one has made is not wanted."""


def clear_away() -> None:
    """Forget the jobs of more than a day ago, and what their processes said here. The caller commits."""
    jobs.forget_old()
    oldest = time.time() - jobs.KEPT.total_seconds()
    for path in _folder().iterdir():
        with suppress(OSError):
            if path.stat().st_mtime < oldest:
                path.unlink()


def forget_all() -> None:
    """Throw every file away that was made or begun, and let no process finish one it has begun.

    What was erased must not live on in one. Commits.
    """
    will_write()
    jobs.withdraw()
    db.session.commit()
    for path in _folder().iterdir():
        with suppress(OSError):
            path.unlink()


def take_over_what_fell_silent() -> None:
    """Make the files whose processes are gone with another server, or with this one before. Commits."""
    will_read()
    for job_id in jobs.fallen_silent():
        will_write()
        attempt = jobs.take_over(job_id)
        db.session.commit()
        if attempt is not None:
            log.warning("Job %s fell silent and is begun anew here (attempt %s)", job_id, attempt)
            _start(job_id, attempt)


def set_off(job: FileJob) -> None:
    """Start the process of a job that is committed, and do not wait for it. The caller commits."""
    try:
        _start(job.id)
    except OSError:
        will_write()
        job.advance(Progress.failed, 0, FAILED[job.kind])


def load_job(job_id: int) -> FileJob:
    """The job, in the process that works on it.

    Raises JobRefused when it was ended from outside: what it has read may not be handed out; TakenOver.
    """
    job = db.session.get(FileJob, job_id)
    if job is None or job.attempt != g.get("attempt", job.attempt):
        raise TakenOver
    if job.progress is Progress.failed:
        raise JobRefused(job.trouble)
    return job


def advance(job_id: int, done: int) -> None:
    """Say how far the file is, for whoever watches, unless others write. Ends the running transaction."""
    with if_not_busy():
        job = load_job(job_id)
        job.advance(Progress.drawing, min(done, job.total))
        db.session.commit()


def begin_to_finish(job_id: int) -> FileJob:
    """The job, in the transaction that says that it is done; minutes of work wait for who writes now.

    Raises what `load_job` does.
    """
    will_write(PATIENT)
    return load_job(job_id)


def fail(job_id: int, trouble: str = "") -> None:
    """Say that there will be no file, and why; unless another makes it. Ends the running transaction."""
    will_write(PATIENT)
    with suppress(TakenOver, JobRefused):
        job = load_job(job_id)
        job.advance(Progress.failed, job.done, trouble or FAILED[job.kind])
        db.session.commit()
    let_go_of_the_lock()


def _folder() -> Path:
    folder = Path(current_app.instance_path) / "files"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _log_of(job_id: int) -> Path:
    """What the process said, for who runs the server."""
    return _folder() / f"{job_id}.log"


def _start(job_id: int, attempt: int = 1) -> None:
    numbers = str(job_id), str(attempt)
    command = [sys.executable, "-m", "flask", "--app", "app", "make-file", *numbers]
    if sys.platform == "win32":
        background = subprocess.CREATE_NO_WINDOW | subprocess.BELOW_NORMAL_PRIORITY_CLASS
        apart = {"creationflags": background | subprocess.CREATE_NEW_PROCESS_GROUP}
    else:
        apart = {"start_new_session": True}
    with _log_of(job_id).open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=current_app.root_path,
            env=os.environ | {"BEIAN_INSTANCE": current_app.instance_path, "PYTHONUTF8": "1"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            **apart,
        )
    _put_behind(process)
    watch = (current_app._get_current_object(), process, job_id, attempt)  # type: ignore[attr-defined]
    Thread(target=_watch, args=watch, name=WAITING, daemon=True).start()


def _watch(app: Flask, process: subprocess.Popen, job_id: int, attempt: int) -> None:
    """Wait for a process, say meanwhile that it lives, and say when it ended without its file.

    On a busy machine it may come to nothing for minutes, and whoever watches would be told that it died.
    """
    while (code := _ended(process, SIGN_OF_LIFE)) is None:
        with _tolerantly(app, job_id):
            jobs.note_alive(job_id, attempt)
            db.session.commit()
    for _ in range(MOST_TRIES):
        with _tolerantly(app, job_id):
            _end(job_id, attempt, code)
            return


def _ended(process: subprocess.Popen, within: float) -> int | None:
    """The code with which a process ends within so many seconds; None while it goes on."""
    try:
        return process.wait(within)
    except subprocess.TimeoutExpired:
        return None


@contextmanager
def _tolerantly(app: Flask, job_id: int) -> Iterator[None]:
    """Whatever it was (a locked database, say), the next time may be luckier."""
    try:
        with app.app_context():
            yield
    except Exception as failure:
        log.warning("What became of job %s could not be written down: %s", job_id, failure)


def _end(job_id: int, attempt: int, code: int) -> None:
    """Keep that the process of a job has ended, unless it has said so itself. Commits."""
    job = db.session.get(FileJob, job_id)
    if job is None or job.progress not in jobs.UNFINISHED:
        return
    # A negative code is the number of a signal; on Windows there are none.
    killed = code == -getattr(signal, "SIGKILL", 0) != 0
    if jobs.end_unfinished(job_id, KILLED * killed + FAILED[job.kind], attempt):
        log.warning("The process of job %s ended with %s and without its file", job_id, code)
    db.session.commit()


def _put_behind(process: subprocess.Popen) -> None:
    """Whoever looks at a page comes first. On Windows the process was started so."""
    if sys.platform != "win32":
        # From here and not by `os.nice` in the command: whoever runs that within a process of
        # their own would put themselves behind, further each time and for good.
        with suppress(OSError):
            ours = os.getpriority(os.PRIO_PROCESS, 0)
            os.setpriority(os.PRIO_PROCESS, process.pid, ours + BEHIND)


def begin(kind: JobKind, order: dict, name: str, total: int) -> Response | None:
    """Start making a file and send the person to its progress; None, with a sentence flashed,
    when it cannot start now. The view must have read all it needs, and have written nothing.
    """
    will_write()
    clear_away()
    try:
        job = jobs.start(current_user, kind, order, name, total)
    except TooMany as refusal:
        flash(str(refusal), "error")
        db.session.commit()
        return None
    # The process that makes it can only see what is committed.
    db.session.commit()
    set_off(job)
    db.session.commit()
    return go(f".{job.kind}_progress", job_id=job.id)
