"""How often somebody may guess: failures counted per account and per address, in the database.

An account is the school and the username as typed, whether or not there is such a person, so that
a lock tells nobody who exists. Kept is a keyed digest of it: people type passwords there too.
A try is counted before the password is looked at, so that a hundred at once are a hundred tries.
Whether it failed is written down afterwards: one that was cut off, by a crash or a locked database,
is forgotten by itself. Nobody learned from it whether the password was right.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import ColumnElement, Index, String, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column

from models.clock import utcnow
from models.database import Model, db, lock
from models.deployment import keyed

WINDOW = timedelta(minutes=15)
FIRST_WAIT = timedelta(minutes=1)
KEPT = timedelta(days=1)
# Longer than a password is looked at. One that takes longer is a failure when it is over.
LOOKED_AT = timedelta(seconds=30)


@dataclass(frozen=True)
class Limit:
    """So many failures within the window, then a wait that doubles up to the longest."""

    failures: int
    longest: timedelta

    def waits_until(self, times: Iterable[datetime]) -> datetime | None:
        """The end of the last wait that failures at these times, the oldest first, brought."""
        until, wait, recent = None, FIRST_WAIT, []
        for moment in times:
            recent = [earlier for earlier in recent if moment - earlier < WINDOW] + [moment]
            if len(recent) >= self.failures:
                until, wait, recent = moment + wait, min(wait * 2, self.longest), []
        return until


# A hundred guesses a day at most for one account; an address may be a whole building's.
PER_ACCOUNT = Limit(5, timedelta(hours=1))
PER_ADDRESS = Limit(30, WINDOW)
LIMITS = PER_ACCOUNT, PER_ADDRESS


class SignInFailure(Model):
    """One try that did not succeed, or not yet: then `open_until` is when it is taken for cut off."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (Index(None, "account", "at"), Index(None, "address", "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(String(64))
    address: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(index=True)
    open_until: Mapped[datetime | None] = mapped_column(default=None)


@dataclass(frozen=True)
class Try:
    """What a try met: `minutes` to wait before the next may be made, 0 when this one may be.

    `account` and `address`: the minutes of waiting that it brings to either should it fail.
    `id`: its row, 0 where it is not counted.
    """

    minutes: int
    account: int = 0
    address: int = 0
    id: int = 0


def begin(institution: str, username: str, address: str, now: datetime | None = None) -> Try:
    """Counts a try, unless it must wait; the caller commits before looking at the password.

    Afterwards the caller says `fail` or `forgive`: what says neither in time is not counted any more.
    One that must wait is not counted: waiting never grows by trying again.
    """
    now, account, place = now or utcnow(), _account(institution, username), address[:64]
    lock("failed sign-ins")
    db.session.execute(delete(SignInFailure).where(SignInFailure.at < now - KEPT))
    counted = SignInFailure.open_until.is_(None) | (SignInFailure.open_until > now)
    before = (
        _times(SignInFailure.account == account, counted),
        _times(SignInFailure.address == place, counted),
    )
    minutes = max(map(_minutes, LIMITS, before, (now, now)))
    if minutes:
        return Try(minutes)
    failure = SignInFailure(account=account, address=place, at=now, open_until=now + LOOKED_AT)
    db.session.add(failure)
    db.session.flush()
    after = [[*times, now] for times in before]
    return Try(0, *map(_minutes, LIMITS, after, (now, now)), id=failure.id)


def fail(attempt: Try) -> None:
    """The password was looked at and does not let in; the caller commits before saying so."""
    known = update(SignInFailure).where(SignInFailure.id == attempt.id)
    db.session.execute(known.values(open_until=None))


def forgive(institution: str, username: str) -> None:
    """Forgets the failures of an account: after the right password, or by an administrator."""
    account = _account(institution, username)
    db.session.execute(delete(SignInFailure).where(SignInFailure.account == account))


def _times(*of: ColumnElement[bool]) -> list[datetime]:
    query = select(SignInFailure.at).where(*of)
    return list(db.session.scalars(query.order_by(SignInFailure.at, SignInFailure.id)))


def _minutes(limit: Limit, times: Iterable[datetime], now: datetime) -> int:
    until = limit.waits_until(times)
    return ceil((until - now) / timedelta(minutes=1)) if until and until > now else 0


def _account(institution: str, username: str) -> str:
    return keyed(f"{institution}\0{username}")
