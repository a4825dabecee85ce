"""A summary table (汇总表): columns over the channels in force."""

from collections.abc import Sequence
from itertools import groupby
from typing import Annotated, Literal, NamedTuple

from pydantic import Field as Key

from models.rules.definitions.layout import Side
from models.rules.fields import Condition, Definition
from models.rules.fields.base import Words

# What a column may show besides an item of the form.
SERIAL = "serial"
COLUMN_SOURCES = (SERIAL, "unit", "tier", "number", "state")


class Column(Definition):
    """One column; `fallback` is shown where `value` has no answer.

    `group` stands above the labels of neighbouring columns that share it.
    """

    label: Words
    group: str = ""
    value: Words
    fallback: str = ""
    width: Annotated[float, Key(gt=0)]
    align: Side = "center"

    @property
    def heading(self) -> str:
        """Its name by itself: 负责人 above 姓名 is 负责人姓名. No two columns share it."""
        return self.group + self.label


class Head(Definition):
    """The line between title and table."""

    left: str = ""
    right: str = ""
    fill_left: Literal["", "unit", "date"] = ""
    fill_right: Literal["", "unit", "date"] = ""


class BlankRows(Definition):
    """The empty rows of the printed form, with the numbers and examples it came with."""

    rows: Annotated[int, Key(ge=0, le=60)] = 0
    serials: list[str] = []
    samples: dict[str, dict[str, str]] = {}


class ClosedMark(Definition):
    """Where and how a closed channel is marked (the rule says 注明, the table has no column)."""

    column: Words
    mark: Words


class RegisterSheet(Definition):
    """One sheet of the workbook: the rows for which `filter` holds, or all of them."""

    name: Words
    filter: Condition | None = None


class HeadCell(NamedTuple):
    """One cell of the header: its words, its first column from 0, and what it covers."""

    text: str
    column: int
    columns: int = 1
    rows: int = 1


class Register(Definition):
    """One summary table over the filings of one form."""

    code: str
    title: Words
    short: Words
    form: Words
    order: int = 0
    filter: Condition | None = None
    head: Head = Head()
    columns: list[Column] = Key(min_length=1)
    blank: BlankRows = BlankRows()
    closed: ClosedMark | None = None
    notes: str = ""
    paper: bool = True
    sheets: list[RegisterSheet] = []

    @property
    def header(self) -> list[list[HeadCell]]:
        """The header row by row, from the left: two rows where a column has a group, else one."""
        return header_of([(column.group, column.label) for column in self.columns])


def header_of(headings: Sequence[tuple[str, str]]) -> list[list[HeadCell]]:
    """The header of columns given as (group, label); neighbours under one group share its cell."""
    if not any(group for group, _ in headings):
        return [[HeadCell(label, at) for at, (_, label) in enumerate(headings)]]
    upper, lower = [], []
    for group, run in groupby(enumerate(headings), key=lambda heading: heading[1][0]):
        labels = [HeadCell(label, at) for at, (_, label) in run]
        if group:
            upper.append(HeadCell(group, labels[0].column, columns=len(labels)))
            lower += labels
        else:
            upper += [label._replace(rows=2) for label in labels]
    return [upper, lower]
