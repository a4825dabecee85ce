"""openpyxl's write-only sheet and its cell, without what they do twice: half the time of a long
table. tests/workbook/test_fast_worksheet.py fails when openpyxl changes what is built upon here.

The sheet first takes each cell for a value, which ends in an exception that names the cell, and
then makes an empty cell for the next one. A cell looks its style up anew each time it is written.
"""

from collections.abc import Iterable, Iterator

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.worksheet._write_only import WriteOnlyWorksheet


class FastWorksheet(WriteOnlyWorksheet):
    """Takes rows of cells (None leaves a place empty), no plain values and no links."""

    def _values_to_row(self, values: Iterable[Cell | None], row_idx: int) -> Iterator[Cell]:
        for column, cell in enumerate(values, 1):
            if cell is not None:
                cell.row, cell.column = row_idx, column
                yield cell


class FastCell(Cell):
    """A cell in the look of another one that will not change, to be filled anew for every row."""

    __slots__ = ("_style_id",)
    has_style = True

    def __init__(self, model: Cell):
        super().__init__(model.parent)
        self._style = model._style
        self._style_id = model.style_id

    @property
    def style_id(self) -> int:
        return self._style_id


def fast_worksheet(book: Workbook, name: str) -> FastWorksheet:
    """A new sheet at the end of a write-only book."""
    sheet = FastWorksheet(book, name)
    book._add_sheet(sheet)
    return sheet
