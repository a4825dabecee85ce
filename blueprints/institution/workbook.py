"""A summary table as .xlsx in the school's own layout, written row by row.

Text stays text (phones, ids, a name that begins with “=”) and only counts are numbers. One
styled cell per column is filled anew for every row: what is held does not grow with the rows.
"""

import re
from collections.abc import Iterable
from datetime import date
from io import BytesIO
from math import ceil

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, NamedStyle, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from blueprints.institution.register_sheet import blank_rows, head_line, note_lines
from models.definitions.institution import Institution
from models.definitions.register import COLUMN_SOURCES, Register
from models.summary import SummaryRow

LONGEST_TEXT = 32_767  # what a cell can hold
LONGEST_LIST = 255  # what a drop-down can hold
SONG = "宋体"
TITLE, HEAD_LEFT, HEAD_RIGHT, HEADER = "汇总表标题", "汇总表表头", "汇总表日期", "汇总表列名"
TEXT, NUMBER, NOTE = "汇总表文字", "汇总表数字", "汇总表备注"
SIDES = {"left": "居左", "center": "居中", "right": "居右"}
SHEET_WIDTH = 145  # in digits: A4 landscape prints it at about nine tenths
HEADER_ROW = 3
TITLE_HEIGHT, LINE_HEIGHT, ROW_HEIGHT, TALLEST_ROW = 36, 14, 28, 409
WRAP_LOSS = 1.2  # what unfilled line ends take
# What XML cannot carry: control characters, lone surrogates, two non-characters.
UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
THIN = Side(style="thin")
BOX = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)


def write(
    register: Register,
    institution: Institution,
    rows: Iterable[SummaryRow] = (),
    unit_name: str = "",
    day: date | None = None,
) -> BytesIO:
    """Write a summary table.

    In: the register, its school, the rows (read one by one), the unit that reports and the day.
    Without rows it is the school's own blank sheet; without unit and day their places stay free.
    Out: the zipped file, some sixty bytes a row, at its beginning.
    """
    book = Workbook(write_only=True)
    book.properties.title, book.properties.creator = register.title, institution.name
    for style in _styles():
        book.add_named_style(style)
    sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\]", "_", register.short)[:31])
    _lay_out(sheet, register)
    _write_top(sheet, register, *head_line(register, unit_name, day))
    end = _write_rows(sheet, register, rows)
    _offer_choices(sheet, register, institution, end - 1)
    _write_notes(sheet, register, end)
    file = BytesIO()
    book.save(file)
    file.seek(0)
    return file


def _styles() -> list[NamedStyle]:
    """The looks of all cells, shared: a style per cell would cost twice the time."""
    song, bold = Font(SONG, 10), Font(SONG, 10, b=True)
    head, title = Font(SONG, 11), Font(SONG, 18, b=True)
    looks = [
        NamedStyle(TITLE, title, alignment=_placed("center")),
        NamedStyle(HEAD_LEFT, head, alignment=_placed("left")),
        NamedStyle(HEAD_RIGHT, head, alignment=_placed("right")),
        NamedStyle(HEADER, bold, border=BOX, alignment=_placed("center")),
        NamedStyle(NOTE, song, alignment=_placed("left")),
    ]
    for side, words in SIDES.items():
        for name, number_format in ((TEXT, "@"), (NUMBER, "General")):
            look = NamedStyle(name + words, song, border=BOX, alignment=_placed(side))
            look.number_format = number_format
            looks.append(look)
    return looks


def _placed(side: str) -> Alignment:
    return Alignment(horizontal=side, vertical="center", wrap_text=True)


def _lay_out(sheet: WriteOnlyWorksheet, register: Register) -> None:
    """A4 landscape, as wide as the page, header on every page and always in view."""
    total = sum(column.width for column in register.columns)
    for number, column in enumerate(register.columns, 1):
        width = SHEET_WIDTH * column.width / total
        sheet.column_dimensions[get_column_letter(number)].width = round(width, 2)
    sheet.sheet_format.defaultRowHeight, sheet.sheet_format.customHeight = ROW_HEIGHT, True
    sheet.freeze_panes = f"A{HEADER_ROW + 1}"
    sheet.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"
    sheet.page_setup.paperSize = Worksheet.PAPERSIZE_A4
    sheet.page_setup.orientation = Worksheet.ORIENTATION_LANDSCAPE
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_margins = PageMargins(left=0.5, right=0.5, top=0.6, bottom=0.7, footer=0.3)
    sheet.print_options.horizontalCentered = True
    sheet.oddFooter.center.text = "第&P页 共&N页"


