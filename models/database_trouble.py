"""Why the database did nothing: told apart by what a person can do about it."""

from enum import StrEnum

from sqlalchemy.exc import DBAPIError, OperationalError

from models import files

# What SQLite says in its English sentences; its driver gives codes from Python 3.11 on, others' do not.
SAYS_BUSY = ("database is locked", "database table is locked", "database schema is locked")
SAYS_FULL = ("database or disk is full",)
SAYS_AWAY = (
    "disk i/o error",
    "unable to open database file",
    "attempt to write a readonly database",
    "malformed",
    "file is not a database",
)
# PostgreSQL's, by class or code (SQLSTATE): connection, shutdown and start, resources; locks.
STATES_BUSY = ("40001", "40P01", "55P03", "57014", "53300")
STATES_FULL = ("53100",)
STATES_AWAY = ("08", "57P", "53", "58")


class Trouble(StrEnum):
    """`busy`: others write, it goes in a moment. `full`: no space left. `away`: out of reach or broken."""

    busy = "busy"
    full = "full"
    away = "away"


def trouble_of(error: BaseException) -> Trouble | None:
    """What kept the database, or a file beside it, from being written or read; None for a fault of ours."""
    if isinstance(error, OSError):
        return Trouble.full if files.is_full(error) else None
    if not isinstance(error, DBAPIError):
        return None
    state = getattr(error.orig, "sqlstate", None)
    if state:
        return _by_state(state)
    # PostgreSQL's driver has no code for a server that it did not reach.
    unreached = isinstance(error, OperationalError) and hasattr(error.orig, "sqlstate")
    if error.connection_invalidated or unreached:
        return Trouble.away
    return _by_sentence(str(error.orig).lower())


def _by_state(state: str) -> Trouble | None:
    if state in STATES_BUSY:
        return Trouble.busy
    if state in STATES_FULL:
        return Trouble.full
    return Trouble.away if state.startswith(STATES_AWAY) else None


def _by_sentence(sentence: str) -> Trouble | None:
    for trouble, sentences in (
        (Trouble.busy, SAYS_BUSY),
        (Trouble.full, SAYS_FULL),
        (Trouble.away, SAYS_AWAY),
    ):
        if any(words in sentence for words in sentences):
            return trouble
    return None
