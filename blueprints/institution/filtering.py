"""Filters live in the address: what a list's form says, as the ledger wants it."""

from collections.abc import Mapping

from flask import g, url_for
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from models.filings import queries
from models.rules.filing_kind import FilingKind
from models.rules.filters import whole_number

__all__ = ["KINDS", "chips", "forms_on_offer", "page_number", "ticked_rows", "units_on_offer", "whole_number"]


def page_number(args: Mapping[str, str]) -> int:
    """The page asked for; 1 for anything that is no sensible number."""
    return max(1, whole_number(args.get("page", "")) or 1)


def ticked_rows(sent: MultiDict[str, str], name: str) -> list[int]:
    """Ids of the rows that were ticked, each once; what can be no id is left out."""
    numbers = (whole_number(text) for text in sent.getlist(name))
    return list(dict.fromkeys(number for number in numbers if number))


def units_on_offer() -> list[tuple[str, str]]:
    """The units a person may filter by: id and name, indented as in the tree."""
    return [(str(node.id), "　" * depth + node.name) for node, depth in queries.units(current_user)]


def forms_on_offer() -> dict[str, str]:
    """The school's forms to filter by: code to short name."""
    return {form.code: form.short for form in g.institution.forms.values()}


def chips(endpoint: str, args: Mapping[str, str], labels: Mapping[str, Mapping], **place: int) -> list[dict]:
    """The filters that are set, each with the address of the list without it.

    `labels` gives per filter the words of its codes; a filter without words shows its value.
    `place`: what else the list's address is made of.
    """
    kept = {name: args[name] for name in labels if args.get(name)}
    chosen = []
    for name, value in kept.items():
        words = labels[name].get(value, value).strip()
        others = {other: text for other, text in kept.items() if other != name}
        chosen.append({"label": words, "url": url_for(endpoint, **place, **others)})
    return chosen


KINDS = {kind.value: kind.label for kind in FilingKind}
