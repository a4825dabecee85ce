"""Mail that waits to be sent: written with its notice in one transaction, sent after the commit.

A sender claims a row by a conditional update that holds it for a while, so that two senders do
not send it twice; one that dies lets go by itself. At least once, then, and always under the
same message id.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, ForeignKey, Index, Select, String, Text, select, update
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.database import Model, coded, db, rows_changed
from models.people.person import Person

# Longer than a mail server can keep a sender waiting.
HELD = timedelta(minutes=10)
FIRST_DELAY, LONGEST_DELAY = timedelta(minutes=1), timedelta(hours=6)
# With these delays a mail server may be away for a weekend.
MOST_TRIES = 18


class Delivery(StrEnum):
    waiting = "waiting"
    sent = "sent"
    failed = "failed"

    @property
    def label(self) -> str:
        return {"waiting": "等待发送", "sent": "已发送", "failed": "没有送达"}[self]


class Mail(Model):
    """One notice to one address. `not_before`: when it may be tried, or until when it is held."""

    __tablename__ = "mail"
    __table_args__ = (
        Index(None, "institution", "id"),
        Index(None, "state", "not_before"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    institution: Mapped[str] = mapped_column(String(40))
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id", ondelete="CASCADE"), index=True)
    address: Mapped[str] = mapped_column(String(200))
    state: Mapped[Delivery] = mapped_column(coded(Delivery), default=Delivery.waiting)
    tries: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime]
    problem: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]

    notice = relationship("Notice")

    def again(self, now: datetime) -> None:
        """Tries a mail that was given up once more, from the beginning."""
        self.state, self.tries, self.not_before = Delivery.waiting, 0, now


@dataclass(frozen=True)
class Held:
    """A mail that one sender may try: its `tries` with this one, and `until` when it is held."""

    mail_id: int
    tries: int
    until: datetime


def post(notices: Iterable, now: datetime) -> None:
    """Puts a mail into the outbox for every notice whose person has an address. Flushed."""
    by_person = {notice.person_id: notice for notice in notices}
    addressed = select(Person.id, Person.email).where(Person.id.in_(by_person), Person.email != "")
    for person_id, address in db.session.execute(addressed):
        notice = by_person[person_id]
        db.session.add(
            Mail(
                institution=notice.institution,
                notice_id=notice.id,
                address=address,
                created_at=now,
                not_before=now,
            )
        )
    db.session.flush()


def claim(now: datetime) -> Held | None:
    """Holds the mail that waits longest for this sender; None when none may be sent now.

    The caller commits before it sends, and says `sent` or `failed` afterwards.
    """
    due = (Mail.state == Delivery.waiting, Mail.not_before <= now)
    waiting = select(Mail.id, Mail.tries).where(*due).order_by(Mail.id).limit(1)
    while (mail := db.session.execute(waiting).first()) is not None:
        held = Held(mail.id, mail.tries + 1, now + HELD)
        if _write(mail.id, *due, not_before=held.until, tries=held.tries):
            return held
    return None


def sent(held: Held, now: datetime) -> None:
    """The mail server took it."""
    _note(held, state=Delivery.sent, sent_at=now, problem="")


def failed(held: Held, problem: str, now: datetime, for_good: bool = False) -> None:
    """It was not taken: it is tried again later, ever more rarely, until it is given up."""
    if for_good or held.tries >= MOST_TRIES:
        _note(held, state=Delivery.failed, problem=problem)
    else:
        delay = min(FIRST_DELAY * 2 ** (held.tries - 1), LONGEST_DELAY)
        _note(held, not_before=now + delay, problem=problem)


def of(institution: str, state: str = "") -> Select[Mail]:
    """A school's mail, the newest first; only of one state if asked."""
    query = select(Mail).where(Mail.institution == institution)
    if state:
        query = query.where(Mail.state == state)
    return query.order_by(Mail.id.desc())


def _note(held: Held, **columns: object) -> None:
    """Only the sender that still holds a mail may say what became of it."""
    _write(held.mail_id, Mail.state == Delivery.waiting, Mail.not_before == held.until, **columns)


def _write(mail_id: int, *while_: ColumnElement[bool], **columns: object) -> bool:
    """Whether the mail was written: only while it is as the conditions say."""
    result = rows_changed(
        update(Mail)
        .where(Mail.id == mail_id, *while_)
        .values(**columns)
        .execution_options(synchronize_session=False)
    )
    return result == 1
