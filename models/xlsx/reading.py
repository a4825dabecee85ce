"""A checked workbook becomes sheets of plain text.

The parts are streamed here rather than by openpyxl, whose reading mode tells neither an empty
cell from a formula that was never reckoned nor which cells are merged, whose memory grows with
empty rows, and which gives up on style sheets that Excel and WPS open.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import accumulate

from models.xlsx.cell_text import Text
from models.xlsx.package import Package, Place
from models.xlsx.worksheet import BadWorkbook, Sheet, SheetRow
from models.xlsx.worksheet_stream import MOST_COLUMNS, MOST_ROWS, Area, SheetReader, StreamedRow, Words

MOST_SHEETS = 20
# One shared text may stand in every cell: what is kept of it would fill the memory.
MOST_CHARACTERS = 5_000_000

__all__ = ["MOST_COLUMNS", "MOST_ROWS", "MOST_SHEETS", "read_workbook"]


def read_workbook(content: bytes) -> list[Sheet]:
    """Every visible sheet that has content, in the order of the tabs.

    In: a file that passed the gate. All rows of a sheet are equally wide. Raises BadWorkbook with
    a sentence when it is damaged, too large for one upload, or empty.
    """
    package = Package(content)
    places = package.sheets()
    if len(places) > MOST_SHEETS:
        raise BadWorkbook(
            f"文件里有{len(places)}张工作表，一次最多读{MOST_SHEETS}张。请删去或隐藏不用的工作表后再上传。"
        )
    words, left = Words(package), MOST_ROWS
    sheets = []
    for place in places:
        rows, areas = _rows(package, place, words, left)
        left -= len(rows)
        if rows:
            sheets.append(_sheet(place.name, rows, areas))
    if not sheets:
        raise BadWorkbook("表格里没有内容。请填好后保存，再上传。")
    _weigh(sheets)
    return sheets


def _rows(package: Package, place: Place, words: Words, most: int) -> tuple[list[StreamedRow], list[Area]]:
    reader = SheetReader(place.name, words)
    for _ in package.read(place.part, reader):
        if len(reader.rows) > most:
            raise BadWorkbook(
                f"表格超过{MOST_ROWS}行（读到“{place.name}”第{reader.rows[most].number}行），"
                "请分成几个文件上传。"
            )
    return reader.rows, reader.areas


def _sheet(name: str, rows: list[StreamedRow], areas: list[Area]) -> Sheet:
    width = 1 + max(max(row.cells) for row in rows)
    numbers = [row.number for row in rows]
    wide = [area for area in areas if _is_wide(area, width)]
    spread: list[set[int]] = [set() for _ in rows]
    room = MOST_ROWS * MOST_COLUMNS
    for area in areas:
        if area.bottom > area.top and not _is_wide(area, width):
            inside = range(bisect_left(numbers, area.top), bisect_right(numbers, area.bottom))
            room -= len(inside) * (min(area.right, width - 1) - area.left + 1)
            if room < 0:
                raise BadWorkbook(f"“{name}”的合并单元格互相重叠，请取消合并后再上传。")
            _spread(area, [(rows[at], spread[at]) for at in inside], width)
    titled = _covered(wide, numbers)
    return Sheet(name, tuple(
        _row(row, width, frozenset(copied), title)
        for row, copied, title in zip(rows, spread, titled, strict=True)
    ))  # fmt: skip


def _is_wide(area: Area, width: int) -> bool:
    """A title or a note: no cell of data takes three quarters of the sheet."""
    return area.right > area.left and (min(area.right, width) - area.left + 1) * 4 >= width * 3


def _spread(area: Area, rows: list[tuple[StreamedRow, set[int]]], width: int) -> None:
    """What stands in an area's first cell stands in all of them."""
    if not rows or rows[0][0].number != area.top:
        return
    first = rows[0][0].cells.get(area.left)
    if first is None:
        return
    for row, copied in rows:
        for column in range(area.left, min(area.right, width - 1) + 1):
            if column not in row.cells:
                row.cells[column] = first
                copied.add(column)


def _covered(areas: list[Area], numbers: list[int]) -> Iterator[bool]:
    """For every row, whether one of the areas reaches over it."""
    steps = [0] * (len(numbers) + 1)
    for area in areas:
        steps[bisect_left(numbers, area.top)] += 1
        steps[bisect_right(numbers, area.bottom)] -= 1
    return (count > 0 for count in accumulate(steps[:-1]))


def _row(row: StreamedRow, width: int, copied: frozenset[int], wide: bool) -> SheetRow:
    empty = Text("")
    cells = tuple(row.cells.get(column, empty).text for column in range(width))
    damage = {column: cell.damage for column, cell in sorted(row.cells.items()) if cell.damage}
    return SheetRow(row.number, cells, damage, copied, wide)


def _weigh(sheets: list[Sheet]) -> None:
    total = 0
    for sheet in sheets:
        for row in sheet.rows:
            total += sum(map(len, row.cells))
            if total > MOST_CHARACTERS:
                raise BadWorkbook("表格里的文字太多，请分成几个文件上传。")
