"""A small table of persons: named rows, the same columns in each."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Annotated, Any, Literal

import wtforms
from pydantic import Field as Key
from wtforms.fields.core import UnboundField
from wtforms.form import BaseForm

from models.rules.fields.base import Circumstances, Definition, Field, Name, Required, Words
from models.rules.fields.choice import Choice, YesNo
from models.rules.fields.text import Account, Email, LongText, Number, Phone, Text, Url
from models.rules.fields.time import Date, Month
from models.rules.messages import say

SimpleField = Annotated[
    Text | LongText | Number | Date | Month | Phone | Email | Url | Account | Choice | YesNo,
    Key(discriminator="type"),
]


class RowInput(wtforms.FormField):  # type: ignore[type-arg]  # generic only in the stubs
    """One person. A row that was begun must be finished: its needed columns become required."""

    def __init__(
        self,
        form_class: type[wtforms.Form],
        label: str,
        *,
        row: "Row",
        columns: Sequence[Field],
        draft: bool,
        **options: Any,
    ) -> None:
        super().__init__(form_class, label, **options)
        self.row, self.columns, self.draft = row, columns, draft

    def validate(self, form: BaseForm, extra_validators: Any = ()) -> bool:
        valid = super().validate(form)
        begun = any(not column.is_empty(self.form[column.name].data) for column in self.columns)
        if self.draft or not begun:
            return valid
        for column in self.columns:
            cell = self.form[column.name]
            if column.required and column.is_empty(cell.data) and not cell.errors:
                cell.errors = [say("row_incomplete", row=self.row.label, label=column.label)]
                valid = False
        return valid


class Row(Definition):
    """One person of the table."""

    name: Name
    label: Words
    required: Required = False


class People(Field):
    """Value: {row: {column: value}}. What is required is said on rows and on columns.

    A required row needs its required columns; an optional row only once it was begun.
    """

    type: Literal["people"]
    rows: list[Row] = Key(min_length=1)
    columns: list[SimpleField] = Key(min_length=1)
    default: None = None

    def input(self, circumstances: Circumstances) -> "UnboundField[Any]":
        rows = {row.name: self._row_input(row, circumstances) for row in self.rows}
        form_class = type("PeopleForm", (wtforms.Form,), rows)
        return UnboundField(wtforms.FormField, form_class, self.label, description=self.help)

    def _row_input(self, row: Row, circumstances: Circumstances) -> "UnboundField[Any]":
        needed = self._needs(row.required, circumstances)
        columns = {
            column.name: self._cell(row, column, needed and bool(column.required)).input(circumstances)
            for column in self.columns
        }
        return UnboundField(
            RowInput,
            type("RowForm", (wtforms.Form,), columns),
            row.label,
            row=row,
            columns=self.columns,
            draft=circumstances.draft,
        )

    def _cell(self, row: Row, column: Field, required: Required) -> Field:
        # A column that is called like the row (负责人 | 负责人) is not named twice.
        label = row.label if column.label == row.label else f"{row.label}{column.label}"
        return column.model_copy(update={"label": label, "required": required})

    @cached_property
    def _parts(self) -> dict[str, Field]:
        return {
            f"{row.name}.{column.name}": self._cell(row, column, column.required)
            for row in self.rows
            for column in self.columns
        }

    def parts(self) -> dict[str, Field]:
        return self._parts

    def missing(self, value: Any, circumstances: Circumstances) -> list[str]:
        labels = []
        for row in self.rows:
            cells = list(self._cells(value, row))
            begun = any(not column.is_empty(cell) for column, cell in cells)
            if begun or self._needs(row.required, circumstances):
                labels += [
                    self.parts()[f"{row.name}.{column.name}"].label
                    for column, cell in cells
                    if column.required and column.is_empty(cell)
                ]
        return labels

    def store(self, data: Any) -> dict[str, Any] | None:
        rows = {}
        for row in self.rows:
            given = (data or {}).get(row.name) or {}
            cells = {column.name: column.store(given.get(column.name)) for column in self.columns}
            kept = {name: value for name, value in cells.items() if value is not None}
            if kept:
                rows[row.name] = kept
        return rows or None

    def restore(self, value: Any) -> dict[str, Any]:
        return {
            row.name: {column.name: cell for column, cell in self._cells(value, row)} for row in self.rows
        }

    def _cells(self, value: Any, row: Row) -> Iterator[tuple[Field, Any]]:
        given = value.get(row.name) if isinstance(value, dict) else None
        for column in self.columns:
            cell = given.get(column.name) if isinstance(given, dict) else None
            yield column, column.restore(cell)

    def is_empty(self, value: Any) -> bool:
        return all(cell in (None, "") for row in self.rows for _, cell in self._cells(value, row))

    def text(self, value: Any) -> str:
        lines = []
        for row in self.rows:
            words = [column.text(cell) for column, cell in self._cells(value, row)]
            if any(words):
                lines.append(f"{row.label}：" + " ".join(word for word in words if word))
        return "\n".join(lines)

    def typed(self, value: Any) -> dict[str, list[str]]:
        return {
            f"-{row.name}-{column.name}{tail}": sent
            for row in self.rows
            for column, cell in self._cells(value, row)
            for tail, sent in column.typed(cell).items()
        }

    def example(self, seed: int) -> dict[str, Any]:
        return {
            row.name: {column.name: column.example(seed + n) for column in self.columns}
            for n, row in enumerate(self.rows)
        }
