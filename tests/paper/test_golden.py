"""The sheets look as they looked when somebody last approved their pictures."""

import pytest
from PIL import Image, ImageChops

from tests.paper.golden_pages import GOLDEN, documents, file_of, pages_of

# Another poppler smooths edges otherwise; a line that moved by a millimetre is far above this.
CLEARLY_OTHER = 96
SMALL_PART = 0.002

pytestmark = pytest.mark.poppler


def part_that_differs(page: Image.Image, golden: Image.Image) -> float:
    """The part of a page's pixels, 0 to 1, that are clearly darker or lighter than the golden."""
    if page.size != golden.size:
        return 1.0
    counts = ImageChops.difference(page, golden).histogram()
    return sum(counts[CLEARLY_OTHER:]) / (page.width * page.height)


DOCUMENTS = dict(documents())


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_printed_page_looks_as_it_was_approved(name):
    pages = pages_of(DOCUMENTS[name]())
    assert len(pages) == len(list(GOLDEN.glob(f"{name}-?.png")))
    for number, page in enumerate(pages, 1):
        assert part_that_differs(page, Image.open(file_of(name, number))) < SMALL_PART


def test_a_line_that_moved_is_noticed():
    page = Image.open(file_of("pdsu-account", 1))
    moved = ImageChops.offset(page, 0, 3)
    assert part_that_differs(moved, page) > SMALL_PART
