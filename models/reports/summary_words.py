"""What a filing says under the columns of a register, by the edition it was signed under."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from models.filings.edition import form_of
from models.rules.definitions.definition import Form
from models.rules.definitions.institution import Institution
from models.rules.definitions.register import COLUMN_SOURCES, Register
from models.rules.fields import Field
from models.rules.row_key import RowKey, mark_of, write_key

Cell = tuple[str, Any, str]
TEXT_FORMAT, WHOLE_FORMAT = "@", "0"
NOTHING: Cell = ("", "", TEXT_FORMAT)


def item_paths(register: Register) -> list[str]:
    """The items that a register's rows are made of, each once."""
    sources = [path for column in register.columns for path in (column.value, column.fallback)]
    return [path for path in dict.fromkeys(sources) if path and path not in COLUMN_SOURCES]


class Editions:
    """The editions of a register's form, each looked up once."""

    def __init__(self, register: Register, institution: Institution):
        self.register, self.institution = register, institution
        self.known: dict[str, EditionWords] = {}

    def of(self, digest: str) -> "EditionWords":
        """The words of an edition."""
        if digest not in self.known:
            current = self.institution.forms.get(self.register.form)
            form = form_of(self.institution.code, digest, current)
            self.known[digest] = EditionWords(self.register, form)
        return self.known[digest]


class EditionWords:
    """What one edition says under each column. Items are looked up once, not once a row."""

    def __init__(self, register: Register, form: Form):
        self.columns = [(one.heading, one.value, one.fallback) for one in register.columns]
        self.items = {path: ItemWords(item, path) for path in item_paths(register)
                      if (item := _item(form, path)) is not None}

    def cells(self, answers: dict[str, Any], own: Mapping[str, Cell]) -> dict[str, Cell]:
        """A row's cells by heading. `own`: what is no item (see `register.COLUMN_SOURCES`)."""
        cells = {}
        for heading, value, fallback in self.columns:
            cell = own.get(value) or self._cell(value, answers)
            if not cell[0] and fallback:
                cell = own.get(fallback) or self._cell(fallback, answers)
            cells[heading] = cell
        return cells

    def key(self, channel_id: int, filing_id: int, answers: dict[str, Any]) -> str:
        """The text of a row's hidden cell."""
        return write_key(RowKey(channel_id, filing_id, mark_of(self, self.items, answers)))

    def text(self, path: str, answers: dict[str, Any]) -> str:
        """As `Form.text`."""
        return self.items[path].said(answers)[0]

    def _cell(self, path: str, answers: dict[str, Any]) -> Cell:
        """An item's answer; empty when the edition did not ask for it."""
        return self.items[path].said(answers)[1] if path in self.items else NOTHING


class ItemWords:
    """An item's text and cell. Most answers occur again and again: the last ones are kept."""

    def __init__(self, item: Field, path: str):
        self.item, self.keys = item, path.split(".")
        self._kept = lru_cache(maxsize=2048, typed=True)(self._worded)

    def said(self, answers: dict[str, Any]) -> tuple[str, Cell]:
        value: Any = answers
        for key in self.keys:
            value = value.get(key) if isinstance(value, dict) else None
        return self._worded(value) if isinstance(value, dict | list) else self._kept(value)

    def _worded(self, value: Any) -> tuple[str, Cell]:
        content, number_format = self.item.cell(value)
        return self.item.text(value), (self.item.scaled_text(value), content, number_format)


def _item(form: Form, path: str) -> Field | None:
    try:
        return form.field(path)
    except KeyError:
        return None
