"""A summary table (汇总表): columns over the channels in force."""

from typing import Annotated, Literal

from pydantic import Field as Key

from models.definitions.layout import Side
from models.fields import Condition, Definition
from models.fields.base import Words

# What a column may show besides an item of the form.
SERIAL = "serial"
COLUMN_SOURCES = (SERIAL, "unit", "tier", "number", "state")


class Column(Definition):
    """One column; `fallback` is shown where `value` has no answer."""

    label: Words
    value: Words
    fallback: str = ""
    width: Annotated[float, Key(gt=0)]
    align: Side = "center"


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
