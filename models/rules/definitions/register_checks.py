"""What a register must be beyond its shape: columns, header, filters, sheets, blank rows."""

import re
from collections.abc import Iterable
from itertools import groupby

from models.rules.definitions.definition import Form
from models.rules.definitions.form_checks import all_paths, check_choice, check_codes
from models.rules.definitions.presets import nearest
from models.rules.definitions.register import COLUMN_SOURCES, Register
from models.rules.definitions.yaml_source import Path_, Source
from models.rules.fields import Condition
from models.rules.fields.base import FILING_KIND
from models.rules.filing_kind import FilingKind

# What Excel takes for a sheet's name, and which names a workbook of ours needs itself.
LONGEST_SHEET_NAME = 31
NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\]|^'|'$|^\s|\s$")
OWN_SHEETS = ("选项", "填写说明", "History")


def check_register(source: Source, register: Register, forms: dict[str, Form | None]) -> None:
    """Add every mistake to the source's errors. A form that is itself broken maps to None."""
    if register.form not in forms:
        near = nearest(register.form, forms)
        source.complain(("form",), "unknown_form", form=register.form, near=near)
    form = forms.get(register.form)
    if form is not None:
        _check_against_form(source, register, form)
    _check_header(source, register)
    _check_headings(source, register)
    _check_sheet_names(source, register)


def _check_against_form(source: Source, register: Register, form: Form) -> None:
    known = [*COLUMN_SOURCES, *all_paths(form)]
    for n, column in enumerate(register.columns):
        for key in ("value", "fallback"):
            path = getattr(column, key)
            if path and path not in known:
                source.complain(
                    ("columns", n, key),
                    "unknown_column",
                    path=path,
                    sources="、".join(COLUMN_SOURCES),
                    near=nearest(path, known),
                )
    _check_filter(source, form, register.filter, ("filter",))
    for n, sheet in enumerate(register.sheets):
        _check_filter(source, form, sheet.filter, ("sheets", n, "filter"))


def _check_filter(source: Source, form: Form, condition: Condition | None, where: Path_) -> None:
    if condition is None:
        return
    if condition.field == FILING_KIND:
        check_codes(source, condition, FilingKind, where)
    elif condition.field not in all_paths(form):
        near = nearest(condition.field, all_paths(form))
        source.complain((*where, "field"), "unknown_item", path=condition.field, near=near)
    else:
        check_choice(source, condition, form.field(condition.field), where)


def _check_header(source: Source, register: Register) -> None:
    """Every column has a heading of its own, and a group is one run of several columns."""
    headings: set[str] = set()
    for n, column in enumerate(register.columns):
        if column.heading in headings:
            source.complain(("columns", n, "label"), "same_heading", heading=column.heading)
        headings.add(column.heading)
        if column.group == column.label:
            source.complain(("columns", n, "group"), "group_is_label", group=column.group)
    groups: set[str] = set()
    for group, run in groupby(enumerate(register.columns), key=lambda numbered: numbered[1].group):
        places = [n for n, _ in run]
        if not group:
            continue
        if group in groups:
            source.complain(("columns", places[0], "group"), "group_apart", group=group)
        elif len(places) == 1:
            source.complain(("columns", places[0], "group"), "group_alone", group=group)
        groups.add(group)


def _check_headings(source: Source, register: Register) -> None:
    """What speaks of a column must name one."""
    headings, blank = [column.heading for column in register.columns], register.blank
    if register.closed:
        _check_heading(source, register.closed.column, headings, ("closed", "column"))
    if len(blank.serials) > blank.rows:
        source.complain(("blank", "serials"), "serials_rows", serials=len(blank.serials), rows=blank.rows)
    for row, sample in blank.samples.items():
        path = ("blank", "samples", row)
        if not re.fullmatch(r"[1-9][0-9]?", row) or int(row) > blank.rows:
            source.complain(path, "sample_row", row=row, rows=blank.rows)
        for heading in sample:
            _check_heading(source, heading, headings, (*path, heading))


def _check_heading(source: Source, label: str, headings: Iterable[str], path: Path_) -> None:
    if label not in headings:
        source.complain(path, "unknown_label", label=label, near=nearest(label, headings))


def _check_sheet_names(source: Source, register: Register) -> None:
    taken: set[str] = set()
    for n, sheet in enumerate(register.sheets):
        path, name = ("sheets", n, "name"), sheet.name.casefold()
        if len(sheet.name) > LONGEST_SHEET_NAME:
            source.complain(path, "sheet_name_long", name=sheet.name, most=LONGEST_SHEET_NAME)
        if NOT_IN_SHEET_NAMES.search(sheet.name):
            source.complain(path, "sheet_name_signs", name=sheet.name)
        if name in {own.casefold() for own in OWN_SHEETS}:
            source.complain(path, "sheet_name_own", name=sheet.name)
        if name in taken:
            source.complain(path, "sheet_name_twice", name=sheet.name)
        taken.add(name)
