"""From answers to the columns that lists and searches need, and to the differences people read."""

from collections.abc import Mapping
from typing import Any

from models.fields.account_key import normalise
from models.fields.base import codes_of

PROMOTED = ("title", "platform", "account", "person", "phone")
# As wide as the columns are; and narrow enough for an index of PostgreSQL (2 700 bytes).
LONGEST, LONGEST_SEARCH = 500, 600


def promoted(form, answers: Mapping[str, Any]) -> dict[str, str]:
    """Title, platform, account, person and phone as the form's `channel` points at them."""
    return {name: _text(form, getattr(form.channel, name), answers)[:LONGEST]
            for name in PROMOTED}


def register_columns(form, answers: Mapping[str, Any]) -> dict[str, str]:
    """What the register knows beyond `promoted`: the tier's code and the nature's text."""
    return {
        "tier": next(iter(codes_of(answers.get(form.channel.tier))), ""),
        "nature": _text(form, form.channel.nature, answers)[:LONGEST],
    }


def unit_item(form, kind) -> str:
    """Name of the item that says whose filing it is; '' when the form does not ask."""
    return next((item.name for item in form.items(kind) if item.type == "unit"), "")


def account_key(form, answers: Mapping[str, Any]) -> str:
    """The account under which a channel is unique; '' where none is known yet."""
    return normalise(_text(form, form.channel.account, answers))[:LONGEST]


def search_text(unit_name: str, columns: Mapping[str, str]) -> str:
    """One narrow lower-case column to search: title, platform, account, person, unit."""
    words = [columns[name] for name in ("title", "platform", "account", "person")]
    return "\n".join([*words, unit_name]).lower()[:LONGEST_SEARCH]


def differences(form, kind, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict]:
    """Item by item what changed, in people's words: [{path, label, before, after}]."""
    found = []
    for path, label in _paths(form, kind):
        old, new = form.text(path, before), form.text(path, after)
        if old != new:
            found.append({"path": path, "label": label, "before": old, "after": new})
    return found


def _paths(form, kind) -> list[tuple[str, str]]:
    paths = []
    for item in form.items(kind):
        parts = item.parts()
        paths += [(f"{item.name}.{tail}", part.label) for tail, part in parts.items()]
        if not parts:
            paths.append((item.name, item.label))
    return paths


def _text(form, path: str, answers: Mapping[str, Any]) -> str:
    return form.text(path, answers) if path else ""
