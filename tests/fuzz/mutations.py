"""How a request is spoilt: one to four changes, as careless, curious and hostile senders make."""

import random
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from urllib.parse import urlencode

from tests import builders
from tests.examining.pdfs import HARMLESS, HOSTILE
from tests.examining.photos import SPOILT, STUMBLING, large_png, photo
from tests.fuzz.corpus import Sent
from tests.xlsx.hostile import FILES
from tests.xlsx.packing import workbook

VALUES = (
    "",
    " ",
    "0",
    "-1",
    "1",
    "2147483648",
    "9223372036854775808",
    "9" * 5000,
    "²",
    "１２３",
    "1e309",
    "NaN",
    "true",
    "null",
    "[]",
    "{}",
    "\x00",
    "a\x00b",
    "\udc80",
    "\ud800",
    "𬭎",
    "\u202e右",
    "é" * 300,
    "好" * 3000,
    "x" * 30_000,
    "2022-02-30",
    "2022年13月",
    "0000-00-00",
    "9999-12-31",
    "12345-01-01",
    "' OR 1=1 --",
    "%",
    "_",
    "\\",
    "<script>alert(1)</script>",
    "{{ 7*7 }}",
    "../../etc/passwd",
    "//evil.example",
    "javascript:alert(1)",
    "=1+1",
    "\r\nX-A: b",
    "file:///etc",
    "138****5678",
    "+8613800001234",
    "a@b",
    "first",
    "change",
    "close",
    "submit",
    "approve",
    "on",
)
NUMBERS = (
    "0",
    "-1",
    "1",
    "2",
    "3",
    "999999",
    "2147483647",
    "2147483648",
    "9" * 30,
    "²",
    "%00",
    "1.5",
    "a",
    "%ED%A0%80",
    "..",
    "1%2F2",
)
METHODS = ("GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND")
HEADERS = (
    ("HX-Request", "true"),
    ("HX-Request", "²"),
    ("HX-History-Restore-Request", "true"),
    ("HX-Target", "x" * 3000),
    ("Accept-Language", "zz;q=9"),
    ("Range", "bytes=5-1"),
    ("If-None-Match", '"x'),
    ("If-Modified-Since", "yesterday"),
    ("Referer", "http://[::1"),
    ("Referer", "//evil.example/"),
    ("Cookie", "session=" + "A" * 500),
    ("Content-Encoding", "gzip"),
    ("X-Forwarded-For", "999.1.1.1"),
    ("X-CSRFToken", "²"),
    ("Origin", "null"),
)
BODIES = (
    ("application/json", b'{"a": 1}'),
    ("text/plain", b"\xff\xfe"),
    ("", b"abc"),
    ("multipart/form-data", b"--x"),
    ("multipart/form-data; boundary=x", b"--x\r\nbroken"),
    ("application/x-www-form-urlencoded", b"a=%ED%A0%80&%FF=%00&=&a"),
    ("application/x-www-form-urlencoded; charset=nonsense", b"a=b"),
    ("application/xml", b"<a/>"),
)
HOSTILE_WORKBOOKS = ("a bomb", "an entity", "a size and a checksum that lie", "merges over merges")
SENT_FILES = (
    b"",
    b"GIF89a",
    b"%PDF-1.4\n%%EOF",
    b"\x89PNG\r\n\x1a\n" + b"\x00" * 40,
    b"PK\x03\x04" + b"\x00" * 60,
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"\xff" * 5000,
    "备案,表".encode("gbk"),
    builders.png_that_claims(60_000, 60_000),
    large_png(),
    *(photo(notes) for notes in (*SPOILT.values(), *STUMBLING.values())),
    *(make() for make, _ in HOSTILE.values()),
    *(make() for make in HARMLESS.values()),
    workbook(),
    *(FILES[name]().content for name in HOSTILE_WORKBOOKS),
)
NAMES = ("备案.png", "a.xlsx", "../../x.pdf", "", "\x00.jpg", "x" * 400 + ".pdf")


