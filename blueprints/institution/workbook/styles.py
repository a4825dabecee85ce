"""How the cells of a table look, and how its sheet is printed."""

from collections.abc import Mapping, Sequence
from math import ceil
from types import MappingProxyType

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, NamedStyle
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from blueprints.institution.workbook.cells import BOX, SONG, merge, put_text
from models.rules.definitions.register import HeadCell

TITLE, HEAD_LEFT, HEAD_RIGHT, HEADER = "汇总表标题", "汇总表表头", "汇总表日期", "汇总表列名"
TEXT, NUMBER, NOTE, CLOSED = "汇总表文字", "汇总表数字", "汇总表备注", "已注销"
SIDES = {"left": "居左", "center": "居中", "right": "居右"}
GREY = "FF7F7F7F"
SHEET_WIDTH = 145  # in digits: A4 landscape prints it at about nine tenths
TITLE_HEIGHT, LINE_HEIGHT, ROW_HEIGHT, TALLEST_ROW = 36, 14, 28, 409
UPPER_HEIGHT = 20  # of each of two rows of a header
WRAP_LOSS = 1.2  # what unfilled line ends take


def add_styles(book: Workbook) -> None:
    """The looks of all cells, shared: a style per cell would cost twice the time."""
    song, bold, grey = Font(SONG, 10), Font(SONG, 10, b=True), Font(SONG, 10, color=GREY)
    head, title = Font(SONG, 11), Font(SONG, 18, b=True)
    looks = [
        NamedStyle(TITLE, title, alignment=_placed("center")),
        NamedStyle(HEAD_LEFT, head, alignment=_placed("left")),
        NamedStyle(HEAD_RIGHT, head, alignment=_placed("right")),
        NamedStyle(HEADER, bold, border=BOX, alignment=_placed("center")),
        NamedStyle(NOTE, song, alignment=_placed("left")),
    ]
    for side in SIDES:
        for kind, number_format in ((TEXT, "@"), (NUMBER, "General")):
            for closed, font in ((False, song), (True, grey)):
                look = NamedStyle(style_name(kind, side, closed), font, border=BOX,
                                  alignment=_placed(side))  # fmt: skip
                look.number_format = number_format
                looks.append(look)
    for look in looks:
        book.add_named_style(look)


def style_name(kind: str, side: str = "center", closed: bool = False) -> str:
    """The name of the look of a text or a number in the table."""
    return kind + SIDES[side] + (CLOSED if closed else "")


def _placed(side: str) -> Alignment:
    return Alignment(horizontal=side, vertical="center", wrap_text=True)


def styled(sheet: WriteOnlyWorksheet, look: str, text: str = "") -> Cell:
    """A new cell that says a text."""
    cell = WriteOnlyCell(sheet)
    cell.style = look
    # Excel then shows the text as typed, also when it begins with “=”.
    cell.quotePrefix = look.startswith(TEXT)
    return put_text(cell, text)


def print_on_paper(sheet: WriteOnlyWorksheet) -> None:
    """A4 landscape, as wide as the page, pages numbered."""
    sheet.page_setup.paperSize = Worksheet.PAPERSIZE_A4
    sheet.page_setup.orientation = Worksheet.ORIENTATION_LANDSCAPE
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_margins = PageMargins(left=0.5, right=0.5, top=0.6, bottom=0.7, footer=0.3)
    sheet.print_options.horizontalCentered = True
    sheet.oddFooter.center.text = "第&P页 共&N页"


def keep_in_view(sheet: WriteOnlyWorksheet, first: int, last: int) -> None:
    """The header's rows stay while one scrolls and stand on every printed page."""
    sheet.freeze_panes = f"A{last + 1}"
    sheet.print_title_rows = f"{first}:{last}"


def append(sheet: WriteOnlyWorksheet, cells: list, place: int, height: float | None = None) -> None:
    """Write a row; its height is forgotten at once, so that memory does not grow with the rows."""
    if height:
        sheet.row_dimensions[place].height = min(height, TALLEST_ROW)
    sheet.append(cells)
    sheet.row_dimensions.pop(place, None)


def write_header(
    sheet: WriteOnlyWorksheet,
    header: list[list[HeadCell]],
    place: int,
    widths: Sequence[float],
    comments: Mapping[int, str] = MappingProxyType({}),
) -> None:
    """Write the header from row `place` on, merged where a cell covers several columns or rows.

    `comments`: by column (from 0) what shows when one points at its label.
    """
    least = ROW_HEIGHT if len(header) == 1 else UPPER_HEIGHT
    for row, heads in enumerate(header):
        cells, tallest = [styled(sheet, HEADER) for _ in widths], 1.0
        for head in heads:
            merge(sheet, place + row, head.column + 1, head.columns, head.rows)
            put_text(cells[head.column], head.text)
            width = sum(widths[head.column : head.column + head.columns])
            tallest = max(tallest, lines(head.text, width) / head.rows)
            is_label = row + head.rows == len(header)
            if is_label and head.column in comments:
                cells[head.column].comment = Comment(comments[head.column], "")
        append(sheet, cells, place + row, max(least, tallest * LINE_HEIGHT))


def lines(text: str, width: float) -> int:
    """About how many lines a text takes in a column; Chinese is twice as wide as a digit."""
    if len(text) * 2 < width:
        return 1
    return sum(ceil(breadth(line) * WRAP_LOSS / width) or 1 for line in text.split("\n"))


def breadth(text: str) -> int:
    """How wide a text is, in digits: in this encoding Chinese takes two bytes."""
    return len(text.encode("gbk", "replace"))


def set_widths(sheet: WriteOnlyWorksheet, widths: Sequence[float]) -> None:
    """The widths of the columns from A on, in digits."""
    for number, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(number)].width = round(width, 2)
