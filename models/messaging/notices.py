"""What the people it concerns are told: written in the transaction of the change itself.

A notice is read on its person's home page; where the deployment has a mail server, the outbox
sends it to them as well.
"""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, Select, String, Text, bindparam, func, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.clock import utcnow
from models.database import Model, coded, db, table_of
from models.deployment import sends_mail
from models.messaging import outbox
from models.people.person import Person
from models.people.unit import tree
from models.rules.workflow import Role

# Nobody writes to a thousand people by pressing one button.
MOST_RECIPIENTS = 100


class Topic(StrEnum):
    """What a notice is for: something to sign, something that happened, something that was said."""

    task = "task"
    news = "news"
    message = "message"

    @property
    def label(self) -> str:
        return {"task": "待签署", "news": "通知", "message": "留言"}[self]


class Notice(Model):
    """One sentence to one person. `detail` is what only they should read, and no mail says.

    `times`: how often the same was to be said while it was unread (rows of a list, messages).
    """

    __tablename__ = "notice"
    __table_args__ = (Index(None, "person_id", "read_at", "id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    institution: Mapped[str] = mapped_column(String(40))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    topic: Mapped[Topic] = mapped_column(coded(Topic))
    text: Mapped[str] = mapped_column(Text)
    detail: Mapped[str] = mapped_column(Text, default="")
    times: Mapped[int] = mapped_column(default=1)
    filing_id: Mapped[int | None] = mapped_column(ForeignKey("filing.id", ondelete="CASCADE"), index=True)
    channel_id: Mapped[int | None] = mapped_column(ForeignKey("channel.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    read_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()


# Asked by the masthead of every page: made once. So are those that are written under the writer's lock.
UNREAD = select(func.count()).where(Notice.person_id == bindparam("person"), Notice.read_at.is_(None))
NOTICE = table_of(Notice)
_UNREAD_ALIKE = (
    NOTICE.c.person_id.in_(bindparam("people", expanding=True)),
    NOTICE.c.read_at.is_(None),
    NOTICE.c.topic == bindparam("of_topic"),
    NOTICE.c.text == bindparam("of_text"),
)
SAID_AGAIN_OF_A_LIST = (
    update(NOTICE)
    .where(*_UNREAD_ALIKE)
    .values(times=NOTICE.c.times + 1, detail=bindparam("more"), at=bindparam("now"))
    .returning(NOTICE.c.person_id)
)
SAID_AGAIN = SAID_AGAIN_OF_A_LIST.where(
    NOTICE.c.filing_id.is_not_distinct_from(bindparam("of_filing_id")),
    NOTICE.c.channel_id.is_not_distinct_from(bindparam("of_channel_id")),
)
TELL = insert(NOTICE).returning(NOTICE.c.id, NOTICE.c.person_id)
SETTLE = (
    update(NOTICE)
    .where(
        NOTICE.c.filing_id == bindparam("filing"), NOTICE.c.topic == Topic.task, NOTICE.c.read_at.is_(None)
    )
    .values(read_at=bindparam("now"))
)


def notify(
    institution: str,
    people_ids: Collection[int],
    text: str,
    filing=None,
    channel=None,
    besides: Person | None = None,
    topic: Topic = Topic.news,
    detail: str = "",
    together: bool = False,
    now: datetime | None = None,
) -> None:
    """Tells each of these people one sentence, at home and (where configured) by mail. Flushed.

    In: the school's code; who; the sentence; what it is about (a filing or a channel, for the
    link); `besides`: who did it and need not be told; `detail`: what no mail may say (a reason).
    What a person has not read yet is not said twice: the unread notice counts it instead, if it
    is about the same filing, or about others alike when `together` (the rows of a list).
    """
    recipients = sorted(set(people_ids) - {besides.id if besides else None})[:MOST_RECIPIENTS]
    if not recipients:
        return
    now = now or utcnow()
    content = {
        "topic": topic,
        "text": text,
        "filing_id": filing and filing.id,
        "channel_id": channel and channel.id,
    }
    again = {
        "people": recipients,
        "now": now,
        "more": detail,
        **{f"of_{key}": content[key] for key in content},
    }
    counted = set(db.session.scalars(SAID_AGAIN_OF_A_LIST if together else SAID_AGAIN, again))
    fresh = [
        {"institution": institution, "person_id": person, "detail": detail, "times": 1, "at": now, **content}
        for person in recipients
        if person not in counted
    ]
    if not fresh:
        return
    written = db.session.execute(TELL, fresh)
    if sends_mail():
        outbox.post(institution, {person: notice for notice, person in written}, now)


def people_of_unit(institution: str, unit_id: int) -> set[int]:
    """Ids of the reporters nearest to a unit: its own, else those of the nearest unit above."""
    return set(tree(institution).nearest(Role.reporter, unit_id))


def office_people(institution: str) -> set[int]:
    """Ids of the people of the office."""
    return set(tree(institution).holders(Role.office))


def of(person: Person, unread: bool = False) -> Select[Notice]:
    """A person's notices, the newest first; only the unread ones if asked."""
    query = select(Notice).where(Notice.person_id == person.id)
    if unread:
        query = query.where(Notice.read_at.is_(None))
    return query.order_by(Notice.id.desc())


def unread_count(person: Person) -> int:
    """How many notices the person has not read."""
    return db.session.scalar(UNREAD, {"person": person.id}) or 0


def has_unread(person: Person, filing_id: int) -> bool:
    """Whether the person was told something of a filing that they have not read."""
    query = of(person, unread=True).where(Notice.filing_id == filing_id)
    return db.session.scalar(query.limit(1)) is not None


def unread_messages(person: Person, filing_ids: Collection[int] | None = None) -> dict[int, int]:
    """How many new messages the person has, by filing: of these filings, or of all."""
    query = select(Notice.filing_id, func.sum(Notice.times)).where(
        Notice.person_id == person.id, Notice.read_at.is_(None), Notice.topic == Topic.message
    )
    if filing_ids is not None:
        query = query.where(Notice.filing_id.in_(filing_ids))
    return {row[0]: row[1] for row in db.session.execute(query.group_by(Notice.filing_id))}


def read(
    person: Person, notice_id: int | None = None, filing_id: int | None = None, now: datetime | None = None
) -> None:
    """The person has read one notice, all about a filing, or (with neither) all of theirs."""
    theirs = update(Notice).where(Notice.person_id == person.id, Notice.read_at.is_(None))
    if notice_id is not None:
        theirs = theirs.where(Notice.id == notice_id)
    if filing_id is not None:
        theirs = theirs.where(Notice.filing_id == filing_id)
    db.session.execute(theirs.values(read_at=now or utcnow()))


def read_before(institution: str, moment: datetime) -> None:
    """Whatever was told before a moment, apart from what waits to be signed, was read then."""
    old = update(Notice).where(
        Notice.institution == institution,
        Notice.at < moment,
        Notice.read_at.is_(None),
        Notice.topic != Topic.task,
    )
    db.session.execute(old.values(read_at=Notice.at))


def settle(filing_id: int, now: datetime) -> None:
    """What was to be signed has moved on: nobody is asked for it any longer."""
    db.session.execute(SETTLE, {"filing": filing_id, "now": now})
