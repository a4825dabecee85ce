"""常用意见: what a person writes again and again, in the order they want it."""

from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from models.database import Model, db, lock
from models.people.person import Person
from models.rules.messages import clean, say
from models.rules.workflow import Refused

MOST = 20
LONGEST = 200


class CannedOpinion(Model):
    """One opinion of one person; `place` orders them."""

    __tablename__ = "canned_opinion"
    __table_args__ = (UniqueConstraint("person_id", "text"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    text: Mapped[str] = mapped_column(String(LONGEST))
    place: Mapped[int]


def of(person: Person) -> list[CannedOpinion]:
    """A person's opinions in their order."""
    query = select(CannedOpinion).where(CannedOpinion.person_id == person.id)
    return list(db.session.scalars(query.order_by(CannedOpinion.place, CannedOpinion.id)))


def add(person: Person, text: str) -> CannedOpinion:
    """Keeps a new opinion behind the others, flushed.

    Raises Refused: empty, too long, there already, or as many as may be.
    """
    lock(f"opinions of {person.id}")
    known = of(person)
    text = _checked(text, known)
    if len(known) >= MOST:
        raise Refused(f"常用意见最多 {MOST} 条，请先删去不用的。")
    opinion = CannedOpinion(person_id=person.id, text=text, place=len(known) and known[-1].place + 1)
    db.session.add(opinion)
    db.session.flush()
    return opinion


def change(person: Person, opinion: CannedOpinion, text: str) -> None:
    """Words an opinion anew, flushed. Raises Refused as `add` does."""
    lock(f"opinions of {person.id}")
    opinion.text = _checked(text, [other for other in of(person) if other.id != opinion.id])
    db.session.flush()


def raise_up(person: Person, opinion: CannedOpinion) -> None:
    """Puts an opinion before the one above it."""
    opinions = of(person)
    place = opinions.index(opinion)
    opinions.insert(max(0, place - 1), opinions.pop(place))
    for number, moved in enumerate(opinions):
        moved.place = number
    db.session.flush()


def _checked(text: str, others: list[CannedOpinion]) -> str:
    text = clean(text)
    if not text:
        raise Refused("请填写意见。")
    if len(text) > LONGEST:
        raise Refused(say("too_long", label="常用意见", max=LONGEST, now=len(text)))
    if text in {other.text for other in others}:
        raise Refused("这条意见已经在常用意见里了。")
    return text
