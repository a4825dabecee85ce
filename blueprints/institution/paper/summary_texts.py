"""What a summary table says besides its rows: head line, blank rows, notes, its file's name.

The workbook and the PDF are both drawn from here, so that they cannot differ.
"""

import re
from datetime import date

from models.rules.definitions.register import SERIAL, Register

# How the sheet leaves room for the date: 汇总时间：      年     月     日
DATE_BLANKS = re.compile(r"[ \u00a0\u3000]*年[ \u00a0\u3000]*月[ \u00a0\u3000]*日")
BLANK_DATE = "      年     月     日"


def head_line(register: Register, unit_name: str, day: date | None) -> tuple[str, str]:
    """The two ends of the line between title and table.

    In: the unit that reports and the day of summing up; '' and None leave them blank for ink.
    Out: the school's own words with unit and date put where the register says.
    """
    head = register.head
    return (
        _filled(head.left, head.fill_left, unit_name, day),
        _filled(head.right, head.fill_right, unit_name, day),
    )


def _filled(text: str, fill: str, unit_name: str, day: date | None) -> str:
    if fill == "unit":
        return text + unit_name
    if fill == "date":
        written = f"{day.year}年 {day.month}月 {day.day}日" if day else BLANK_DATE
        return DATE_BLANKS.sub("", text) + written
    return text


def blank_rows(register: Register, filled: int | None) -> list[list[str]]:
    """The rows that stand empty below `filled` ones, as many as the school's own sheet has.

    None is the school's blank form: it keeps the printed serial numbers and examples (附件2 and
    附件3 of the notice).
    """
    if filled is not None:
        return [[""] * len(register.columns)] * max(0, register.blank.rows - filled)
    return [_blank_row(register, number) for number in range(1, register.blank.rows + 1)]


def _blank_row(register: Register, number: int) -> list[str]:
    serial = "".join(register.blank.serials[number - 1 : number])
    sample = register.blank.samples.get(str(number), {})
    return [
        serial if column.value == SERIAL else sample.get(column.heading, "") for column in register.columns
    ]


def note_lines(register: Register) -> list[str]:
    """The notes at the foot, line by line, exactly as the school wrote and numbered them."""
    return register.notes.rstrip("\n").split("\n") if register.notes.strip() else []


def file_name(register: Register, unit_name: str, ending: str) -> str:
    """The download's name: 汇总表的标题（单位）.xlsx, without signs that a disk refuses."""
    name = f"{register.title}（{unit_name}）" if unit_name else register.title
    return re.sub(r'[\\/:*?"<>|\x00-\x1f]', "_", name)[:120] + ending
