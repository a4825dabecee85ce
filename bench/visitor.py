"""A person at a browser of the least work: one connection, the pages' own forms, what was acknowledged."""

import random
import re
import zlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from http.client import HTTPConnection, HTTPException
from time import monotonic
from urllib.parse import urlencode

from tests.sixty_units import PASSWORD

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
REVISION = re.compile(r'name="revision"[^>]*value="(\d+)"')
UNIT = re.compile(r'<select[^>]*id="unit".*?</select>', re.DOTALL)
CHOICE = re.compile(r'<option[^>]*value="(\d+)"')
STATIC = re.compile(r'(?:href|src)="(/static/[^"]+\.(?:css|js)\?[^"]+)"')
FILING = re.compile(r'href="/\w+/filings/(\d+)[?"]')
# Written down in history, so that they wait for the writers' lock like what is sent.
NOTED = ("PDF", "xlsx")
CUT = 0  # the status of what got no answer


@dataclass(frozen=True)
class Answer:
    """One request as its sender saw it. `began`: on the monotonic clock; `seconds`: to the last byte."""

    kind: str
    began: float
    seconds: float
    status: int
    writes: bool


@dataclass
class Kept:
    """What the server has acknowledged of a filing."""

    text: int = 0
    submitted: bool = False
    approvals: int = 0


@dataclass
class Notes:
    """What all visitors saw, and what they were promised, by filing."""

    answers: list[Answer] = field(default_factory=list)
    kept: dict[int, Kept] = field(default_factory=lambda: defaultdict(Kept))


@dataclass
class Draft:
    """The form that stands open, as its boxes are filled."""

    filing: int
    revision: str
    answers: dict[str, str]
    text: int = 0


