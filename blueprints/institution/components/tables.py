"""A table that is drawn on a page and written into a workbook from the same cells."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import NamedTuple

from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from blueprints.institution.workbook.cells import BOX, SONG, new_book, put_text, sheet_name
from models.rules.fields.text import Number

FIRST_WIDTH, OTHER_WIDTH = 30, 18
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


def workbook(title: str, facts: Sequence[str], tables: Sequence[Table]) -> BytesIO:
    """One sheet for each table: the title, the facts line by line, then heads and rows."""
    book = new_book(title)
    for table in tables:
        sheet = book.create_sheet(sheet_name(table.title, book.sheetnames))
        for at in range(len(table.heads)):
            column = sheet.column_dimensions[get_column_letter(at + 1)]
            column.width = OTHER_WIDTH if at else FIRST_WIDTH
        sheet.append([_text(sheet, f"{title}：{table.title}", Font(SONG, 14, b=True))])
        for fact in facts:
            sheet.append([_text(sheet, fact, Font(SONG, 10))])
        sheet.append([_boxed(_text(sheet, head, Font(SONG, 10, b=True))) for head in table.heads])
        for row in table.rows:
            sheet.append([_boxed(_filled(sheet, cell)) for cell in row])
    file = BytesIO()
    book.save(file)
    file.seek(0)
    return file


def _filled(sheet: WriteOnlyWorksheet, cell: Cell) -> WriteOnlyCell:
    if cell.value is None:
        return _text(sheet, cell.text, Font(SONG, 10))
    found = WriteOnlyCell(sheet, cell.value)
    found.font, found.number_format = Font(SONG, 10), cell.number_format
    return found


def _text(sheet: WriteOnlyWorksheet, text: str, font: Font) -> WriteOnlyCell:
    """Text stays text, also when it begins with “=”."""
    found = WriteOnlyCell(sheet)
    found.quotePrefix, found.font = True, font
    return put_text(found, text)


def _boxed(cell: WriteOnlyCell) -> WriteOnlyCell:
    cell.border, cell.alignment = BOX, Alignment(vertical="center", wrap_text=True)
    return cell
