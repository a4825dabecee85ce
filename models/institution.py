"""A school as its YAML describes it."""

from typing import Annotated

from pydantic import Field as Key

from models.definition import Form
from models.fields import Definition
from models.fields.base import Words
from models.register import Register

Period = Annotated[int, Key(ge=0, le=3650)]


class Clocks(Definition):
    """After how long something is late. 0: this school sets no limit."""

    stale_months: Period = 0
    change_days: Period = 0
    closing_days: Period = 0
    waiting_days: Period = 0


class NumberPattern(Definition):
    """How 编号 is made; `digits` pads the serial with zeros."""

    text: Words
    digits: Annotated[int, Key(ge=1, le=8)] = 4

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
    """The notice the forms come from."""

    title: Words
    number: str = ""
    date: str = ""


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
    forms: dict[str, Form] = {}
    registers: dict[str, Register] = {}
