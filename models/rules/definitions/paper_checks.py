"""What a form's sheet of paper must be: a full grid, every item printed, every step a box."""

from models.rules.definitions.definition import Form
from models.rules.definitions.form_checks import check_path
from models.rules.definitions.layout import CommitmentCell, ItemCell, Paper, StepCell
from models.rules.definitions.presets import nearest
from models.rules.definitions.yaml_source import Path_, Source
from models.rules.fields import Field

BOX = "□"


def check_paper(source: Source, form: Form) -> None:
    """Add every mistake of the form's paper to the source's errors."""
    paper = form.paper
    if paper is None:
        return
    total = round(sum(paper.widths), 3)
    if total != 100:
        source.complain(("paper", "widths"), "widths_sum", total=f"{total:g}")
    _check_grid(source, paper)
    for key in ("above", "below"):
        for n, line in enumerate(getattr(paper, key)):
            path: Path_ = ("paper", key, n)
            if line.item and line.fill:
                source.complain(path, "item_or_fill")
            if line.item:
                check_path(source, form, line.item, (*path, "item"))
    for r, row in enumerate(paper.rows):
        for c, cell in enumerate(row):
            if isinstance(cell, ItemCell):
                _check_item_cell(source, form, cell, ("paper", "rows", r, c))
    _check_printed(source, form, paper)
    _check_boxes_of_steps(source, form, paper)


def _check_grid(source: Source, paper: Paper) -> None:
    """Each row must fill the columns that cells from above leave free, no more and no less."""
    wanted, last = len(paper.widths), len(paper.rows)
    from_above = [0] * wanted
    for r, row in enumerate(paper.rows):
        path: Path_ = ("paper", "rows", r)
        free = [c for c in range(wanted) if not from_above[c]]
        spans = sum(cell.span for cell in row)
        if spans != len(free):
            taken = spans + wanted - len(free)
            source.complain(path, "row_span", row=r + 1, taken=taken, wanted=wanted)
        from_above = [max(0, left - 1) for left in from_above]
        for c, cell in enumerate(row):
            columns, free = free[: cell.span], free[cell.span :]
            if columns and columns[-1] - columns[0] >= len(columns):
                source.complain((*path, c), "row_overlap", row=r + 1)
            if r + cell.rows > last:
                source.complain((*path, c), "rows_beyond", what=_words(cell))
            for column in columns:
                from_above[column] = cell.rows - 1


def _words(cell: object) -> str:
    names = ("label", "side", "step", "item")
    return next((value for name in names if (value := getattr(cell, name, ""))), "这一格")


def _check_item_cell(source: Source, form: Form, cell: ItemCell, path: Path_) -> None:
    if bool(cell.item) == bool(cell.items):
        source.complain(path, "item_or_items")
        return
    if not cell.item:
        for n, item_path in enumerate(cell.items):
            check_path(source, form, item_path, (*path, "items", n))
        return
    item = check_path(source, form, cell.item, (*path, "item"))
    if item is not None and (cell.boxes or cell.choices):
        _check_boxes(source, item, cell, path)


def _check_boxes(source: Source, item: Field, cell: ItemCell, path: Path_) -> None:
    known = getattr(item, "choices", None)
    if known is None:
        source.complain(path, "boxes_item", path=cell.item)
        return
    for n, code in enumerate(cell.choices):
        if code not in known:
            near = nearest(code, known)
            source.complain((*path, "choices", n), "unknown_codes", field=cell.item, codes=code, near=near)
    boxes, choices = cell.boxes.count(BOX), len(cell.choices or known)
    if cell.boxes and boxes != choices:
        source.complain((*path, "boxes"), "boxes_count", boxes=boxes, choices=choices)


def _check_printed(source: Source, form: Form, paper: Paper) -> None:
    """Asked means printed, person by person, unless the item says otherwise."""
    printed = paper.printed()
    for s, section in enumerate(form.sections):
        for i, item in enumerate(section.items):
            parts = {f"{item.name}.{tail}": part for tail, part in item.parts().items()}
            whole = item.name in printed
            for path, part in (parts if parts and not whole else {item.name: item}).items():
                key = _print_mistake(item.print and part.print, path in printed)
                if key:
                    where = ("sections", s, "items", i)
                    source.complain(where, key, path=path, label=part.label)


def _print_mistake(should: bool, is_printed: bool) -> str:
    if should == is_printed:
        return ""
    return "never_printed" if should else "printed_anyway"


def _check_boxes_of_steps(source: Source, form: Form, paper: Paper) -> None:
    steps, seen = {step.name: step for step in form.route.steps}, set()
    for r, row in enumerate(paper.rows):
        for c, cell in enumerate(row):
            if not isinstance(cell, StepCell | CommitmentCell):
                continue
            path: Path_ = ("paper", "rows", r, c, "step")
            if cell.step not in steps:
                near = nearest(cell.step, steps)
                source.complain(path, "box_without_step", step=cell.step, near=near)
            elif cell.step in seen:
                source.complain(path, "box_twice", step=cell.step)
            seen.add(cell.step)
    if form.route.signed_as != "sheet":
        return
    for n, step in enumerate(form.route.steps):
        if step.name not in seen:
            source.complain(("route", "steps", n), "step_without_box", step=step.name, label=step.label)
