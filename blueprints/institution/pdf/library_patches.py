"""Seven internals of xhtml2pdf and reportlab that are replaced, all of them here.

They are: the line breaker for Chinese; the cut of a paragraph between pages (it put a space at
each line end); the cut of a table row between pages (its label was not said again); the cell
itself (a text taller than the page was shrunk to it without a word); the list of fonts behind
a CSS name (it knew no fallback); the table that copying and searching go by (it cut code points
beyond the BMP to four digits); and the time that a drawing may take (it ran on while a busy
machine did other work).
tests/pdf/test_pdf_engine.py fails when any of them, or what calls them, changes.
"""

from time import thread_time

from reportlab.pdfbase import ttfonts
from reportlab.pdfbase.pdfmetrics import getAscentDescent
from xhtml2pdf import reportlab_paragraph as library
from xhtml2pdf import tables
from xhtml2pdf.config import resources
from xhtml2pdf.context import pisaContext
from xhtml2pdf.xhtml2pdf_reportlab import PmlTable, _CellPart

from .fonts import with_fallbacks
from .line_breaking import GAP, NEW_LINE, SPACE, Atom, Line, break_lines, em_width

# What is replaced, and what calls or is called by it: the test holds a fingerprint of each.
TOUCHED = {
    "Paragraph.breakLinesCJK": library.Paragraph.breakLinesCJK,
    "Paragraph._brokenLines": library.Paragraph._brokenLines,
    "Paragraph.split": library.Paragraph.split,
    "_split_blParaHard": library._split_blParaHard,
    "makeCJKParaLine": library.makeCJKParaLine,
    "_putFragLine": library._putFragLine,
    "_sameFrag": library._sameFrag,
    "PmlTable._splitCell": PmlTable._splitCell,
    "PmlTable._splitInsideRow": PmlTable._splitInsideRow,
    "pisaTagTD.end": tables.pisaTagTD.end,
    "_CellPart": _CellPart,
    "pisaContext.getFontNames": pisaContext.getFontNames,
    "pisaContext.addFrag": pisaContext.addFrag,
    "makeToUnicodeCMap": ttfonts.makeToUnicodeCMap,
    "TTFont.addObjects": ttfonts.TTFont.addObjects,
    "RenderBudget": resources.RenderBudget,
    "render_budget": resources.render_budget,
}
BFCHAR_LIMIT = 100  # entries in one block, PDF 32000-1 and Adobe Technical Note 5014


def install() -> None:
    """Put the replacements in; a second call changes nothing."""
    library.Paragraph.breakLinesCJK = break_paragraph
    library._split_blParaHard = frags_of_lines
    PmlTable._splitCell = split_cell
    tables.PmlKeepInFrame = cell_at_full_size
    ttfonts.makeToUnicodeCMap = to_unicode
    pisaContext.getFontNames = font_names
    resources.RenderBudget = ProcessorTime


class ProcessorTime(resources.RenderBudget):
    """What a drawing has used, its time counted as this thread's own work for it."""

    def __init__(self, policy: resources.ResourceAccessPolicy) -> None:
        super().__init__(policy)
        self.started = thread_time()

    def remaining(self) -> float | None:
        """Seconds of processor time that are left; None where the policy sets no limit."""
        limit = self.policy.max_render_seconds
        return None if limit is None else limit - (thread_time() - self.started)


def font_names(self, names) -> list[str]:
    """The families of a CSS list, with the fallbacks of Song added."""
    return with_fallbacks(TOUCHED["pisaContext.getFontNames"](self, names))


def break_paragraph(self, width):
    """The lines of a paragraph whose style says `-pdf-word-wrap: CJK`.

    Goes in: the widths of the first and of the later lines. Comes out: ParaLines of kind 1.
    """
    if getattr(self, "_splitpara", 0):
        return self.blPara  # the upper half of a paragraph cut between pages has its lines
    widths = list(width) if isinstance(width, list | tuple) else [width, width]
    library._handleBulletWidth(self.bulletText, self.style, widths, rtl=self.dir == "rtl")
    self.height = 0
    lines = break_lines(_atoms(self.frags), widths[0], widths[-1])
    drawn = [_frag_line(line, self.style.leading) for line in lines]
    return library.ParaLines(kind=1, lines=drawn, cjk=True)


