"""One sheet of a summary table: title, head line, header, rows, the school's notes."""

from collections.abc import Iterable
from math import ceil

from openpyxl.cell import Cell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from blueprints.institution.paper.summary_texts import blank_rows, note_lines
from blueprints.institution.workbook.cells import is_typed, merge, put_text
from blueprints.institution.workbook.drop_downs import DropDowns
from blueprints.institution.workbook.fast_worksheet import FastCell
from blueprints.institution.workbook.styles import (
    HEAD_LEFT,
    HEAD_RIGHT,
    LINE_HEIGHT,
    NOTE,
    NUMBER,
    SHEET_WIDTH,
    TEXT,
    TITLE,
    TITLE_HEIGHT,
    append,
    breadth,
    keep_in_view,
    lines,
    print_on_paper,
    set_widths,
    style_name,
    styled,
    write_header,
)
from models.reports.summary import SummaryRow
from models.rules.definitions.institution import Institution
from models.rules.definitions.register import COLUMN_SOURCES, SERIAL, HeadCell, Register
from models.rules.fields import Field, Number
from models.rules.row_key import KEY_HEADING

HEADER_ROW = 3
MORE_ROWS = 200  # below the table, for those who type on
KEY_WIDTH = 24


class SummaryWorksheet:
    """A sheet being written from its top to its foot.

    One cell per column and look is filled anew for every row: what is held does not grow with
    the rows.
    """

    def __init__(self, sheet: WriteOnlyWorksheet, register: Register, institution: Institution):
        self.sheet, self.register, self.institution = sheet, register, institution
        columns = register.columns
        total = sum(column.width for column in columns)
        self.widths = [SHEET_WIDTH * column.width / total for column in columns]
        self.first = HEADER_ROW + len(register.header)
        self.place = self.first
        self._cells: dict[tuple, Cell] = {}

    def write(self, ends: tuple[str, str], rows: Iterable[SummaryRow] | None, drop_downs: DropDowns) -> None:
        """Write all of it; `rows` None is the school's blank sheet, which has no hidden keys."""
        print_on_paper(self.sheet)
        self._lay_out(with_keys=rows is not None)
        self._write_top(*ends, with_keys=rows is not None)
        for row in rows or ():
            self._write_row(row)
        filled = None if rows is None else self.place - self.first
        for texts in blank_rows(self.register, filled):
            self._append([self._blank(at, text) for at, text in enumerate(texts)])
        end = self.place
        self._write_notes()
        self._offer(drop_downs, end)
        last = get_column_letter(len(self.widths))
        self.sheet.print_area = f"A1:{last}{self.place - 1}"
        self.sheet.close()

    def _lay_out(self, with_keys: bool) -> None:
        set_widths(self.sheet, self.widths)
        for number, column in enumerate(self.register.columns, 1):
            # What is typed below the table stays text as well: phones keep their zeros.
            if not self._is_number(column.value):
                self.sheet.column_dimensions[get_column_letter(number)].number_format = "@"
        if with_keys:
            keys = self.sheet.column_dimensions[get_column_letter(len(self.widths) + 1)]
            keys.width, keys.hidden, keys.number_format = KEY_WIDTH, True, "@"
        keep_in_view(self.sheet, HEADER_ROW, self.first - 1)

    def _write_top(self, left: str, right: str, with_keys: bool) -> None:
        columns = len(self.widths)
        # The unit and the seal need the room; the date takes the last third.
        seam = max(1, columns - max(1, columns // 3))
        merge(self.sheet, 1, 1, columns)
        append(self.sheet, [styled(self.sheet, TITLE, self.register.title)], 1, TITLE_HEIGHT)
        merge(self.sheet, 2, 1, seam)
        merge(self.sheet, 2, seam + 1, columns - seam)
        ends = [styled(self.sheet, HEAD_LEFT, left), *[None] * (seam - 1),
                styled(self.sheet, HEAD_RIGHT, right)]  # fmt: skip
        self.sheet.append(ends[:columns])
        header, widths = self.register.header, self.widths
        if with_keys:
            key = HeadCell(KEY_HEADING, columns, rows=len(header))
            header, widths = [[*header[0], key], *header[1:]], [*widths, KEY_WIDTH]
        write_header(self.sheet, header, HEADER_ROW, widths)

    def _write_row(self, row: SummaryRow) -> None:
        cells = [self._filled(at, cell, row.closed) for at, cell in enumerate(row.cells.values())]
        cells.append(put_text(self._cell(len(cells), TEXT, "@", row.closed), row.key))
        tallest = max(map(lines, row.texts, self.widths))
        self._append(cells, tallest * LINE_HEIGHT if tallest > 1 else None)

    def _append(self, cells: list[Cell], height: float | None = None) -> None:
        append(self.sheet, cells, self.place, height)
        self.place += 1

    def _filled(self, at: int, cell: tuple, closed: bool) -> Cell:
        text, content, number_format = cell
        if not is_typed(content):
            return put_text(self._cell(at, TEXT, "@", closed), text)
        filled = self._cell(at, NUMBER, number_format, closed)
        filled.value = content
        return filled

    def _blank(self, at: int, text: str) -> Cell:
        if not text and self._is_number(self.register.columns[at].value):
            return put_text(self._cell(at, NUMBER, "General"), "")
        return put_text(self._cell(at, TEXT, "@"), text)

    def _cell(self, at: int, kind: str, number_format: str, closed: bool = False) -> Cell:
        """The cell of a column (from 0) and a look, to be filled."""
        key = at, number_format, closed
        if key not in self._cells:
            columns = self.register.columns
            side = columns[at].align if at < len(columns) else "center"
            model = styled(self.sheet, style_name(kind, side, closed))
            model.number_format = number_format
            self._cells[key] = FastCell(model)
        return self._cells[key]

    def _is_number(self, source: str) -> bool:
        if source in COLUMN_SOURCES:
            return source == SERIAL
        return isinstance(self._item(source), Number)

    def _item(self, source: str) -> Field | None:
        """The item behind a column; None where the form, which has changed since, asks it no more."""
        form = self.institution.forms.get(self.register.form)
        try:
            return form.field(source) if form else None
        except KeyError:
            return None

    def _offer(self, drop_downs: DropDowns, end: int) -> None:
        """Drop-downs reach into the first note's row: a row put in above it has them too."""
        last = end if self.register.notes.strip() else end - 1 + MORE_ROWS
        for number, column in enumerate(self.register.columns, 1):
            drop_downs.offer(self.sheet, number, self.first, last, self._choices(column.value))

    def _choices(self, source: str) -> list[str]:
        """What a column may say: the tiers, or the labels of an item's choices; [] for others."""
        if source == "tier":
            return list(self.institution.tiers.values())
        if source in COLUMN_SOURCES:
            return []
        return list(getattr(self._item(source), "choices", {}).values())

    def _write_notes(self) -> None:
        for note in note_lines(self.register):
            merge(self.sheet, self.place, 1, len(self.widths))
            # Merged cells do not grow with their text: their height is reckoned here.
            height = LINE_HEIGHT * ceil((breadth(note) + 1) / SHEET_WIDTH)
            self._append([styled(self.sheet, NOTE, note)], height)
