"""How a printed label is broken in a narrow cell: into even lines, as on the schools' forms."""

import re
from dataclasses import replace
from math import ceil

from blueprints.institution.paper.sheet import Cell, Run

# A4 less its margins, less the cell's padding; characters of 12 pt (see static/paper.css).
SHEET_MM, PADDING_MM, CHARACTER_MM = {False: 174, True: 261}, 2.4, 12 * 25.4 / 72


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
    found = []
    for left in range(lines, 0, -1):
        length = ceil(len(words) / left)
        found.append(words[:length])
        words = words[length:]
    return found
