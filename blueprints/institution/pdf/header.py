"""The header of a table on paper, one row of it for reportlab even where people see two.

Cells that span several others make its tables quadratic: 25 seconds instead of 7 for 4,000 rows.
"""

from reportlab.lib.enums import TA_CENTER
from reportlab.lib.units import mm
from reportlab.platypus import Flowable

from blueprints.institution.pdf.words import LEADING, Words, balanced, runs_of
from models.rules.definitions.register import HeadCell

BODY, LINE = 9, 0.6
PADDING = 1.8
ABOVE = 3  # and below the words of a cell: what reportlab leaves by itself
ROW_HEIGHT, LEAST_HEIGHT = 8.5 * mm, 6.5 * mm


def header_row(header: list[list[HeadCell]], widths: list[float]) -> tuple[list[list[Flowable]], list[tuple]]:
    """The cells of a table's first row, and the style commands that draw its lines.

    In: the header's rows and the columns' widths. A column that stands under a group draws what
    belongs to the group as well.
    """
    labels = {cell.column: cell.text for row in header for cell in row if cell.columns == 1}
    words = [_words(labels[at], width) for at, width in enumerate(widths)]
    cells: list[list[Flowable]] = [[label] for label in words]
    lines = [("BOX", (0, 0), (-1, 0), LINE, "black")]
    for cell in header[0]:
        last = cell.column + cell.columns - 1
        lines.append(("LINEAFTER", (last, 0), (last, 0), LINE, "black"))
    groups = [cell for cell in header[0] if cell.columns > 1]
    if groups:
        across = {cell: sum(widths[cell.column :][: cell.columns]) for cell in groups}
        above = {cell: _words(cell.text, across[cell]) for cell in groups}
        under = {cell.column for cell in header[1]}
        upper = max(map(_height, above.values()))
        alone = (_height(label) for at, label in enumerate(words) if at not in under)
        whole = max(alone, default=0)
        lower = max(whole - upper, *(_height(words[at]) for at in under))
        for cell in groups:
            for at in range(cell.column, cell.column + cell.columns):
                first, last = at == cell.column, at == cell.column + cell.columns - 1
                group = (above[cell], across[cell]) if first else None
                cells[at] = [UnderGroup(words[at], lower, upper, group, is_last=last)]
    return cells, lines


def _words(text: str, width: float) -> Words:
    return Words(runs_of(balanced(text, BODY, width - 2 * PADDING)), BODY, TA_CENTER)


def _height(words: Words) -> float:
    """How tall the row of these words is."""
    return max(LEAST_HEIGHT, len(words.lines) * BODY * LEADING + 2 * ABOVE)


class UnderGroup(Flowable):
    """A label and the lines above and behind it; the first of a group draws the group's words.

    `group`: those words and how wide they stand.
    """

    def __init__(
        self, label: Words, lower: float, upper: float, group: tuple[Words, float] | None, is_last: bool
    ):
        super().__init__()
        self.label, self.lower, self.upper = label, lower, upper
        self.group, self.is_last = group, is_last

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        # The cell's own space above and below is part of it.
        self.width, self.height = width, self.lower + self.upper - 2 * ABOVE
        return self.width, self.height

    def draw(self) -> None:
        left, right = -PADDING, self.width + PADDING
        self._put(self.label, self.width, -ABOVE, self.lower)
        self.canv.setLineWidth(LINE)
        self.canv.line(left, self.lower - ABOVE, right, self.lower - ABOVE)
        if not self.is_last:
            self.canv.line(right, -ABOVE, right, self.lower - ABOVE)
        if self.group:
            words, across = self.group
            self._put(words, across - 2 * PADDING, self.lower - ABOVE, self.upper)

    def _put(self, words: Words, width: float, foot: float, height: float) -> None:
        """Draw words in the middle of a height."""
        _, tall = words.wrap(width, height)
        words.drawOn(self.canv, 0, foot + (height - tall) / 2)
