"""A file that takes its time: who asked for what, how far it is, and what went wrong."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, ForeignKey, LargeBinary, String, Text, Update, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.clock import utcnow
from models.database import Model, coded, db, rows_changed
from models.people.person import Person

KEPT = timedelta(days=1)
# Who waits for the process says at once when it ended. Only where that one ended too, with the
# server, is silence what tells; for a process that lives it is said meanwhile that it does.
SILENT = timedelta(minutes=3)
# By then somebody would have taken it over: nobody will any more.
GIVEN_UP = timedelta(minutes=10)
MOST_ATTEMPTS = 3
# Each is a process of its own: more would take the machine from those who only look.
MOST_AT_ONCE = 3


class JobKind(StrEnum):
    """What the file holds."""

    print = "print"  # the sheets of many filings
    export = "export"  # a summary table


class Progress(StrEnum):
    """How a job stands."""

    waiting = "waiting"
    drawing = "drawing"
    done = "done"
    failed = "failed"


UNFINISHED = (Progress.waiting, Progress.drawing)
GONE_QUIET = {
    JobKind.print: "打印程序中途停止了。请回到备案列表再打印一次；仍然不行时请减少件数。",
    JobKind.export: "导出程序中途停止了。请回到汇总表再导出一次；仍然不行时请按单位分几次导出。",
}


WITHDRAWN = "刚刚清理了到期账号的个人信息，清理前生成的文件都已删除。请重新打印或导出一次。"


class TooMany(Exception):
    """This job cannot start; the text is a Chinese sentence that says what to do."""


class FileJob(Model):
    """`request`: what the file is to hold, as its kind reads it. `ending`: pdf or xlsx.

    `name`: what the browser calls the file. `done` of `total` filings or rows are in it. `attempt`: how
    manieth process works on it; only the last may say anything of it.
    """

    __tablename__ = "file_job"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    institution: Mapped[str] = mapped_column(String(40))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[JobKind] = mapped_column(coded(JobKind))
    request: Mapped[dict] = mapped_column("asked")
    ending: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(300))
    total: Mapped[int]
    progress: Mapped[Progress] = mapped_column(coded(Progress), default=Progress.waiting)
    done: Mapped[int] = mapped_column(default=0)
    trouble: Mapped[str] = mapped_column(Text, default="")
    attempt: Mapped[int] = mapped_column(default=1, server_default="1")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    person: Mapped[Person] = relationship()

    def advance(self, progress: Progress, done: int, trouble: str = "") -> None:
        """Say how far it is; the caller commits."""
        self.progress, self.done, self.trouble = progress, done, trouble
        self.updated_at = utcnow()

    def status(self, now: datetime | None = None) -> tuple[Progress, str]:
        """How far it is, and what went wrong; one that was silent for too long has failed."""
        quiet = GIVEN_UP if self.attempt < MOST_ATTEMPTS else SILENT
        if self.progress in UNFINISHED and (now or utcnow()) - self.updated_at > quiet:
            return Progress.failed, GONE_QUIET[self.kind]
        return self.progress, self.trouble


class JobFile(Model):
    """What a job made, while it is kept. In the database, for another server may be asked for it."""

    __tablename__ = "job_file"

    job_id: Mapped[int] = mapped_column(ForeignKey("file_job.id", ondelete="CASCADE"), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


def keep(job: FileJob, content: bytes) -> None:
    """This is the file of the job; the caller says that it is done, and commits."""
    db.session.merge(JobFile(job_id=job.id, content=content))


def content_of(job: FileJob) -> bytes | None:
    """The file; None where there is none, or none any more."""
    return db.session.scalar(select(JobFile.content).where(JobFile.job_id == job.id))


def start(
    person: Person, kind: JobKind, request: dict, name: str, total: int, now: datetime | None = None
) -> FileJob:
    """A job for this person, flushed. `name`: of the file, with its ending.

    Raises TooMany: the person's last one, or too many of others, are still at work.
    """
    now = now or utcnow()
    at_work = select(FileJob.person_id).where(
        FileJob.progress.in_(UNFINISHED), FileJob.updated_at > now - SILENT
    )
    waiting_for = list(db.session.scalars(at_work))
    if person.id in waiting_for:
        raise TooMany("您的上一份文件还在生成，请等它完成后再试。")
    if len(waiting_for) >= MOST_AT_ONCE:
        raise TooMany("现在有几份文件正在生成，请过一两分钟再试。")
    job = FileJob(
        institution=person.institution,
        person_id=person.id,
        kind=kind,
        request=request,
        ending=name.rpartition(".")[2],
        name=name,
        total=total,
        created_at=now,
        updated_at=now,
    )
    db.session.add(job)
    db.session.flush()
    return job


def note_alive(job_id: int, attempt: int = 1, now: datetime | None = None) -> None:
    """The process of a job that is not finished is still at work; the caller commits."""
    db.session.execute(_under_way(job_id, attempt).values(updated_at=now or utcnow()))


def end_unfinished(job_id: int, trouble: str, attempt: int = 1, now: datetime | None = None) -> bool:
    """There will be no file of a job whose process has ended; the caller commits.

    False where it was finished, ended in words, or taken over by another process before.
    """
    values = {"progress": Progress.failed, "trouble": trouble, "updated_at": now or utcnow()}
    return rows_changed(_under_way(job_id, attempt).values(values)) == 1


def fallen_silent(now: datetime | None = None) -> list[int]:
    """The jobs whose process is gone with its server, and that another may take over; the oldest first."""
    return list(db.session.scalars(select(FileJob.id).where(*_silent(now or utcnow())).order_by(FileJob.id)))


def take_over(job_id: int, now: datetime | None = None) -> int | None:
    """The number of the attempt that is now the caller's, who commits and starts it.

    None where somebody else was quicker. The process before, should it live, finds its attempt over.
    """
    now = now or utcnow()
    mine = update(FileJob).where(FileJob.id == job_id, *_silent(now))
    taken = mine.values(attempt=FileJob.attempt + 1, progress=Progress.waiting, done=0, updated_at=now)
    return db.session.scalar(taken.returning(FileJob.attempt))


def _under_way(job_id: int, attempt: int) -> Update:
    return update(FileJob).where(
        FileJob.id == job_id, FileJob.attempt == attempt, FileJob.progress.in_(UNFINISHED)
    )


def _silent(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        FileJob.progress.in_(UNFINISHED),
        FileJob.updated_at < now - SILENT,
        FileJob.updated_at > now - GIVEN_UP,
        FileJob.attempt < MOST_ATTEMPTS,
    )


def of(person: Person, job_id: int, now: datetime | None = None) -> FileJob | None:
    """A person's own file, for a day; None for anybody else's."""
    job = db.session.get(FileJob, job_id)
    own = job is not None and job.person_id == person.id
    return job if own and (now or utcnow()) - job.created_at < KEPT else None


def forget_old(now: datetime | None = None) -> None:
    """Deletes the jobs of more than a day ago with their files; the caller commits."""
    # Their files go with them, in the database.
    db.session.execute(delete(FileJob).where(FileJob.created_at < (now or utcnow()) - KEPT))


def withdraw(now: datetime | None = None) -> None:
    """No file of a job is handed out any more, nor finished: each may hold what was erased since."""
    values = {"progress": Progress.failed, "trouble": WITHDRAWN, "updated_at": now or utcnow()}
    db.session.execute(update(FileJob).where(FileJob.progress != Progress.failed).values(values))
    db.session.execute(delete(JobFile))
