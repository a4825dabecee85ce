"""A campaign (备案工作): what the office asks of every unit, by when, and who must answer."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ForeignKey, Index, Select, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.database import db, utcnow
from models.people import Person, tree


class Campaign(db.Model):
    """A notice with a window. `forms` are codes of the forms in scope.

    Times are moments in UTC, set to the minute on the campus clock. `published_at`: when the
    units could see it first; until then it may be deleted. `ended_at`: the office closed it.
    """

    __tablename__ = "campaign"
    __table_args__ = (
        UniqueConstraint("institution", "year", "title"),
        Index(None, "institution", "closes_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    institution: Mapped[str] = mapped_column(String(40))
    year: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    document: Mapped[str] = mapped_column(String(100), default="")
    notice: Mapped[str] = mapped_column(Text, default="")
    forms: Mapped[list]
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    contact: Mapped[str] = mapped_column(String(200), default="")
    place: Mapped[str] = mapped_column(String(200), default="")
    created_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)
    published_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    created_by: Mapped[Person] = relationship()

    @property
    def running(self) -> bool:
        """Published and not ended: units may answer, late or not."""
        return self.published_at is not None and self.ended_at is None


def campaigns(institution: str) -> Select[tuple[Campaign]]:
    """All campaigns of a school, the newest first."""
    return select(Campaign).where(Campaign.institution == institution).order_by(
        Campaign.year.desc(), Campaign.id.desc()
    )


def running(institution: str) -> list[Campaign]:
    """The campaigns units must answer now, the next deadline first."""
    asked = campaigns(institution).where(
        Campaign.published_at.is_not(None), Campaign.ended_at.is_(None)
    )
    return sorted(db.session.scalars(asked), key=lambda campaign: campaign.closes_at)


def reporting_units(institution: str) -> list[int]:
    """The units that answer by themselves: the active ones right below the school itself.

    What is below them (社团 → 校团委, 协会 → 挂靠单位, 班级 → 学院) is counted with them (归口).
    A school whose units are not in one tree reports by every root.
    """
    units = tree(institution)
    roots = units.children.get(None, [])
    below = [child for root in roots for child in units.children.get(root, [])]
    return [unit for unit in below or roots if units.nodes[unit].active]


def reporter_of(institution: str, unit_ids: Iterable[int]) -> dict[int, int]:
    """Each unit's reporting unit: itself, or the nearest above it that reports."""
    units, reporting = tree(institution), set(reporting_units(institution))
    found = {unit: [one for one in units.upwards(unit) if one in reporting] for unit in unit_ids}
    return {unit: above[0] for unit, above in found.items() if above}


def last_of(institution: str) -> Campaign | None:
    """The newest campaign: next year's is prefilled from it."""
    return db.session.scalars(campaigns(institution).limit(1)).first()


def is_late(due: datetime, moment: datetime | None, now: datetime | None = None) -> bool:
    """Late is late by the minute: 17:00:59 is still in time for 17:00."""
    return (moment or now or utcnow()).replace(second=0, microsecond=0) > due
