"""A named substitute: who signs for a unit, from a day to a day, while its head is away."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models import clock
from models.database import Model
from models.people.unit import Unit

if TYPE_CHECKING:
    from models.people.person import Person


class Substitute(Model):
    """Both days are within the period, on the campus clock; `ended_at`: taken back before its end.

    While it is active its person is one of the unit's heads (`unit.tree`), and so signs what
    waits for them.
    """

    __tablename__ = "substitute"
    __table_args__ = (Index(None, "institution", "until_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    institution: Mapped[str] = mapped_column(String(40))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    from_on: Mapped[date]
    until_on: Mapped[date]
    named_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    unit: Mapped[Unit] = relationship()
    person: Mapped["Person"] = relationship(foreign_keys=[person_id], back_populates="substitutions")
    named_by: Mapped["Person"] = relationship(foreign_keys=[named_by_id])

    @property
    def active(self) -> bool:
        """True on the days of the period, until it is ended."""
        return self.ended_at is None and self.from_on <= clock.today() <= self.until_on

    @property
    def over(self) -> bool:
        return self.ended_at is not None or self.until_on < clock.today()
