"""Lines of Song drawn by reportlab itself, broken as the papers' are."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from math import ceil

from reportlab.lib.enums import TA_CENTER, TA_LEFT, TA_RIGHT
from reportlab.lib.fonts import tt2ps
from reportlab.pdfbase import pdfmetrics
from reportlab.platypus import Flowable

from blueprints.institution.pdf.engine import INVISIBLE
from blueprints.institution.pdf.fonts import MAIN, with_fallbacks
from blueprints.institution.pdf.line_breaking import GAP, NEW_LINE, SPACE, Atom, Line, break_lines, em_width

LEADING = 1.35
BASELINE = 1.05  # from the top of a line to the foot of its signs

# The room left beside a line, and what each face draws of it: the face, the words, their width.
Runs = tuple[float, tuple[tuple[str, str, float], ...]]


class TextLines(Flowable):
    """Lines of Song, as `runs_of` gives them for the width it is given."""

    def __init__(self, lines: Sequence[Runs], size: float, side: int = TA_LEFT):
        super().__init__()
        self.size, self.side, self.lines = size, side, lines

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        self.width, self.height = width, len(self.lines) * self.size * LEADING
        return self.width, self.height

    def draw(self) -> None:
        base = self.height - self.size * BASELINE
        for room, runs in self.lines:
            x = {TA_LEFT: 0, TA_CENTER: room / 2, TA_RIGHT: room}[self.side]
            for face, text, width in runs:
                self.canv.setFont(face, self.size)
                self.canv.drawString(x, base, text)
                x += width
            base -= self.size * LEADING


def runs_of(lines: list[Line]) -> tuple[Runs, ...]:
    """Lines as whole runs: a thousand rows of single characters would take ten megabytes."""
    return tuple((line.room, tuple(_runs(line))) for line in lines)


def _runs(line: Line) -> Iterator[tuple[str, str, float]]:
    """What one face draws at a time: the face, the words and how wide they are."""
    for face, run in groupby(line.atoms, key=lambda atom: atom.run):
        atoms = list(run)
        text = "".join(atom.text for atom in atoms).rstrip(NEW_LINE)
        yield face, text, sum(atom.width for atom in atoms)


def lines_of(text: str, size: float, width: float, bold: bool = False) -> list[Line]:
    """The lines of a text at a width; every atom's run is the first face that has its sign."""
    faces = tuple(tt2ps(family, bold, 0) for family in with_fallbacks([MAIN.lower()]))
    atoms = []
    # A full-width space must not vanish at a line's end, so it is two fixed halves.
    shaped = INVISIBLE.sub("", text).replace("\u3000", GAP * 2).replace("\t", SPACE)
    for sign in shaped:
        face = face_of(sign, faces)
        atoms.append(Atom(sign, 0.0 if sign == NEW_LINE else em_width(sign, face) * size, face))
    return break_lines(atoms, width, width)


def balanced(label: str, size: float, width: float) -> list[Line]:
    """A bold label in lines of about one length: 有无校 / 外人员, not 有无校外人 / 员."""
    lines = lines_of(label, size, width, bold=True)
    if len(lines) < 2 or NEW_LINE in label:
        return lines
    used = sum(atom.width for line in lines for atom in line.atoms)
    narrow = min(width, ceil(used / len(lines) / size) * size)
    for line in (lines := lines_of(label, size, narrow, bold=True)):
        line.room += width - narrow
    return lines


@lru_cache(maxsize=1 << 16)
def face_of(sign: str, faces: tuple[str, ...]) -> str:
    """The first of the faces that has the character; the main one when none has."""
    having = (face for face in faces if ord(sign) in pdfmetrics.getFont(face).face.charToGlyph)
    return next(having, faces[0])
