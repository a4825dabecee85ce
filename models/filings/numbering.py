"""编号: one running number per school and year, without gaps and without twins."""

from datetime import datetime

from sqlalchemy import String, bindparam, insert, update
from sqlalchemy.orm import Mapped, mapped_column

from models.clock import campus_time
from models.database import Model, db, table_of
from models.events import history


class Serial(Model):
    """The last number given out; a rolled-back transaction gives its number back."""

    __tablename__ = "serial"

    institution: Mapped[str] = mapped_column(String(40), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


SERIAL = table_of(Serial)
FIRST = insert(SERIAL)
NEXT = (
    update(SERIAL)
    .where(SERIAL.c.institution == bindparam("school"), SERIAL.c.year == bindparam("in_year"))
    .values(last=SERIAL.c.last + 1)
    .returning(SERIAL.c.last)
)


def next_number(institution, now: datetime) -> str:
    """The next 编号 in the school's own pattern, in the year of the campus clock."""
    year = campus_time(now).year
    # The number stands under the seal of the event that gives it, which comes next in the history.
    history.take_turn(institution.code)
    last = db.session.scalar(NEXT, {"school": institution.code, "in_year": year})
    if last is None:
        last = 1
        db.session.execute(FIRST, {"institution": institution.code, "year": year, "last": last})
    return institution.number.number(year, last)
