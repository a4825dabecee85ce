"""What a person's pages lead to: every link and every form, as a browser would send them."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urljoin, urlsplit

from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient

MOST_PAGES = 120
# Ends the session that everything else needs.
LEAVES = "/sign-out"
NOT_TYPED = ("hidden", "checkbox", "radio", "submit", "file")


@dataclass(frozen=True)
class Sent:
    """One request: method, path, query and form items in their order.

    `typed`: the names of those items into which a person types.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    items: tuple[tuple[str, str], ...] = ()
    files: tuple[str, ...] = field(default=())
    typed: tuple[str, ...] = ()


def requests_of(client: FlaskClient, start: str) -> list[Sent]:
    """Crawl from a page; GET alone is sent, forms are only collected."""
    waiting, seen, found = deque([start]), {_shape(start)}, []
    while waiting and len(found) < MOST_PAGES * 10 and len(seen) < MOST_PAGES * 3:
        address = waiting.popleft()
        split = urlsplit(address)
        found.append(Sent("GET", split.path, tuple(parse_qsl(split.query, True))))
        response = client.get(address)
        if response.mimetype != "text/html":
            continue
        soup = BeautifulSoup(response.get_data(as_text=True), "html.parser")
        found += _forms(soup, address)
        for link in _links(soup, address):
            if _shape(link) not in seen:
                seen.add(_shape(link))
                waiting.append(link)
    return list(dict.fromkeys(found))


def _shape(address: str) -> str:
    """Pages that differ in a number are alike, of which three are enough."""
    split = urlsplit(address)
    numbers = [piece for piece in split.path.split("/") if piece.isdigit()]
    kind = "/".join("#" if piece.isdigit() else piece for piece in split.path.split("/"))
    return f"{kind} {sum(map(int, numbers)) % 3} {sorted(key for key, _ in parse_qsl(split.query))}"


def _links(soup: BeautifulSoup, base: str) -> Iterator[str]:
    for tag in soup.select("a[href], [hx-get], img[src]"):
        link = tag.get("href") or tag.get("hx-get") or tag.get("src")
        split = urlsplit(urljoin(base, link))
        if not split.netloc and split.path != LEAVES and not split.path.startswith("/static/"):
            yield split._replace(fragment="").geturl()


def _forms(soup: BeautifulSoup, base: str) -> Iterator[Sent]:
    for form in soup.select("form"):
        items, files = [], []
        typed = tuple(box["name"] for box in form.select("textarea[name], input[name]") if _is_typed(box))
        for box in form.select("[name]"):
            if box.get("type") == "file":
                files.append(box["name"])
            else:
                items.append((box["name"], _held(box)))
        path = urlsplit(urljoin(base, form.get("action") or base)).path
        method = form.get("method", "get").upper()
        addresses = [path] + [
            urlsplit(urljoin(base, tag[name])).path
            for tag in form.select("[formaction], [hx-post]")
            for name in ("formaction", "hx-post")
            if tag.get(name)
        ]
        for address in dict.fromkeys(one for one in addresses if one != LEAVES):
            said = tuple(items)
            query, body = ((), said) if method == "POST" else (said, ())
            yield Sent(method, address, query, body, tuple(files), typed)


def _is_typed(box: Tag) -> bool:
    return box.name == "textarea" or box.get("type", "text") not in NOT_TYPED


def _held(box: Tag) -> str:
    if box.name == "select":
        options = box.select("option")
        return options[-1].get("value", "") if options else ""
    return box.get_text() if box.name == "textarea" else box.get("value", "")
