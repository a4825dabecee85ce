"""Passwords are hashed and compared here alone: one at a time, and never within a transaction.

It is dear on purpose, in time and in memory. A gate of one leaves the other processor to whoever
reads, and bounds the memory; within a transaction it would keep everybody waiting who writes.
docs/decisions/0018-back-pressure.md has the figures.
"""

from concurrent.futures import ThreadPoolExecutor

from models.database import db
from models.rules import passwords

AT_ONCE = 1
# Threads of its own: what the allocator keeps of the memory it keeps once, not for every thread
# that serves somebody.
_GATE = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="hashing")


class WithinTransaction(RuntimeError):
    """A defect of ours: whoever calls must have committed or rolled back before."""


def hashed(password: str) -> str:
    """What is kept of a password that somebody chose. Raises WithinTransaction."""
    _refuse_transactions()
    return _GATE.submit(passwords.HASHER.hash, password).result()


def hashed_drawn(password: str) -> str:
    """What is kept of a password that was drawn at random and ends by itself. Raises WithinTransaction.

    There is nothing to guess in it: it costs a ten-thousandth of a second and passes no gate.
    """
    _refuse_transactions()
    return passwords.QUICK_HASHER.hash(password)


def proves(password_hash: str, password: str) -> bool:
    """Whether it is the password of the hash; an empty hash costs the same work and matches nothing.

    Raises WithinTransaction.
    """
    _refuse_transactions()
    return _GATE.submit(passwords.verify, password_hash, password).result()


def renewed(password_hash: str, password: str) -> str:
    """A hash at today's costs for the right password of one that was made at others; '' for none.

    Raises WithinTransaction.
    """
    _refuse_transactions()
    return hashed(password) if passwords.is_outdated(password_hash) else ""


def _refuse_transactions() -> None:
    if db.session().in_transaction():
        raise WithinTransaction("a password is hashed within a transaction")
