"""A summary table as .xlsx in the school's own layout, written row by row.

Text stays text (phones, ids, a name that begins with “=”); only counts are numbers and only days
are days. A hidden last column says which channel a row is, for the way back.

The rest of this room brings openpyxl along, so it is imported when a table is first written.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from io import BytesIO
from itertools import chain
from typing import BinaryIO

from blueprints.institution.paper.summary_texts import head_line
from models.reports.summary import WHOLE_FORMAT, SummaryRow
from models.rules.definitions.institution import Institution
from models.rules.definitions.register import SERIAL, Register
from models.rules.fields import Condition

RowsFor = Callable[[Condition | None], Iterable[SummaryRow]]
THE_REST = "其他"


def write(
    register: Register,
    institution: Institution,
    rows_for: RowsFor | None = None,
    unit_name: str = "",
    day: date | None = None,
    to: BinaryIO | None = None,
) -> BinaryIO:
    """Write a summary table.

    In: the register, its school, what gives the rows of a sheet by its filter (they are read one
    by one), the unit that reports and the day. Without rows it is the school's own blank sheet;
    without unit and day their places stay free. `to`: a file opened for writing; None keeps it in
    memory, some sixty bytes a row.
    Out: that file, at its beginning.
    """
    from blueprints.institution.workbook.cells import new_book
    from blueprints.institution.workbook.drop_downs import DropDowns
    from blueprints.institution.workbook.fast_worksheet import fast_worksheet
    from blueprints.institution.workbook.styles import add_styles
    from blueprints.institution.workbook.summary_worksheet import SummaryWorksheet

    book, drop_downs = new_book(register.title, institution.name), DropDowns()
    add_styles(book)
    ends = head_line(register, unit_name, day)
    for name, rows in _sheets(register, rows_for):
        sheet = SummaryWorksheet(fast_worksheet(book, name), register, institution)
        sheet.write(ends, rows, drop_downs)
    drop_downs.finish(book)
    file = BytesIO() if to is None else to
    book.save(file)
    file.seek(0)
    return file


def _sheets(
    register: Register, rows_for: RowsFor | None
) -> Iterator[tuple[str, Iterable[SummaryRow] | None]]:
    """The sheets' names and rows; a row that belongs on none of them gets one more: no row is lost.

    Each sheet's rows must be read before the next one is asked for.
    """
    from blueprints.institution.workbook.cells import worksheet_name

    if rows_for is None or not register.sheets:
        yield worksheet_name(register.short), rows_for and rows_for(None)
        return
    written: set[int] = set()
    for sheet in register.sheets:
        yield sheet.name, _noted(rows_for(sheet.filter), written)
    if all(sheet.filter for sheet in register.sheets):
        rest = (row for row in rows_for(None) if row.channel_id not in written)
        if (first := next(rest, None)) is not None:
            name = worksheet_name(THE_REST, [sheet.name for sheet in register.sheets])
            yield name, _numbered(register, chain([first], rest))


def _noted(rows: Iterable[SummaryRow], written: set[int]) -> Iterator[SummaryRow]:
    for row in rows:
        written.add(row.channel_id)
        yield row


def _numbered(register: Register, rows: Iterable[SummaryRow]) -> Iterator[SummaryRow]:
    """Rows counted anew from 1."""
    serials = [column.heading for column in register.columns if column.value == SERIAL]
    for number, row in enumerate(rows, 1):
        own = {heading: (str(number), number, WHOLE_FORMAT) for heading in serials}
        yield replace(row, serial=number, cells=row.cells | own)
