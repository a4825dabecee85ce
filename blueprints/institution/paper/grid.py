"""From the rows of a layout to bands: tables in which no column is only ever spanned.

A PDF table takes its widths from cells that span one column, and a block of rows joined by a
tall cell cannot be cut between pages; so every row, or joined block of rows, becomes a table of
its own with no more columns than it needs. Side by side their borders meet as in one grid.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from math import ceil

from blueprints.institution.paper.sheet import Band, Cell, Run

# A4 less its margins, less the cell's padding; characters of 12 pt (see static/paper.css).
SHEET_MM, PADDING_MM, CHARACTER_MM = {False: 174, True: 261}, 2.4, 12 * 25.4 / 72
# A joined block cannot be cut: it must stay below a page even with three persons of 100 characters.
MANY_IN_A_BLOCK = 40


@dataclass(frozen=True)
class Placed:
    """A cell with the columns of the whole grid it covers: `start` up to, not including, `end`."""

    cell: Cell
    start: int
    end: int


def bands(
    rows: Sequence[Sequence[Cell]], widths: Sequence[float], landscape: bool = False
) -> tuple[Band, ...]:
    """The bands of a grid whose cells count columns of `widths` and rows of the whole grid."""
    edges = list(accumulate(widths, initial=0.0))
    return tuple(_band(block, edges, landscape) for block in _blocks(_place(rows, len(widths))))


def _place(rows: Sequence[Sequence[Cell]], columns: int) -> list[list[Placed]]:
    """Every cell at its columns: the first that no cell from above still covers."""
    covered = [0] * columns  # for how many more rows a column is taken from above
    placed = []
    for row in rows:
        line, column = [], 0
        for cell in row:
            while column < columns and covered[column]:
                column += 1
            end = min(column + cell.columns, columns)
            line.append(Placed(cell, column, end))
            column = end
        covered = [max(0, left - 1) for left in covered]
        for each in line:
            covered[each.start : each.end] = [each.cell.rows - 1] * (each.end - each.start)
        placed.append(line)
    return placed


def _blocks(rows: list[list[Placed]]) -> list[list[list[Placed]]]:
    """The rows in blocks that no cell reaches out of."""
    blocks: list[list[list[Placed]]] = []
    open_until = 0
    for number, row in enumerate(rows):
        if number >= open_until:
            blocks.append([])
        blocks[-1].append(row)
        open_until = max([open_until, *(number + each.cell.rows for each in row)])
    return blocks


def _band(block: list[list[Placed]], edges: list[float], landscape: bool) -> Band:
    """A block with only the column edges that one of its cells has."""
    used = sorted({edge for row in block for each in row for edge in (each.start, each.end)})
    spans = {(each.start, each.end) for row in block for each in row}
    rows = []
    for row in block:
        cells = [
            replace(
                each.cell,
                columns=used.index(each.end) - used.index(each.start),
                width=round(edges[each.end] - edges[each.start], 3),
                small=len(block) > 1 and len(each.cell.text) > MANY_IN_A_BLOCK,
            )
            for each in row
        ]
        rows.append(tuple(broken_evenly(cell, landscape) for cell in cells))
    return Band(
        widths=tuple(round(edges[right] - edges[left], 3) for left, right in pairwise(used)),
        rows=tuple(rows),
        struts=not spans.issuperset(pairwise(used)),
    )


def broken_evenly(cell: Cell, landscape: bool) -> Cell:
    """A label too long for its cell gets line ends that leave no lone 绍 behind.

    A bracket begins a line of its own. Lines with Latin letters or digits stay as they are.
    """
    if cell.kind != "label":
        return cell
    room = int((SHEET_MM[landscape] * cell.width / 100 - PADDING_MM) / CHARACTER_MM)
    lines = [part for line in cell.text.split("\n") for part in _broken(line, room)]
    return replace(cell, runs=(Run("\n".join(lines)),)) if cell.text else cell


def _broken(line: str, room: int) -> list[str]:
    if len(line) <= room or re.search("[A-Za-z0-9]", line):
        return [line]
    name, bracket, rest = line.partition("（")
    return [*_even(name, room), *_even(bracket + rest, room)]


def _even(words: str, room: int) -> list[str]:
    """Words in as few lines as fit, of equal length but for the last ones."""
    lines = ceil(len(words) / max(room, 1))
    parts = []
    for left in range(lines, 0, -1):
        length = ceil(len(words) / left)
        parts.append(words[:length])
        words = words[length:]
    return parts