class Visitor:
    """Signs in and asks for pages. Whatever happens to a request is noted, never raised."""

    def __init__(self, port: int, school: str, username: str, notes: Notes, seed: int) -> None:
        self.port, self.school, self.username, self.notes = port, school, username, notes
        self.random = random.Random(seed)
        self.connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookies: dict[str, str] = {}
        self.location = self.answered_location = self.token = ""
        self.moved = False
        self.draft: Draft | None = None

    def sign_in(self) -> bool:
        """Whether the person is in. A browser that was never here fetches scripts and styles too."""
        status, page = self.get("sign-in page", f"/sign-in?school={self.school}")
        for address in STATIC.findall(page):
            self.get("static", unescape(address))
        data = {"school": self.school, "username": self.username, "password": PASSWORD}
        return status == 200 and self.post("sign-in", "/sign-in", data, then="home")[0] == 200 and self.moved

    def get(self, kind: str, address: str) -> tuple[int, str]:
        return self._request(kind, "GET", address)

    def post(
        self, kind: str, address: str, data: dict[str, str], then: str = "", is_partial: bool = False
    ) -> tuple[int, str]:
        """The answer; where it leads to a page, that page's, noted as of the kind `then`."""
        answer = self._request(kind, "POST", address, {"csrf_token": self.token} | data, is_partial)
        self.moved = answer[0] in (302, 303)
        if not self.moved:
            return answer
        self.location = self.answered_location
        return self.get(then, self.location)

    def at(self, address: str) -> str:
        return f"/{self.school}/{address}"

    def open_form(self) -> None:
        """Begin a filing; its draft is open when it was given."""
        status, page = self.post("begin", self.at("filings/new"), {"form": "account"}, then="form")
        number = re.search(r"/filings/(\d+)/edit", self.location)
        unit, revision = UNIT.search(page), REVISION.search(page)
        if status != 200 or not (number and unit and revision):
            return
        filing, choice = int(number[1]), CHOICE.search(unit[0])
        names = {"name": f"{self.username}第{filing}号", "account": f"rush_{filing:06}"}
        answers = ANSWERS | names | {"unit": choice[1] if choice else ""}
        self.draft = Draft(filing, revision[1], answers)

    def autosave(self) -> None:
        """Write on, as the page does by itself while it is written in."""
        draft = self.draft
        draft.text += 1
        address = self.at(f"filings/{draft.filing}/keep")
        status, page = self.post("autosave", address, self._filled(), is_partial=True)
        if status == 200:
            self.notes.kept[draft.filing].text = draft.text
        revision = REVISION.search(page)
        if status != 200 or revision is None:
            # Whether it was kept is not known: look, as somebody would.
            self.look_again()
        else:
            draft.revision = revision[1]

    def submit(self) -> None:
        """Hand the draft in; where that was acknowledged it is not open any more."""
        draft = self.draft
        address = self.at(f"filings/{draft.filing}/edit")
        self.post("submit", address, self._filled() | {"do": "submit"}, then="filing")
        if self.moved:
            kept = self.notes.kept[draft.filing]
            kept.submitted, kept.text = True, draft.text
            self.draft = None
        else:
            self.look_again()

    def look_again(self) -> None:
        """Open the draft anew; it is let go where it cannot be written in any more."""
        draft = self.draft
        status, page = self.get("form", self.at(f"filings/{draft.filing}/edit"))
        revision = REVISION.search(page)
        if status == 200 and revision:
            draft.revision = revision[1]
        elif status in (302, 303, 404):
            self.draft = None

    def approve(self) -> Iterator[None]:
        """Open one of those that wait for this person, and sign it; a pause is due at each yield."""
        _, desk = self.get("desk", self.at("desk"))
        waiting = list(dict.fromkeys(FILING.findall(desk)))
        if not waiting:
            return
        yield
        filing = self.random.choice(waiting)
        _, page = self.get("filing", self.at(f"filings/{filing}"))
        revision = REVISION.search(page)
        if revision is None or "/approve" not in page:
            return
        yield
        data = {"revision": revision[1], "opinion": "同意"}
        self.post("approve", self.at(f"filings/{filing}/approve"), data, then="filing")
        if self.moved:
            self.notes.kept[int(filing)].approvals += 1

    def _filled(self) -> dict[str, str]:
        draft = self.draft
        return draft.answers | {"revision": draft.revision, "introduction": f"第{draft.text}稿"}

    def _request(
        self, kind: str, method: str, address: str, data: dict | None = None, is_partial: bool = False
    ) -> tuple[int, str]:
        began = monotonic()
        try:
            status, page = self._exchange(method, address, data, is_partial)
        except (OSError, HTTPException):
            status, page = CUT, ""
            self.connection.close()
        writes = method == "POST" or kind in NOTED
        self.notes.answers.append(Answer(kind, began, monotonic() - began, status, writes))
        return status, page

    def _exchange(self, method: str, address: str, data: dict | None, is_partial: bool) -> tuple[int, str]:
        headers = {"Accept-Encoding": "gzip", "Origin": f"http://127.0.0.1:{self.port}"}
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if data is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if is_partial:
            headers["HX-Request"] = "true"
        body = None if data is None else urlencode(data, doseq=True)
        self.connection.request(method, address, body, headers)
        answer = self.connection.getresponse()
        content = answer.read()
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        self.answered_location = answer.headers["Location"] or ""
        if not (answer.headers["Content-Type"] or "").startswith("text/html"):
            return answer.status, ""
        if answer.headers["Content-Encoding"] == "gzip":
            content = zlib.decompress(content, wbits=31)
        page = content.decode()
        token = TOKEN.search(page)
        self.token = token[1] if token else self.token
        return answer.status, page


ANSWERS = {
    "is-open": "yes",
    "nature": "new_media",
    "character": "微信公众号",
    "platform": "wechat",
    "opened": "2019-09",
    "team-leader-name": "甲",
    "team-leader-identity": "教师",
    "team-leader-phone": "2657000",
    "tier": "second",
    "followers": "350",
    "frequency": "2-3次/周",
    "upkeep": "staff",
    "teacher": "乙",
    "teacher_phone": "13812345678",
}
