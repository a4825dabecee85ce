"""Through whose hands a filing goes: who wrote in it, and who signed it since it was handed in last.

Whoever created it is a column of its own. What follows from it: `models.rules.workflow`.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, and_, exists, or_
from sqlalchemy.orm import Mapped, mapped_column

from models.database import Model, coded
from models.rules.workflow import Next, Position, State, Verb, waits_for


class Part(StrEnum):
    """What somebody did to a filing: wrote in it or handed it in, or signed a step of this round."""

    wrote = "wrote"
    signed = "signed"


class FilingHand(Model):
    """One person's part in one filing. The signatures are those of the round that is under way."""

    __tablename__ = "filing_hand"

    # In this order the key is the index by which the desk asks of each filing in turn.
    filing_id: Mapped[int] = mapped_column(ForeignKey("filing.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    part: Mapped[Part] = mapped_column(coded(Part), primary_key=True)


def writers(filing) -> frozenset[int]:
    """Ids of everybody who created the filing, wrote in it or handed it in."""
    return _people(filing, Part.wrote) | {filing.created_by_id}


def signers(filing) -> frozenset[int]:
    """Ids of everybody who approved it since it was handed in last, while others are still to sign."""
    return _people(filing, Part.signed)


def note_writer(filing, person_id: int) -> None:
    """Remembers who wrote in a filing or handed it in."""
    if person_id != filing.created_by_id:
        _note(filing, person_id, Part.wrote)


def note_move(filing, verb: Verb, person_id: int) -> None:
    """Remembers who handed a filing in, or signed it while others are still to sign."""
    if verb is Verb.submit:
        filing.hands = [hand for hand in filing.hands if hand.part is not Part.signed]
        note_writer(filing, person_id)
    elif verb is Verb.approve and filing.state is State.in_review:
        _note(filing, person_id, Part.signed)


def barred(filing) -> frozenset[int]:
    """Ids of those who may not sign the step a filing waits for."""
    wrote = writers(filing) if filing.bars_writers else frozenset()
    return wrote | (signers(filing) if filing.bars_deciders else frozenset())


def waiting(position: Position, after: Next, now: datetime) -> dict[str, Any]:
    """The columns that say for whom a filing waits after a move, since when, and whom the step bars."""
    step = position.steps[after.step] if after.state is State.in_review else None
    return {
        "waits_for": waits_for(step) if step else "",
        "waiting_since": now if step else None,
        "bars_writers": step is not None and not step.submitter_may,
        "bars_deciders": step is not None and step.distinct,
    }


def is_barred(filing: Any, person: Any) -> ColumnElement[bool]:
    """`barred` in SQL. In: the columns of the table of filings, and a person's id or a parameter."""
    wrote = or_(filing.created_by_id == person, _has_part(filing, person, Part.wrote))
    return or_(
        and_(filing.bars_writers, wrote), and_(filing.bars_deciders, _has_part(filing, person, Part.signed))
    )


def _has_part(filing: Any, person: Any, part: Part) -> ColumnElement[bool]:
    hand = FilingHand.__table__.c
    return exists().where(hand.filing_id == filing.id, hand.person_id == person, hand.part == part)


def _people(filing, part: Part) -> frozenset[int]:
    return frozenset(hand.person_id for hand in filing.hands if hand.part is part)


def _note(filing, person_id: int, part: Part) -> None:
    if person_id not in _people(filing, part):
        filing.hands.append(FilingHand(person_id=person_id, part=part))
