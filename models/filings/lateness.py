"""逾期未报: changes and closings that are begun, not handed in, and past the day they were due."""

from datetime import date

from sqlalchemy import ColumnElement, Select, and_, or_, select

from models import clock
from models.database import institutions
from models.filings import queries
from models.filings.filing import Filing
from models.people.person import Person
from models.rules.deadlines import first_in_time
from models.rules.filing_kind import FilingKind
from models.rules.workflow import State

# Begun and still to be handed in; a withdrawn one was put aside on purpose.
BEGUN = (State.draft, State.returned)


def unreported(person: Person, today: date | None = None) -> Select[tuple[Filing]]:
    """The papers this person may write on that should have been handed in, the oldest first."""
    mine = [asked.with_only_columns(Filing.id).order_by(None)
            for asked in (queries.drafts(person), queries.returned(person))]
    return (
        select(Filing)
        .where(or_(*(Filing.id.in_(one) for one in mine)), Filing.state.in_(BEGUN),
               is_overdue(person.institution, today))
        .order_by(Filing.happened_on, Filing.id)
    )


def is_overdue(institution: str, today: date | None = None) -> ColumnElement[bool]:
    """`models.rules.deadlines` in SQL: whether what a filing reports happened too long ago."""
    clocks, day = institutions()[institution].clocks, today or clock.today()
    first_days = {kind: first_in_time(clocks, kind, day) for kind in FilingKind}
    return or_(False, *(
        and_(Filing.kind == kind, Filing.happened_on < first)
        for kind, first in first_days.items() if first is not None
    ))
