"""How the tests read HTML: by the letter of the standard where a page is new, then quickly."""

import re
from collections.abc import Hashable

import html5lib
from bs4 import BeautifulSoup, NavigableString, PageElement, Tag
from bs4.element import PreformattedString
from html5lib.constants import adjustSVGAttributes

# A line end right behind these tags is not part of what they hold.
TAKES_A_LINE_END = ["textarea", "pre"]

# A space is missing between two attributes that a template writes on lines of their own.
BORNE = {"unexpected-character-after-attribute-value"}

# The parser of the standard is older than this tag, and finds fault with rows in it.
TEMPLATE = re.compile(r"(<template\b[^>]*>).*?(</template>)", re.DOTALL)

_seen: set[Hashable] = set()


def read_page(html: str, seen_as: Hashable) -> BeautifulSoup:
    """A whole page. The first of its kind in this process must have no fault against the standard,
    and must be the same to both parsers; those after it are read by the quick one."""
    if seen_as not in _seen:
        _check(TEMPLATE.sub(r"\1\2", html), seen_as)
        _seen.add(seen_as)
    return _read_quickly(html)


def read_fragment(html: str) -> BeautifulSoup:
    """A part of a page, as it is: no parser may put `html` and `body` around it."""
    return _as_browsers_do(BeautifulSoup(html, "html.parser"))


def _read_quickly(html: str) -> BeautifulSoup:
    return _as_browsers_do(BeautifulSoup(html, "lxml"))


def _check(html: str, seen_as: Hashable) -> None:
    faults = _faults(html)
    assert not faults, f"{seen_as}: {faults[:5]}"
    differences = _differences(_read_quickly(html), BeautifulSoup(html, "html5lib"))
    assert not differences, f"{seen_as} is read in two ways: {differences[:3]}"


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


def _as_browsers_do(soup: BeautifulSoup) -> BeautifulSoup:
    """What the standard asks of every reader, and the quick ones leave to others."""
    for tag in soup.find_all(TAKES_A_LINE_END):
        _remove_first_line_end(tag)
    for table in soup.find_all("table"):
        _gather_loose_rows(table, soup)
    for drawing in soup.find_all("svg"):
        for tag in [drawing, *drawing.find_all(True)]:
            tag.attrs = {adjustSVGAttributes.get(name, name): value for name, value in tag.attrs.items()}
    return soup


def _remove_first_line_end(tag: Tag) -> None:
    first = next(tag.children, None)
    if isinstance(first, NavigableString) and first.startswith("\n"):
        first.replace_with(NavigableString(first[1:]))


def _gather_loose_rows(table: Tag, soup: BeautifulSoup) -> None:
    """Rows that stand in a table itself are put into a body."""
    body = None
    for part in list(table.children):
        if isinstance(part, Tag) and part.name == "tr":
            if body is None:
                body = soup.new_tag("tbody")
                part.insert_before(body)
            body.append(part)
        elif isinstance(part, Tag):
            body = None
