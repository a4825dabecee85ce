"""How long a change or a closing may take to be filed: the school's clocks, without rows.

A change is due within `change_days` days of the calendar, a closing within `closing_days` working
days of China's calendar, weekends worked in exchange for a holiday included (the schools' notices
say 变更后…日内 and 停用后…个工作日内). The day itself does not count; 0 sets no limit.

A change is filed when it has happened, so its day may not lie ahead. A stop may be announced:
its day may lie up to 30 days ahead, so that an account can be closed on the day it ends.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

from models.rules.definitions.institution import Clocks
from models.rules.filing_kind import FilingKind

if TYPE_CHECKING:
    from holidays import HolidayBase

# How far ahead the day of a filing may lie.
AHEAD = {FilingKind.change: timedelta(0), FilingKind.close: timedelta(days=30)}


@dataclass(frozen=True)
class Deadline:
    """Until when something is to be filed; `days_left` is below 0 when that day is over."""

    kind: FilingKind
    happened_on: date
    due_on: date
    days_left: int

    @property
    def is_over(self) -> bool:
        return self.days_left < 0


def deadline(clocks: Clocks, kind: FilingKind, happened_on: date | None, today: date) -> Deadline | None:
    """By when a filing is due. `today`: the day to count to, or that on which it was handed in.

    None: nobody said when it happened, or the school sets this kind of filing no limit.
    """
    days = _limit(clocks, kind)
    if happened_on is None or not days:
        return None
    if kind is FilingKind.close:
        due_on = nth_working_day(happened_on, days)
    else:
        due_on = happened_on + timedelta(days=days)
    return Deadline(kind, happened_on, due_on, (due_on - today).days)


def first_in_time(clocks: Clocks, kind: FilingKind, today: date) -> date | None:
    """The earliest day that is not overdue today: what happened before it is. None: no limit."""
    days = _limit(clocks, kind)
    if not days:
        return None
    if kind is FilingKind.close:
        return nth_working_day(today, -days)
    return today - timedelta(days=days)


def nth_working_day(day: date, days: int) -> date:
    """The day so many working days after another one (before it, when below 0)."""
    return working_days().get_nth_working_day(day, days)


def is_too_far_ahead(kind: FilingKind, happened_on: date | None, today: date) -> bool:
    """Whether a filing of this kind may not be written yet."""
    return happened_on is not None and happened_on > today + AHEAD.get(kind, timedelta(0))


def _limit(clocks: Clocks, kind: FilingKind) -> int:
    limits = {FilingKind.change: clocks.change_days, FilingKind.close: clocks.closing_days}
    return limits.get(kind, 0)


@cache
def working_days() -> "HolidayBase":
    # Imported where it is needed: it would add a fifth of a second to every start.
    from holidays import country_holidays

    return country_holidays("CN")


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier, or the last day of a month that is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
