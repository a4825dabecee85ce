"""A school as its YAML describes it."""

import re
from calendar import isleap
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, ClassVar, Literal

from pydantic import Field as Key

from models.rules.definitions.by_kind import ByKind, for_kind
from models.rules.definitions.definition import Form
from models.rules.definitions.register import Register
from models.rules.fields import Definition
from models.rules.fields.base import Words
from models.rules.filing_kind import FilingKind

Period = Annotated[int, Key(ge=0, le=3650)]


class Clocks(Definition):
    """After how long something is late. 0: this school sets no limit."""

    stale_months: Period = 0
    change_days: Period = 0
    closing_days: Period = 0
    waiting_days: Period = 0


class NumberPattern(Definition):
    """How 编号 is made; `digits` pads the serial with zeros.

    `kept_by`: the kinds of filing that keep the account's number; the others get one of their own.
    """

    text: Words
    digits: Annotated[int, Key(ge=1, le=8)] = 4
    kept_by: list[Literal["change", "close"]] = ["change", "close"]

    def number(self, year: int, serial: int) -> str:
        """The number of the year's nth filing."""
        year_text, serial_text = str(year), str(serial).zfill(self.digits)
        return self.text.replace("{year}", year_text).replace("{serial}", serial_text)


class Contact(Definition):
    """Whom to ask."""

    person: str = ""
    phone: str = ""
    email: str = ""
    place: str = ""


class Notice(Definition):
    """The notice the forms come from, and what the first campaign begins with.

    `deadline`: month, day and hour by which units report (11-06 17:00), of the year that runs.
    `text`: what units read, verbatim.
    """

    title: Words
    number: str = ""
    date: str = ""
    deadline: str = ""
    text: str = ""

    def due_in(self, year: int) -> datetime | None:
        """The deadline in that year, without a zone; None where none is written.

        Raises ValueError for a text that is no such moment. 29 February is the 28th in other years.
        """
        if not self.deadline:
            return None
        if len(self.deadline) != len("11-06 17:00"):
            raise ValueError("no day with hour and minute")
        # In a leap year every day that may be written is there.
        written = datetime.fromisoformat(f"2000-{self.deadline}")
        leap_day = (written.month, written.day) == (2, 29) and not isleap(year)
        return written.replace(year=year, day=28 if leap_day else written.day)


class Opening(Definition):
    """The paper with which the school allows an account to be opened (开设手续).

    Written by kind of filing it is also given for a change, a 年审 or a closing that was approved.
    `text` is verbatim but for the words in FILLED; `date` stands where the day is not known yet.
    """

    FILLED: ClassVar = ("unit", "title", "platform", "noun", "number", "date", "rulebooks")

    title: ByKind[Words]
    text: ByKind[Words]
    sign: list[Words] = []
    date: str = "年    月    日"

    def is_for(self, kind: FilingKind) -> bool:
        """Whether the school gives such a paper for this kind of filing."""
        texts = self.text if isinstance(self.text, dict) else {FilingKind.first: self.text}
        return kind in texts

    def title_for(self, kind: FilingKind) -> str:
        """What the paper is called."""
        return for_kind(self.title, kind, "")

    def words(self, kind: FilingKind, filled: Mapping[str, str]) -> str:
        """The text with what stands in braces filled in; `filled` has every name of FILLED."""
        # In one go: braces that somebody typed into a name are words, not places to fill.
        names = "|".join(self.FILLED)
        return re.sub(
            rf"\{{({names})\}}", lambda match: filled[match[1]], for_kind(self.text, kind, "").strip("\n")
        )


class SanctionRule(Definition):
    """What follows when something was not filed (处理), as the school's notice words it.

    `forms`: codes of the forms whose accounts it is for. `bars`: the kinds of filing on them that it
    stands against in the year of its effect, and so do changes of the items `bars_changing`.
    `closes`: in how many days the account must be gone; 0: it may stay. `circular`: everybody of the
    school may read it (全校通报). `basis`: where the notice says so.
    """

    label: Words
    forms: list[Words] = Key(alias="for", min_length=1)
    effect_year: Literal["this", "next"] = "this"
    bars: list[FilingKind] = []
    bars_changing: list[Words] = []
    closes: Annotated[int, Key(ge=0, le=3650)] = 0
    circular: bool = False
    basis: str = ""

    def takes_effect(self, year: int) -> int:
        """The year of its effect for what happened in a year."""
        return year + (self.effect_year == "next")


class Individuals(Definition):
    """How people without a unit file: under which unit, and whether by a one-time link."""

    unit: Words
    links: bool = False
    days: Annotated[int, Key(ge=1, le=90)] = 7


class Reporting(Definition):
    """Who may give an opinion on a unit's report (报送), as `Step` says it of a filing."""

    distinct: bool = True
    submitter_may: bool = False


class Retention(Definition):
    """How long what is known of people is kept after their account ended. 0: for ever."""

    closed_years: Annotated[int, Key(ge=0, le=100)] = 0


class Institution(Definition):
    """One school with its forms and registers, in their order."""

    code: str
    name: Words
    system: Words
    names: list[Words] = Key(min_length=1)
    office: Words
    unit_kinds: dict[Words, Words] = Key(min_length=1)
    tiers: dict[Words, Words] = {}
    clocks: Clocks = Clocks()
    number: NumberPattern
    contact: Contact = Contact()
    notice: Notice | None = None
    rulebooks: list[Words] = []
    opening: Opening | None = None
    individuals: Individuals | None = None
    sanctions: dict[Words, SanctionRule] = {}
    reporting: Reporting = Reporting()
    retention: Retention = Retention()
    forms: dict[str, Form] = {}
    registers: dict[str, Register] = {}
