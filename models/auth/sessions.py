"""Sessions live here, not in the cookie: signing out, disabling and role changes end them at once.

Only the hash of the token is stored, so that a copy of the database opens no door.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import ForeignKey, String, bindparam, delete, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from models.auth import hashing
from models.clock import utcnow
from models.database import Model, db, will_write
from models.deployment import sign_in_settings
from models.people.person import Grant, Person

# A mark at every request would make a writer of every reader.
MARK_EVERY = timedelta(minutes=5)


class SignIn(Model):
    __tablename__ = "sign_in"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    # Of the CAS ticket that opened it; None where a password did.
    ticket_hash: Mapped[str | None] = mapped_column(String(64), index=True)

    person: Mapped[Person] = relationship(lazy="joined")

    def is_of(self, token: str) -> bool:
        """Whether this is the session of a token."""
        return self.token_hash == _hash(token)

    def is_live(self, now: datetime) -> bool:
        limits = sign_in_settings()
        fresh = now - self.seen_at < limits.idle and now - self.created_at < limits.longest
        return fresh and self.person.active

    def needs_mark(self, now: datetime | None = None) -> bool:
        """True when `mark` should be called (and committed) so that the session does not idle."""
        return (now or utcnow()) - self.seen_at >= MARK_EVERY

    def mark(self, now: datetime | None = None) -> None:
        """Notes that the person is still here; flushed, the caller commits."""
        self.seen_at = now or utcnow()
        db.session.flush()


# With all that every page asks of its person, in one statement that is made once.
KNOWN = (
    select(SignIn)
    .where(SignIn.token_hash == bindparam("hash"))
    .options(joinedload(SignIn.person).joinedload(Person.grants).joinedload(Grant.unit))
)


def authenticate(institution: str, username: str, password: str) -> Person | None:
    """The active person of that name and password; None otherwise.

    An unknown name costs the same work as a known one, so that names cannot be told by the clock.
    The transaction ends before that work: nobody waits for it to write. A hash that was made at
    other costs is replaced at once.
    """
    query = select(Person.id, Person.password_hash).filter_by(institution=institution, username=username)
    known = db.session.execute(query).first()
    db.session.rollback()
    right = hashing.proves(known.password_hash if known else "", password)
    if known is None or not right:
        return None
    renewed = hashing.renewed(known.password_hash, password)
    if renewed:
        will_write()
    person = db.session.get(Person, known.id)
    if person is None or not person.active or person.password_hash != known.password_hash:
        return None
    if renewed:
        person.password_hash = renewed
        db.session.commit()
    return person


def open_session(person: Person, now: datetime | None = None, ticket: str = "") -> str:
    """Signs the person in and sweeps dead sessions away; returns the token for the cookie.

    `ticket`: the CAS ticket that proved the person, '' where a password did.
    """
    now, limits = now or utcnow(), sign_in_settings()
    db.session.execute(
        delete(SignIn).where(
            (SignIn.seen_at < now - limits.idle) | (SignIn.created_at < now - limits.longest)
        )
    )
    token = secrets.token_urlsafe(32)
    db.session.add(
        SignIn(
            token_hash=_hash(token),
            person_id=person.id,
            created_at=now,
            seen_at=now,
            ticket_hash=_hash(ticket) if ticket else None,
        )
    )
    db.session.flush()
    return token


def find(token: str | None, now: datetime | None = None) -> SignIn | None:
    """The live session of a token; None when unknown, idle too long, too old or disabled."""
    session = _known(token) if token else None
    return session if session and session.is_live(now or utcnow()) else None


def _known(token: str) -> SignIn | None:
    rows = db.session.scalars(KNOWN, {"hash": _hash(token)})
    return rows.unique().one_or_none()


def close(token: str | None) -> None:
    """Ends one session: signing out."""
    if token:
        db.session.execute(delete(SignIn).where(SignIn.token_hash == _hash(token)))


def close_ticket(institution: str, ticket: str) -> None:
    """Ends the session that a CAS ticket opened in a school, if there is one."""
    people = select(Person.id).filter_by(institution=institution)
    db.session.execute(
        delete(SignIn).where(SignIn.ticket_hash == _hash(ticket), SignIn.person_id.in_(people))
    )


def live(person: Person, now: datetime | None = None) -> Sequence[SignIn]:
    """The sessions in which a person is signed in, the one last used first."""
    now = now or utcnow()
    query = select(SignIn).filter_by(person_id=person.id)
    sessions = db.session.scalars(query.order_by(SignIn.seen_at.desc(), SignIn.token_hash))
    return [session for session in sessions.unique() if session.is_live(now)]


def close_others(person: Person, token: str) -> int:
    """Ends every session of a person but that of this token; how many were live."""
    others = sum(not session.is_of(token) for session in live(person))
    db.session.execute(delete(SignIn).where(SignIn.person_id == person.id, SignIn.token_hash != _hash(token)))
    return others


def close_all(person: Person) -> None:
    """Ends every session of a person: after a new password, a changed role, or disabling."""
    db.session.execute(delete(SignIn).where(SignIn.person_id == person.id))


def _hash(token: str) -> str:
    return sha256(token.encode("utf-8", "replace")).hexdigest()
