"""Filings as they come to be printed, and a printed paper as somebody sees it who holds it."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import pdfplumber

from blueprints.institution.paper import print_sheet
from blueprints.institution.paper.printing import specimen
from models.rules.answer_diff import differences
from models.rules.definitions.definition import Form
from models.rules.definitions.institution import Institution
from models.rules.definitions.loader import load_institutions

BLUEPRINTS = Path(__file__).resolve().parents[2] / "blueprints"
PLATFORM = "平顶山学院媒体平台备案表"
ACCOUNT = "安徽商贸职业技术学院新媒体建设备案及审批表"
GROUP = "安徽商贸职业技术学院QQ群、微博群备案及审批表"
MM = 72 / 25.4
BLANKS = dict.fromkeys(map(ord, " \u00a0\n"))


@dataclass(frozen=True)
class Word:
    """Some words on a page: where they stand, in points from the top left corner."""

    x0: float
    x1: float
    top: float
    bottom: float


class Paper:
    """A PDF, by the places of its characters."""

    def __init__(self, pdf: bytes) -> None:
        with pdfplumber.open(BytesIO(pdf)) as opened:
            self.pages = [list(page.chars) for page in opened.pages]
            self.lines = [list(page.lines) + list(page.rects) for page in opened.pages]
        self.chars = [char for page in self.pages for char in page if char["text"].translate(BLANKS)]
        self.text = "".join(char["text"] for char in self.chars)

    def page_text(self, number: int) -> str:
        """What a page says, without blanks."""
        return "".join(char["text"] for char in self.pages[number]).translate(BLANKS)

    def without(self, *words: str) -> str:
        """Its text less some words, such as a label that is repeated on every page."""
        text = self.text
        for each in words:
            text = text.replace(each, "")
        return text

    def find(self, words: str, nth: int = 0) -> Word:
        starts = [found.start() for found in re.finditer(re.escape(words), self.text)]
        assert len(starts) > nth, f"{words} is there {len(starts)} times"
        chars = self.chars[starts[nth] : starts[nth] + len(words)]
        return Word(
            min(c["x0"] for c in chars),
            max(c["x1"] for c in chars),
            min(c["top"] for c in chars),
            max(c["bottom"] for c in chars),
        )

    def edges_below(self, word: Word) -> list[float]:
        """The heights of the horizontal borders below a word of the first page."""
        edges = {round(line["bottom"], 1) for line in self.lines[0] if line["height"] < 1}
        return sorted(edge for edge in edges if edge > word.bottom - 1)


@cache
def schools() -> dict[str, Institution]:
    return load_institutions(BLUEPRINTS)


def form_titled(title: str) -> tuple[Institution, Form]:
    return next(
        (school, form)
        for school in schools().values()
        for form in school.forms.values()
        if form.title == title
    )


def filing(title: str, state: str = "filed", opinion: str = "情况属实，同意。", **answers):
    """A filing with example answers and every step approved, from 19 February 2022 on."""
    school, form = form_titled(title)
    example = specimen(school, form)
    events = [event("submit", None, 18, "")]
    events += [event("approve", n, 19 + n, opinion) for n, _ in enumerate(form.route.steps)]
    return SimpleNamespace(
        id=1234,
        kind="first",
        owner_kind="college",
        state=state,
        number="宣备-2022-0007",
        unit=SimpleNamespace(name="信息工程学院"),
        submitted_at=events[0].at,
        purged_at=None,
        events=events,
        answers={**example.answers, **answers},
        changes=example.changes,
    )


def later(title: str, kind: str, before: dict, **answers):
    """A filing about an account on the register; `before`: what is in force of what it changes."""
    form = form_titled(title)[1]
    known = {item.name for item in form.items("first")}
    own = {item.name: item.example(1) for item in form.items(kind) if item.name not in known}
    found = filing(title, **{**own, **answers})
    found.kind = kind
    in_force = {**found.answers, **before}
    moved = [] if kind == "close" else differences(form, "first", in_force, found.answers)
    found.changes = lambda form: moved
    return found


def event(verb: str, step: int | None, day: int, opinion: str):
    at = datetime(2022, 2, day, 4, tzinfo=UTC)
    return SimpleNamespace(verb=verb, step=step, opinion=opinion, at=at)


def printed(title: str, copies=(), **filled) -> Paper:
    return Paper(print_sheet(*form_titled(title), filing(title, **filled), copies))


def team(*phones: str) -> dict:
    """The people of 附件1, by the names of its rows and columns."""
    field = next(item for item in form_titled(PLATFORM)[1].items() if item.type == "people")
    name, identity, phone = (column.name for column in field.columns)
    return {
        row.name: {name: "陈𬭎", identity: "教师", phone: number}
        for row, number in zip(field.rows, phones, strict=True)
    }


def item_labelled(title: str, label: str) -> str:
    """The name of a form's item."""
    return next(item.name for item in form_titled(title)[1].items() if item.label == label)