def _write_top(sheet: WriteOnlyWorksheet, register: Register, left: str, right: str) -> None:
    columns = len(register.columns)
    # The unit and the seal need the room; the date takes the last third.
    seam = max(1, columns - max(1, columns // 3))
    _merge(sheet, 1, 1, columns)
    sheet.row_dimensions[1].height = TITLE_HEIGHT
    sheet.append([_cell(sheet, TITLE, register.title)])
    _merge(sheet, 2, 1, seam)
    _merge(sheet, 2, seam + 1, columns)
    ends = [_cell(sheet, HEAD_LEFT, left), *[None] * (seam - 1), _cell(sheet, HEAD_RIGHT, right)]
    sheet.append(ends[:columns])
    sheet.append([_cell(sheet, HEADER, column.label) for column in register.columns])


def _write_rows(sheet: WriteOnlyWorksheet, register: Register, rows: Iterable[SummaryRow]) -> int:
    """Write the filled rows, then the blank ones; the number of the next row comes out."""
    texts = [_cell(sheet, TEXT + SIDES[column.align]) for column in register.columns]
    numbers = [_cell(sheet, NUMBER + SIDES[column.align]) for column in register.columns]
    widths = [sheet.column_dimensions[get_column_letter(n)].width for n in range(1, len(texts) + 1)]
    place = HEADER_ROW + 1
    for row in rows:
        cells = [
            _number(number, content) if _counts(content) else _text(cell, text)
            for (text, content, _), cell, number in zip(
                row.cells.values(), texts, numbers, strict=True
            )
        ]
        lines = max(map(_lines, row.texts, widths))
        _append(sheet, cells, place, lines * LINE_HEIGHT if lines > 2 else None)
        place += 1
    for blank in blank_rows(register, place - HEADER_ROW - 1):
        _append(sheet, [_text(cell, text) for cell, text in zip(texts, blank, strict=True)], place)
        place += 1
    return place


def _append(
    sheet: WriteOnlyWorksheet, cells: list, place: int, height: float | None = None
) -> None:
    """Write a row; its height is forgotten at once, so that memory does not grow with the rows."""
    if height:
        sheet.row_dimensions[place].height = min(height, TALLEST_ROW)
    sheet.append(cells)
    sheet.row_dimensions.pop(place, None)


def _lines(text: str, width: float) -> int:
    """About how many lines a text takes in a column; Chinese is twice as wide as a digit."""
    if len(text) * 2 < width:
        return 1
    return sum(ceil(_signs(line) * WRAP_LOSS / width) or 1 for line in text.split("\n"))


def _signs(text: str) -> int:
    return sum(1 if sign.isascii() else 2 for sign in text)


def _offer_choices(
    sheet: WriteOnlyWorksheet, register: Register, institution: Institution, last: int
) -> None:
    """Drop-downs for the columns of choices; something else may still be typed (其他)."""
    for number, column in enumerate(register.columns, 1):
        choices = _choices(register, institution, column.value)
        offered = ",".join(choices)
        unfit = len(offered) > LONGEST_LIST or re.search('[,"]', "".join(choices))
        if choices and not unfit and last > HEADER_ROW:
            letter = get_column_letter(number)
            area = f"{letter}{HEADER_ROW + 1}:{letter}{last}"
            sheet.data_validations.append(DataValidation("list", f'"{offered}"', sqref=area))


def _choices(register: Register, institution: Institution, source: str) -> list[str]:
    """What a column may say: the tiers, or the labels of an item's choices; [] for other items."""
    if source == "tier":
        return list(institution.tiers.values())
    if source in COLUMN_SOURCES:
        return []
    return list(getattr(institution.forms[register.form].field(source), "choices", {}).values())


def _write_notes(sheet: WriteOnlyWorksheet, register: Register, row: int) -> None:
    for place, note in enumerate(note_lines(register), row):
        _merge(sheet, place, 1, len(register.columns))
        # Merged cells do not grow with their text: their height is reckoned here.
        height = LINE_HEIGHT * ceil((_signs(note) + 1) / SHEET_WIDTH)
        _append(sheet, [_cell(sheet, NOTE, note)], place, height)


def _counts(content: object) -> bool:
    return isinstance(content, int | float) and not isinstance(content, bool)


def _merge(sheet: WriteOnlyWorksheet, row: int, first: int, last: int) -> None:
    if last > first:
        area = CellRange(min_row=row, max_row=row, min_col=first, max_col=last)
        sheet.merged_cells.ranges.add(area)


def _cell(sheet: WriteOnlyWorksheet, style: str, text: str = "") -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet)
    cell.style = style
    # Excel then shows the text as typed, also when it begins with “=”.
    cell.quotePrefix = style.startswith(TEXT)
    return _text(cell, text)


def _text(cell: WriteOnlyCell, text: str) -> WriteOnlyCell:
    cell.value = UNWRITABLE.sub("", text)[:LONGEST_TEXT] or None
    cell.data_type = "s"
    return cell


def _number(cell: WriteOnlyCell, content: float) -> WriteOnlyCell:
    cell.value = content
    return cell
