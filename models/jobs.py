"""A file that takes its time: who asked for what, how far it is, and what went wrong."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text, select, update
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.clock import utcnow
from models.database import Model, coded, db, rows_changed
from models.people.person import Person

KEPT = timedelta(days=1)
# Who waits for the process says at once when it ended. Only where that one ended too, with the
# server, is silence what tells; for a process that lives it is said meanwhile that it does.
SILENT = timedelta(minutes=3)
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

    `name`: what the browser calls the file. `done` of `total` filings or rows are in it.
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
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    person: Mapped[Person] = relationship()

    def advance(self, progress: Progress, done: int, trouble: str = "") -> None:
        """Say how far it is; the caller commits."""
        self.progress, self.done, self.trouble = progress, done, trouble
        self.updated_at = utcnow()

    def status(self, now: datetime | None = None) -> tuple[Progress, str]:
        """How far it is, and what went wrong; one that was silent for too long has failed."""
        if self.progress in UNFINISHED and (now or utcnow()) - self.updated_at > SILENT:
            return Progress.failed, GONE_QUIET[self.kind]
        return self.progress, self.trouble


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


def note_alive(job_id: int, now: datetime | None = None) -> None:
    """The process of a job that is not finished is still at work; the caller commits."""
    unfinished = update(FileJob).where(FileJob.id == job_id, FileJob.progress.in_(UNFINISHED))
    db.session.execute(unfinished.values(updated_at=now or utcnow()))


def end_unfinished(job_id: int, trouble: str, now: datetime | None = None) -> bool:
    """There will be no file of a job whose process has ended; the caller commits.

    False where it was finished, or ended in words, before.
    """
    unfinished = update(FileJob).where(FileJob.id == job_id, FileJob.progress.in_(UNFINISHED))
    values = {"progress": Progress.failed, "trouble": trouble, "updated_at": now or utcnow()}
    return rows_changed(unfinished.values(values)) == 1


def of(person: Person, job_id: int, now: datetime | None = None) -> FileJob | None:
    """A person's own file, for a day; None for anybody else's."""
    job = db.session.get(FileJob, job_id)
    own = job is not None and job.person_id == person.id
    return job if own and (now or utcnow()) - job.created_at < KEPT else None


def forget_old(now: datetime | None = None) -> list[FileJob]:
    """Deletes the jobs of more than a day ago; what they were, for their files."""
    query = select(FileJob).where(FileJob.created_at < (now or utcnow()) - KEPT)
    old = list(db.session.scalars(query))
    for job in old:
        db.session.delete(job)
    return old


def withdraw(now: datetime | None = None) -> None:
    """No file of a job is handed out any more, nor finished: each may hold what was erased since."""
    values = {"progress": Progress.failed, "trouble": WITHDRAWN, "updated_at": now or utcnow()}
    db.session.execute(update(FileJob).where(FileJob.progress != Progress.failed).values(values))
