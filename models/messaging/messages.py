"""What a unit and the office write to each other about a filing."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from models.clock import utcnow
from models.database import Model, coded, db, lock
from models.messaging import notices
from models.messaging.filing_notifications import reporters_of
from models.messaging.notices import Topic
from models.people.person import Person
from models.people.unit import tree
from models.rules.messages import clean, say
from models.rules.workflow import Refused, Role

LONGEST = 1000
# The same words from the same person so soon after are a second press of the button.
PRESSED_TWICE = timedelta(seconds=10)
LONGEST_TOKEN = 40


class Side(StrEnum):
    unit = "unit"
    office = "office"


class Message(Model):
    """One message. `token` is what its form carried: the same form makes no second message."""

    __tablename__ = "message"
    __table_args__ = (UniqueConstraint("filing_id", "author_id", "token"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    filing_id: Mapped[int] = mapped_column(ForeignKey("filing.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    author_name: Mapped[str] = mapped_column(String(100))
    side: Mapped[Side] = mapped_column(coded(Side))
    text: Mapped[str] = mapped_column(Text)
    token: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]


def on(filing) -> list[Message]:
    """The messages on a filing, the oldest first."""
    query = select(Message).where(Message.filing_id == filing.id).order_by(Message.id)
    return list(db.session.scalars(query))


def side_of(filing, person: Person) -> Side | None:
    """For whom the person speaks on a filing; None for who has no word in it."""
    if filing.unit_id in person.units(Role.reporter) | person.units(Role.head):
        return Side.unit
    return Side.office if person.has(Role.office) else None


def write(filing, author: Person, text: str, token: str, now: datetime | None = None) -> Message:
    """Adds a message and tells the other side. Pressing twice gives the first one back. Flushed.

    Raises Refused: nobody the filing concerns, never handed in, nothing written, too long.
    """
    text, now, side = clean(text), now or utcnow(), side_of(filing, author)
    if side is None or filing.submitted_at is None:
        raise Refused("提交以后，本单位和审核部门才能在这里留言。")
    if not text:
        raise Refused("请先写下要说的话，再发送。")
    if len(text) > LONGEST:
        raise Refused(say("too_long", label="留言", max=LONGEST, now=len(text)))
    lock(f"messages on {filing.id}")
    token = token[:LONGEST_TOKEN] or f"at {now.isoformat()}"
    twin = _twin(filing, author, text, token, now)
    if twin is not None:
        return twin
    message = Message(
        filing_id=filing.id,
        author_id=author.id,
        author_name=author.name,
        side=side,
        text=text,
        token=token,
        at=now,
    )
    db.session.add(message)
    db.session.flush()
    _tell_the_other_side(filing, author, message)
    return message


def _twin(filing, author: Person, text: str, token: str, now: datetime) -> Message | None:
    same_words = (Message.text == text) & (Message.at > now - PRESSED_TWICE)
    return db.session.scalar(
        select(Message)
        .where(
            Message.filing_id == filing.id,
            Message.author_id == author.id,
            or_(Message.token == token, same_words),
        )
        .limit(1)
    )


def _tell_the_other_side(filing, author: Person, message: Message) -> None:
    if message.side is Side.unit:
        people = notices.office_people(filing.institution)
    else:
        # A head is told once they have joined in.
        wrote = {message.author_id for message in on(filing)}
        people = reporters_of(filing) | tree(filing.institution).heads_for(filing.unit_id) & wrote
    text = f"{author.name}就“{filing.title or '未命名'}”给您留言。"
    notices.notify(
        filing.institution,
        people,
        text,
        filing,
        besides=author,
        topic=Topic.message,
        detail=message.text,
        now=message.at,
    )
