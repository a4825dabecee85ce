"""What the school took from a unit for this year: filings it bars, and who lets one pass anyway.

Sanctions know filings, so filings know sanctions by their table alone.
"""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, column, select, table

from models.clock import campus_time, utcnow
from models.database import db
from models.events import history
from models.filings.filing import Filing
from models.people.person import Person
from models.people.unit import tree
from models.rules.definitions.institution import Institution
from models.rules.filing_kind import FilingKind
from models.rules.workflow import Refused, Step, Verb, waits_for

SANCTION = table(
    "sanction",
    *map(column, ("id", "institution", "unit_id", "code", "label", "year", "effect_year", "lifted_at")),
)
# The deed beside a submission or an approval that a sanction stood against.
DESPITE = "despite"
REASON_NEEDED = "请单独打开这件备案，选“仍予备案”并写明理由。"
CONFIRMATION_NEEDED = "仍要提交的，请先勾选“知悉处理，仍要提交”。"


@dataclass(frozen=True)
class Bar:
    """A sanction in effect that stands against a filing: whose, of which year, in its words."""

    unit: str
    label: str
    year: int
    effect_year: int

    @property
    def words(self) -> str:
        return f"“{self.unit}”{self.year}年被登记处理：{self.label}，{self.effect_year}年有效。"


class Barred(Refused):
    """A sanction stands against it: `bar`. The sentence says how it may go on all the same."""

    def __init__(self, bar: Bar, cure: str):
        self.bar = bar
        super().__init__(bar.words + cure)


def bars(institution: Institution, filings: Iterable[Filing]) -> dict[int, Bar]:
    """What stands against filings this year, by filing id; where nothing does is left out."""
    in_effect = _in_effect(institution)

    def against(filing: Filing) -> Bar | None:
        touched = _touched(filing)
        return _first(in_effect, institution, filing.form, filing.kind, filing.unit_id, touched)

    pairs = ((filing.id, against(filing)) for filing in filings)
    return {filing_id: bar for filing_id, bar in pairs if bar is not None}


def bar_of(
    institution: Institution,
    filing: Filing,
    values: Mapping[str, Any] | None = None,
    unit_id: int | None = None,
) -> Bar | None:
    """The sanction of its unit, or of one above it, that stands against a filing this year.

    `values`, `unit_id`: as they are typed now, where they are not those kept. None: nothing does.
    """
    touched = _touched(filing, values)
    unit_id = unit_id or filing.unit_id
    return _first(_in_effect(institution), institution, filing.form, filing.kind, unit_id, touched)


def bar_of_list(institution: Institution, form: str, unit_id: int) -> Bar | None:
    """What stands this year against the rows of a list that a unit hands in for the first time."""
    return _first(_in_effect(institution), institution, form, FilingKind.first, unit_id, frozenset())


def reason_despite(
    institution: Institution, filing: Filing, verb: Verb, step: Step | None, despite: str
) -> str:
    """What history says of a filing that goes on though a sanction stands against it; '' if none does.

    A submission is confirmed by who hands it in, an approval reasoned by the office.
    Raises Barred while that is missing.
    """
    decides = verb is Verb.approve and is_offices(step)
    bar = bar_of(institution, filing) if decides or verb is Verb.submit else None
    if bar is None:
        return ""
    if not despite.strip():
        raise Barred(bar, REASON_NEEDED if decides else CONFIRMATION_NEEDED)
    return f"{bar.words}{'仍予备案' if decides else '提交人'}：{despite.strip()}"


def note_despite(filing: Filing, reason: str, actor: Person, now: datetime) -> None:
    """Writes it down beside the submission or the approval."""
    if reason:
        history.record(filing.institution, DESPITE, actor, now, filing_id=filing.id, opinion=reason)


def is_offices(step: Step | None) -> bool:
    """Whether a step is the office's, which alone may let a filing pass a bar."""
    return step is not None and waits_for(step) in ("office", "office_head")


def _in_effect(institution: Institution) -> list[Row]:
    """The sanctions of this year that may stand against some filing, the oldest first."""
    codes = [code for code, rule in institution.sanctions.items() if rule.bars or rule.bars_changing]
    if not codes:
        return []
    query = select(SANCTION).where(
        SANCTION.c.institution == institution.code,
        SANCTION.c.code.in_(codes),
        SANCTION.c.effect_year == campus_time(utcnow()).year,
        SANCTION.c.lifted_at.is_(None),
    )
    return list(db.session.execute(query.order_by(SANCTION.c.id)))


def _first(
    in_effect: list[Row],
    institution: Institution,
    form: str,
    kind: FilingKind,
    unit_id: int,
    touched: Set[str],
) -> Bar | None:
    if not in_effect:
        return None
    units = tree(institution.code)
    above = units.upwards(unit_id)
    for row in in_effect:
        rule = institution.sanctions[row.code]
        covers = form in rule.forms and (kind in rule.bars or not touched.isdisjoint(rule.bars_changing))
        if covers and row.unit_id in above:
            return Bar(units.nodes[row.unit_id].name, row.label, row.year, row.effect_year)
    return None


def _touched(filing: Filing, values: Mapping[str, Any] | None = None) -> Set[str]:
    """The items that a change changes; of other kinds none."""
    if filing.kind is not FilingKind.change:
        return frozenset()
    before, after = filing.base_answers or {}, filing.answers if values is None else values
    names = before.keys() | after.keys()
    return {name for name in names if (after.get(name) or None) != (before.get(name) or None)}
