"""What a register and a school's own file must be beyond their shape."""

import re

from models.definitions.definition import Form
from models.definitions.form_checks import all_paths, check_choice, check_codes
from models.definitions.institution import Institution, Opening
from models.definitions.presets import nearest
from models.definitions.register import COLUMN_SOURCES, Register
from models.definitions.yaml_source import Path_, Source
from models.fields.base import FILING_KIND
from models.kinds import FilingKind


def check_number_pattern(source: Source, institution: Institution) -> None:
    """编号 without a serial would be the same for every filing."""
    text, path = institution.number.text, ("number", "text")
    if "{serial}" not in text:
        source.complain(path, "number_serial")
    for name in re.findall(r"\{[^}]*\}?", text):
        if name not in ("{year}", "{serial}"):
            source.complain(path, "number_unknown", name=name)


def check_opening(source: Source, institution: Institution) -> None:
    """What stands in braces in the opening paper must be something that is filled in."""
    if institution.opening is None:
        return
    known = [f"{{{name}}}" for name in Opening.FILLED]
    for name in re.findall(r"\{[^}]*\}?", institution.opening.text):
        if name not in known:
            source.complain(
                ("opening", "text"), "opening_unknown", name=name, known="、".join(known)
            )


def check_individuals(source: Source, institution: Institution) -> None:
    """Whoever holds a link that has run out must be told whom to ask."""
    individuals, contact = institution.individuals, institution.contact
    if individuals and individuals.links and not (contact.phone or contact.email or contact.place):
        source.complain(("individuals", "links"), "links_contact")


def check_sanctions(source: Source, institution: Institution, forms: list[str]) -> None:
    """A sanction is for accounts of forms that there are."""
    for code, rule in institution.sanctions.items():
        for n, form in enumerate(rule.forms):
            if form not in forms:
                source.complain(("sanctions", code, "for", n), "sanction_form", form=form,
                                near=nearest(form, forms))


def check_register(
    source: Source, register: Register, forms: dict[str, Form | None]
) -> None:
    """Add every mistake to the source's errors. A form that is itself broken maps to None."""
    if register.form not in forms:
        near = nearest(register.form, forms)
        source.complain(("form",), "unknown_form", form=register.form, near=near)
    form = forms.get(register.form)
    if form is not None:
        _check_against_form(source, register, form)
    _check_labels(source, register)


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
    condition, where = register.filter, ("filter",)
    if condition is None:
        return
    if condition.field == FILING_KIND:
        check_codes(source, condition, FilingKind, where)
    elif condition.field not in all_paths(form):
        near = nearest(condition.field, all_paths(form))
        source.complain((*where, "field"), "unknown_item", path=condition.field, near=near)
    else:
        check_choice(source, condition, form.field(condition.field), where)


def _check_labels(source: Source, register: Register) -> None:
    labels, blank = [column.label for column in register.columns], register.blank
    if register.closed:
        _check_label(source, register.closed.column, labels, ("closed", "column"))
    if len(blank.serials) > blank.rows:
        source.complain(
            ("blank", "serials"), "serials_rows", serials=len(blank.serials), rows=blank.rows
        )
    for row, sample in blank.samples.items():
        path = ("blank", "samples", row)
        if not re.fullmatch(r"[1-9][0-9]?", row) or int(row) > blank.rows:
            source.complain(path, "sample_row", row=row, rows=blank.rows)
        for label in sample:
            _check_label(source, label, labels, (*path, label))


def _check_label(source: Source, label: str, labels: list[str], path: Path_) -> None:
    if label not in labels:
        source.complain(path, "unknown_label", label=label, near=nearest(label, labels))
