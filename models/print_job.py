"""Many filings printed into one file: who asked, how far it is, and what went wrong."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.database import coded, db, utcnow
from models.people import Person

KEPT = timedelta(days=1)
# A process that was ended from outside says nothing more; fifty forms take some ten seconds.
SILENT = timedelta(minutes=3)
# Each is a process of its own: more would take the machine from those who only look.
MOST_AT_ONCE = 3
MOST_FILINGS = 500


class Progress(StrEnum):
    """How a print stands."""

    waiting = "waiting"
    drawing = "drawing"
    done = "done"
    failed = "failed"


UNFINISHED = (Progress.waiting, Progress.drawing)
GONE_QUIET = "打印程序中途停止了。请回到备案列表再打印一次；仍然不行时请减少件数。"


class TooMany(Exception):
    """This print cannot start; the text is a Chinese sentence that says what to do."""


class PrintJob(db.Model):
    """`filings` are ids in the order of the file; `done` counts those that are drawn."""

    __tablename__ = "print_job"
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    institution: Mapped[str] = mapped_column(String(40))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    filings: Mapped[list]
    everyone: Mapped[bool] = mapped_column(default=False)
    link: Mapped[str] = mapped_column(Text)
    progress: Mapped[Progress] = mapped_column(coded(Progress), default=Progress.waiting)
    done: Mapped[int] = mapped_column(default=0)
    trouble: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    person: Mapped[Person] = relationship()

    @property
    def total(self) -> int:
        """How many filings it prints."""
        return len(self.filings)

    def advance(self, progress: Progress, done: int, trouble: str = "") -> None:
        """Say how far it is; the caller commits."""
        self.progress, self.done, self.trouble = progress, done, trouble
        self.updated_at = utcnow()

    def stands(self, now: datetime | None = None) -> tuple[Progress, str]:
        """How it stands, and what went wrong; one that was silent for too long has failed."""
        if self.progress in UNFINISHED and (now or utcnow()) - self.updated_at > SILENT:
            return Progress.failed, GONE_QUIET
        return self.progress, self.trouble


def start(person: Person, filings: list[int], link: str, everyone: bool = False,
          now: datetime | None = None) -> PrintJob:
    """A print of these filings for this person, flushed.

    `link` is the address that a filing's id is put behind; `everyone`: a copy for each holder.
    Raises TooMany: nothing to print, too much, or too many prints at work already.
    """
    if not filings:
        raise TooMany("没有可以打印的备案：请先勾选。随汇总表签字的备案请到“汇总表”打印。")
    if len(filings) > MOST_FILINGS:
        raise TooMany(f"一次最多打印 {MOST_FILINGS} 件，请用筛选分几次打印。")
    now = now or utcnow()
    at_work = select(PrintJob.person_id).where(
        PrintJob.progress.in_(UNFINISHED), PrintJob.updated_at > now - SILENT
    )
    waiting_for = list(db.session.scalars(at_work))
    if person.id in waiting_for:
        raise TooMany("您的上一份文件还在生成，请等它完成后再打印。")
    if len(waiting_for) >= MOST_AT_ONCE:
        raise TooMany("现在有几份文件正在生成，请过一两分钟再打印。")
    job = PrintJob(institution=person.institution, person_id=person.id, filings=filings,
                   link=link, everyone=everyone, created_at=now, updated_at=now)
    db.session.add(job)
    db.session.flush()
    return job


def of(person: Person, job_id: int, now: datetime | None = None) -> PrintJob | None:
    """A person's own print, for a day; None for anybody else's."""
    job = db.session.get(PrintJob, job_id)
    own = job is not None and job.person_id == person.id
    return job if own and (now or utcnow()) - job.created_at < KEPT else None


def forget_old(now: datetime | None = None) -> list[int]:
    """Deletes the prints of more than a day ago; their ids, for their files."""
    asked = select(PrintJob).where(PrintJob.created_at < (now or utcnow()) - KEPT)
    old = list(db.session.scalars(asked))
    for job in old:
        db.session.delete(job)
    return [job.id for job in old]

