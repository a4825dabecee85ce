"""From a form's layout and a filing to the sheet that is signed: every word in its cell."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from blueprints.institution.paper.boxes import codes_for, tick
from blueprints.institution.paper.grid import bands
from blueprints.institution.paper.sheet import Cell, HeadRow, Line, Run, Sheet, in_steps
from models.database import campus_time
from models.definition import Form
from models.institution import Institution
from models.layout import CommitmentCell, HeadLine, ItemCell, LabelCell, SideCell, StepCell
from models.route import Step
from models.workflow import State, Verb

# Before it is handed in, and after it came back, nobody's approval counts.
UNDER_REVIEW = {State.in_review, State.filed, State.rejected}
ROOM_TO_WRITE = "\u00a0" * 16
SIDES = ("left", "center", "right")


@dataclass(frozen=True)
class Approval:
    """What a step of the route said, and when."""

    opinion: str
    at: datetime


@dataclass(frozen=True)
class Entries:
    """What is filled in on a sheet; all empty on a blank form."""

    form: Form
    answers: Mapping[str, Any] = field(default_factory=dict)
    approvals: Mapping[str, Approval] = field(default_factory=dict)
    fills: Mapping[str, str] = field(default_factory=dict)


def draw_sheet(institution: Institution, definition: Form, filing=None) -> Sheet | None:
    """The sheet of a form, blank or filled with a filing.

    In: the school, the form (the filing's own edition) and the filing, or None for a blank form.
    A filing is anything with id, kind, owner_kind, state, answers, number, unit, submitted_at
    and events. Out: the sheet; None for a form that is signed as a list and has no paper.
    """
    paper = definition.paper
    if paper is None:
        return None
    entries = _entries(definition, filing) if filing is not None else Entries(definition)
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
        code=f"备案件 {filing.id}" if filing is not None and filing.id else "",
        landscape=landscape,
    )


def date_words(moment: datetime) -> str:
    """A date as it is written on paper, on the clock of the campus: 2022年2月20日."""
    day = campus_time(moment)
    return f"{day.year}年{day.month}月{day.day}日"


def _entries(definition: Form, filing) -> Entries:
    fills = {
        "number": filing.number,
        "unit": filing.unit.name,
        "date": date_words(filing.submitted_at) if filing.submitted_at else "",
    }
    return Entries(definition, filing.answers, _approvals(definition, filing), fills)


def _approvals(definition: Form, filing) -> dict[str, Approval]:
    """By name of the step, the approvals since the filing was last handed in."""
    if filing.state not in UNDER_REVIEW:
        return {}
    steps = definition.route.steps_for(filing.answers, filing.kind, filing.owner_kind)
    given: dict[str, Approval] = {}
    for event in filing.events:
        if event.verb == Verb.submit:
            given = {}
        elif event.verb == Verb.approve and event.step is not None and event.step < len(steps):
            given[steps[event.step].name] = Approval(event.opinion, event.at)
    return given


def _head_rows(lines: list[HeadLine], entries: Entries) -> tuple[HeadRow, ...]:
    """Lines side by side as long as each stands further right than the one before."""
    rows: list[list[Line]] = []
    for line in lines:
        value = entries.fills.get(line.fill, "") if line.fill else ""
        if line.item:
            value = entries.form.text(line.item, entries.answers)
        if not value and (line.fill or line.item):
            value = ROOM_TO_WRITE
        drawn = Line(line.text, value, line.align)
        if rows and SIDES.index(rows[-1][-1].align) < SIDES.index(line.align):
            rows[-1].append(drawn)
        else:
            rows.append([drawn])
    return tuple(HeadRow(tuple(row)) for row in rows)


def _cell(cell, entries: Entries) -> Cell:
    draw = {
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
    if cell.boxes:
        runs = tick(cell.boxes, codes_for(fields[0], cell.choices), values[0])
    else:
        texts = [
            item.text(value)
            for item, value in zip(fields, values, strict=True)
            if item.type != "image"
        ]
        runs = _words((cell.joiner or "　").join(text for text in texts if text))
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
    return _signed("opinion", cell, "", entries)


def _commitment(cell: CommitmentCell, entries: Entries) -> Cell:
    return _signed("commitment", cell, cell.commitment.strip("\n"), entries)


def _signed(kind, cell: StepCell | CommitmentCell, promise: str, entries: Entries) -> Cell:
    """A box with words at its head and a signature and a date at its foot.

    Words printed on the form stay; an opinion given in other words follows them. The line for
    the signature always stays free for ink.
    """
    step = next(step for step in entries.form.route.steps if step.name == cell.step)
    approval = entries.approvals.get(step.name) if step.print_approval else None
    printed = [words for words in (promise, step.opinion.strip("\n")) if words]
    if approval and approval.opinion and approval.opinion.strip() not in printed:
        printed.append(approval.opinion.strip())
    return Cell(
        kind,
        _words("\n".join(printed)),
        sign=tuple(step.sign),
        date=_date(step, approval),
        align="left",
        height=in_steps(cell.height or 0),
        **_size(cell),
    )


def _date(step: Step, approval: Approval | None) -> str:
    return date_words(approval.at) if approval else step.date.strip()


def _words(text: str) -> tuple[Run, ...]:
    return (Run(text),) if text else ()


def _size(cell) -> dict[str, int]:
    return {"columns": cell.span, "rows": cell.rows}
