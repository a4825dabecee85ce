"""The register's totals, from the tally that the database keeps (`models.channels.count_triggers`)."""

from collections import Counter
from dataclasses import asdict, dataclass

from sqlalchemy import bindparam, func, select

from models.channels.channel import Channel, ChannelState
from models.channels.count_triggers import ChannelTally
from models.database import db
from models.filings.numbering import Serial
from models.filings.queries import scope
from models.people.person import Person
from models.register.staleness import stale_before
from models.rules.definitions.institution import Institution
from models.rules.filters import Filters

# By these the tally is sorted; whatever else narrows a list has to be counted.
COUNTED = {"unit", "form", "platform", "state", "incomplete"}

TALLY, CHANNEL = ChannelTally.__table__.c, Channel.__table__.c
# Made once: to put a statement together costs more than to run it.
SCHOOL, UNITS = bindparam("school"), bindparam("units", expanding=True)
KINDS = (TALLY.standing, TALLY.incomplete, TALLY.platform)
BY_KIND = select(*KINDS, func.sum(TALLY.channels)).where(TALLY.institution == SCHOOL).group_by(*KINDS)
BY_KIND_WITHIN = BY_KIND.where(TALLY.unit_id.in_(UNITS))
STALE = select(func.count()).where(
    CHANNEL.institution == SCHOOL,
    CHANNEL.state == ChannelState.in_force,
    CHANNEL.quiet_since < bindparam("before"),
)
STALE_WITHIN = STALE.where(CHANNEL.unit_id.in_(UNITS))
YEARS = (
    select(Serial.__table__.c.year)
    .where(Serial.__table__.c.institution == SCHOOL)
    .order_by(Serial.__table__.c.year.desc())
)


@dataclass(frozen=True)
class Totals:
    """The head of the register, over what a person may see. `stale` None: no limit is set.

    `platforms`: those that have a channel, so that the filter offers nothing empty.
    """

    in_force: int
    stale: int | None
    incomplete: int
    closing: int
    closed: int
    platforms: list[str]


def totals(institution: Institution, person: Person) -> Totals:
    units = scope(person)
    query = BY_KIND if units is None else BY_KIND_WITHIN
    counts: Counter[str] = Counter()
    platforms = set()
    for standing, incomplete, platform, channels in db.session.execute(
        query, {"school": institution.code, "units": units}
    ):
        counts[standing] += channels
        if standing == "in_force" and incomplete:
            counts["incomplete"] += channels
        if channels and standing != "planned":
            platforms.add(platform)
    return Totals(
        in_force=counts["in_force"],
        stale=_stale(institution, units),
        incomplete=counts["incomplete"],
        closing=counts["closing"],
        closed=counts["closed"],
        platforms=sorted(platforms - {""}),
    )


def years(institution: str) -> list[int]:
    """The years in which a number was given, the latest first: those of approvals."""
    return list(db.session.scalars(YEARS, {"school": institution}))


def total(person: Person, filters: Filters) -> int | None:
    """How many channels the filters leave; None when the tally cannot tell."""
    standing = filters.state or "in_force"
    if standing == "all" or any(asdict(filters)[name] for name in set(asdict(filters)) - COUNTED):
        return None
    query = select(func.sum(TALLY.channels)).where(*_within(person, filters), TALLY.standing == standing)
    return db.session.scalar(query) or 0


def _within(person: Person, filters: Filters) -> list:
    conditions = [TALLY.institution == person.institution]
    units = scope(person, filters.unit)
    if units is not None:
        conditions.append(TALLY.unit_id.in_(units))
    chosen = {name: getattr(filters, name) for name in ("form", "platform")}
    conditions += [TALLY[name] == value for name, value in chosen.items() if value]
    if filters.incomplete:
        conditions.append(TALLY.incomplete)
    return conditions


def _stale(institution: Institution, units: set[int] | None) -> int | None:
    """Staleness comes with the days, so no tally has it: a range of the index of quiet days."""
    before = stale_before(institution)
    if before is None:
        return None
    query = STALE if units is None else STALE_WITHIN
    return db.session.scalar(query, {"school": institution.code, "units": units, "before": before})
