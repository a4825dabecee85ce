"""A named substitute: who signs for a unit, from a day to a day, while its head is away."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models import clock
from models.database import Model
from models.people.unit import Unit
from models.rules.policy import may_stand_in
from models.rules.workflow import Role

if TYPE_CHECKING:
    from models.people.person import Person


class Substitute(Model):
    """Both days are within the period, on the campus clock; `ended_at`: taken back before its end.

    `head`: for whom the person signs, who named them unless the administrator did. While it is
    active its person is one of the unit's heads (`unit.tree`), and so signs what waits for them.
    It counts only as long as the head is one and the person may sign: `counts`, which
    `unit.COUNTS` asks in SQL.
    """

    __tablename__ = "substitute"
    __table_args__ = (Index(None, "institution", "until_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    institution: Mapped[str] = mapped_column(String(40))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    from_on: Mapped[date]
    until_on: Mapped[date]
    head_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    named_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    unit: Mapped[Unit] = relationship()
    person: Mapped["Person"] = relationship(foreign_keys=[person_id], back_populates="substitutions")
    head: Mapped["Person"] = relationship(foreign_keys=[head_id])
    named_by: Mapped["Person"] = relationship(foreign_keys=[named_by_id])

    @property
    def active(self) -> bool:
        """True on the days of the period, until it is ended, as long as it counts."""
        return not self.over and self.from_on <= clock.today()

    @property
    def over(self) -> bool:
        return self.ended_at is not None or self.until_on < clock.today() or not self.counts

    @property
    def counts(self) -> bool:
        """True while the head is still that unit's head, and the person may still sign here."""
        roles = {grant.role for grant in self.person.grants}
        is_head = self.head.active and self.unit_id in self.head.granted(Role.head)
        return is_head and self.person.active and may_stand_in(roles)
