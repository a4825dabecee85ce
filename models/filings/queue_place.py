"""Where a filing stands among those that wait for a person, and what is before and after it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_

from models.database import db
from models.filings import queries
from models.filings.filing import Filing
from models.people.person import Person


@dataclass(frozen=True)
class QueuePlace:
    """`number` of `total`, counted from 1; None where there is none before or after."""

    number: int
    total: int
    before: int | None
    after: int | None


def place_of(person: Person, filing: Filing) -> QueuePlace | None:
    """The place of a filing on the person's desk; None when it does not wait for them there.

    Keyset: the queue is counted and looked at from the filing's own place, never read.
    """
    asked = queries.queue(person, "sheet")
    if filing.waiting_since is None or queries.count(asked.where(Filing.id == filing.id)) == 0:
        return None
    earlier = asked.where(_earlier(filing.waiting_since, filing.id))
    backwards = earlier.order_by(None).order_by(Filing.waiting_since.desc(), Filing.id.desc())
    before = db.session.scalar(backwards.with_only_columns(Filing.id).limit(1))
    return QueuePlace(
        number=queries.count(earlier) + 1, total=queries.count(asked), before=before,
        after=next_after(person, filing.waiting_since, filing.id),
    )


def next_after(person: Person, since: datetime | None, filing_id: int) -> int | None:
    """The filing that comes after one which waited since then, else the first that waits."""
    asked = queries.queue(person, "sheet").with_only_columns(Filing.id).limit(1)
    asked = asked.where(Filing.id != filing_id)
    if since is not None:
        later = or_(Filing.waiting_since > since,
                    and_(Filing.waiting_since == since, Filing.id > filing_id))
        found = db.session.scalar(asked.where(later))
        if found is not None:
            return found
    return db.session.scalar(asked)


def _earlier(since: datetime, filing_id: int) -> ColumnElement[bool]:
    return or_(Filing.waiting_since < since,
               and_(Filing.waiting_since == since, Filing.id < filing_id))
