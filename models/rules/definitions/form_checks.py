"""What a form's YAML must be beyond its shape: names, conditions, steps."""

from collections.abc import Iterable
from typing import Any

import wtforms

from models.rules.definitions.definition import Form
from models.rules.definitions.identifier_checks import check_identifiers, check_naming
from models.rules.definitions.presets import nearest
from models.rules.definitions.yaml_source import Path_, Source
from models.rules.fields import Condition, Field
from models.rules.fields.base import FILING_KIND, OWNER_KIND
from models.rules.fields.choice import Choice
from models.rules.fields.people import People
from models.rules.filing_kind import FilingKind

# Names that a WTForms form or the request itself already uses.
RESERVED = set(dir(wtforms.Form)) | {
    FILING_KIND,
    OWNER_KIND,
    "csrf_token",
    "revision",
    "formdata",
    "obj",
    "prefix",
    "do",
    "form",
}


def check_form(source: Source, form: Form, owner_kinds: Iterable[str] | None) -> None:
    """Add every mistake to the source's errors. `owner_kinds` None: the school is unreadable."""
    known: dict[str, Field] = {}
    for s, section in enumerate(form.sections):
        _check_condition(source, form, section.visible_when, known, ("sections", s, "visible_when"))
        for i, item in enumerate(section.items):
            path = ("sections", s, "items", i)
            _check_name(source, item.name, known, path)
            for key in ("visible_when", "optional_when", "year_alone_when"):
                _check_condition(source, form, getattr(item, key, None), known, (*path, key))
            _check_item(source, item, known, path)
            known.setdefault(item.name, item)
    _check_channel(source, form)
    check_identifiers(source, form)
    check_naming(source, form, owner_kinds)
    _check_steps(source, form, known, owner_kinds)


def _check_channel(source: Source, form: Form) -> None:
    own = {"followers", "others", "happened", "identifiers", "naming"}
    for key, item_path in form.channel.model_dump(exclude=own).items():
        if item_path:
            check_path(source, form, item_path, ("channel", key))
    counted = form.channel.followers
    if counted and counted not in {item.name for item in form.items() if item.type == "number"}:
        source.complain(("channel", "followers"), "not_a_number", path=counted)
    for n, item_path in enumerate(form.channel.others):
        check_path(source, form, item_path, ("channel", "others", n))
    for kind, name in form.channel.happened.items():
        if name not in {item.name for item in form.items(kind) if item.type == "date"}:
            source.complain(("channel", "happened", str(kind)), "not_a_date", name=name, kind=kind.label)
    if FilingKind.first not in form.kinds:
        source.complain(("kinds",), "first_missing")


def _check_name(source: Source, name: str, known: Iterable[str], path: Path_) -> None:
    if name in RESERVED:
        source.complain((*path, "name"), "reserved_name", name=name)
    elif name in known:
        source.complain((*path, "name"), "duplicate_name", name=name)


def _check_item(source: Source, item: Field, known: dict[str, Field], path: Path_) -> None:
    if isinstance(item, People):
        if item.required:
            source.complain((*path, "required"), "people_required")
        for key, parts in (("rows", item.rows), ("columns", item.columns)):
            seen: set[str] = set()
            for n, part in enumerate(parts):
                _check_name(source, part.name, seen, (*path, key, n))
                seen.add(part.name)
        for n, column in enumerate(item.columns):
            _check_item(source, column, known, (*path, "columns", n))
    if isinstance(item, Choice) and item.allow_other and "other" not in item.choices:
        source.complain((*path, "choices"), "other_missing")
    _check_default(source, item, path)
    at_most = getattr(item, "at_most", "")
    if at_most and getattr(known.get(at_most), "type", "") != "number":
        source.complain((*path, "at_most"), "at_most_number", path=at_most)


def _check_default(source: Source, item: Field, path: Path_) -> None:
    if item.default is None:
        return
    codes = getattr(item, "choices", None)
    try:
        wrong = item.default not in codes if codes else not item.parse(str(item.default), "")
    except ValueError:
        wrong = True
    if wrong:
        source.complain((*path, "default"), "bad_default", given=item.default)


def _check_condition(
    source: Source, form: Form, condition: Condition | None, known: dict[str, Field], path: Path_
) -> None:
    """A condition looks at an earlier choice of the form, or at the kind of filing."""
    if condition is None:
        return
    name, field_path = condition.field, (*path, "field")
    if name == FILING_KIND:
        check_codes(source, condition, FilingKind, path)
    elif name == OWNER_KIND:
        source.complain(field_path, "owner_kind_here")
    elif name in known:
        check_choice(source, condition, known[name], path)
    elif any(item.name == name for item in form.items()):
        source.complain(field_path, "later_item", field=name)
    else:
        source.complain(field_path, "unknown_item", path=name, near=nearest(name, known))


def check_choice(source: Source, condition: Condition, item: Field, path: Path_) -> None:
    """A condition's field must be of a choosing type and know the codes."""
    codes = getattr(item, "choices", None)
    if codes is None:
        source.complain((*path, "field"), "not_a_choice", field=condition.field)
    else:
        check_codes(source, condition, codes, path)


def check_codes(source: Source, condition: Condition, codes: Iterable[str], path: Path_) -> None:
    """A condition's codes must exist."""
    for n, code in enumerate(condition.codes):
        if code not in set(codes):
            source.complain(
                (*path, "in", n),
                "unknown_codes",
                field=condition.field,
                codes=code,
                near=nearest(code, codes),
            )


def check_path(source: Source, form: Form, item_path: str, path: Path_) -> Any:
    """The field of an item path written in the YAML; None, and a complaint, when unknown."""
    try:
        return form.field(item_path)
    except KeyError:
        near = nearest(item_path, all_paths(form))
        source.complain(path, "unknown_item", path=item_path, near=near)
        return None


def all_paths(form: Form) -> list[str]:
    """Every item and every part of a compound item."""
    return [
        path
        for item in form.items()
        for path in (item.name, *(f"{item.name}.{tail}" for tail in item.parts()))
    ]


def _check_steps(
    source: Source, form: Form, known: dict[str, Field], owner_kinds: Iterable[str] | None
) -> None:
    seen: set[str] = set()
    for n, step in enumerate(form.route.steps):
        path: Path_ = ("route", "steps", n)
        _check_name(source, step.name, seen, path)
        seen.add(step.name)
        if step.when is None:
            continue
        if step.when.field != OWNER_KIND:
            _check_condition(source, form, step.when, known, (*path, "when"))
        elif owner_kinds is not None:
            check_codes(source, step.when, owner_kinds, (*path, "when"))
