"""Words and phone numbers that give away whose they are, and who may ever be shown them.

A word is `zq<whose>x<what>`, a phone has the digit of its owner seven times over. Whatever file
an answer is, its text is searched for both.
"""

import json
import re
from io import BytesIO
from urllib.parse import unquote
from zipfile import ZipFile

from pypdf import PdfReader
from werkzeug.test import TestResponse

PHONE = re.compile(r"139(\d)\1{6}\d")
DIGITS = {
    "own": 1,
    "above": 2,
    "below": 3,
    "elsewhere": 4,
    "owndraft": 5,
    "person": 6,
    "other": 7,
    "upload": 8,
    "link": 9,
}

_OWN = {"reporter", "reporter_above", "head", "office"}
_BELOW = _OWN | {"reporter_below"}
_ABOVE = {"reporter_above", "office"}
_ELSEWHERE = {"reporter_elsewhere", "head_elsewhere", "office"}
# What the trail says of a filing: its title, number and the opinions given on it.
_TRAIL = {"auditor"}
_READERS = _BELOW | _ELSEWHERE
AUDIENCE = {
    # The answers of filings handed in, and titles and opinions, of four units.
    "own": _OWN,
    "owntrail": _OWN | _TRAIL,
    "below": _BELOW,
    "belowtrail": _BELOW | _TRAIL,
    "above": _ABOVE,
    "abovetrail": _ABOVE | _TRAIL,
    "elsewhere": _ELSEWHERE,
    "elsewheretrail": _ELSEWHERE | _TRAIL,
    # What one unit found and another is asked about.
    "found": _OWN | {"reporter_elsewhere"},
    "foundtrail": _OWN | _TRAIL | {"reporter_elsewhere"},
    # A draft is its writers' alone.
    "owndraft": {"reporter", "reporter_above"},
    "elsewheredraft": {"reporter_elsewhere"},
    # Of persons without a unit: the office's alone, and whoever holds the link.
    "person": {"office"},
    "persontrail": {"office"} | _TRAIL,
    "link": set(),
    # Campaigns: one that is only being set up, one that all units see.
    "setup": {"office"},
    "school": _READERS | _TRAIL,
    # What belongs to one person.
    "noticeof": {"reporter"},
    "cannedof": {"head"},
    "jobof": {"reporter"},
    "upload": {"reporter"},
    # Addresses of those who have accounts: their own, and the administrator's who keeps them.
    "mailbox": {"reporter", "admin"},
    # The other school.
    "other": {"stranger"},
    "othertrail": {"stranger"},
}
WORD = re.compile(rf"zq({'|'.join(AUDIENCE)})x[a-z0-9]*", re.IGNORECASE)


def word(whose: str, what: str) -> str:
    """A text that says whose it is."""
    assert whose in AUDIENCE, whose
    return f"zq{whose}x{what}"


def phone(whose: str, last: int = 0) -> str:
    """A mobile number that says whose it is."""
    return f"139{str(DIGITS[whose]) * 7}{last}"


def owners_in(response: TestResponse) -> dict[str, str]:
    """Whose words and full numbers an answer holds: owner to one of them."""
    text = text_of(response)
    found = {match[1].lower(): match[0] for match in WORD.finditer(text)}
    by_digit = {str(digit): whose for whose, digit in DIGITS.items()}
    return found | {by_digit[match[1]]: match[0] for match in PHONE.finditer(text) if match[1] in by_digit}


def text_of(response: TestResponse) -> str:
    """All that can be read in an answer: its headers, and its body whatever file it is."""
    headers = "\n".join(unquote(value) for name, value in response.headers if name != "Set-Cookie")
    return f"{headers}\n{_body(response.get_data())}"


def _body(content: bytes) -> str:
    if content.startswith(b"%PDF"):
        return "\n".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    if content.startswith(b"PK\x03\x04"):
        # Shared and inline texts, comments, names of sheets and properties alike.
        with ZipFile(BytesIO(content)) as book:
            return "\n".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())
    text = content.decode("utf-8", "replace")
    if text.startswith(("{", "[")):
        return json.dumps(json.loads(text), ensure_ascii=False)
    return text
