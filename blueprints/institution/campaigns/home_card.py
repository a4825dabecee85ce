"""The campaigns that run, as the home page shows them to whoever has to do with them."""

from dataclasses import dataclass
from datetime import datetime

from flask import g
from flask_login import current_user

from blueprints.institution.campaigns.listing import own_reports, reported_counts
from blueprints.institution.campaigns.words import Clock, countdown, late_by, next_due, report_words
from models.campaigns.campaign import Campaign, reporter_of, running
from models.campaigns.report import Report
from models.people.unit import tree
from models.rules.report_workflow import WRITABLE, ReportState, ReportVerb
from models.rules.workflow import Role

# A head of the whole school sees every unit's report; the board shows them all.
SHOWN = 6


@dataclass(frozen=True)
class Card:
    """One running campaign. `due`: the deadline of the person's own unit, for the office that of all.

    `counts`: only for the office. `led_by`: who reports for the person.
    """

    campaign: Campaign
    due: datetime
    clock: Clock
    counts: dict[str, int] | None
    reports: list[tuple[Report, str]]
    led_by: str


def cards() -> list[Card]:
    """A card per running campaign, the next deadline first."""
    campaigns = running(g.institution.code)
    if not campaigns:
        return []
    office = current_user.has(Role.office)
    own, counts = own_reports(campaigns), reported_counts(campaigns) if office else {}
    return [_card(campaign, own[campaign.id], counts.get(campaign.id), office) for campaign in campaigns]


def _card(campaign: Campaign, own: list[Report], counts: dict[str, int] | None, office: bool) -> Card:
    due = campaign.closes_at if office else next_due(campaign, own)
    lead = "" if own or office else led_by()
    return Card(campaign, due, countdown(due), counts, _mine(own, office), lead)


def led_by() -> str:
    """The names of the units that report for the person's own units; '' when there are none."""
    reporters = set(reporter_of(g.institution.code, current_user.visible_units() or ()).values())
    nodes = tree(g.institution.code).nodes
    return "、".join(nodes[unit].name for unit in sorted(reporters))


def words_and_clock() -> dict:
    """What the card's template asks with."""
    return {"report_words": report_words, "late_by": late_by}


def _mine(reports: list[Report], office: bool) -> list[tuple[Report, str]]:
    """The person's own reports with what they can do next, those to be done first."""
    if office:
        units = current_user.units(Role.reporter) | current_user.units(Role.head)
        reports = [report for report in reports if report.unit_id in units]
    steps = [(report, _next(report)) for report in reports]
    return sorted(steps, key=lambda pair: pair[1] == "查看")[:SHOWN]


def _next(report: Report) -> str:
    waits = report.state is ReportState.to_sign
    if waits and ReportVerb.sign in report.allowed(current_user, g.institution):
        return "去签字"
    reports = report.unit_id in current_user.units(Role.reporter)
    return "去填报" if reports and report.state in WRITABLE else "查看"
