"""Questions over filings and channels: lists with filters, what waits for whom, and pages.

Every select is held to what the person may see and has a stable order.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, not_, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from models.channel import Channel, ChannelState
from models.database import db, institutions, like, utcnow
from models.filing import Filing
from models.filters import EVERYTHING, Filters, one_of, year_of
from models.people import Person, Unit, tree
from models.tree import Node
from models.workflow import Actor, FilingKind, State

__all__ = ["Filters", "Page", "WaitingCounts", "WaitingList", "channels", "count", "drafts",
           "filings", "lists_waiting", "overdue", "page", "queue", "returned", "units", "waiting",
           "waiting_counts"]


STATES = {Filing: State, Channel: ChannelState}


@dataclass(frozen=True)
class Page:
    """One page of a list; `number` counts from 1, `total` is exact."""

    items: list[Any]
    total: int
    number: int
    pages: int


@dataclass(frozen=True)
class WaitingList:
    """One unit's filings of one form that wait to be signed as a list."""

    form: str
    unit: Unit
    filings: list[Filing]


@dataclass(frozen=True)
class WaitingCounts:
    """The badges of the home page. `overdue` counts those waiting for the person too long."""

    waiting: int
    returned: int
    drafts: int
    overdue: int


def filings(person: Person, filters: Filters = EVERYTHING) -> Select[tuple[Filing]]:
    """The filings a person may see, the latest touched first. Drafts: only those they may write."""
    asked = _asked(Filing, person, filters)
    asked = asked.where(or_(Filing.state != State.draft, _reporting(person.actor())))
    if filters.kind:
        asked = asked.where(Filing.kind.in_(one_of(FilingKind, filters.kind)))
    if filters.tier or filters.incomplete:
        asked = asked.join(Filing.channel)
    if filters.tier:
        asked = asked.where(Channel.tier == filters.tier)
    if filters.incomplete:
        asked = asked.where(Channel.incomplete, Channel.current_id == Filing.id)
    if filters.year is not None:
        asked = asked.where(Filing.created_at.between(*year_of(filters.year)))
    return asked.order_by(Filing.updated_at.desc(), Filing.id.desc())


def channels(person: Person, filters: Filters = EVERYTHING) -> Select[tuple[Channel]]:
    """The channels a person may see: the register. Those in force unless a state is asked for."""
    asked = _asked(Channel, person, filters)
    if not filters.state:
        asked = asked.where(Channel.state == ChannelState.in_force)
    # A planned one is a draft of its unit, and no matter of the register yet.
    asked = asked.where(Channel.state != ChannelState.planned)
    if filters.tier:
        asked = asked.where(Channel.tier == filters.tier)
    if filters.incomplete:
        asked = asked.where(Channel.incomplete)
    if filters.kind or filters.year is not None:
        asked = asked.where(_filed(filters))
    return asked.order_by(Channel.unit_id, Channel.form, Channel.title, Channel.id)


def queue(person: Person, signed_as: str = "") -> Select[tuple[Filing]]:
    """What waits for this person's signature, the longest waiting first.

    `signed_as`: only what is signed on a 'sheet' of its own, or only the rows of a 'list'. A
    closing of something on a list is looked at by itself.
    """
    asked = select(Filing).where(Filing.institution == person.institution, _waits_for(person))
    if signed_as:
        forms = institutions()[person.institution].forms.values()
        listed = and_(
            Filing.form.in_([form.code for form in forms if form.route.signed_as == "list"]),
            Filing.kind == FilingKind.first,
        )
        asked = asked.where(listed if signed_as == "list" else not_(listed))
    return asked.order_by(Filing.waiting_since, Filing.id)


def lists_waiting(person: Person) -> list[WaitingList]:
    """What waits for this person and is signed as a list, by unit and form."""
    groups: dict[tuple[int, str], list[Filing]] = defaultdict(list)
    for filing in db.session.scalars(queue(person, "list").options(joinedload(Filing.unit))):
        groups[filing.unit_id, filing.form].append(filing)
    return [WaitingList(form, rows[0].unit, rows) for (_, form), rows in groups.items()]


def returned(person: Person) -> Select[tuple[Filing]]:
    """What came back to the person's units, or to what they filed for others."""
    return _to_write(person, State.returned)


def drafts(person: Person) -> Select[tuple[Filing]]:
    """What the person may go on writing."""
    return _to_write(person, State.draft, State.withdrawn)


