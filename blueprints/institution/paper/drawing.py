"""From a form's layout and a filing to the sheet that is signed: every word in its cell."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from blueprints.institution.paper.grid import bands
from blueprints.institution.paper.sheet import Cell, HeadRow, Kind, Line, Run, Sheet, in_steps
from blueprints.institution.paper.signature_boxes import Approval, approvals_of, signature_box
from blueprints.institution.paper.words import ROOM_TO_WRITE, code_of, date_words, kind_of
from models.rules.answer_columns import unit_item
from models.rules.definitions.definition import Form
from models.rules.definitions.institution import Institution
from models.rules.definitions.layout import CommitmentCell, HeadLine, ItemCell, LabelCell, SideCell, StepCell
from models.rules.fields import Field
from models.rules.fields.base import codes_of
from models.rules.filing_kind import FilingKind

EMPTY, TICKED = "□", "☑"
LINE = re.compile("[_＿]{2,}")
SIDES = ("left", "center", "right")


@dataclass(frozen=True)
class Entries:
    """What is filled in on a sheet; all empty on a blank form."""

    form: Form
    answers: Mapping[str, Any] = field(default_factory=dict)
    approvals: Mapping[str, Approval] = field(default_factory=dict)
    fills: Mapping[str, str] = field(default_factory=dict)
    changed: frozenset[str] = frozenset()
    kind: FilingKind = FilingKind.first

    def moved(self, path: str) -> bool:
        """Whether the answer there, or a part of it, is another than the one in force."""
        return any(f"{other}.".startswith(f"{path}.") for other in self.changed)


def draw_sheet(
    institution: Institution, definition: Form, filing=None, shown: Mapping[str, Any] | None = None
) -> Sheet | None:
    """The sheet of a form, blank or filled with a filing.

    In: the school, the form (the filing's own edition) and the filing, or None for a blank form.
    A filing is anything with id, kind, owner_kind, state, answers, number, unit, submitted_at,
    events and, but for a first filing, changes(form): what it changes is marked. `shown`: what
    stands in the place of its answers (phones masked).
    Out: the sheet; None for a form that is signed as a list and has no paper.
    """
    paper = definition.paper
    if paper is None:
        return None
    entries = Entries(definition) if filing is None else _entries(definition, filing, shown)
    landscape = paper.page.endswith("landscape")
    rows = [[_cell(cell, entries) for cell in row] for row in paper.rows]
    return Sheet(
        title=paper.title,
        bands=bands(rows, paper.widths, landscape),
        above=_head_rows(paper.above, entries),
        below=_head_rows(paper.below, entries),
        notes=paper.notes.strip("\n"),
        copies=tuple(paper.copies),
        number=entries.fills.get("number", ""),
        code="" if filing is None else code_of(filing),
        landscape=landscape,
        kind="" if filing is None else kind_of(filing),
    )


def _entries(definition: Form, filing, shown: Mapping[str, Any] | None) -> Entries:
    fills = {
        "number": filing.number,
        "unit": filing.unit.name,
        "date": date_words(filing.submitted_at) if filing.submitted_at else "",
    }
    changed = frozenset(change["path"] for change in filing.changes(definition))
    answers = filing.answers if shown is None else shown
    return Entries(definition, answers, approvals_of(definition, filing), fills, changed, filing.kind)


def _head_rows(lines: list[HeadLine], entries: Entries) -> tuple[HeadRow, ...]:
    """Lines side by side as long as each stands further right than the one before."""
    rows: list[list[Line]] = []
    for line in lines:
        value = entries.fills.get(line.fill, "") if line.fill else ""
        if line.item:
            value = entries.form.text(line.item, entries.answers)
        if not value and (line.fill or line.item):
            value = ROOM_TO_WRITE
        path = unit_item(entries.form, FilingKind.first) if line.fill == "unit" else line.item
        drawn = Line(line.text, value, line.align, entries.moved(path))
        if rows and SIDES.index(rows[-1][-1].align) < SIDES.index(line.align):
            rows[-1].append(drawn)
        else:
            rows.append([drawn])
    return tuple(HeadRow(tuple(row)) for row in rows)


def _cell(cell, entries: Entries) -> Cell:
    draw: dict[type, Callable[[Any, Entries], Cell]] = {
        LabelCell: _label,
        SideCell: _side,
        ItemCell: _item,
        StepCell: _opinion,
        CommitmentCell: _commitment,
    }[type(cell)]
    return draw(cell, entries)


def _label(cell: LabelCell, entries: Entries) -> Cell:
    return Cell("label", _words(cell.label), hint=cell.hint, align=cell.align, **_size(cell))


def _side(cell: SideCell, entries: Entries) -> Cell:
    return Cell("side", _words(cell.side), **_size(cell))


def _item(cell: ItemCell, entries: Entries) -> Cell:
    form, paths = entries.form, cell.paths()
    fields = [form.field(path) for path in paths]
    values = [form.value(path, entries.answers) for path in paths]
    pictures = [
        str(value.get("attachment", ""))
        for item, value in zip(fields, values, strict=True)
        if item.type == "image" and isinstance(value, Mapping)
    ]
    changed = [entries.moved(path) for path in paths]
    if cell.boxes:
        runs = tick(cell.boxes, codes_for(fields[0], cell.choices), values[0], changed[0])
    else:
        texts = [
            Run("" if item.type == "image" else item.text(value), changed=other)
            for item, value, other in zip(fields, values, changed, strict=True)
        ]
        runs = _joined(cell.joiner or "　", [run for run in texts if run.text or run.changed])
    return Cell(
        "item",
        runs,
        hint=cell.hint,
        picture=next((picture for picture in pictures if picture), ""),
        align=cell.align,
        height=in_steps(cell.height or 0),
        **_size(cell),
    )


def _opinion(cell: StepCell, entries: Entries) -> Cell:
    return _signature_box("opinion", cell, "", entries)


def _commitment(cell: CommitmentCell, entries: Entries) -> Cell:
    return _signature_box("commitment", cell, cell.promise(entries.kind), entries)


def _signature_box(kind: Kind, cell: StepCell | CommitmentCell, promise: str, entries: Entries) -> Cell:
    step = next(step for step in entries.form.route.steps if step.name == cell.step)
    height = in_steps(cell.height or 0)
    if not step.asked_in(entries.kind):
        return Cell(kind, (), align="left", height=height, **_size(cell))
    printed = [promise, step.printed(entries.kind)]
    approval = entries.approvals.get(step.name)
    return signature_box(kind, step, printed, approval, height=height, **_size(cell))


def _joined(joiner: str, runs: list[Run]) -> tuple[Run, ...]:
    return tuple(part for run in runs for part in (Run(joiner), run))[1:]


def _words(text: str) -> tuple[Run, ...]:
    return (Run(text),) if text else ()


def _size(cell) -> dict[str, Any]:
    return {"columns": cell.span, "rows": cell.rows}


def tick(words: str, codes: Sequence[str], value: object, changed: bool = False) -> tuple[Run, ...]:
    """`words` with boxes ticked for a stored value; `changed`: marked as another than before.

    The nth □ belongs to the nth of `codes`. A printed line ____ after a ticked box takes the
    text written behind 其他; where the form has no such line the text follows the choice, so
    that nothing written is lost.
    """
    before, *choices = words.split(EMPTY)
    chosen = set(codes_of(value))
    other = _other_text(value)
    runs = [Run(before)] if before else []
    for number, label in enumerate(choices):
        ticked = number < len(codes) and codes[number] in chosen
        runs.append(Run(TICKED, changed=changed) if ticked else Run(EMPTY))
        takes_text = ticked and other and codes[number] == "other"
        runs += _fill(label, other) if takes_text else [Run(label)]
    if changed and TICKED not in [run.text for run in runs]:
        runs.insert(0, Run("", changed=True))
    return tuple(runs)


def codes_for(field: Field, choices: Sequence[str]) -> list[str]:
    """The codes that a cell's boxes stand for: its own list, or all of the item in their order."""
    return list(choices) or list(getattr(field, "choices", {}))


def _other_text(value: object) -> str:
    for choice in value if isinstance(value, list) else [value]:
        if isinstance(choice, Mapping):
            return str(choice.get("other") or "")
    return ""


def _fill(label: str, text: str) -> list[Run]:
    written = Run(f"\u00a0{text}\u00a0", filled=True)
    line = LINE.search(label)
    if line:
        return [Run(label[: line.start()]), written, Run(label[line.end() :])]
    name = label.rstrip()
    return [Run(name), written, Run(label[len(name) :])]