def frags_of_lines(paragraph_lines, start: int, stop: int) -> list:
    """The frags of some lines, to make the other half of a cut paragraph of."""
    if not getattr(paragraph_lines, "cjk", False):
        return TOUCHED["_split_blParaHard"](paragraph_lines, start, stop)
    return [word for line in paragraph_lines.lines[start:stop] for word in line.words]


def split_cell(self, value, style, old_height, new_height, width):
    """The two parts of a cell whose row is cut; the row's first cell, its label, is in both."""
    cut = TOUCHED["PmlTable._splitCell"]
    parts = cut(self, value, style, old_height, new_height, width)
    row = getattr(self, "_splitRow", None)
    if row and parts and not parts[1] and value is self._cellvalues[row[0]][0]:
        return parts[0], tuple(value)
    return parts


def cell_at_full_size(*, content: list, **_sizes):
    """A cell that is cut where a page ends, and shrunk only when it is too wide."""
    return _CellPart(content)


def to_unicode(font_name: str, subset: list[int]) -> str:
    """A ToUnicode CMap with UTF-16 values, so that 𬭎 is copied as 𬭎."""
    entries = [f"<{i:02X}> <{_utf16(code)}>" for i, code in enumerate(subset)]
    blocks = []
    for start in range(0, len(entries), BFCHAR_LIMIT):
        block = entries[start : start + BFCHAR_LIMIT]
        blocks += [f"{len(block)} beginbfchar", *block, "endbfchar"]
    head, _, rest = TOUCHED["makeToUnicodeCMap"](font_name, subset).partition("endcodespacerange")
    return "\n".join([f"{head}endcodespacerange", *blocks, rest[rest.index("endcmap") :]])


def _utf16(code: int) -> str:
    return chr(code).encode("utf-16-be").hex().upper()


def _atoms(frags: list) -> list[Atom]:
    """The characters and inline objects of a paragraph, in their order."""
    atoms = []
    for frag in frags:
        if hasattr(frag, "lineBreak"):
            atoms.append(Atom(NEW_LINE, 0.0, frag))
        elif hasattr(frag, "cbDefn"):
            width = getattr(frag.cbDefn, "width", 0) or getattr(frag.cbDefn, "advance", 0)
            atoms.append(Atom("", width, frag))
        elif not isinstance(frag.text, str):  # a page number, known only as it is drawn
            text = str(frag.text)
            width = sum(em_width(each, frag.fontName) for each in text) * frag.fontSize
            atoms.append(Atom(text, width, frag))
        else:
            atoms += _characters(frag)
    return atoms


def _characters(frag) -> list[Atom]:
    """The characters of one run. The library keeps pre-wrapped spaces as NBSP; they may break."""
    text, font, size = frag.text, frag.fontName, frag.fontSize
    if getattr(frag, "whiteSpace", "") == "pre-wrap":
        text = text.replace(GAP, SPACE)
    return [Atom(character, em_width(character, font) * size, frag) for character in text]


def _frag_line(line: Line, leading: float):
    """A line as the library draws it: runs of one look joined, and its height."""
    words, extents = [], [(0.0, 0.0)]
    for atom in line.atoms:
        text = "" if atom.text == NEW_LINE else atom.text
        if words and library._sameFrag(words[-1], atom.run):
            words[-1].text += text
            continue
        word = atom.run.clone()  # with arguments it would drop an inline image
        word.text = text
        words.append(word)
        extents.append(_extent(atom.run))
    ascent, descent = max(up for up, _ in extents), min(down for _, down in extents)
    # Half the leading goes above the text, as in a browser; the library puts all of it below.
    half_leading = max(leading - ascent + descent, 0) / 2
    return library.FragLine(
        kind=1,
        extraSpace=line.room,
        wordCount=1,
        words=words,
        lineBreak=line.ended,
        fontSize=max((atom.run.fontSize for atom in line.atoms), default=0),
        ascent=ascent + half_leading,
        descent=descent,
    )


def _extent(frag) -> tuple[float, float]:
    """How far a run reaches above and below the line it stands on."""
    placed = getattr(frag, "cbDefn", None)
    if getattr(placed, "width", 0):
        low, high = library.imgVRange(placed.height, placed.valign, frag.fontSize)
        return high, low
    return getAscentDescent(frag.fontName, frag.fontSize)
