"""What an Excel list can be read into: filings of a form, the school's units, its people."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from models.rules.workflow import Refused

# Each is written with its events, up to two of them, in one transaction that the others wait for.
MOST_LINES = 500


class RowState(StrEnum):
    """What a row of an upload would do."""

    add = "add"
    change = "change"
    same = "same"
    wrong = "wrong"
    double = "double"
    left_out = "left_out"

    @property
    def label(self) -> str:
        return LABELS[self]


LABELS = {
    RowState.add: "新增",
    RowState.change: "变更",
    RowState.same: "无变化",
    RowState.wrong: "错误",
    RowState.double: "重复",
    RowState.left_out: "不导入",
}
# A column that is understood and passed over (序号, 状态): the path of its heading.
PASSED_OVER = "-"
# What confirming writes.
WRITTEN = (RowState.add, RowState.change)


@dataclass(frozen=True)
class Heading:
    """One column that a target can read.

    `path`: what its cells answer (`name`, `team.leader.phone`); `label`: how the preview heads it;
    `names`: every spelling under which a sheet may head it, its label included. `needed`: without
    it no row can be read. The rest is for the template: `group` stands above neighbours that share
    it, `help` below the heading as a note, `choices` are offered in a drop-down.
    """

    path: str
    label: str
    names: tuple[str, ...]
    needed: bool = False
    group: str = ""
    help: str = ""
    choices: tuple[str, ...] = ()


@dataclass
class Line:
    """One row under judgement; `Target.judge` fills in everything from `state` on.

    `words`: path -> the cell's text, corrections included. `damage`: path -> what Excel spoilt.
    `key`: the hidden key of our own export, '' elsewhere. `identity`: what two rows of one file
    may not share ('' when unknown). `errors`: path -> sentence ('' for the row as a whole).
    `notes`: what is worth knowing and stops nothing. `payload`: JSON that `confirm` writes from.
    """

    sheet: str
    number: int
    words: dict[str, str]
    key: str = ""
    damage: dict[str, str] = field(default_factory=dict)
    state: RowState = RowState.wrong
    title: str = ""
    identity: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    payload: dict[str, Any] = field(default_factory=dict)


class Overtaken(Refused):
    """Something changed between the preview and its confirmation; `numbers` index the lines."""

    def __init__(self, numbers: Sequence[int]):
        self.numbers = list(numbers)
        super().__init__(f"您核对期间有 {len(self.numbers)} 行的情况变了，已重新检查，请再看一遍。")


class Target(Protocol):
    """Reads lines into one kind of thing. It is made for one person, who may write it.

    `one_whole`: a line may lean on another one of the file (a unit's parent further down), so when
    one is corrected or left out, all are judged again.
    """

    code: str
    title: str
    one_whole: bool

    def headings(self) -> list[Heading]:
        """The columns in the order of the template."""
        ...

    def prepare(self, words: Iterable[Mapping[str, str]]) -> None:
        """Hear what all lines of the upload say (`Line.words`, those left out not) before judging.

        Called once on each new target before `judge`, whichever slice is judged then. Cheap:
        no question to the database. Targets whose lines stand alone do nothing.
        """
        ...

    def judge(self, lines: Sequence[Line]) -> None:
        """Fill in what each line would do. Writes nothing; asks the database in bulk."""
        ...

    def get_ready(self, most: int) -> None:
        """Do what must not happen within the transaction that writes up to so many lines."""
        ...

    def confirm(self, lines: Sequence[Line]) -> dict[str, Any]:
        """Write all lines of state add and change in the running transaction, with their event.

        After `get_ready`, in which there was none.

        Out: what the closing page says ({"added": n, "changed": n, …}). Raises Overtaken (then
        nothing may be committed) or Refused.
        """
        ...


def refuse_too_many(lines: Sequence[Line], number: int) -> bool:
    """Whether a list has more lines than are written at once; then each of these says so."""
    if number <= MOST_LINES:
        return False
    for line in lines:
        line.state = RowState.wrong
        line.errors = {"": f"名单一次最多导入 {MOST_LINES} 行，这个文件有 {number} 行，请分成几个文件上传。"}
    return True


def overtaken(seen: Sequence[Line], now: Sequence[Line]) -> list[int]:
    """Which lines would no longer do what somebody saw, by their place."""
    return [
        number
        for number, (before, after) in enumerate(zip(seen, now, strict=True))
        if (before.state, before.payload) != (after.state, after.payload)
    ]
