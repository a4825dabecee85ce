"""How the tests read HTML: by the letter of the standard where a page is new, then quickly."""

import re
from collections.abc import Hashable

import html5lib
from bs4 import BeautifulSoup, NavigableString, PageElement, Tag
from bs4.element import PreformattedString

# A line end right behind these tags is not part of what they hold.
TAKES_A_LINE_END = ["textarea", "pre"]

# A space is missing between two attributes that a template writes on lines of their own.
BORNE = {"unexpected-character-after-attribute-value"}

_seen: set[Hashable] = set()


def read_page(html: str, seen_as: Hashable) -> BeautifulSoup:
    """A whole page. The first of its kind in this process must have no fault against the standard,
    and must be the same to both parsers; those after it are read by the quick one."""
    quick = _loose_rows_gathered(_first_line_ends_removed(BeautifulSoup(html, "lxml")))
    if seen_as not in _seen:
        faults = _faults(html)
        assert not faults, f"{seen_as}: {faults[:5]}"
        differences = _differences(quick, BeautifulSoup(html, "html5lib"))
        assert not differences, f"{seen_as} is read in two ways: {differences[:3]}"
        _seen.add(seen_as)
    return quick


def read_fragment(html: str) -> BeautifulSoup:
    """A part of a page, as it is: no parser may put `html` and `body` around it."""
    return _first_line_ends_removed(BeautifulSoup(html, "html.parser"))


def _faults(html: str) -> list:
    parser = html5lib.HTMLParser()
    parser.parse(html)
    return [(place, fault) for place, fault, _ in parser.errors if fault not in BORNE]


def _differences(quick: BeautifulSoup, exact: BeautifulSoup) -> list[tuple]:
    first, second = _outline(quick), _outline(exact)
    if len(first) != len(second):
        first.append(("the end",))
        second.append(("the end",))
    return [pair for pair in zip(first, second, strict=False) if pair[0] != pair[1]]


def _outline(soup: BeautifulSoup) -> list[tuple]:
    """All that a test can ask for: tags with their depth and attributes, and words."""
    return [line for part in soup.descendants if (line := _line_of(part))]


def _line_of(part: PageElement) -> tuple | None:
    if isinstance(part, Tag):
        return len(list(part.parents)), part.name, sorted(part.attrs.items())
    if isinstance(part, PreformattedString):
        return None  # a comment, or the document's type
    # The standard moves white space that stands between the parts of a page.
    words = re.sub(r"\s+", " ", str(part)).strip()
    return (words,) if words else None


def _first_line_ends_removed(soup: BeautifulSoup) -> BeautifulSoup:
    for tag in soup.find_all(TAKES_A_LINE_END):
        first = next(tag.children, None)
        if isinstance(first, NavigableString) and first.startswith("\n"):
            first.replace_with(NavigableString(first[1:]))
    return soup


def _loose_rows_gathered(soup: BeautifulSoup) -> BeautifulSoup:
    """Rows that stand in a table itself are put into a body, as every browser does."""
    for table in soup.find_all("table"):
        body = None
        for part in list(table.children):
            if isinstance(part, Tag) and part.name == "tr":
                if body is None:
                    body = soup.new_tag("tbody")
                    part.insert_before(body)
                body.append(part)
            elif isinstance(part, Tag):
                body = None
    return soup