def overdue(person: Person, now: datetime | None = None) -> Select[tuple[Filing]]:
    """What has waited for the person longer than the school's `waiting_days`."""
    since = late_before(person.institution, now)
    return queue(person).where(false() if since is None else Filing.waiting_since < since)


def late_before(institution: str, now: datetime | None = None) -> datetime | None:
    """What has waited since before this moment is late; None where the school sets no limit."""
    days = institutions()[institution].clocks.waiting_days
    return (now or utcnow()) - timedelta(days=days) if days else None


def waiting(person: Person) -> int:
    """How many filings wait for the person's signature."""
    return count(queue(person))


def waiting_counts(person: Person, now: datetime | None = None) -> WaitingCounts:
    return WaitingCounts(
        waiting=waiting(person), returned=count(returned(person)),
        drafts=count(drafts(person)), overdue=count(overdue(person, now)),
    )


def units(person: Person) -> list[tuple[Node, int]]:
    """The units a person may narrow a list to, each with its depth in the tree."""
    visible = person.visible_units()
    return [(node, depth) for node, depth in tree(person.institution).ordered()
            if visible is None or node.id in visible]


def count(asked: Select) -> int:
    """How many rows a select finds."""
    return db.session.scalar(
        select(func.count()).select_from(asked.order_by(None).subquery())
    ) or 0


def page(asked: Select, number: int, size: int = 20) -> Page:
    """One page; a number beyond the last gives the last, one below the first the first."""
    total = count(asked)
    pages = max(1, ceil(total / size))
    number = min(max(1, number), pages)
    rows = db.session.scalars(asked.limit(size).offset((number - 1) * size))
    return Page(list(rows.unique()), total, number, pages)


def _asked(row: type[Filing] | type[Channel], person: Person, filters: Filters) -> Select:
    """What both lists share: the school, the person's units, and the filters both know."""
    asked = select(row).join(row.unit).options(contains_eager(row.unit))
    asked = asked.where(row.institution == person.institution)
    visible, units = person.visible_units(), tree(person.institution)
    if visible is not None:
        asked = asked.where(row.unit_id.in_(visible))
    if filters.unit is not None:
        asked = asked.where(row.unit_id.in_(units.below({filters.unit})))
    for name in ("form", "platform"):
        if getattr(filters, name):
            asked = asked.where(getattr(row, name) == getattr(filters, name))
    if filters.state:
        asked = asked.where(row.state.in_(one_of(STATES[row], filters.state)))
    if filters.q:
        asked = asked.where(_mentions(row, filters.q, units.named_like(filters.q)))
    return asked


def _mentions(row: type[Filing] | type[Channel], words: str, units: set[int]) -> ColumnElement:
    pattern = like(words)
    return or_(row.search.like(pattern, escape="\\"),
               func.lower(row.number).like(pattern, escape="\\"), row.unit_id.in_(units))


def _filed(filters: Filters) -> ColumnElement[bool]:
    """The channel's own approved filings: of the kind asked for, decided in the year asked for."""
    own = [Filing.channel_id == Channel.id, Filing.state == State.filed]
    if filters.kind:
        own.append(Filing.kind.in_(one_of(FilingKind, filters.kind)))
    if filters.year is not None:
        own.append(Filing.decided_at.between(*year_of(filters.year)))
    return exists().where(*own)


def _to_write(person: Person, *states: State) -> Select[tuple[Filing]]:
    asked = select(Filing).where(
        Filing.institution == person.institution, Filing.state.in_(states),
        _reporting(person.actor()),
    )
    return asked.order_by(Filing.updated_at.desc(), Filing.id.desc())


def _reporting(actor: Actor) -> ColumnElement[bool]:
    """`workflow.reports` in SQL."""
    theirs = Filing.unit_id.in_(actor.reporter_units)
    return or_(theirs, Filing.created_by_id == actor.id) if actor.office else theirs


def _waits_for(person: Person) -> ColumnElement[bool]:
    """The same judgement as `workflow`, in SQL, so that counts are exact and pages cheap."""
    actor = person.actor()
    whose = [
        and_(Filing.waits_for == "reporter", _reporting(actor)),
        and_(Filing.waits_for == "head", Filing.unit_id.in_(person.signs_for())),
    ]
    if actor.office:
        whose.append(Filing.waits_for == "office")
    if actor.office_head:
        whose.append(Filing.waits_for == "office_head")
    barred = (Filing.barred_submitter_id, Filing.barred_approver_id)
    free = [or_(column.is_(None), column != person.id) for column in barred]
    return and_(Filing.state == State.in_review, or_(*whose), *free)
