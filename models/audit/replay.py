"""What the events alone say of every filing, against what its row says.

Only moves are replayed. A draft has no event: writing, keeping and throwing away what nobody has
handed in is nobody's decision.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Row, exists, select

from models.database import db
from models.events.history import Event
from models.filings.filing import Filing
from models.rules.workflow import State, Verb

LABELS = {
    "state": "状态",
    "step": "审核到第几步",
    "submitted_by_id": "提交人",
    "submitted_at": "提交时间",
    "decided_at": "办结时间",
}
MOVES = frozenset(map(str, Verb))
DECIDED = (State.filed, State.rejected)


@dataclass(frozen=True)
class Standing:
    """Where a filing stands by its events; `step` is also how often it was approved since."""

    state: State = State.draft
    step: int = 0
    submitted_by_id: int | None = None
    submitted_at: datetime | None = None
    decided_at: datetime | None = None


def after(standing: Standing, move: Row) -> Standing:
    """Where a move leads. Raises ValueError when it cannot have begun where it says."""
    if move.from_state != standing.state:
        raise ValueError(
            f"编号 {move.id} 的记录从“{State(move.from_state).label}”开始，"
            f"而前面的记录到“{standing.state.label}”为止。"
        )
    verb, state = Verb(move.verb), State(move.to_state)
    decided_at = move.at if state in DECIDED else None
    if verb is Verb.submit:
        return Standing(state, 0, move.actor_id, move.at, decided_at)
    if move.step != standing.step:
        raise ValueError(
            f"编号 {move.id} 的记录在第 {(move.step or 0) + 1} 步，"
            f"而前面的记录到第 {standing.step + 1} 步为止。"
        )
    return replace(standing, state=state, decided_at=decided_at, step=move.step + (verb is Verb.approve))


def disagreement(filing: Row, moves: Iterable[Row]) -> str:
    """A sentence when a filing is not where its moves, the oldest first, lead; else ''."""
    standing = Standing()
    try:
        for move in moves:
            standing = after(standing, move)
    except ValueError as impossible:
        return str(impossible)
    wrong = [label for name, label in LABELS.items() if getattr(filing, name) != getattr(standing, name)]
    return f"与流转记录不符：{'、'.join(wrong)}。" if wrong else ""


def gone(institution: str) -> list[int]:
    """Ids of filings that were handed in, by the events, and that the school no longer has."""
    here = exists().where(Filing.id == Event.filing_id, Filing.institution == institution)
    query = (
        select(Event.filing_id)
        .distinct()
        .where(Event.institution == institution, Event.verb.in_(MOVES), ~here)
    )
    return [number for number in db.session.scalars(query.order_by(Event.filing_id)) if number is not None]


def moves_between(first_id: int, last_id: int) -> dict[int, list[Row]]:
    """The moves of these filings, the oldest first, by filing."""
    query = select(
        Event.id,
        Event.filing_id,
        Event.verb,
        Event.actor_id,
        Event.step,
        Event.from_state,
        Event.to_state,
        Event.at,
    ).where(Event.filing_id.between(first_id, last_id), Event.verb.in_(MOVES))
    moves: dict[int, list[Row]] = {}
    for move in db.session.execute(query.order_by(Event.filing_id, Event.id)):
        moves.setdefault(move.filing_id, []).append(move)
    return moves
