"""A table that is drawn on a page and written into a workbook from the same cells."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from models.rules.fields.text import Number

# 关注人数以万为单位, exact: the same scale as the item's own.
FOLLOWERS = Number(
    name="followers", type="number", label="关注人数", unit="人", scale_unit="万", scale=10_000
)


class Cell(NamedTuple):
    """What is read; what a workbook reckons with (None: it is a text), and how that is shown."""

    text: str
    value: float | None = None
    number_format: str = "General"
    href: str = ""


@dataclass(frozen=True)
class Table:
    """Rows under their heads; `total`: the last row sums the others up."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    total: bool = False


def words(text: str, href: str = "") -> Cell:
    return Cell(text, href=href)


def number(counted: int) -> Cell:
    return Cell(f"{counted:,}", counted, "#,##0")


def ten_thousands(people: int) -> Cell:
    """350 is 0.035 and never 0."""
    value, number_format = FOLLOWERS.cell(people)
    return Cell(FOLLOWERS.scaled_text(people), value, number_format)


def difference(now: int, before: int) -> Cell:
    """How much more or less: +3, −2, 0."""
    more = now - before
    return Cell(f"{more:+,}".replace("-", "−") if more else "0", more, "+#,##0;-#,##0;0")
