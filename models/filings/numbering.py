"""编号: one running number per school and year, without gaps and without twins."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from models.clock import campus_time
from models.database import Model, db
from models.events import history


class Serial(Model):
    """The last number given out; a rolled-back transaction gives its number back."""

    __tablename__ = "serial"

    institution: Mapped[str] = mapped_column(String(40), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


def next_number(institution, now: datetime) -> str:
    """The next 编号 in the school's own pattern, in the year of the campus clock."""
    year = campus_time(now).year
    # The number stands under the seal of the event that gives it, which comes next in the history.
    history.take_turn(institution.code)
    serial = db.session.get(Serial, (institution.code, year), populate_existing=True)
    if serial is None:
        serial = Serial(institution=institution.code, year=year, last=0)
        db.session.add(serial)
    serial.last += 1
    db.session.flush()
    return institution.number.number(year, serial.last)