def mutated(sent: Sent, dice: random.Random) -> dict:
    """What the test client sends: keyword arguments of its `open`."""
    for _ in range(dice.randint(1, 4)):
        sent = dice.choice(CHANGES)(sent, dice)
    how = {"path": sent.path, "method": sent.method, "query_string": _encoded(sent.query)}
    if dice.random() < 0.15:
        how["headers"] = [dice.choice(HEADERS)]
    if dice.random() < 0.03:
        how["content_type"], how["data"] = dice.choice(BODIES)
    elif sent.files and dice.random() < 0.5:
        how["data"] = _with_files(sent, dice)
    elif sent.method not in ("GET", "HEAD"):
        how["data"], how["content_type"] = _encoded(sent.items), "application/x-www-form-urlencoded"
    return how


def _encoded(items: tuple) -> str:
    return urlencode(items, errors="surrogatepass")


def _with_files(sent: Sent, dice: random.Random) -> dict:
    said: dict = {}
    for name, value in sent.items:
        said.setdefault(name, []).append(value.encode("utf-8", "replace").decode())
    for name in sent.files:
        said[name] = (BytesIO(dice.choice(SENT_FILES)), dice.choice(NAMES))
    return said


def _change_value(sent: Sent, dice: random.Random) -> Sent:
    which = "items" if sent.items and (not sent.query or dice.random() < 0.7) else "query"
    pairs = list(getattr(sent, which))
    if not pairs:
        return replace(sent, query=(*sent.query, ("page", dice.choice(VALUES))))
    at = dice.randrange(len(pairs))
    # The token is spoilt now and then only: behind it there is more to be found.
    if pairs[at][0] != "csrf_token" or dice.random() < 0.05:
        pairs[at] = (pairs[at][0], dice.choice(VALUES))
    return replace(sent, **{which: tuple(pairs)})


def _drop(sent: Sent, dice: random.Random) -> Sent:
    kept = [one for one in sent.items if one[0] == "csrf_token" or dice.random() < 0.8]
    return replace(sent, items=tuple(kept))


def _double(sent: Sent, dice: random.Random) -> Sent:
    if not sent.items:
        return sent
    name, _ = dice.choice(sent.items)
    return replace(sent, items=(*sent.items, (name, dice.choice(VALUES))))


def _invent(sent: Sent, dice: random.Random) -> Sent:
    name = dice.choice(
        (
            "state",
            "institution",
            "unit_id",
            "id",
            "rows-99-name",
            "rows-²-x",
            "__class__",
            "step",
            "revision",
            "number",
            "name-other",
            "team-leader-name",
            "unit",
        )
    )
    return replace(sent, items=(*sent.items, (name, dice.choice(VALUES))))


def _renumber(sent: Sent, dice: random.Random) -> Sent:
    pieces = sent.path.split("/")
    at = dice.randrange(1, len(pieces)) if len(pieces) > 1 else 0
    numbered = [number for number, piece in enumerate(pieces) if piece.isdigit()]
    pieces[dice.choice(numbered) if numbered and dice.random() < 0.9 else at] = dice.choice(NUMBERS)
    return replace(sent, path="/".join(pieces))


def _other_method(sent: Sent, dice: random.Random) -> Sent:
    return replace(sent, method=dice.choice(METHODS))


def _ask(sent: Sent, dice: random.Random) -> Sent:
    name = dice.choice(
        (
            "q",
            "unit",
            "page",
            "after",
            "before",
            "state",
            "form",
            "year",
            "next",
            "show",
            "with",
            "blank",
            "sort",
            "role",
            "campaign",
        )
    )
    return replace(sent, query=(*sent.query, (name, dice.choice(VALUES))))


CHANGES: tuple[Callable[[Sent, random.Random], Sent], ...] = (
    _change_value,
    _change_value,
    _change_value,
    _drop,
    _double,
    _invent,
    _renumber,
    _other_method,
    _ask,
)
