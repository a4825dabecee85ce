"""What a unit put its name to when its head signed: the rows of every table of a report, for ever.

A paper is written with the event of the signature, which holds digests of it: of the paper itself, and of
each table with the digests of its rows. A row's digest is made with a salt of the row's own, so that a purge
can empty one row and leave the rest provable (docs/decisions/0025).
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Row, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.campaigns.report import Report
from models.database import Model
from models.events import history
from models.people.person import Person
from models.people.unit import Unit
from models.rules.definitions.register import Register

# Every channel of the report with what the unit said of it; the other tables are the school's registers.
LINES = "lines"
Cell = tuple[str, Any, str]


class SignedPaper(Model):
    """One signature under a report, or under a supplement of it (`supplement_id`).

    `day`: of the head line. `at_upgrade`: what was signed is not known, for it was signed before papers were
    kept; it holds what was in force when the program was upgraded. `returned_at`: the office sent it back,
    so that another paper answers in its place.
    """

    __tablename__ = "signed_paper"
    __table_args__ = (Index(None, "institution", "year", "unit_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    institution: Mapped[str] = mapped_column(String(40))
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), index=True)
    supplement_id: Mapped[int | None] = mapped_column(ForeignKey("report_supplement.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    unit_name: Mapped[str] = mapped_column(String(200))
    year: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    nil: Mapped[bool]
    day: Mapped[date]
    signed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    signed_by_name: Mapped[str] = mapped_column(String(200))
    signed_at: Mapped[datetime] = mapped_column(index=True)
    at_upgrade: Mapped[bool] = mapped_column(default=False)
    returned_at: Mapped[datetime | None]
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"), unique=True)

    report: Mapped[Report] = relationship()
    unit: Mapped[Unit] = relationship()
    signed_by: Mapped[Person] = relationship()
    tables: Mapped[list["SignedTable"]] = relationship(order_by="SignedTable.id", back_populates="paper")

    def table(self, code: str) -> "SignedTable | None":
        """The table of this code; None when the paper has none."""
        return next((table for table in self.tables if table.code == code), None)


class SignedTable(Model):
    """One table of a paper. `definition`: the register as it was, as JSON; it draws the table for ever."""

    __tablename__ = "signed_table"
    __table_args__ = (Index(None, "paper_id", "code", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    paper_id: Mapped[int] = mapped_column(ForeignKey("signed_paper.id"))
    code: Mapped[str] = mapped_column(String(40))
    definition: Mapped[str] = mapped_column(Text)

    paper: Mapped[SignedPaper] = relationship(back_populates="tables")

    @property
    def register(self) -> Register:
        return Register.model_validate_json(self.definition)


class SignedRow(Model):
    """One row of a table: whose channel and which filing it says, and what it says.

    `cells`: by a column's heading its text, or [text, value, number format] where a workbook holds another.
    `worksheets`: on which worksheets of the register's workbook it stands. `erased`: a purge took away what
    it said of people, with its salt.
    """

    __tablename__ = "signed_row"
    __table_args__ = (Index(None, "table_id", "serial"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    table_id: Mapped[int] = mapped_column(ForeignKey("signed_table.id"))
    serial: Mapped[int]
    channel_id: Mapped[int] = mapped_column(ForeignKey("channel.id"), index=True)
    filing_id: Mapped[int] = mapped_column(ForeignKey("filing.id"))
    edition: Mapped[str] = mapped_column(String(64))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    form: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(500))
    closed: Mapped[bool] = mapped_column(default=False)
    worksheets: Mapped[list]
    cells: Mapped[dict]
    salt: Mapped[str] = mapped_column(String(32))
    digest: Mapped[str] = mapped_column(String(64))
    erased: Mapped[bool] = mapped_column(default=False)


# What a row's digest is over.
CONTENT = (
    "serial",
    "channel_id",
    "filing_id",
    "edition",
    "unit_id",
    "form",
    "title",
    "closed",
    "worksheets",
    "cells",
)


def content_of(row: Any) -> dict[str, Any]:
    """What is signed of a row."""
    return {name: getattr(row, name) for name in CONTENT}


def row_digest(salt: str, content: Mapping[str, Any]) -> str:
    """The digest of a row's content, made with its own salt."""
    return history.digests(salt, {"row": dict(content)})["row"]


def parts_of(
    paper: SignedPaper, tables: Iterable["SignedTable | Row"], digests: Mapping[int, list[str]]
) -> dict[str, Any]:
    """What the event of the signature holds digests of. `digests`: of the rows, in order, by table's id."""
    own = {
        "report": paper.report_id,
        "supplement": paper.supplement_id,
        "unit": [paper.unit_id, paper.unit_name],
        "campaign": [paper.year, paper.title],
        "nil": paper.nil,
        "day": paper.day.isoformat(),
        "signed_by": [paper.signed_by_id, paper.signed_by_name],
        "at_upgrade": paper.at_upgrade,
    }
    return {"paper": own} | {
        f"table {table.code}": {"definition": table.definition, "rows": digests.get(table.id, [])}
        for table in tables
    }


def written(cell: Cell) -> str | list[Any]:
    """A cell as a row keeps it."""
    text, value, number_format = cell
    if (value, number_format) == (text, "@"):
        return text
    return [text, value.isoformat() if isinstance(value, date) else value, number_format]


def read(kept: str | list[Any]) -> Cell:
    """A cell from what a row keeps: (text on paper, value in a workbook, number format)."""
    if isinstance(kept, str):
        return kept, kept, "@"
    text, value, number_format = kept
    # Only days have such a format, and JSON has no days.
    is_day = isinstance(value, str) and value and "yyyy" in number_format
    return text, date.fromisoformat(value) if is_day else value, number_format
