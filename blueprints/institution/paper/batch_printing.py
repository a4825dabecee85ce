"""Many filings in one document: drawn together, since each font is then embedded only once."""

from collections.abc import Sequence
from io import BytesIO
from itertools import pairwise
from typing import TYPE_CHECKING

from blueprints.institution.paper.printing import TIGHTER, Page, draw
from blueprints.institution.pdf import PaperError

if TYPE_CHECKING:
    from pypdf import PageObject

# More pages in one document gain nothing, and one that cannot be drawn costs all of them.
TOGETHER = 50
# Of processor time. A page takes a tenth of one; an old machine may need its time all the same.
SECONDS_A_PAGE = 3

Drawn = list["PageObject"]


def draw_batch(pages: Sequence[Page]) -> list[Drawn]:
    """The A4 pages of each sheet, in the order of the sheets; at most TOGETHER of them.

    Each sheet comes out as `print_pages` would draw it alone. Raises PaperError, which names the
    sheet that cannot be drawn.
    """
    try:
        return _tightened(pages)
    except PaperError:
        return [_alone(page) for page in pages]


def bind(drawn: Sequence[tuple[str, Sequence[Drawn]]], title: str) -> bytes:
    """One PDF of all pages, with an outline of the names that are given with them."""
    from pypdf import PdfWriter  # slow to import: only where sheets are bound

    book = PdfWriter()
    book.add_metadata({"/Title": title})
    for name, sheets in drawn:
        start = len(book.pages)
        for page in (page for sheet in sheets for page in sheet):
            book.add_page(page)
        book.add_outline_item(title=name, page_number=start)
    file = BytesIO()
    book.write(file)
    return file.getvalue()


def bind_files(papers: Sequence[tuple[str, bytes]], title: str) -> bytes:
    """One PDF of papers of ours that were drawn whole, each with its name."""
    from pypdf import PdfReader  # slow to import: only where sheets are bound

    return bind([(name, [list(PdfReader(BytesIO(pdf)).pages)]) for name, pdf in papers], title)


def _tightened(pages: Sequence[Page]) -> list[Drawn]:
    """All at full height; then those that need a second page once more, tighter and tighter."""
    drawn = _apart(pages)
    for share in TIGHTER:
        long = [number for number, sheet in enumerate(drawn) if len(sheet) == 2]
        if not long:
            break
        tighter = _apart([pages[number].tighter(share) for number in long])
        for number, sheet in zip(long, tighter, strict=True):
            if len(sheet) == 1:
                drawn[number] = sheet
    return drawn


def _apart(pages: Sequence[Page]) -> list[Drawn]:
    """One document, cut where its outline says that the next sheet begins."""
    from pypdf import PdfReader  # slow to import: only where sheets are bound

    pdf = draw(pages, marked=True, seconds=10 + SECONDS_A_PAGE * len(pages))
    reader = PdfReader(BytesIO(pdf))
    starts = [reader.get_destination_page_number(mark) for mark in reader.outline]
    cuts = [*starts, len(reader.pages)]
    return [list(reader.pages[start:end]) for start, end in pairwise(cuts)]


def _alone(page: Page) -> Drawn:
    try:
        return _tightened([page])[0]
    except PaperError as error:
        raise PaperError(f"{page.sheet.code}：{error}") from error
