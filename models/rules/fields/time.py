"""Types of the calendar: date and month."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar, Literal

from models.rules.dates import LONGEST_WRITTEN
from models.rules.fields.base import Condition, Field
from models.rules.fields.cell_words import NOTHING, lost_nought, written_day
from models.rules.messages import say
from models.rules.typed_text import normalised

_SEPARATORS = re.compile(r"[年月./\-]")


class Date(Field):
    """A day, kept as 2022-02-20."""

    type: Literal["date"]
    unsaid: ClassVar = NOTHING

    def parse(self, typed: str, label: str) -> str:
        parts = _numbers(typed)
        if len(parts) != 3:
            raise ValueError(say("date", label=label))
        day = _day(*parts)
        if day is None:
            raise ValueError(say("date_impossible", label=label, typed=typed))
        return day.isoformat()

    def text(self, value: Any) -> str:
        day = _stored(value)
        return f"{day.year}年{day.month}月{day.day}日" if day else ""

    def cell(self, value: Any) -> tuple[Any, str]:
        day = _stored(value)
        return (day, 'yyyy"年"m"月"d"日"') if day else ("", "@")

    def from_cell(self, text: str) -> dict[str, list[str]]:
        return super().from_cell(written_day(text))

    def example(self, seed: int) -> str:
        return f"{2010 + seed % 15}-{1 + seed % 12:02d}-{1 + seed % 28:02d}"


class Month(Field):
    """A month, kept as 2019-09 (创建时间写清年、月即可); of a whole date the day is left out.

    `year_alone_when`: for which answers a year will do, kept as 2019 (a journal's).
    """

    type: Literal["month"]
    unsaid: ClassVar = NOTHING
    year_alone_when: Condition | None = None

    def parse(self, typed: str, label: str) -> str:
        parts = _numbers(typed.strip().removesuffix("年") if self.year_alone_when else typed)
        if len(parts) == 1 and self.year_alone_when:
            if _day(parts[0], 1, 1) is None:
                raise ValueError(say("month_impossible", label=label, typed=typed))
            return str(parts[0])
        if len(parts) not in (2, 3):
            raise ValueError(say("month", label=label))
        day = _day(*(parts if len(parts) == 3 else [*parts, 1]))
        if day is None:
            raise ValueError(say("month_impossible", label=label, typed=typed))
        return f"{day.year:04d}-{day.month:02d}"

    def against(self, value: Any, answers: Mapping[str, Any]) -> str:
        alone = self.year_alone_when
        if _stored_year(value) and not (alone and alone.holds(answers)):
            return say("month", label=self.label)
        return ""

    def text(self, value: Any) -> str:
        if year := _stored_year(value):
            return f"{year}年"
        day = _stored_month(value)
        return f"{day.year}年{day.month}月" if day else ""

    def cell(self, value: Any) -> tuple[Any, str]:
        if year := _stored_year(value):
            return f"{year}年", "@"
        day = _stored_month(value)
        return (day, 'yyyy"年"m"月"') if day else ("", "@")

    def from_cell(self, text: str) -> dict[str, list[str]]:
        return super().from_cell(written_day(text))

    def doubt(self, text: str) -> str:
        year = lost_nought(text)
        return say("month_in_doubt", label=self.label, typed=text, year=year) if year else ""

    def example(self, seed: int) -> str:
        return f"{2010 + seed % 15}-{1 + seed % 12:02d}"


def _numbers(typed: str) -> list[int]:
    """The numbers of a written date, [] when it holds anything else or is absurdly long."""
    if len(typed) > LONGEST_WRITTEN:
        return []
    plain = normalised("NFKC", typed).replace(" ", "")
    if len(plain) > 12:
        return []
    pieces = _SEPARATORS.split(re.sub(r"[月日]$", "", plain))
    if len(pieces[0]) != 4 or not all(re.fullmatch(r"[0-9]{1,4}", piece) for piece in pieces):
        return []
    return [int(piece) for piece in pieces]


def _day(year: int, month: int, day: int) -> date | None:
    """The day, when the calendar has it and it can be when an account was opened."""
    try:
        return date(year, month, day) if 1900 <= year <= 2100 else None
    except ValueError:
        return None


def _stored(value: Any) -> date | None:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        return None


def _stored_year(value: Any) -> str:
    return value if isinstance(value, str) and re.fullmatch("[0-9]{4}", value) else ""


def _stored_month(value: Any) -> date | None:
    return _stored(f"{value}-01") if isinstance(value, str) else None
