"""The file once more, with what is wrong written into it: to be mended in Excel and sent back."""

from collections.abc import Iterable, Sequence
from io import BytesIO

from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from sqlalchemy import Row, select

from blueprints.institution.workbook.cells import BOX, SONG, new_book, put_text, worksheet_name
from blueprints.institution.workbook.styles import LINE_HEIGHT, append, keep_in_view, lines, print_on_paper
from models.database import db
from models.imports.headings import KEY_PATH
from models.imports.target import PASSED_OVER, Heading, RowState, Target
from models.imports.uploads import ERRORS_HEADING, Upload, UploadRow

RED, GREY = (PatternFill("solid", fgColor=colour) for colour in ("FFF4C7C3", "FFEDEDED"))
TOP = Alignment(vertical="top", wrap_text=True)
FONT, BOLD = Font(SONG, 10), Font(SONG, 10, b=True)
WIDTH, ERRORS_WIDTH, MOST_LINES = 14, 50, 6


def write(upload: Upload, target: Target) -> BytesIO:
    """The sheets with their header row, and the sentences in a column behind the last one.

    All is read first, and the running transaction ended.
    """
    book = new_book(upload.file_name)
    headings = {heading.path: heading for heading in target.headings()}
    sheets = [(sheet, _rows(upload, number)) for number, sheet in enumerate(upload.sheets) if sheet["head"]]
    db.session.rollback()
    for sheet, rows in sheets:
        page = book.create_sheet(worksheet_name(sheet["name"], book.sheetnames))
        _write_sheet(page, sheet, rows, headings)
    out = BytesIO()
    book.save(out)
    out.seek(0)
    return out


def _rows(upload: Upload, number: int) -> Sequence[Row]:
    """What is kept of a sheet's rows, as plain data."""
    query = select(
        UploadRow.number, UploadRow.cells, UploadRow.fixes, UploadRow.state, UploadRow.errors, UploadRow.notes
    ).where(UploadRow.upload_id == upload.id, UploadRow.sheet == number)
    return db.session.execute(query.order_by(UploadRow.id)).all()


def _write_sheet(
    page: WriteOnlyWorksheet, sheet: dict, rows: Sequence[Row], headings: dict[str, Heading]
) -> None:
    """Every row stands where it stood: that is how the sentences speak of others."""
    paths = [*sheet["paths"], *_added(sheet, rows)]
    labels = [*sheet["headings"]]
    labels += [headings[path].label for path in paths[len(labels) :] if path in headings]
    _lay_out(page, paths, sheet["head"])
    above, names = sheet["head"], [(label, False) for label in (*labels, ERRORS_HEADING)]
    _append_at(page, 0, above, names, bold=True)
    for row in rows:
        cells = [(text, path in row.errors) for path, text in _texts(row, paths)]
        cells += [("", False)] * (len(labels) - len(cells))
        sentences = _sentences(row, headings), bool(row.errors)
        _append_at(page, above, row.number, [*cells, sentences])
        above = row.number


def _append_at(
    page: WriteOnlyWorksheet, above: int, place: int, cells: list[tuple[str, bool]], bold: bool = False
) -> None:
    """Write a row of (text, whether it is wrong) at its place, so many being written above it."""
    for _ in range(above + 1, place):
        page.append([])
    *texts, sentences = (text for text, _ in cells)
    tallest = max([min(lines(text, WIDTH), MOST_LINES) for text in texts])
    tallest = max(tallest, lines(sentences, ERRORS_WIDTH), 1)
    append(page, [_cell(page, *cell, bold) for cell in cells], place, LINE_HEIGHT * tallest)


def _lay_out(page: WriteOnlyWorksheet, paths: list[str], head: int) -> None:
    print_on_paper(page)
    keep_in_view(page, head, head)
    for column, path in enumerate(paths, 1):
        place = page.column_dimensions[get_column_letter(column)]
        place.width, place.hidden = WIDTH, path == KEY_PATH
    page.column_dimensions[get_column_letter(len(paths) + 1)].width = ERRORS_WIDTH


def _added(sheet: dict, rows: Sequence[Row]) -> list[str]:
    """What was typed in the preview and has no column in this sheet: it gets one."""
    return list(dict.fromkeys(path for row in rows for path in row.fixes if path not in sheet["paths"]))


def _texts(row: Row, paths: Iterable[str]) -> Iterable[tuple[str, str]]:
    for column, path in enumerate(paths):
        read = row.cells[column] if column < len(row.cells) else ""
        fixed = path not in ("", PASSED_OVER, KEY_PATH) and path in row.fixes
        yield path, row.fixes[path] if fixed else read


def _sentences(row: Row, headings: dict[str, Heading]) -> str:
    """All that is to be said of a row; a double says of what."""
    sentences = []
    for path, sentence in row.errors.items():
        label = headings[path].label if path in headings else ""
        sentences.append(f"{label}：{sentence}" if label else sentence)
    return "\n".join(sentences + (row.notes if row.state is RowState.double else []))


def _cell(page: WriteOnlyWorksheet, text: str, red: bool = False, bold: bool = False) -> object:
    cell = put_text(WriteOnlyCell(page), text)
    cell.number_format, cell.alignment, cell.quotePrefix = "@", TOP, True
    cell.border, cell.font = BOX, FONT
    if red:
        cell.fill = RED
    if bold:
        cell.font, cell.fill = BOLD, GREY
    return cell
