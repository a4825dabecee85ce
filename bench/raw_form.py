"""The same sheet drawn with raw reportlab platypus: the least that any engine here could take."""

from io import BytesIO
from xml.sax.saxutils import escape

import segno
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Image, Paragraph, SimpleDocTemplate, Spacer, Table

from blueprints.institution.paper import Cell, Sheet
from blueprints.institution.paper.sheet import Band
from blueprints.institution.pdf.fonts import BOLD, MAIN

MARGIN = 18 * mm
WIDTH = A4[0] - 2 * MARGIN
WORDS = ParagraphStyle("words", fontName=MAIN, fontSize=12, leading=16, wordWrap="CJK")
CENTRED = ParagraphStyle("centred", WORDS, alignment=1)
RIGHT = ParagraphStyle("right", WORDS, alignment=2)
TITLE = ParagraphStyle("title", CENTRED, fontName=BOLD, fontSize=18, leading=25)
SMALL = ParagraphStyle("small", WORDS, fontSize=9, leading=12)
NOTES = ParagraphStyle("notes", WORDS, fontSize=10.5, leading=15)
SIDES = {"left": WORDS, "center": CENTRED, "right": RIGHT}


def draw(sheet: Sheet, link: str) -> bytes:
    """Every word of the sheet in the same faces and widths, with the same code at its foot."""
    story = [*_head(sheet.above), Paragraph(escape(sheet.title), TITLE), *_head(sheet.below)]
    story += [_table(band) for band in sheet.bands]
    story += [Spacer(0, 4), _words(sheet.notes, NOTES), _foot(sheet.code, link)]
    paper = BytesIO()
    SimpleDocTemplate(
        paper, pagesize=A4, leftMargin=MARGIN, rightMargin=MARGIN, topMargin=15 * mm,
        bottomMargin=10 * mm, title=sheet.title, initialFontName=MAIN,
    ).build(story)  # fmt: skip
    return paper.getvalue()


def _words(text: str, style: ParagraphStyle) -> Paragraph:
    return Paragraph(escape(text).replace("\n", "<br/>"), style)


def _head(rows) -> list[Table]:
    tables = []
    for row in rows:
        cells = [_words(line.text + line.value, SIDES[line.align]) for line in row.lines]
        tables.append(Table([cells], [WIDTH / len(cells)] * len(cells)))
    return tables


def _table(band: Band) -> Table:
    """A band as one table: spanned places stay empty."""
    places: dict[tuple[int, int], Cell | None] = {}
    style = [("GRID", (0, 0), (-1, -1), 0.75, "black"), ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
             ("FONTNAME", (0, 0), (-1, -1), MAIN)]  # fmt: skip
    for y, row in enumerate(band.rows):
        x = 0
        for cell in row:
            while (x, y) in places:
                x += 1
            style.append(("SPAN", (x, y), (x + cell.columns - 1, y + cell.rows - 1)))
            for down in range(cell.rows):
                for right in range(cell.columns):
                    places[x + right, y + down] = None
            places[x, y] = cell
    count = len(band.widths)
    data = [[_cell(places.get((x, y))) for x in range(count)] for y in range(len(band.rows))]
    heights = [max((cell.height for cell in row), default=0) * mm for row in band.rows]
    return Table(data, [WIDTH * width / 100 for width in band.widths], style=style,
                 minRowHeights=heights)  # fmt: skip


def _cell(cell: Cell | None) -> list | str:
    if cell is None:
        return ""
    text = "\n".join(cell.text) if cell.kind == "side" else cell.text
    story = [_words(text, SIDES[cell.align])]
    if cell.hint:
        story.append(_words(cell.hint, SMALL))
    story += [_words(line, WORDS) for line in cell.sign]
    if cell.date:
        story.append(_words(cell.date, RIGHT))
    return story


def _foot(code: str, link: str) -> Table:
    picture = BytesIO()
    segno.make(link, micro=False, error="m").save(picture, kind="png", scale=4, border=0)
    return Table([[Image(picture, 9 * mm, 9 * mm), _words(code, SMALL)]], [12 * mm, None])
