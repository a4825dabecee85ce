"""A summary table as A4 landscape PDF, drawn with platypus: a thousand rows in seconds.

xhtml2pdf needs over a minute for such a table; the faces and the line breaking are its papers'.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import cache
from io import BytesIO

from reportlab.lib.enums import TA_CENTER, TA_LEFT, TA_RIGHT
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, LongTable, PageTemplate, Spacer

from blueprints.institution.paper.summary_texts import blank_rows, head_line, note_lines
from blueprints.institution.pdf.fonts import MAIN, load_for
from blueprints.institution.pdf.line_breaking import em_width
from blueprints.institution.pdf.text_lines import LEADING, TextLines, balanced, lines_of, runs_of
from models.reports.summary import SummaryRow
from models.rules.definitions.institution import Institution
from models.rules.definitions.register import HeadCell, Register

PAGE = landscape(A4)
MARGIN, FOOT = 12 * mm, 6 * mm
WIDTH = PAGE[0] - 2 * MARGIN
TITLE, HEAD, BODY, NOTE = 18, 11, 9, 9
LINE, PADDING = 0.6, 1.8
ABOVE = 3  # and below the words of a cell: what reportlab leaves by itself
ROW_HEIGHT, LEAST_HEIGHT = 8.5 * mm, 6.5 * mm
PIECE = 18  # lines of a cell; two such pieces fit on a page below the header
SIDES = {"left": TA_LEFT, "center": TA_CENTER, "right": TA_RIGHT}


def draw(
    register: Register,
    institution: Institution,
    rows: Iterable[SummaryRow] | None = None,
    unit_name: str = "",
    day: date | None = None,
) -> bytes:
    """Draw a summary table.

    In: the register, its school, the rows, the unit that reports and the day. Without rows it is
    the school's own blank sheet; without unit and day their places stay free for ink.
    Out: the PDF's bytes. Every face is embedded; a row longer than a page flows on.
    """
    filled = [row.texts for row in rows or ()]
    body = filled + blank_rows(register, None if rows is None else len(filled))
    head, notes = head_line(register, unit_name, day), note_lines(register)
    for line in ([register.title], head, notes, *body):
        load_for("".join(line))
    paper = BytesIO()
    story = [*_top(register, *head), _table(register, body), Spacer(0, 2 * mm), *_foot(notes)]
    _document(paper, register.title, institution.name).build(story, canvasmaker=CountedPages)
    return paper.getvalue()


def _document(paper: BytesIO, title: str, author: str) -> BaseDocTemplate:
    frame = Frame(
        MARGIN, MARGIN, WIDTH, PAGE[1] - 2 * MARGIN,
        leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0,
    )  # fmt: skip
    document = BaseDocTemplate(paper, pagesize=PAGE, title=title, author=author)
    document.addPageTemplates(PageTemplate(frames=[frame]))
    return document


def _top(register: Register, left: str, right: str) -> list[Flowable]:
    title = TextLines(runs_of(lines_of(register.title, TITLE, WIDTH, bold=True)), TITLE, TA_CENTER)
    return [title, Spacer(0, 3 * mm), _head_table(left, right), Spacer(0, 1.5 * mm)]


def _foot(notes: list[str]) -> list[Flowable]:
    return [TextLines(runs_of(lines_of(note, NOTE, WIDTH)), NOTE) for note in notes]


def _head_table(left: str, right: str) -> LongTable:
    """The head line: the unit at the left, the date at the right as wide as it is written."""
    narrow = sum(em_width(sign, MAIN) for sign in right) * HEAD + 1
    cells = [
        [TextLines(runs_of(lines_of(left, HEAD, WIDTH - narrow)), HEAD)],
        [TextLines(runs_of(lines_of(right, HEAD, narrow)), HEAD, TA_RIGHT)],
    ]
    style = [("FONTNAME", (0, 0), (-1, -1), MAIN), ("VALIGN", (0, 0), (-1, -1), "BOTTOM")]
    style += [(f"{side}PADDING", (0, 0), (-1, -1), 0) for side in ("LEFT", "RIGHT")]
    return LongTable([cells], [WIDTH - narrow, narrow], style=style)


def _table(register: Register, body: list[list[str]]) -> LongTable:
    total = sum(column.width for column in register.columns)
    widths = [WIDTH * column.width / total for column in register.columns]
    sides = [SIDES[column.align] for column in register.columns]
    rooms = [width - 2 * PADDING for width in widths]
    # A unit or a platform stands in many rows: it is cut into lines once, and kept once.
    cut = cache(lambda text, room: runs_of(lines_of(text, BODY, room)))
    rows = [piece for row in body for piece in _pieces(row, rooms, sides, cut)]
    header, lines = _header_row(register.header, widths)
    style = [
        *lines,
        ("FONTNAME", (0, 0), (-1, -1), MAIN),
        ("GRID", (0, 1), (-1, -1), LINE, "black"),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("LEFTPADDING", (0, 0), (-1, -1), PADDING),
        ("RIGHTPADDING", (0, 0), (-1, -1), PADDING),
    ]
    heights = [ROW_HEIGHT] * (len(rows) + 1)
    return LongTable([header, *rows], widths, style=style, repeatRows=1, minRowHeights=heights)


def _pieces(row: list[str], rooms: list[float], sides: list[int], cut: Callable) -> Iterator[list]:
    """A row as one row of the table, or as several where it is too tall for one page."""
    cells = [cut(text, room) for text, room in zip(row, rooms, strict=True)]
    tallest = max(map(len, cells))
    for start in range(0, max(tallest, 1), PIECE):
        yield [
            [TextLines(lines[start : start + PIECE], BODY, side)] if lines[start:] else ""
            for lines, side in zip(cells, sides, strict=True)
        ]


def _header_row(
    header: list[list[HeadCell]], widths: list[float]
) -> tuple[list[list[Flowable]], list[tuple]]:
    """The cells of a table's first row, and the style commands that draw its lines.

    In: the header's rows and the columns' widths. It is one row for reportlab even where people
    see two: cells that span several others make its tables quadratic (25 seconds instead of 7 for
    4,000 rows). A column that stands under a group draws what belongs to the group as well.
    """
    labels = {cell.column: cell.text for row in header for cell in row if cell.columns == 1}
    words = [_label(labels[at], width) for at, width in enumerate(widths)]
    cells: list[list[Flowable]] = [[label] for label in words]
    lines = [("BOX", (0, 0), (-1, 0), LINE, "black")]
    for cell in header[0]:
        last = cell.column + cell.columns - 1
        lines.append(("LINEAFTER", (last, 0), (last, 0), LINE, "black"))
    groups = [cell for cell in header[0] if cell.columns > 1]
    if groups:
        across = {cell: sum(widths[cell.column :][: cell.columns]) for cell in groups}
        above = {cell: _label(cell.text, across[cell]) for cell in groups}
        under = {cell.column for cell in header[1]}
        upper = max(map(_row_height, above.values()))
        alone = (_row_height(label) for at, label in enumerate(words) if at not in under)
        whole = max(alone, default=0)
        lower = max(whole - upper, *(_row_height(words[at]) for at in under))
        for cell in groups:
            for at in range(cell.column, cell.column + cell.columns):
                first, last = at == cell.column, at == cell.column + cell.columns - 1
                group = (above[cell], across[cell]) if first else None
                cells[at] = [UnderGroup(words[at], lower, upper, group, is_last=last)]
    return cells, lines


def _label(text: str, width: float) -> TextLines:
    return TextLines(runs_of(balanced(text, BODY, width - 2 * PADDING)), BODY, TA_CENTER)


def _row_height(words: TextLines) -> float:
    """How tall the row of these words is."""
    return max(LEAST_HEIGHT, len(words.lines) * BODY * LEADING + 2 * ABOVE)


class UnderGroup(Flowable):
    """A label and the lines above and behind it; the first of a group draws the group's words.

    `group`: those words and how wide they stand.
    """

    def __init__(
        self,
        label: TextLines,
        lower: float,
        upper: float,
        group: tuple[TextLines, float] | None,
        is_last: bool,
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

    def _put(self, words: TextLines, width: float, foot: float, height: float) -> None:
        """Draw words in the middle of a height."""
        _, tall = words.wrap(width, height)
        words.drawOn(self.canv, 0, foot + (height - tall) / 2)


class CountedPages(Canvas):
    """A canvas whose pages say at the foot which they are of how many."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._finished: list[dict] = []

    def showPage(self) -> None:  # noqa: N802 - reportlab's name
        self._finished.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        pages = self._finished
        for number, page in enumerate(pages, 1):
            self.__dict__.update(page)
            self.setFont(MAIN, NOTE)
            self.drawCentredString(PAGE[0] / 2, FOOT, f"第{number}页/共{len(pages)}页")
            super().showPage()
        super().save()
