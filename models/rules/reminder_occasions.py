"""When a unit is reminded by itself, and in which words time is told. No SQL, no Flask."""

from datetime import datetime, timedelta
from enum import StrEnum

DAY, LAST_HOURS = timedelta(days=1), timedelta(hours=3)


class Occasion(StrEnum):
    """Why a unit was reminded: somebody pressed the button, or the clock came to it.

    `contact`: somebody was spoken to in person about one account.
    """

    manual = "manual"
    opening = "opening"
    halfway = "halfway"
    day_before = "day_before"
    last_hours = "last_hours"
    contact = "contact"

    @property
    def label(self) -> str:
        return {
            "manual": "催报",
            "opening": "开始时",
            "halfway": "时间过半",
            "day_before": "截止前一天",
            "last_hours": "截止前三小时",
            "contact": "已联系本人",
        }[self]


def timetable(opens: datetime, due: datetime) -> list[tuple[datetime, Occasion]]:
    """When each occasion comes, in order; one that would come before the opening has no place."""
    times = [
        (opens + (due - opens) / 2, Occasion.halfway),
        (due - DAY, Occasion.day_before),
        (due - LAST_HOURS, Occasion.last_hours),
    ]
    return [(opens, Occasion.opening), *sorted(reminder for reminder in times if reminder[0] > opens)]


def latest(opens: datetime, due: datetime, now: datetime) -> tuple[datetime, Occasion] | None:
    """The last occasion that has come. Those missed before it are not made up for."""
    come = [reminder for reminder in timetable(opens, due) if reminder[0] <= now]
    return come[-1] if come else None


def time_left(due: datetime, now: datetime) -> str:
    """还剩 2 天 3 小时, 还剩 40 分钟, 已逾期 5 小时: late by the minute, 17:00:59 is in time."""
    left = due - now.replace(second=0, microsecond=0)
    if left < timedelta(0):
        return f"已逾期 {span(-left)}"
    return f"还剩 {span(left)}" if left else "就要截止"


def span(length: timedelta) -> str:
    """A length of time in its two largest parts: 3 天 6 小时, 2 小时, 15 分钟."""
    minutes = int(length.total_seconds()) // 60
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days} 天" + (f" {hours} 小时" if hours else "")
    if hours:
        return f"{hours} 小时" + (f" {minutes} 分钟" if minutes else "")
    return f"{minutes} 分钟"
