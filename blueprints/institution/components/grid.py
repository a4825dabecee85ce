"""Rows typed into a grid: each is read by the same rules as a form of its own."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import Form as InputForm

from models.rules import answers
from models.rules.definitions.definition import Form
from models.rules.fields.base import Circumstances, Field
from models.rules.filing_kind import FilingKind
from models.rules.filters import whole_number

ROW = re.compile(r"rows-([0-9]{1,4})-(.+)", re.ASCII)
# A pasted list longer than this is better imported; the form would reach the parser's limits.
MOST_ROWS = 300


@dataclass
class Row:
    """One line of the grid. `filing` is the id of the draft it belongs to, 0 for a new line.

    `is_draft`: as it was kept, and never handed in: what it names may be dissolved instead.
    `index` is its number, or the mark that the browser replaces when it adds a line.
    """

    index: int | str
    form: InputForm
    filing: int = 0
    revision: int = 0
    is_draft: bool = False
    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # The form was read without its row; on the page its inputs say which row they are of.
        for box in self.form:
            box.name, box.id = f"rows-{self.index}-{box.name}", f"rows-{self.index}-{box.id}"

    @property
    def is_blank(self) -> bool:
        """Nothing was typed here."""
        return not self.values and not self.errors


def columns(definition: Form) -> list[Field]:
    """What the grid asks, left to right: all of a first filing's items but the unit above it."""
    return [item for item in definition.items(FilingKind.first) if item.type != "unit"]


def read_rows(definition: Form, sent: MultiDict, circumstances: Circumstances, unit: Mapping) -> list[Row]:
    """Read every line that was sent.

    In: the request's form, whose inputs are called `rows-<n>-<item>`; `unit` is the value of the
    unit item that all lines share.
    Out: the lines in their order, blank ones included, each with its own errors by item.
    """
    rows = []
    for index, inputs in sorted(_by_row(sent).items()):
        number = whole_number(inputs.get("filing", "")) or 0
        revision = whole_number(inputs.get("revision", "")) or 0
        typed = any(value.strip() for name, value in inputs.items() if name not in HIDDEN)
        for item in definition.items(FilingKind.first):
            if item.type == "unit":
                inputs[item.name] = unit["id"]
        if typed:
            reading = answers.read(definition, FilingKind.first, inputs, circumstances)
            kept = {"values": reading.values, "errors": reading.errors}
            rows.append(Row(index, reading.form, number, revision, **kept))
        else:
            rows.append(Row(index, answers.blank(definition, circumstances, {}), number, revision))
    return rows


HIDDEN = {"filing", "revision"}


def _by_row(sent: MultiDict) -> dict[int, MultiDict]:
    rows: dict[int, MultiDict] = {}
    for name, value in sent.items(multi=True):
        if match := ROW.fullmatch(name):
            rows.setdefault(int(match[1]), MultiDict()).add(match[2], value)
    return rows
