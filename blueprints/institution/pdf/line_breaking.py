"""Where a line of Chinese may end (kinsoku), and how a paragraph is cut into lines.

No mark that closes begins a line, none that opens ends one, nothing hangs over the border,
and a word, number or address is cut only when it is longer than the whole line. The marks are
those of 《标点符号用法》 (GB/T 15834-2011, 4.3 and 5.1), plus the boxes of our forms.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from reportlab.pdfbase.pdfmetrics import stringWidth

SPACE, GAP, NEW_LINE = " ", "\u00a0", "\n"
MAY_NOT_BEGIN = frozenset("，。、；：？！）》〉】〗』」〕］｝”’％‰℃°·…—～－／_/,.;:?!)]}>%'\"々〻ー￠")
MAY_NOT_END = frozenset("（《〈【〖『「〔［｛“‘￥＄£([{<$#□☐☑☒■")
UNBROKEN_PAIRS = frozenset("—…")
CUTS_WELL_AFTER = frozenset("/?&=.-_,;:@%#")
WORD_BLOCKS = (
    range(0x21, 0xA0),  # ASCII
    range(0xA1, 0x250),  # Latin
    range(0x370, 0x530),  # Greek and Cyrillic
    range(0xFF10, 0xFF1A),  # full-width digits
    range(0xFF21, 0xFF3B),  # full-width letters
    range(0xFF41, 0xFF5B),
)
ROUNDING = 0.001


@dataclass(slots=True)
class Atom:
    """One character, or one inline object, with its width and the run of text it belongs to."""

    text: str
    width: float
    run: Any


@dataclass(slots=True)
class Line:
    """The atoms of one line and the room left beside them."""

    atoms: list[Atom]
    room: float
    ended: bool  # by a line end in the text, not for want of room


def in_word(character: str) -> bool:
    """Whether it belongs to a word, number or address: letters and ASCII, never Chinese."""
    return any(ord(character) in block for block in WORD_BLOCKS)


@lru_cache(maxsize=1 << 16)
def may_break(solid: str, gap: str, after: str) -> bool:
    """Whether a line may end between `solid` and `after`, with the blanks `gap` between them."""
    if (after in MAY_NOT_BEGIN and not (gap and after in "\"'")) or solid in MAY_NOT_END:
        return False
    if gap:
        return SPACE in gap or len(gap) > 1
    if solid == after and solid in UNBROKEN_PAIRS:
        return False
    return not (in_word(solid) and in_word(after))


def break_lines(atoms: list[Atom], first: float, later: float) -> list[Line]:
    """Cut `atoms` into lines, the first of width `first`, all others of width `later`."""
    lines: list[Line] = []
    line: list[Atom] = []
    used = 0.0

    def close(width: float, ended: bool = False) -> None:
        nonlocal line, used
        lines.append(Line(line, _room(lines, first, later) - width, ended))
        line, used = [], 0.0

    for chunk in _chunks(atoms):
        if chunk[-1].text == NEW_LINE:
            line += chunk
            close(used, ended=True)
            continue
        solid = _width(_without_blanks(chunk))
        if line and used + solid > _room(lines, first, later) + ROUNDING:
            close(_width(_without_blanks(line)))
        while solid > (room := _room(lines, first, later)) + ROUNDING:
            cut = _emergency_cut(chunk, room)
            line, chunk = chunk[:cut], chunk[cut:]
            close(_width(line))
            solid = _width(_without_blanks(chunk))
        line += chunk
        used += _width(chunk)
    if line:
        close(used)
    return lines


def _room(lines: list[Line], first: float, later: float) -> float:
    return later if lines else first


def _width(atoms: list[Atom]) -> float:
    return sum(atom.width for atom in atoms)


def _without_blanks(atoms: list[Atom]) -> list[Atom]:
    """`atoms` less the blanks at their end, which may stand beyond the edge unseen."""
    end = len(atoms)
    while end and atoms[end - 1].text in (SPACE, GAP):
        end -= 1
    return atoms[:end]


def _chunks(atoms: list[Atom]):
    """`atoms` in pieces that a line does not end inside of; a line end is a piece of its own."""
    chunk: list[Atom] = []
    solid = gap = ""
    for atom in atoms:
        if atom.text == NEW_LINE:
            if chunk:
                yield chunk
            yield [atom]
            chunk, solid, gap = [], "", ""
        elif atom.text in (SPACE, GAP):
            chunk.append(atom)
            gap += atom.text
        else:
            if solid and may_break(solid, gap[:2], atom.text[:1] or "\ufffc"):
                yield chunk
                chunk = []
            chunk.append(atom)
            solid, gap = atom.text[-1:] or "\ufffc", ""
    if chunk:
        yield chunk


def _emergency_cut(chunk: list[Atom], room: float) -> int:
    """How many atoms of a piece longer than the line go on it: at least one."""
    used = 0.0
    well = 0
    for position, atom in enumerate(chunk):
        used += atom.width
        if used > room + ROUNDING:
            return well if well * 2 > position else max(position, 1)
        if atom.text in CUTS_WELL_AFTER:
            well = position + 1
    return len(chunk)


@lru_cache(maxsize=1 << 16)
def em_width(character: str, font: str) -> float:
    """The width of a character in `font` at size 1."""
    return stringWidth(character, font, 1)
