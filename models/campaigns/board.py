"""The board of a campaign: every unit's report beside what it has on the register.

A few questions are asked of the database, each for the whole school at once; what is below a unit
(归口) is added up in the tree.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from models.campaigns.campaign import Campaign, reporter_of
from models.campaigns.report import Report
from models.campaigns.signed_reading import tally
from models.channels.channel import Channel, ChannelState
from models.database import db
from models.filings.filing import Filing
from models.findings.found_account import unanswered_by_unit
from models.people.person import Grant, Person
from models.people.unit import tree
from models.register.staleness import stale_condition
from models.rules.definitions.institution import Institution
from models.rules.filing_kind import FilingKind
from models.rules.report_workflow import MISSING, ReportState
from models.rules.unit_tree import Node
from models.rules.workflow import Role, State

GROUP = "群"
SIGNED = (ReportState.reported, ReportState.received)
# What a count is called: platforms and groups on the register, of these what needs a look, and
# found accounts that the unit has not answered for.
COUNTED = ("platforms", "groups", "stale", "incomplete", "owed")


@dataclass
class Line:
    """A unit on the board, with everything below it counted in. `below`: those units apart."""

    unit: Node
    report: Report | None = None
    counts: Counter = field(default_factory=Counter)
    people: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    below: list["Line"] = field(default_factory=list)

    @property
    def missing(self) -> bool:
        """True while the office waits for it."""
        return self.report is not None and self.report.state in MISSING


@dataclass(frozen=True)
class Board:
    """All lines in the order of the tree, and what they come to.

    `filed`: what was filed while the campaign was open, by (is it a group, kind of filing).
    """

    lines: list[Line]
    filed: Counter

    def states(self) -> Counter:
        """How many units stand where: by state's code, 零报告 apart as `nil`."""
        return Counter(standing(line.report) for line in self.lines)

    @property
    def reports(self) -> list[Report]:
        return [line.report for line in self.lines if line.report is not None]

    def late(self, now: datetime | None = None) -> int:
        return sum(line.report.late(now) for line in self.lines)

    def total(self, name: str) -> int:
        return sum(line.counts[name] for line in self.lines)


def standing(report: Report) -> str:
    """A report's state on the board: a 零报告 that was handed over is shown as such."""
    nil = report.nil and report.state in SIGNED
    return "nil" if nil else str(report.state)


def draw(campaign: Campaign, institution: Institution, person: Person) -> Board:
    """The board as a person may see it: all units for the office, else their own."""
    visible, units = person.visible_units(), tree(campaign.institution)
    lines = {unit: Line(node) for unit, node in units.nodes.items() if visible is None or unit in visible}
    for report in _reports(campaign):
        if report.unit_id in lines:
            lines[report.unit_id].report = report
    filed = _count(campaign, institution, lines)
    for unit, owed in unanswered_by_unit(campaign.institution).items():
        if unit in lines:
            lines[unit].counts["owed"] += owed
    _name_people(campaign, lines)
    over = reporter_of(campaign.institution, lines)
    _count_as_signed(campaign, institution, lines, over)
    for unit, line in lines.items():
        above = lines.get(over.get(unit, unit))
        if above is not None and above is not line:
            above.below.append(line)
    for line in lines.values():
        for lower in line.below:
            line.counts.update(lower.counts)
    shown = [lines[node.id] for node, _ in units.ordered() if node.id in lines]
    return Board([line for line in shown if line.report is not None], filed)


def _reports(campaign: Campaign) -> list[Report]:
    query = select(Report).where(Report.campaign_id == campaign.id)
    return list(db.session.scalars(query.options(joinedload(Report.campaign))))


def _groups(campaign: Campaign, institution: Institution) -> set[str]:
    """Codes of the forms in scope whose filings are about a chat group."""
    forms = institution.forms
    return {code for code in campaign.forms if code in forms and forms[code].noun == GROUP}


def _count(campaign: Campaign, institution: Institution, lines: dict[int, Line]) -> Counter:
    """Adds what each unit has on the register; returns what was filed in the campaign."""
    groups, school = _groups(campaign, institution), campaign.institution
    stale, lacking = stale_condition(institution), Channel.incomplete
    query = (
        select(
            Channel.unit_id,
            Channel.form,
            func.count(),
            func.count().filter(stale),
            func.count().filter(lacking),
        )
        .where(
            Channel.institution == school,
            Channel.state == ChannelState.in_force,
            Channel.form.in_(campaign.forms),
        )
        .group_by(Channel.unit_id, Channel.form)
    )
    for unit, form, channels, quiet, incomplete in db.session.execute(query):
        if unit in lines:
            name = "groups" if form in groups else "platforms"
            lines[unit].counts.update({name: channels, "stale": quiet, "incomplete": incomplete})
    return _filed(campaign, lines, groups)


def _count_as_signed(
    campaign: Campaign, institution: Institution, lines: dict[int, Line], over: dict[int, int]
) -> None:
    """Of a unit whose report is signed, platforms and groups are those that were signed."""
    signed, groups = tally(campaign.id), _groups(campaign, institution)
    for unit, line in lines.items():
        above = lines.get(over.get(unit, unit))
        if above is None or above.report is None or above.report.state not in SIGNED:
            continue
        line.counts.update(platforms=-line.counts["platforms"], groups=-line.counts["groups"])
        for form, number in signed.get(unit, {}).items():
            line.counts["groups" if form in groups else "platforms"] += number


def _filed(campaign: Campaign, lines: dict[int, Line], groups: set[str]) -> Counter:
    query = (
        select(Filing.unit_id, Filing.form, Filing.kind, func.count())
        .where(
            Filing.institution == campaign.institution,
            Filing.state == State.filed,
            Filing.form.in_(campaign.forms),
            Filing.decided_at >= campaign.opens_at,
        )
        .group_by(Filing.unit_id, Filing.form, Filing.kind)
    )
    if campaign.ended_at is not None:
        query = query.where(Filing.decided_at <= campaign.ended_at)
    filed: Counter = Counter()
    for unit, form, kind, filings in db.session.execute(query):
        if unit in lines:
            filed[form in groups, FilingKind(kind)] += filings
    return filed


def _name_people(campaign: Campaign, lines: dict[int, Line]) -> None:
    query = (
        select(Grant.unit_id, Grant.role, Person.name)
        .join(Grant.person)
        .where(
            Person.institution == campaign.institution,
            Person.active,
            Grant.role.in_([Role.reporter, Role.head]),
        )
        .order_by(Person.id)
    )
    for unit, role, name in db.session.execute(query):
        if unit in lines:
            lines[unit].people[role].append(name)
