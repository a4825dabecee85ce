"""What stands on a sheet of paper, as plain data: every word, and where it goes.

Nothing here knows a browser, a PDF or a database; `templates/paper/sheet.html` draws it for both.
"""

from dataclasses import dataclass, replace
from typing import ClassVar, Literal

MANY_WORDS, MANY_LINES = 300, 12

HEIGHT_STEP, GREATEST_HEIGHT = 5, 120

Kind = Literal["label", "side", "item", "opinion", "commitment"]


def in_steps(height: float) -> int:
    """A height in mm as the nearest one that the style sheets have a rule for; 0 stays 0."""
    steps = round(height / HEIGHT_STEP)
    return min(max(steps, 1 if height else 0) * HEIGHT_STEP, GREATEST_HEIGHT)


@dataclass(frozen=True)
class Run:
    """Words of one look. `filled`: written on the printed line ____ in its place.

    `changed`: another answer than the one in force, and marked; without words: now empty.
    """

    text: str
    filled: bool = False
    changed: bool = False


@dataclass(frozen=True)
class Line:
    """Words of a head line: what is printed, and what is filled in behind it."""

    text: str
    value: str = ""
    align: str = "left"
    changed: bool = False


@dataclass(frozen=True)
class HeadRow:
    """Head lines that stand side by side, from left to right."""

    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Cell:
    """One cell of the grid.

    `columns` and `rows` count the columns and rows of its band; `width` is per cent of the sheet.
    `height` is the least height in mm, in steps of 5 (the style sheets have a rule for each step).
    `picture` is the id of an attachment; `small`: in small print, for want of room.
    `sign` are the lines at its foot, `date` the last of them.
    """

    kind: Kind
    runs: tuple[Run, ...] = ()
    hint: str = ""
    picture: str = ""
    sign: tuple[str, ...] = ()
    date: str = ""
    align: str = "center"
    columns: int = 1
    rows: int = 1
    width: float = 100
    height: int = 0
    small: bool = False

    @property
    def text(self) -> str:
        """All its words, without the hint and what is signed."""
        return "".join(run.text for run in self.runs)

    @property
    def boxed(self) -> bool:
        """Whether it has a head and a foot, or a least height, or may be long."""
        return bool(self.height or self.sign or self.date or self.flows)

    @property
    def flows(self) -> bool:
        """Whether its words are so many that they may go on over pages; else it stays whole."""
        return len(self.text) > MANY_WORDS or self.text.count("\n") > MANY_LINES


@dataclass(frozen=True)
class Band:
    """The fewest rows of the grid that stand alone: no cell reaches beyond them.

    Each band is a table with exactly the columns its cells need (`widths`, per cent).
    `struts`: some column has no cell of its own, so that an empty row must hold the widths.
    """

    widths: tuple[float, ...]
    rows: tuple[tuple[Cell, ...], ...]
    struts: bool = False

    def with_heights(self, share: float) -> "Band":
        """The same band with every least height cut to a share of it."""
        rows = [
            tuple(replace(cell, height=in_steps(cell.height * share)) for cell in row) for row in self.rows
        ]
        return replace(self, rows=tuple(rows))


@dataclass(frozen=True)
class Sheet:
    """A whole sheet. `code` is the short name of the filing at the foot, '' on a blank form.

    `kind` says what is filed where that is more than the title says: 变更备案, 年审, 注销.
    `tight`: its rows are narrow, so that it fits its page.
    """

    template: ClassVar = "paper/sheet.html"

    title: str
    bands: tuple[Band, ...]
    above: tuple[HeadRow, ...] = ()
    below: tuple[HeadRow, ...] = ()
    notes: str = ""
    copies: tuple[str, ...] = ()
    number: str = ""
    code: str = ""
    landscape: bool = False
    tight: bool = False
    kind: str = ""

    def tightened(self, share: float) -> "Sheet":
        """The same sheet with narrow rows and every least height cut to a share of it."""
        bands = tuple(band.with_heights(share) for band in self.bands)
        return replace(self, bands=bands, tight=True)

    @property
    def cells(self) -> list[Cell]:
        """Every cell, row by row."""
        return [cell for band in self.bands for row in band.rows for cell in row]

    @property
    def marked(self) -> bool:
        """Whether anything on it is marked as changed."""
        lines = [line for row in self.above + self.below for line in row.lines]
        runs = [run for cell in self.cells for run in cell.runs]
        return any(part.changed for part in (*lines, *runs))


@dataclass(frozen=True)
class Letter:
    """A page without a grid: a title, its number, a text as it stands, who signs, and the day."""

    template: ClassVar = "paper/letter.html"
    landscape: ClassVar = False
    tight: ClassVar = False

    title: str
    number: str
    text: str
    sign: tuple[str, ...]
    date: str
    code: str

    def tightened(self, share: float) -> "Letter":
        """Itself: it has no boxes that could give up room."""
        return self
