"""What was read of a workbook, as plain text: the same words a person would have typed."""

from dataclasses import dataclass, field

SAVE_ANEW = "请用 Excel 或 WPS 打开它，确认能看到内容，再“另存为”.xlsx 后重新上传。"


@dataclass(frozen=True)
class SheetRow:
    """One row as Excel numbers it, from 1.

    `cells`: every cell's text from column A on; '' where it is empty. `damage`: by column (from
    0) a sentence where Excel has spoilt what was typed (a formula's error, digits lost).
    `copied`: the columns whose text stands in another row of a merged cell. `wide`: a cell merged
    over about the whole width, as titles and notes are.
    """

    number: int
    cells: tuple[str, ...]
    damage: dict[int, str] = field(default_factory=dict)
    copied: frozenset[int] = frozenset()
    wide: bool = False

    @property
    def is_blank(self) -> bool:
        """Nothing but empty cells."""
        return not any(self.cells) and not self.damage


@dataclass(frozen=True)
class Sheet:
    """One sheet with its rows in order, blank ones left out; merged cells are filled down."""

    name: str
    rows: tuple[SheetRow, ...]


class BadWorkbook(Exception):
    """The file cannot be read; its text is a Chinese sentence that says what to do."""


def damaged() -> BadWorkbook:
    """For what is broken inside: cut off, changed, written by a faulty program."""
    return BadWorkbook(f"文件已损坏，读不了。{SAVE_ANEW}")
