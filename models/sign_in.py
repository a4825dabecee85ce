"""Sessions live here, not in the cookie: signing out, disabling and role changes end them at once.

Only the hash of the token is stored, so that a copy of the database opens no door.
"""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import ForeignKey, String, bindparam, delete, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from models.database import db, utcnow
from models.people import Grant, Person

IDLE = timedelta(hours=2)
LONGEST = timedelta(hours=12)
# A mark at every request would make a writer of every reader.
MARK_EVERY = timedelta(minutes=5)


class SignIn(db.Model):
    __tablename__ = "sign_in"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]

    person: Mapped[Person] = relationship(lazy="joined")

    def is_live(self, now: datetime) -> bool:
        fresh = now - self.seen_at < IDLE and now - self.created_at < LONGEST
        return fresh and self.person.active

    def needs_mark(self, now: datetime | None = None) -> bool:
        """True when `mark` should be called (and committed) so that the session does not idle."""
        return (now or utcnow()) - self.seen_at >= MARK_EVERY

    def mark(self, now: datetime | None = None) -> None:
        """Notes that the person is still here; flushed, the caller commits."""
        self.seen_at = now or utcnow()
        db.session.flush()


# With all that every page asks of its person, in one statement that is made once.
KNOWN = select(SignIn).where(SignIn.token_hash == bindparam("hash")).options(
    joinedload(SignIn.person).joinedload(Person.grants).joinedload(Grant.unit))


def open_session(person: Person, now: datetime | None = None) -> str:
    """Signs the person in and sweeps dead sessions away; returns the token for the cookie."""
    now = now or utcnow()
    db.session.execute(delete(SignIn).where(
        (SignIn.seen_at < now - IDLE) | (SignIn.created_at < now - LONGEST)
    ))
    token = secrets.token_urlsafe(32)
    db.session.add(SignIn(
        token_hash=_hash(token), person_id=person.id, created_at=now, seen_at=now
    ))
    db.session.flush()
    return token


def find(token: str | None, now: datetime | None = None) -> SignIn | None:
    """The live session of a token; None when unknown, idle too long, too old or disabled."""
    found = _known(token) if token else None
    return found if found and found.is_live(now or utcnow()) else None


def _known(token: str) -> SignIn | None:
    rows = db.session.scalars(KNOWN, {"hash": _hash(token)})
    return rows.unique().one_or_none()


def close(token: str | None) -> None:
    """Ends one session: signing out."""
    if token:
        db.session.execute(delete(SignIn).where(SignIn.token_hash == _hash(token)))


def close_all(person: Person) -> None:
    """Ends every session of a person: after a new password, a changed role, or disabling."""
    db.session.execute(delete(SignIn).where(SignIn.person_id == person.id))


def _hash(token: str) -> str:
    return sha256(token.encode("utf-8", "replace")).hexdigest()
