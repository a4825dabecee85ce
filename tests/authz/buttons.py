"""What a page offers: its links, its forms by each of their buttons, and what htmx asks for."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Tag


@dataclass(frozen=True)
class Offered:
    """One request that a page lets a person make."""

    method: str
    address: str
    items: tuple[tuple[str, str], ...] = ()
    htmx: bool = False

    @property
    def path(self) -> str:
        return urlsplit(self.address).path


def offered_by(html: str, page: str) -> Iterator[Offered]:
    """Everything a person can press on a page at this address."""
    soup = BeautifulSoup(html, "html.parser")
    for link in soup.select("a[href]"):
        yield from _get(page, link["href"])
    for picture in soup.select("img[src]"):
        yield from _get(page, picture["src"])
    for asking in soup.select("[hx-get]"):
        yield from _get(page, asking["hx-get"], htmx=True)
    for form in soup.select("form"):
        yield from _form(soup, form, page)
    for asking in soup.select("form [hx-post]"):
        items = tuple(_held(soup, asking.find_parent("form")))
        yield Offered("POST", _inside(page, asking["hx-post"]), items, htmx=True)


def _get(page: str, link: str, htmx: bool = False) -> Iterator[Offered]:
    address = _inside(page, link)
    if address and not urlsplit(address).path.startswith("/static/"):
        yield Offered("GET", address, htmx=htmx)


def _form(soup: BeautifulSoup, form: Tag, page: str) -> Iterator[Offered]:
    """The form once for each of its buttons: they may lead elsewhere, or say something of their own."""
    method, held = form.get("method", "get").upper(), list(_held(soup, form))
    buttons = [
        one
        for one in (*form.select("button"), *_outside(soup, form, "button"))
        if one.get("type", "submit") == "submit" and not one.has_attr("disabled")
    ]
    for button in buttons:
        said = [(button["name"], button.get("value", ""))] if button.get("name") else []
        address = _inside(page, button.get("formaction") or form.get("action") or page)
        yield Offered(method, address, (*held, *said))


def _held(soup: BeautifulSoup, form: Tag) -> Iterator[tuple[str, str]]:
    """What the form sends as it stands; of boxes to tick, the first of each name is ticked."""
    boxes = form.select("input[name], select[name], textarea[name]")
    boxes += _outside(soup, form, ":is(input, select, textarea)[name]")
    ticked = set()
    for box in boxes:
        kind, name = box.get("type", "text"), box["name"]
        if kind in ("submit", "button", "file") or box.has_attr("disabled"):
            continue
        if kind in ("checkbox", "radio"):
            if name not in ticked:
                yield name, box.get("value", "on")
            ticked.add(name)
        elif box.name == "select":
            chosen = box.select_one("option[selected]") or box.select_one("option")
            yield name, chosen.get("value", "") if chosen else ""
        else:
            yield name, box.get_text() if box.name == "textarea" else box.get("value", "")


def _outside(soup: BeautifulSoup, form: Tag, selector: str) -> list[Tag]:
    """What belongs to the form by its id and stands elsewhere."""
    return soup.select(f"{selector}[form='{form['id']}']") if form.get("id") else []


def _inside(page: str, link: str) -> str:
    """The address a link leads to; '' when it stays on the page or leaves the site."""
    split = urlsplit(urljoin(page, link))
    if split.netloc or split.scheme or link.startswith("#"):
        return ""
    return split._replace(fragment="").geturl()
