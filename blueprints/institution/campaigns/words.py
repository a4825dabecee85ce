"""A report and its deadline in words: 已报送 green, 还剩 3 天 6 小时, 迟报 2 小时."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.campaigns.campaign import Campaign
from models.campaigns.report import Report
from models.campaigns.supplement import Supplement
from models.clock import utcnow
from models.rules.reminder_occasions import span
from models.rules.report_workflow import MISSING, ReportState

TONES = {
    ReportState.not_started: "grey",
    ReportState.writing: "amber",
    ReportState.to_sign: "amber",
    ReportState.reported: "blue",
    ReportState.received: "green",
    ReportState.returned: "red",
}


@dataclass(frozen=True)
class Clock:
    """How far off a deadline is; `urgent`: over, or within three days."""

    words: str
    urgent: bool


def report_words(report: Report | Supplement) -> tuple[str, str]:
    """The state of a report, or of a supplement, and its tone; a 零报告 says so once it is reported."""
    tone = TONES[report.state]
    nil = isinstance(report, Report) and report.nil and report.state is ReportState.reported
    return ("零报告" if nil else report.state.label), tone


def countdown(due: datetime, now: datetime | None = None) -> Clock:
    """还剩 3 天 6 小时 before a deadline, 已过 2 小时 after it; its own minute is in time."""
    left, minute = due - (now or utcnow()), timedelta(minutes=1)
    if left <= -minute:
        return Clock(f"已过 {span(-left)}", True)
    words = f"还剩 {span(left)}" if left >= minute else "就要截止"
    return Clock(words, left <= timedelta(days=3))


def next_due(campaign: Campaign, reports: Collection[Report]) -> datetime:
    """The deadline that counts for whoever these reports are of: the next one still to be met.

    Without a report that is missing, the latest of theirs; without any, the campaign's.
    """
    missing = [report.due_at for report in reports if report.state in MISSING]
    every = [report.due_at for report in reports]
    return min(missing) if missing else max(every, default=campaign.closes_at)


def late_by(report: Report, now: datetime | None = None) -> str:
    """迟报 2 小时 of a report signed late, 逾期 2 小时 of one that is still missing; '' in time."""
    if not report.late(now):
        return ""
    over = (report.settled_at or now or utcnow()) - report.due_at
    return f"{'迟报' if report.reported_at else '逾期'} {span(over)}"
