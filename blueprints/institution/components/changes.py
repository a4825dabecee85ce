"""变更对照: what a paper changes of another, as the form, the filing page and comparing show it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from blueprints.institution.loading import FilingCase
from models.filings.filing import Filing
from models.rules.answer_diff import differences
from models.rules.definitions.definition import Form
from models.rules.filing_kind import FilingKind

# The answer of one paper: the item as that paper's form has it, and the stored value.
Side = tuple[Any, Any]


@dataclass(frozen=True)
class Line:
    """One answer that differs. A side is None where that paper's form does not know the item."""

    label: str
    before: Side | None
    after: Side | None


@dataclass
class Group:
    """One line of the table: an item, or one person with the cells that differ."""

    label: str
    lines: list[Line] = field(default_factory=list)


@dataclass(frozen=True)
class Marks:
    """What the answers being written change. `before`: path to the value in force (变更前).

    A person's cell is marked, and so are the person's row and the whole table. `count`: how many
    items and persons; None for a filing that changes nothing by its kind.
    """

    before: dict[str, Any]
    count: int | None


def marks(case: FilingCase, values: Mapping[str, Any]) -> Marks:
    """The marks of a form filled with these answers."""
    filing = case.filing
    if not compares(filing):
        return Marks({}, None)
    base = filing.base_answers
    now = _whole(case, values)
    paths = [change["path"] for change in differences(case.form, FilingKind.first, base, now)]
    before = {above: _at(base, above) for path in paths for above in _prefixes(path)}
    return Marks(before, len({_row_of(path) for path in paths}))


def compares(filing: Filing) -> bool:
    """Whether a filing is read against what was in force: not a first one, nor a closing."""
    return filing.base_answers is not None and filing.kind is not FilingKind.close


def changes_of(case: FilingCase) -> list[Group]:
    """The table of a filing against what was in force when it was begun."""
    filing, form = case.filing, case.form
    paths = {change["path"]: change["label"] for change in filing.changes(form)}
    return _groups(paths, (form, filing.base_answers), (form, filing.answers))


def between(earlier: FilingCase, later: FilingCase) -> list[Group]:
    """The table of any two papers about one channel, each read by its own edition."""
    before = earlier.form, earlier.filing.answers
    after = later.form, later.filing.answers
    paths = _labels(before[0]) | _labels(after[0])
    differing = {
        path: label
        for path, label in paths.items()
        if _compared(_side(path, *before)) != _compared(_side(path, *after))
    }
    return _groups(differing, before, after)


def _whole(case: FilingCase, values: Mapping[str, Any]) -> dict[str, Any]:
    """The answers with those that this kind of filing does not ask for."""
    names = {item.name for item in case.form.items(case.filing.kind)}
    kept = {name: value for name, value in case.filing.answers.items() if name not in names}
    return kept | dict(values)


def _groups(paths: Mapping[str, str], before, after) -> list[Group]:
    """Gathers differing paths by person; every other item stands alone."""
    groups: dict[str, Group] = {}
    for path, label in paths.items():
        sides = _side(path, *before), _side(path, *after)
        row, column = _words(path, label, after[0], before[0])
        group = groups.setdefault(_row_of(path), Group(row))
        group.lines.append(Line(column, *sides))
    return list(groups.values())


def _row_of(path: str) -> str:
    """`team.admin2` of `team.admin2.name`; an item that is no table of persons is its own row."""
    return path.rpartition(".")[0] or path


def _words(path: str, label: str, *definitions: Form) -> tuple[str, str]:
    """What a person's row and cell are called; the item's label alone for any other."""
    name, _, tail = path.partition(".")
    row_name, _, column_name = tail.partition(".")
    for item in (item for form in definitions for item in form.items() if item.name == name):
        if item.type == "people":
            row = next((row.label for row in item.rows if row.name == row_name), label)
            columns = {column.name: column.label for column in item.columns}
            return row, columns.get(column_name, label)
    return label, ""


def _prefixes(path: str) -> list[str]:
    parts = path.split(".")
    return [".".join(parts[: depth + 1]) for depth in range(len(parts))]


def _at(answers: Mapping[str, Any], path: str) -> Any:
    value: Any = answers
    for key in path.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _side(path: str, definition: Form, answers: Mapping[str, Any]) -> Side | None:
    try:
        return definition.field(path), definition.value(path, answers)
    except KeyError:
        return None


def _compared(side: Side | None) -> Any:
    """What tells two answers apart: their words, and of a file which one it is."""
    if side is None:
        return ""
    item, value = side
    return value if item.is_upload else item.text(value)


def _labels(definition: Form) -> dict[str, str]:
    """Every path of a form with its label, in order."""
    labels = {}
    for item in definition.items():
        parts = item.parts()
        labels |= {f"{item.name}.{tail}": part.label for tail, part in parts.items()}
        if not parts:
            labels[item.name] = item.label
    return labels
