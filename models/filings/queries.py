"""Questions over filings: lists with filters, what waits for whom, and pages.

Every select is held to what the person may see and has a stable order.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Select, and_, bindparam, false, func, not_, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from models import clock
from models.channels.channel import Channel
from models.clock import utcnow
from models.database import db, like
from models.filings import hands
from models.filings.filing import Filing
from models.people.person import Person
from models.people.unit import Unit, tree
from models.rules.deadlines import first_in_time
from models.rules.definitions.institution import Institution
from models.rules.filing_kind import FilingKind
from models.rules.filters import EVERYTHING, Filters, one_of, year_of
from models.rules.unit_tree import Node
from models.rules.workflow import Actor, Role, State
from models.wording import mentions

# Begun and still to be handed in; a withdrawn one was put aside on purpose.
BEGUN = (State.draft, State.returned)
__all__ = [
    "Filters",
    "Page",
    "WaitingCounts",
    "WaitingList",
    "all_visible",
    "count",
    "drafts",
    "filings",
    "lists_waiting",
    "overdue",
    "page",
    "queue",
    "returned",
    "units",
    "waiting",
    "waiting_counts",
]
FILING = Filing.__table__.c


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


def filings(person: Person, filters: Filters = EVERYTHING) -> Select[Filing]:
    """The filings a person may see, the latest touched first. Drafts: only those they may write."""
    # A line says whether its channel is still to be completed.
    shown = contains_eager(Filing.unit), selectinload(Filing.channel)
    query = select(Filing).join(Filing.unit).options(*shown)
    query = query.where(Filing.institution == person.institution)
    units = scope(person, filters.unit)
    if units is not None:
        query = query.where(Filing.unit_id.in_(units))
    for name in ("form", "platform"):
        if getattr(filters, name):
            query = query.where(getattr(Filing, name) == getattr(filters, name))
    if filters.state:
        query = query.where(Filing.state.in_(one_of(State, filters.state)))
    if filters.q:
        query = query.where(_mentions(person.institution, filters.q))
    query = query.where(or_(Filing.state != State.draft, _reporting(person.actor())))
    if filters.kind:
        query = query.where(Filing.kind.in_(one_of(FilingKind, filters.kind)))
    if filters.tier or filters.incomplete:
        query = query.join(Filing.channel)
    if filters.tier:
        query = query.where(Channel.tier == filters.tier)
    if filters.incomplete:
        query = query.where(Channel.incomplete, Channel.current_id == Filing.id)
    if filters.year is not None:
        query = query.where(Filing.created_at.between(*year_of(filters.year)))
    return query.order_by(Filing.updated_at.desc(), Filing.id.desc())


def all_visible(person: Person, filing_ids: Collection[int]) -> bool:
    """Whether every one of these filings is there, and among what the person may see."""
    listed = filings(person).where(Filing.id.in_(filing_ids))
    return count(listed) == len(set(filing_ids))


def queue(institution: Institution, person: Person, signed_as: str = "") -> Select[Filing]:
    """What waits for this person's signature, the longest waiting first.

    `signed_as`: only what is signed on a 'sheet' of its own, or only the rows of a 'list'. A
    closing of something on a list is looked at by itself.
    """
    query = select(Filing).where(Filing.institution == person.institution, _waits_for(**_who(person)))
    if signed_as:
        forms = institution.forms.values()
        listed = and_(
            Filing.form.in_([form.code for form in forms if form.route.signed_as == "list"]),
            Filing.kind == FilingKind.first,
        )
        query = query.where(listed if signed_as == "list" else not_(listed))
    return query.order_by(Filing.waiting_since, Filing.id)


def lists_waiting(institution: Institution, person: Person) -> list[WaitingList]:
    """What waits for this person and is signed as a list, by unit and form."""
    groups: dict[tuple[int, str], list[Filing]] = defaultdict(list)
    for filing in db.session.scalars(queue(institution, person, "list").options(joinedload(Filing.unit))):
        groups[filing.unit_id, filing.form].append(filing)
    return [WaitingList(form, rows[0].unit, rows) for (_, form), rows in groups.items()]


def returned(person: Person) -> Select[Filing]:
    """What came back to the person's units, or to what they filed for others."""
    return _to_write(person, State.returned)


def drafts(person: Person) -> Select[Filing]:
    """What the person may go on writing."""
    return _to_write(person, State.draft, State.withdrawn)


def overdue(institution: Institution, person: Person, now: datetime | None = None) -> Select[Filing]:
    """What has waited for the person longer than the school's `waiting_days`."""
    since = late_before(institution, now)
    return queue(institution, person).where(false() if since is None else Filing.waiting_since < since)


def late_before(institution: Institution, now: datetime | None = None) -> datetime | None:
    """What has waited since before this moment is late; None where the school sets no limit."""
    days = institution.clocks.waiting_days
    return (now or utcnow()) - timedelta(days=days) if days else None


def waiting(person: Person) -> int:
    """How many filings wait for the person's signature; asked by every page's masthead."""
    return db.session.scalar(WAITING, {"school": person.institution, **_who(person)}) or 0


def waiting_counts(institution: Institution, person: Person, now: datetime | None = None) -> WaitingCounts:
    return WaitingCounts(
        waiting=waiting(person),
        returned=count(returned(person)),
        drafts=count(drafts(person)),
        overdue=count(overdue(institution, person, now)),
    )


def units(person: Person) -> list[tuple[Node, int]]:
    """The units a person may narrow a list to, each with its depth in the tree."""
    visible = person.visible_units()
    return [
        (node, depth)
        for node, depth in tree(person.institution).ordered()
        if visible is None or node.id in visible
    ]


