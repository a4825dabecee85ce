"""The sheet of paper of a form: a grid whose words are printed exactly as they stand."""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Tag
from pydantic import Field as Key

from models.rules.definitions.by_kind import ByKind, for_kind
from models.rules.fields import Definition
from models.rules.fields.base import Words
from models.rules.filing_kind import FilingKind

Side = Literal["left", "center", "right"]
Span = Annotated[int, Key(ge=1, le=60)]
Fill = Literal["", "number", "unit", "date"]


class HeadLine(Definition):
    """A line above the grid: a fixed text, then an item's answer or what the office fills in."""

    text: str
    item: str = ""
    fill: Fill = ""
    align: Side = "left"


class LabelCell(Definition):
    """Printed words."""

    label: str
    hint: str = ""
    span: Span = 1
    rows: Span = 1
    align: Side = "center"


class SideCell(Definition):
    """Printed words set vertically beside several rows."""

    side: Words
    span: Span = 1
    rows: Span = 1


class ItemCell(Definition):
    """The answer of one item, or of several joined. `boxes` prints its choices as □.

    The nth □ of `boxes` belongs to the nth of `choices` (all choices of the item when left out).
    """

    item: str = ""
    items: list[Words] = []
    joiner: str = ""
    hint: str = ""
    boxes: str = ""
    choices: list[Words] = []
    span: Span = 1
    rows: Span = 1
    align: Side = "center"
    height: float | None = None

    def paths(self) -> list[str]:
        """The items it prints."""
        return [self.item] if self.item else self.items


class StepCell(Definition):
    """The box in which a step of the route gives its opinion and signs."""

    step: Words
    span: Span = 1
    rows: Span = 1
    height: float | None = None


class CommitmentCell(Definition):
    """A promise printed in full, signed in the same box by the person of a step."""

    commitment: ByKind[str]
    step: Words
    span: Span = 1
    rows: Span = 1
    height: float | None = None

    def promise(self, kind: FilingKind | str) -> str:
        """What is promised in a filing of this kind; '' for nothing."""
        return for_kind(self.commitment, kind, "").strip("\n")


CELL_KEYS = ("commitment", "step", "side", "label", "item", "items")


def _kind_of_cell(value: Any) -> str | None:
    """A cell is known by the key it has."""
    if isinstance(value, Definition):
        return {
            LabelCell: "<label>",
            SideCell: "<side>",
            ItemCell: "<item>",
            StepCell: "<step>",
            CommitmentCell: "<commitment>",
        }[type(value)]
    key = next((key for key in CELL_KEYS if isinstance(value, dict) and key in value), None)
    return f"<{key.replace('items', 'item')}>" if key else None


Cell = Annotated[
    Annotated[LabelCell, Tag("<label>")]
    | Annotated[SideCell, Tag("<side>")]
    | Annotated[ItemCell, Tag("<item>")]
    | Annotated[StepCell, Tag("<step>")]
    | Annotated[CommitmentCell, Tag("<commitment>")],
    Discriminator(_kind_of_cell),
]


class Paper(Definition):
    """One sheet. `widths` are per cent of the grid and add up to 100."""

    page: Literal["A4 portrait", "A4 landscape"] = "A4 portrait"
    above: list[HeadLine] = []
    title: Words
    below: list[HeadLine] = []
    widths: list[Annotated[float, Key(gt=0)]] = Key(min_length=1)
    rows: list[list[Cell]] = Key(min_length=1)
    notes: str = ""
    copies: list[Words] = []

    def cells(self) -> list[Cell]:
        """Every cell, row by row."""
        return [cell for row in self.rows for cell in row]

    def steps(self) -> list[str]:
        """The steps that have a box, in the order of the paper."""
        return [c.step for c in self.cells() if isinstance(c, StepCell | CommitmentCell)]

    def printed(self) -> set[str]:
        """The paths of all items on the paper."""
        in_cells = {path for c in self.cells() if isinstance(c, ItemCell) for path in c.paths()}
        return in_cells | {line.item for line in self.above + self.below if line.item}
