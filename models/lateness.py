"""逾期未报: changes and closings that are begun, not handed in, and past the day they were due."""

from datetime import date

from sqlalchemy import ColumnElement, Select, and_, or_, select

from models import ledger
from models.clock import first_in_time
from models.database import campus_time, institutions, utcnow
from models.filing import Filing
from models.kinds import FilingKind
from models.people import Person
from models.workflow import State

# Begun and still to be handed in; a withdrawn one was put aside on purpose.
BEGUN = (State.draft, State.returned)


def unreported(person: Person, today: date | None = None) -> Select[tuple[Filing]]:
    """The papers this person may write on that should have been handed in, the oldest first."""
    mine = [asked.with_only_columns(Filing.id).order_by(None)
            for asked in (ledger.drafts(person), ledger.returned(person))]
    return (
        select(Filing)
        .where(or_(*(Filing.id.in_(one) for one in mine)), Filing.state.in_(BEGUN),
               is_overdue(person.institution, today))
        .order_by(Filing.happened_on, Filing.id)
    )


def is_overdue(institution: str, today: date | None = None) -> ColumnElement[bool]:
    """`models.clock` in SQL: whether what a filing reports happened too long ago."""
    clocks, day = institutions()[institution].clocks, today or campus_time(utcnow()).date()
    first_days = {kind: first_in_time(clocks, kind, day) for kind in FilingKind}
    return or_(False, *(
        and_(Filing.kind == kind, Filing.happened_on < first)
        for kind, first in first_days.items() if first is not None
    ))