def count(query: Select) -> int:
    """How many rows a select finds."""
    return db.session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0


def page(query: Select, number: int, size: int = 20) -> Page:
    """One page; a number beyond the last gives the last, one below the first the first."""
    total = count(query)
    pages = max(1, ceil(total / size))
    number = min(max(1, number), pages)
    rows = db.session.scalars(query.limit(size).offset((number - 1) * size))
    return Page(list(rows.unique()), total, number, pages)


def _mentions(institution: str, words: str) -> ColumnElement[bool]:
    pattern, units = like(words), tree(institution).named_like(words)
    return or_(
        Filing.search.like(pattern, escape="\\"), mentions(Filing.number, words), Filing.unit_id.in_(units)
    )


def _to_write(person: Person, *states: State) -> Select[Filing]:
    query = select(Filing).where(
        Filing.institution == person.institution, Filing.state.in_(states), _reporting(person.actor())
    )
    return query.order_by(Filing.updated_at.desc(), Filing.id.desc())


def _reporting(actor: Actor) -> ColumnElement[bool]:
    """`workflow.reports` in SQL."""
    return _reports(actor.reporter_units, actor.office, actor.id)


def _reports(units, office, person) -> ColumnElement[bool]:
    return or_(FILING.unit_id.in_(units), and_(office, FILING.created_by_id == person))


def _who(person: Person) -> dict[str, Any]:
    """All that decides what waits for a person; heads alone sign for units."""
    actor = person.actor()
    return {
        "reports": actor.reporter_units,
        "office": actor.office,
        "person": actor.id,
        "signs": person.signs_for() if person.has(Role.head) else [],
        "office_head": actor.office_head,
    }


def _waits_for(reports, signs, office, office_head, person) -> ColumnElement[bool]:
    """The same judgement as `workflow`, in SQL, so that counts are exact and pages cheap."""
    whose = [
        and_(FILING.waits_for == "reporter", _reports(reports, office, person)),
        and_(FILING.waits_for == "head", FILING.unit_id.in_(signs)),
        and_(FILING.waits_for == "office", office),
        and_(FILING.waits_for == "office_head", office_head),
    ]
    return and_(FILING.state == State.in_review, or_(*whose), not_(hands.is_barred(FILING, person)))


# Asked by the masthead of every page, and made once: that costs more than to ask.
WAITING = select(func.count()).where(
    FILING.institution == bindparam("school"),
    _waits_for(
        reports=bindparam("reports", expanding=True),
        signs=bindparam("signs", expanding=True),
        office=bindparam("office", type_=Boolean),
        person=bindparam("person"),
        office_head=bindparam("office_head", type_=Boolean),
    ),
)


def scope(person: Person, unit: int | None = None) -> set[int] | None:
    """The units to look in: those the person may see, or of them a unit and those below it."""
    visible = person.visible_units()
    if unit is None:
        return visible
    below = tree(person.institution).below({unit})
    return below if visible is None else below & visible


@dataclass(frozen=True)
class QueuePlace:
    """`number` of `total`, counted from 1; None where there is none before or after."""

    number: int
    total: int
    before: int | None
    after: int | None


def place_of(institution: Institution, person: Person, filing: Filing) -> QueuePlace | None:
    """The place of a filing on the person's desk; None when it does not wait for them there.

    Keyset: the queue is counted and looked at from the filing's own place, never read.
    """
    query = queue(institution, person, "sheet")
    if filing.waiting_since is None or count(query.where(Filing.id == filing.id)) == 0:
        return None
    earlier = query.where(_earlier(filing.waiting_since, filing.id))
    backwards = earlier.order_by(None).order_by(Filing.waiting_since.desc(), Filing.id.desc())
    before = db.session.scalar(backwards.with_only_columns(Filing.id).limit(1))
    return QueuePlace(
        number=count(earlier) + 1,
        total=count(query),
        before=before,
        after=next_after(institution, person, filing.waiting_since, filing.id),
    )


def next_after(
    institution: Institution, person: Person, since: datetime | None, filing_id: int
) -> int | None:
    """The filing that comes after one which waited since then, else the first that waits."""
    query = queue(institution, person, "sheet").with_only_columns(Filing.id).limit(1)
    query = query.where(Filing.id != filing_id)
    if since is not None:
        later = or_(Filing.waiting_since > since, and_(Filing.waiting_since == since, Filing.id > filing_id))
        following = db.session.scalar(query.where(later))
        if following is not None:
            return following
    return db.session.scalar(query)


def _earlier(since: datetime, filing_id: int) -> ColumnElement[bool]:
    return or_(Filing.waiting_since < since, and_(Filing.waiting_since == since, Filing.id < filing_id))


def unreported(institution: Institution, person: Person, today: date | None = None) -> Select[Filing]:
    """The papers this person may write on that should have been handed in, the oldest first."""
    mine = [query.with_only_columns(Filing.id).order_by(None) for query in (drafts(person), returned(person))]
    return (
        select(Filing)
        .where(
            or_(*(Filing.id.in_(ids) for ids in mine)),
            Filing.state.in_(BEGUN),
            is_overdue(institution, today),
        )
        .order_by(Filing.happened_on, Filing.id)
    )


def is_overdue(institution: Institution, today: date | None = None) -> ColumnElement[bool]:
    """`models.rules.deadlines` in SQL: whether what a filing reports happened too long ago."""
    clocks, day = institution.clocks, today or clock.today()
    first_days = {kind: first_in_time(clocks, kind, day) for kind in FilingKind}
    return or_(
        False,
        *(
            and_(Filing.kind == kind, Filing.happened_on < first)
            for kind, first in first_days.items()
            if first is not None
        ),
    )
