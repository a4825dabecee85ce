"""存档: everything that a unit signed: the sheets of its filings, reports, supplements, 零报告."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from math import ceil

from sqlalchemy import CompoundSelect, Select, exists, func, literal, or_, select, union_all

from models.campaigns.signed_paper import SignedPaper
from models.campaigns.supplement import Supplement
from models.clock import campus_time
from models.database import db
from models.events.history import Event
from models.filings.filing import Filing
from models.filings.queries import Page, scope
from models.people.person import Person
from models.people.unit import tree
from models.rules.filters import Filters, year_of
from models.rules.workflow import State, Verb
from models.wording import mentions


class Sort(StrEnum):
    """What was signed."""

    filing = "filing"
    report = "report"
    nil = "nil"
    supplement = "supplement"

    @property
    def label(self) -> str:
        return {"filing": "备案", "report": "报送", "nil": "零报告", "supplement": "补充报送"}[self]


@dataclass(frozen=True)
class Kept:
    """One signed thing: a filing, or a signed paper with its supplement, where it is one."""

    sort: Sort
    at: datetime | None
    filing: Filing | None = None
    paper: SignedPaper | None = None
    supplement: Supplement | None = None


SIGNED_STATES = (State.in_review, State.filed, State.rejected)
AT = func.coalesce(Filing.decided_at, Filing.submitted_at)


def page(person: Person, filters: Filters, sort: Sort | None, number: int, size: int) -> Page:
    """One page of what the units signed that the person may see, the newest first."""
    every = _everything(person, filters, sort).subquery()
    total = db.session.scalar(select(func.count()).select_from(every)) or 0
    pages = max(1, ceil(total / size))
    number = min(max(1, number), pages)
    query = select(every.c.what, every.c.id).order_by(every.c.at.desc(), every.c.what, every.c.id.desc())
    rows = db.session.execute(query.limit(size).offset((number - 1) * size)).all()
    return Page(_load([tuple(row) for row in rows]), total, number, pages)


def years(person: Person) -> list[int]:
    """The years in which the units that the person may see signed something, the newest first."""
    units = scope(person)
    moments = select(func.min(AT), func.max(AT)).where(Filing.institution == person.institution, *_signed())
    papers = select(SignedPaper.year).where(SignedPaper.institution == person.institution).distinct()
    if units is not None:
        moments, papers = (
            moments.where(Filing.unit_id.in_(units)),
            papers.where(SignedPaper.unit_id.in_(units)),
        )
    first, last = db.session.execute(moments).one()
    known = set(db.session.scalars(papers))
    if first is not None:
        known |= set(range(campus_time(first).year, campus_time(last).year + 1))
    return sorted(known, reverse=True)


def _everything(person: Person, filters: Filters, sort: Sort | None) -> CompoundSelect | Select:
    parts = []
    if sort in (None, Sort.filing):
        parts.append(_filings(person, filters))
    if sort is not Sort.filing:
        parts.append(_papers(person, filters, sort))
    return union_all(*parts) if len(parts) > 1 else parts[0]


def _signed() -> tuple:
    """A filing that its unit signed: approved by somebody, or filed by a route without steps."""
    approved = exists().where(Event.filing_id == Filing.id, Event.verb == Verb.approve)
    return Filing.state.in_(SIGNED_STATES), or_(Filing.state == State.filed, approved)


def _filings(person: Person, filters: Filters) -> Select:
    units = scope(person, filters.unit)
    query = select(literal("filing").label("what"), Filing.id.label("id"), AT.label("at")).where(
        Filing.institution == person.institution, *_signed()
    )
    if units is not None:
        query = query.where(Filing.unit_id.in_(units))
    if filters.year is not None:
        query = query.where(AT.between(*year_of(filters.year)))
    if filters.q:
        named = tree(person.institution).named_like(filters.q)
        query = query.where(
            or_(
                mentions(Filing.search, filters.q),
                mentions(Filing.number, filters.q),
                Filing.unit_id.in_(named),
            )
        )
    return query


def _papers(person: Person, filters: Filters, sort: Sort | None) -> Select:
    units = scope(person, filters.unit)
    query = select(
        literal("paper").label("what"), SignedPaper.id.label("id"), SignedPaper.signed_at.label("at")
    ).where(SignedPaper.institution == person.institution)
    if units is not None:
        query = query.where(SignedPaper.unit_id.in_(units))
    if filters.year is not None:
        query = query.where(SignedPaper.year == filters.year)
    if sort is Sort.supplement:
        query = query.where(SignedPaper.supplement_id.is_not(None))
    elif sort is not None:
        query = query.where(SignedPaper.supplement_id.is_(None), SignedPaper.nil == (sort is Sort.nil))
    if filters.q:
        named = tree(person.institution).named_like(filters.q)
        query = query.where(
            or_(
                mentions(SignedPaper.title, filters.q),
                mentions(SignedPaper.unit_name, filters.q),
                SignedPaper.unit_id.in_(named),
            )
        )
    return query


def _load(rows: list[tuple[str, int]]) -> list[Kept]:
    ids = {what: [number for sort, number in rows if sort == what] for what in ("filing", "paper")}
    filings = {row.id: row for row in db.session.scalars(select(Filing).where(Filing.id.in_(ids["filing"])))}
    papers = {
        row.id: row for row in db.session.scalars(select(SignedPaper).where(SignedPaper.id.in_(ids["paper"])))
    }
    wanted = {paper.supplement_id for paper in papers.values()}
    supplements = {
        row.id: row for row in db.session.scalars(select(Supplement).where(Supplement.id.in_(wanted)))
    }
    return [
        _filing(filings[number]) if what == "filing" else _paper(papers[number], supplements)
        for what, number in rows
    ]


def _filing(filing: Filing) -> Kept:
    return Kept(Sort.filing, filing.decided_at or filing.submitted_at, filing=filing)


def _paper(paper: SignedPaper, supplements: dict[int, Supplement]) -> Kept:
    supplement = supplements.get(paper.supplement_id) if paper.supplement_id else None
    sort = Sort.supplement if supplement else Sort.nil if paper.nil else Sort.report
    return Kept(sort, paper.signed_at, paper=paper, supplement=supplement)
