"""Cells of any workbook: text stays text, and nothing is put into one that it cannot carry."""

import re
from collections.abc import Collection
from datetime import date

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Border, Side
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet.cell_range import CellRange

SONG = "宋体"
LONGEST_TEXT = 32_767  # what a cell can hold
LONGEST_NAME = 31  # what a sheet can be called
NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")
# What XML cannot carry: control characters, lone surrogates, two non-characters.
UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Excel reads _x0041_ as A: such a text is told apart by escaping its first sign.
LIKE_AN_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
FIRST_DAY = date(1900, 3, 1)  # before it Excel's calendar is not the world's
THIN = Side(style="thin")
BOX = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)


def new_book(title: str, author: str = "") -> Workbook:
    """A workbook that is written row by row and holds none of them."""
    book = Workbook(write_only=True)
    book.properties.title, book.properties.creator = UNWRITABLE.sub("", title), author or None
    return book


def worksheet_name(wanted: str, taken: Collection[str] = ()) -> str:
    """A name that Excel allows: its signs, its length, and no second sheet of the same name."""
    name = NOT_IN_NAMES.sub("_", UNWRITABLE.sub("", wanted)).strip("' ")[:LONGEST_NAME] or "表"
    used, number, free = {other.casefold() for other in taken}, 1, name
    while free.casefold() in used:
        number += 1
        free = f"{name[: LONGEST_NAME - len(str(number))]}{number}"
    return free


def put_text(cell: Cell, text: str) -> Cell:
    """Fill a cell with text that stays text, also when it begins with “=”."""
    # Nearly every text is plain and short: looking at it first halves the time.
    if len(text) > LONGEST_TEXT or "_x" in text or not text.isprintable():
        text = LIKE_AN_ESCAPE.sub("_x005F_", UNWRITABLE.sub("", text)[:LONGEST_TEXT])
    cell.value = text or None
    # An empty cell that claims to hold text is not what Excel writes.
    cell.data_type = "s" if text else "n"
    return cell


def is_typed(content: object) -> bool:
    """Whether a workbook holds it as a number or a day rather than as the text people read."""
    if isinstance(content, date):
        return content >= FIRST_DAY
    return isinstance(content, int | float) and not isinstance(content, bool)


def merge(sheet: WriteOnlyWorksheet, row: int, first: int, columns: int, rows: int = 1) -> None:
    """Make one cell of several."""
    if columns > 1 or rows > 1:
        sheet.merged_cells.ranges.add(CellRange(
            min_row=row, max_row=row + rows - 1, min_col=first, max_col=first + columns - 1
        ))  # fmt: skip
