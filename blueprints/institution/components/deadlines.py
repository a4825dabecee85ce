"""The clocks in words: by when a change or a closing is to be filed, and whether it was."""

from dataclasses import dataclass
from datetime import date

from flask import g

from blueprints.web.presentation import day
from models import clock
from models.clock import campus_now, campus_time
from models.filings.filing import OPEN, Filing
from models.rules.answer_columns import happened_on
from models.rules.deadlines import deadline, is_too_far_ahead
from models.rules.definitions.definition import Form
from models.rules.filing_kind import FilingKind
from models.rules.messages import say

ACTIONS = {FilingKind.change: "报备", FilingKind.close: "办理注销"}


@dataclass(frozen=True)
class Due:
    """A deadline as a page says it; `short` is for the row of a list, '' when not late."""

    words: str
    late: bool
    short: str = ""


def due(filing: Filing, happened: date | None = None) -> Due | None:
    """How a filing stands with its clock; None when it has none.

    While it is written the clock runs to today; once handed in it stands at the day it was.
    `happened`: the day just typed, when it is not kept yet.
    """
    waits = filing.is_editable
    until = campus_now() if waits else campus_time(filing.submitted_at)
    happened = happened or filing.happened_on
    limit = deadline(g.institution.clocks, filing.kind, happened, until.date())
    if limit is None:
        return None
    words = f"应在{day(limit.due_on)}前{ACTIONS[filing.kind]}，"
    days = abs(limit.days_left)
    if not waits:
        words += f"{day(until.date())}提交" + (f"，逾期 {days} 天" if limit.is_over else "")
    elif limit.is_over:
        words += f"已超过 {days} 天"
    else:
        words += f"还有 {days} 天" if days else "今天是最后一天"
    return Due(words, limit.is_over, f"逾期 {days} 天" if limit.is_over else "")


def late_words(filing: Filing) -> str:
    """逾期 3 天, for the rows of lists; '' in time, or once it is decided."""
    standing = due(filing) if filing.state in OPEN else None
    return standing.short if standing else ""


def too_far_ahead(definition: Form, kind: FilingKind, values: dict) -> dict[str, str]:
    """The sentence beside the day of a change or a stop that lies too far ahead; else empty."""
    happened = happened_on(definition, kind, values)
    if not is_too_far_ahead(kind, happened, clock.today()):
        return {}
    path = definition.channel.happened[kind]
    return {path: say(f"ahead_{kind}", label=definition.field(path).label)}
