"""One verb on many rows, each by itself: one that is refused stops no other."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from models.database import db
from models.rules.workflow import LostUpdate, Refused

Row = TypeVar("Row")


@dataclass(frozen=True)
class Decision(Generic[Row]):
    """What became of one row: `problem` is the sentence why it was refused, '' when it went well."""

    row: Row
    problem: str = ""


def decide_each(rows: Iterable[Row], decide: Callable[[Row], object]) -> list[Decision[Row]]:
    """Decides every row in a savepoint of its own. The caller commits."""
    return [_decide(row, decide) for row in rows]


def _decide(row: Row, decide: Callable[[Row], object]) -> Decision[Row]:
    try:
        with db.session.begin_nested():
            decide(row)
    except (Refused, LostUpdate) as refusal:
        return Decision(row, str(refusal))
    return Decision(row)
