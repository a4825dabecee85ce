"""A summary table on screen, of what is in force or of what was signed."""

from collections.abc import Iterable

from flask import g
from flask_login import current_user

from blueprints.institution.paper.summary_texts import note_lines
from blueprints.web.presentation import masked
from models.reports.summary import SummaryRow
from models.rules.definitions.register import COLUMN_SOURCES, Register

Shown = tuple[SummaryRow, dict[str, str]]


def sheet_of(register: Register, rows: Iterable[SummaryRow], head: tuple[str, str]) -> dict:
    """What `institution/components/_summary_sheet.html` draws."""
    return {
        "register": register,
        "rows": _masked(rows, _phones(register)),
        "head": head,
        "notes": note_lines(register),
        "widths": _widths(register),
        "title_column": _title_column(register),
    }


def _masked(rows: Iterable[SummaryRow], phones: set[str]) -> list[Shown]:
    """Rows with their texts, phones masked where the person need not sign for them."""
    return [
        (row, {heading: masked(text) if text and heading in phones else text
               for heading, (text, *_) in row.cells.items()})
        for row in rows
    ]  # fmt: skip


def _phones(register: Register) -> set[str]:
    """The columns of phone numbers to be masked: none for those who sign the paper themselves."""
    if current_user.visible_units() is not None:
        return set()
    return {
        column.heading
        for column in register.columns
        for path in (column.value, column.fallback)
        if path and path not in COLUMN_SOURCES and _is_phone(register, path)
    }


def _is_phone(register: Register, path: str) -> bool:
    """An item that the form asks no more is taken for one by its name."""
    try:
        return g.institution.forms[register.form].field(path).type == "phone"
    except KeyError:
        return "phone" in path


def _widths(register: Register) -> list[float]:
    """The columns' widths in per cent."""
    total = sum(column.width for column in register.columns)
    return [round(100 * column.width / total, 2) for column in register.columns]


def _title_column(register: Register) -> str:
    """The heading of the column that names the channel; '' when the register does not print it."""
    form = g.institution.forms.get(register.form)
    title = form.channel.title if form else "名称"
    return next((column.heading for column in register.columns if column.value == title), "")
