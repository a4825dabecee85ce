"""The page behind the sheet of a change, a yearly review or a closing: what it is about, signed.

The sheets of the schools have no room for 变更前 or for the reason of a closing, and a form that
is signed as a list has no sheet at all; so this page is the house's own, in the school's labels.
"""

from blueprints.institution.paper.grid import bands
from blueprints.institution.paper.sheet import Cell, HeadRow, Line, Run, Sheet
from blueprints.institution.paper.signature_boxes import approvals_of, signature_box, steps_of
from blueprints.institution.paper.words import code_of, owner_of, title_of
from models.rules.definitions.definition import Form
from models.rules.filing_kind import FilingKind

TITLES = {FilingKind.change: "变更情况对照", FilingKind.review: "年审情况", FilingKind.close: "注销情况"}
# In per cent: a label and its answer twice over, or a label, 变更前 and 变更后.
WIDTHS = (22, 30, 9, 5, 34)
ANSWER, HALF = 4, 2
HEIGHT_TO_SIGN = 35
NOTE = "“变更前”是开始办理本件时在册的内容。"

Row = list[Cell]


def prints(definition: Form, filing) -> bool:
    """Whether a filing has anything to print: a row of a list is printed with its list, and of
    what was purged nothing is left."""
    if filing.purged_at:
        return False
    return definition.paper is not None or FilingKind(filing.kind) in TITLES


def holders(definition: Form) -> list[str]:
    """Who keeps a copy of what is printed (一式两份); [] where one copy is all."""
    return definition.paper.copies if definition.paper else []


def draw_comparison(definition: Form, filing) -> Sheet | None:
    """The page that follows the sheet; None for a first filing, and for a review that says
    nothing beyond its sheet.

    In: the filing's own edition, and the filing as `draw_sheet` takes it.
    """
    kind = FilingKind(filing.kind)
    changes, own = filing.changes(definition), _own_items(definition, filing)
    if kind not in TITLES or (kind is FilingKind.review and definition.paper and not changes + own):
        return None
    compared = [] if kind is FilingKind.close else _compared(changes)
    rows = [*_facts(definition, filing), *own, *compared, *_boxes(definition, filing)]
    return Sheet(
        title=TITLES[kind],
        bands=bands(rows, WIDTHS),
        above=(HeadRow((Line(definition.title),)),),
        notes=NOTE if changes else "",
        code=code_of(filing),
    )


def _facts(definition: Form, filing) -> list[Row]:
    return [
        [
            _label(f"{definition.noun}名称"), _answer(title_of(definition, filing), 1),
            _label("单位", HALF), _answer(owner_of(definition, filing), 1),
        ],
        [
            _label("编号"), _answer(filing.number, 1),
            _label("办理事项", HALF), _answer(FilingKind(filing.kind).label, 1),
        ],
    ]  # fmt: skip


def _own_items(definition: Form, filing) -> list[Row]:
    """What only this kind of filing is asked: 变更日期, 变更原因, 注销原因, 证明材料 …"""
    lasting = {item.name for item in definition.items(FilingKind.first)}
    return [
        [_label(item.label), _answer(item.text(filing.answers.get(item.name)), ANSWER)]
        for item in definition.visible(filing.answers, filing.kind)
        if item.name not in lasting
    ]


def _compared(changes: list[dict]) -> list[Row]:
    if not changes:
        return [[_label("变更内容"), _answer("与在册内容一致，没有变更。", ANSWER)]]
    head = [_label("项目"), _label("变更前", HALF), _label("变更后", HALF)]
    return [head, *(_change(change) for change in changes)]


def _change(change: dict) -> Row:
    before, after = (change[side] or "（无）" for side in ("before", "after"))
    return [_label(change["label"]), _answer(before, HALF), _answer(after, HALF)]


def _boxes(definition: Form, filing) -> list[Row]:
    """A box for each step to sign; words pre-printed for the opening of an account are left out."""
    approvals = approvals_of(definition, filing)
    return [
        [
            _label(step.label),
            signature_box("opinion", step, [], approvals.get(step.name),
                   columns=ANSWER, height=HEIGHT_TO_SIGN),
        ]
        for step in steps_of(definition, filing)
    ]  # fmt: skip


def _label(text: str, columns: int = 1) -> Cell:
    return Cell("label", (Run(text),), columns=columns)


def _answer(text: str, columns: int) -> Cell:
    return Cell("item", (Run(text),) if text else (), columns=columns, align="left")
