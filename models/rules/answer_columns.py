"""From answers to the columns that lists and searches need, and to the differences people read."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Protocol

from models.rules.definitions.definition import Form
from models.rules.definitions.identifiers import identifier_of
from models.rules.fields.account_key import normalise, title_key
from models.rules.fields.base import codes_of
from models.rules.filing_kind import FilingKind

PROMOTED = ("title", "platform", "account", "person", "phone")
# As wide as the columns are; and narrow enough for an index of PostgreSQL (2 700 bytes).
LONGEST, LONGEST_SEARCH = 500, 600


class Unit(Protocol):
    """Whose filing it is: a row of models.people, of which no rule knows."""

    id: int
    name: str


def promoted(form: Form, answers: Mapping[str, Any]) -> dict[str, str]:
    """Title, platform, account, person and phone as the form's `channel` points at them."""
    return {name: _text(form, getattr(form.channel, name), answers)[:LONGEST] for name in PROMOTED}


def register_columns(form: Form, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What the register knows beyond `promoted`: tier's code, nature's text, the name's key, how
    many follow, and every phone."""
    followers = form.channel.followers
    return {
        "followers": form.value(followers, answers) if followers else None,
        "title_key": title_key(_text(form, form.channel.title, answers))[:LONGEST],
        "tier": next(iter(codes_of(answers.get(form.channel.tier))), ""),
        "nature": _text(form, form.channel.nature, answers)[:LONGEST],
        "phones": _phones(form, answers)[:LONGEST],
    }


def unit_item(form: Form, kind: FilingKind | str | None) -> str:
    """Name of the item that says whose filing it is; '' when the form does not ask."""
    return next((item.name for item in form.items(kind) if item.type == "unit"), "")


def unit_answer(form: Form, kind: FilingKind | str | None, unit: Unit) -> dict[str, Any]:
    """That item's answer, with the name as it is now; {} when the form does not ask."""
    name = unit_item(form, kind)
    return {name: {"id": str(unit.id), "name": unit.name}} if name else {}


def account_key(form: Form, answers: Mapping[str, Any]) -> str:
    """The account under which a channel is unique; '' where none is known yet."""
    account, rule = _text(form, form.channel.account, answers), identifier_of(form.channel, answers)
    return (rule.key(account) if rule else normalise(account))[:LONGEST]


def happened_on(form: Form, kind: FilingKind, answers: Mapping[str, Any]) -> date | None:
    """The day from which the clock of this kind of filing runs; None where it is not asked."""
    item = form.channel.happened.get(kind)
    day = answers.get(item) if item else None
    return date.fromisoformat(day) if day else None


def carried_on(form: Form, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What the next filing begins with: all but what only that one paper was asked (变更原因 …)."""
    lasting = {item.name for item in form.items(FilingKind.first)}
    own = {item.name for item in form.items()} - lasting
    return {name: value for name, value in answers.items() if name not in own}


def lasting_paths(form: Form) -> tuple[str, ...]:
    """The items that stay when all about people is erased: the account's name, sort and unit."""
    about = form.channel
    return about.title, about.platform, about.tier, about.nature, unit_item(form, None)


def lasting_answers(form: Form, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What they answer."""
    return {path: answers[path] for path in lasting_paths(form) if path in answers}


def search_text(form: Form, answers: Mapping[str, Any], unit_name: str = "") -> str:
    """One narrow lower-case column to search: title, platform, account, people; and the unit as a
    paper names it, which the register does not need: it looks for units where they are."""
    columns = promoted(form, answers)
    words = [columns[name] for name in ("title", "platform", "account", "person")]
    words += [_text(form, path, answers) for path in form.channel.others]
    once = dict.fromkeys(word for word in [*words, unit_name] if word)
    return "\n".join(once).lower()[:LONGEST_SEARCH]


def _phones(form: Form, answers: Mapping[str, Any]) -> str:
    """Every phone in the answers by its digits alone, with a line end after each."""
    paths = [item.name for item in form.items() if item.type == "phone"]
    paths += [
        f"{item.name}.{tail}"
        for item in form.items()
        for tail, part in item.parts().items()
        if part.type == "phone"
    ]
    numbers = (re.sub(r"\D", "", form.text(path, answers)) for path in paths)
    return "".join(f"{number}\n" for number in dict.fromkeys(numbers) if number)


def _text(form: Form, path: str, answers: Mapping[str, Any]) -> str:
    return form.text(path, answers) if path else ""
