"""统计: a school's channels in figures, each question asked of the database once and summed there.

A planned channel is a draft and a void one a mistake: neither is counted anywhere.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Case, ColumnElement, Row, and_, case, func, select

from models.channels.channel import Channel, ChannelState
from models.clock import campus_time, utcnow
from models.database import db
from models.filings.filing import Filing
from models.findings.sanction import Sanction
from models.people.unit import tree
from models.register.staleness import stale_condition
from models.rules.definitions.institution import Institution
from models.rules.filing_kind import FilingKind
from models.rules.filters import year_of
from models.rules.workflow import State

FEWEST_YEARS, MOST_YEARS = 5, 10
MOST_FOLLOWED = 10

CHANNEL, FILING, SANCTION = Channel.__table__.c, Filing.__table__.c, Sanction.__table__.c
IN_FORCE = CHANNEL.state == ChannelState.in_force
COUNT = func.count()
# A newspaper is on no platform; what it is by nature says as much.
PLATFORM = case((CHANNEL.platform == "", CHANNEL.nature), else_=CHANNEL.platform)


@dataclass(frozen=True)
class Question:
    """Which channels: of the given units (None: of the whole school), of one form or of all."""

    institution: Institution
    units: set[int] | None = None
    form: str = ""

    @property
    def conditions(self) -> list[ColumnElement[bool]]:
        wanted = [CHANNEL.institution == self.institution.code]
        if self.units is not None:
            wanted.append(CHANNEL.unit_id.in_(self.units))
        if self.form:
            wanted.append(CHANNEL.form == self.form)
        return wanted


@dataclass(frozen=True)
class Standings:
    """Every channel once: a stale one (待核实) that is incomplete too (待补充) counts as stale.

    `both`: how many of the stale ones are incomplete too.
    """

    well: int
    stale: int
    incomplete: int
    closing: int
    closed: int
    both: int

    @property
    def in_force(self) -> int:
        return self.well + self.stale + self.incomplete

    @property
    def every(self) -> int:
        return self.in_force + self.closing + self.closed


@dataclass(frozen=True)
class Platform:
    """The channels in force on a platform: `counted` of them say how many follow, `followers` in all."""

    name: str
    channels: int
    counted: int
    followers: int


@dataclass(frozen=True)
class Year:
    """What was approved in a year of the campus clock, and how many were in force at its end."""

    year: int
    opened: int
    changed: int
    closed: int
    in_force: int


@dataclass(frozen=True)
class Figures:
    """All of the page. `tiers` and `unit_kinds` are by code; `years` end with this one."""

    as_of: datetime
    standings: Standings
    platforms: list[Platform]
    tiers: dict[str, int]
    unit_kinds: dict[str, int]
    most_followed: list[Row]
    years: list[Year]


def figures(question: Question, now: datetime | None = None) -> Figures:
    """Counts everything, in six questions however many channels there are.

    Each of `most_followed` has id, title, platform, unit_id and followers.
    """
    now = now or utcnow()
    standings = _standings(question, now)
    return Figures(
        as_of=now,
        standings=standings,
        platforms=_platforms(question),
        tiers=_tiers(question),
        unit_kinds=_unit_kinds(question),
        most_followed=_most_followed(question),
        years=_years(question, standings.in_force, campus_time(now).year),
    )


def _standings(question: Question, now: datetime) -> Standings:
    stale = stale_condition(question.institution, campus_time(now).date())
    standing = case(
        (and_(stale, CHANNEL.incomplete), "both"),
        (stale, "stale"),
        (and_(IN_FORCE, CHANNEL.incomplete), "incomplete"),
        (IN_FORCE, "well"),
        (CHANNEL.gone_at.is_(None), "closing"),
        else_="closed",
    )
    counted = CHANNEL.state.in_([ChannelState.in_force, ChannelState.closed])
    query = select(standing, COUNT).where(*question.conditions, counted).group_by(standing)
    counts = Counter(dict(db.session.execute(query).all()))
    return Standings(
        well=counts["well"],
        stale=counts["stale"] + counts["both"],
        incomplete=counts["incomplete"],
        closing=counts["closing"],
        closed=counts["closed"],
        both=counts["both"],
    )


def _platforms(question: Question) -> list[Platform]:
    query = select(
        PLATFORM, COUNT, func.count(CHANNEL.followers), func.coalesce(func.sum(CHANNEL.followers), 0)
    )
    query = query.where(*question.conditions, IN_FORCE).group_by(PLATFORM)
    # PostgreSQL sums big integers up as decimals.
    platforms = [
        Platform(name, channels, counted, int(followers))
        for name, channels, counted, followers in db.session.execute(query)
    ]
    return sorted(platforms, key=lambda platform: (-platform.channels, platform.name))


def _tiers(question: Question) -> dict[str, int]:
    """Of the forms that ask for a tier: chat groups have none, which is no lack."""
    forms = question.institution.forms.values()
    tiered = CHANNEL.form.in_([form.code for form in forms if form.channel.tier])
    return _in_force_by(question, CHANNEL.tier, tiered)


def _unit_kinds(question: Question) -> dict[str, int]:
    nodes, counts = tree(question.institution.code).nodes, Counter()
    for unit, channels in _in_force_by(question, CHANNEL.unit_id).items():
        counts[nodes[unit].kind] += channels
    return dict(counts.most_common())


def _in_force_by(question: Question, column: ColumnElement, *narrower: ColumnElement[bool]) -> dict:
    query = select(column, COUNT).where(*question.conditions, IN_FORCE, *narrower)
    return dict(db.session.execute(query.group_by(column)).all())


def _most_followed(question: Question) -> list[Row]:
    query = select(CHANNEL.id, CHANNEL.title, PLATFORM.label("platform"), CHANNEL.unit_id, CHANNEL.followers)
    query = query.where(*question.conditions, IN_FORCE, CHANNEL.followers.is_not(None))
    order = CHANNEL.followers.desc(), CHANNEL.id
    return list(db.session.execute(query.order_by(*order).limit(MOST_FOLLOWED)))


def _years(question: Question, in_force: int, this_year: int) -> list[Year]:
    """The years from the first approval on, FEWEST_YEARS to MOST_YEARS of them.

    Counted back from what is in force now: an account that was closed and opened again has lost
    its `closed_at`, but not the filings that closed and opened it.
    """
    approvals = _approvals(question, this_year)
    first = min((year for year, _ in approvals), default=this_year)
    span = min(max(this_year - first + 1, FEWEST_YEARS), MOST_YEARS)
    years: list[Year] = []
    for year in range(this_year, this_year - span, -1):
        opened, changed, closed = (
            approvals[year, kind] for kind in (FilingKind.first, FilingKind.change, FilingKind.close)
        )
        years.append(Year(year, opened, changed, closed, in_force))
        in_force += closed - opened
    return years[::-1]


def _approvals(question: Question, this_year: int) -> Counter[tuple[int, FilingKind]]:
    """How many filings of each kind were approved in each of the years that may be shown."""
    earliest, _ = year_of(this_year - MOST_YEARS + 1)
    year = _year(FILING.decided_at, this_year)
    query = select(year, FILING.kind, COUNT).join_from(Filing, Channel, FILING.channel_id == CHANNEL.id)
    query = query.where(*question.conditions, FILING.state == State.filed, FILING.decided_at >= earliest)
    rows = db.session.execute(query.group_by(year, FILING.kind))
    counted = Counter({(decided, kind): filings for decided, kind, filings in rows})
    for closed_in, channels in _banned(question, this_year):
        counted[closed_in, FilingKind.close] += channels
    return counted


def _banned(question: Question, this_year: int) -> Iterable[Row]:
    """How many accounts left the register in each year without a filing: banned and seen gone."""
    year = _year(CHANNEL.closed_at, this_year)
    query = select(year, COUNT).join_from(Sanction, Channel, SANCTION.channel_id == CHANNEL.id)
    # Who filed its closing before it was seen gone is counted by that filing.
    query = query.where(*question.conditions, SANCTION.gone_at == CHANNEL.closed_at)
    earliest, _ = year_of(this_year - MOST_YEARS + 1)
    return db.session.execute(query.where(CHANNEL.closed_at >= earliest).group_by(year))


def _year(moment: ColumnElement, this_year: int) -> Case:
    """The year of a moment on the campus clock: no two databases agree on how to ask for it."""
    years = range(this_year, this_year - MOST_YEARS, -1)
    return case(*((moment >= year_of(year)[0], year) for year in years))
