"""The tables of a page as a workbook."""

from collections.abc import Sequence
from io import BytesIO

from openpyxl.cell import Cell as OpenpyxlCell
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from blueprints.institution.components.tables import Cell, Table
from blueprints.institution.workbook.cells import BOX, SONG, new_book, put_text, worksheet_name

FIRST_WIDTH, OTHER_WIDTH = 30, 18


def write(title: str, facts: Sequence[str], tables: Sequence[Table]) -> BytesIO:
    """One sheet for each table: the title, the facts line by line, then heads and rows."""
    book = new_book(title)
    for table in tables:
        sheet = book.create_sheet(worksheet_name(table.title, book.sheetnames))
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


def _filled(sheet: WriteOnlyWorksheet, cell: Cell) -> OpenpyxlCell:
    if cell.value is None:
        return _text(sheet, cell.text, Font(SONG, 10))
    written = WriteOnlyCell(sheet, cell.value)
    written.font, written.number_format = Font(SONG, 10), cell.number_format
    return written


def _text(sheet: WriteOnlyWorksheet, text: str, font: Font) -> OpenpyxlCell:
    """Text stays text, also when it begins with “=”."""
    written = WriteOnlyCell(sheet)
    written.quotePrefix, written.font = True, font
    return put_text(written, text)


def _boxed(cell: OpenpyxlCell) -> OpenpyxlCell:
    cell.border, cell.alignment = BOX, Alignment(vertical="center", wrap_text=True)
    return cell
