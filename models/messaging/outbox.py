"""Mail that waits to be sent: written with its notice in one transaction, sent after the commit.

A sender claims a batch by one conditional update that holds it for a while, so that two senders do
not send it twice; one that dies lets go by itself. At least once, then, and always under the same
message id. What became of a batch is written in one transaction: each is a moment in which nobody
else may write.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, Select, String, Text, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.database import Model, coded, db
from models.people.person import Person

HELD = timedelta(minutes=10)
# Longer than a mail server can keep a sender waiting, from connecting until it has taken one mail:
# what is left of a batch is let go when there is less time.
LONGEST_SENDING = timedelta(minutes=5)
BATCH = 20
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

    def may_be_sent(self, now: datetime) -> bool:
        """Whether it is held for as long as sending it may take."""
        return now + LONGEST_SENDING < self.until


def post(institution: str, notices: Mapping[int, int], now: datetime) -> None:
    """Puts a mail into the outbox for every notice whose person has an address.

    In: the school's code; a person's id to that of their notice.
    """
    addressed = select(Person.id, Person.email).where(Person.id.in_(notices), Person.email != "")
    mails = [
        {
            "institution": institution,
            "notice_id": notices[person_id],
            "address": address,
            "created_at": now,
            "not_before": now,
        }
        for person_id, address in db.session.execute(addressed)
    ]
    if mails:
        db.session.execute(insert(Mail), mails)


def claim(now: datetime, schools: Collection[str], most: int = BATCH) -> list[Held]:
    """Holds the mails of these schools that wait longest for this sender; none when none may be sent now.

    The caller commits before it sends, and says `sent`, `failed` or `let_go` afterwards.
    """
    due = (Mail.state == Delivery.waiting, Mail.not_before <= now, Mail.institution.in_(schools))
    longest_waiting = select(Mail.id).where(*due).order_by(Mail.id).limit(most).scalar_subquery()
    claimed = db.session.execute(
        update(Mail)
        .where(Mail.id.in_(longest_waiting), *due)
        .values(not_before=now + HELD, tries=Mail.tries + 1)
        .returning(Mail.id, Mail.tries)
        .execution_options(synchronize_session=False)
    )
    return [Held(mail_id, tries, now + HELD) for mail_id, tries in sorted(map(tuple, claimed))]


def sent(held: Iterable[Held], now: datetime) -> None:
    """The mail server took them."""
    _note(held, state=Delivery.sent, sent_at=now, problem="")


def let_go(held: Iterable[Held], now: datetime) -> None:
    """They were not tried after all."""
    _note(held, not_before=now, tries=Mail.tries - 1)


def failed(held: Held, problem: str, now: datetime, for_good: bool = False) -> None:
    """It was not taken: it is tried again later, ever more rarely, until it is given up."""
    if for_good or held.tries >= MOST_TRIES:
        _note([held], state=Delivery.failed, problem=problem)
    else:
        delay = min(FIRST_DELAY * 2 ** (held.tries - 1), LONGEST_DELAY)
        _note([held], not_before=now + delay, problem=problem)


def of(institution: str, state: str = "") -> Select[Mail]:
    """A school's mail, the newest first; only of one state if asked."""
    query = select(Mail).where(Mail.institution == institution)
    if state:
        query = query.where(Mail.state == state)
    return query.order_by(Mail.id.desc())


def _note(held: Iterable[Held], **columns: object) -> None:
    """Only the sender that still holds a mail may say what became of it."""
    batch = list(held)
    for until in {each.until for each in batch}:
        ids = [each.mail_id for each in batch if each.until == until]
        still_held = (Mail.id.in_(ids), Mail.state == Delivery.waiting, Mail.not_before == until)
        statement = update(Mail).where(*still_held).values(**columns)
        db.session.execute(statement.execution_options(synchronize_session=False))
