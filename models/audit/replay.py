"""What the events alone say of every filing, against what its row says.

Only moves are replayed. A draft has no event: writing, keeping and throwing away what nobody has
handed in is nobody's decision.
"""

from collections.abc import Iterable, Iterator, Sequence
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


@dataclass(frozen=True)
class Difference:
    """A filing that is not where its events led, and what about it is not."""

    filing_id: int
    title: str
    sentence: str


def differences(institution: str) -> list[Difference]:
    """Every filing whose row and events disagree, in the order of their ids."""
    return [difference for filings in differences_in_slices(institution) for difference in filings]


def differences_in_slices(institution: str, size: int = 1000) -> Iterator[list[Difference]]:
    """The same, so many filings at a time: the caller may end its transaction in between."""
    after_id = 0
    while papers := _papers(institution, after_id, size):
        ids = [paper.id for paper in papers]
        moves = _moves(ids[0], ids[-1])
        checked = ((paper, _disagreement(paper, moves.get(paper.id, []))) for paper in papers)
        yield [Difference(paper.id, paper.title, sentence) for paper, sentence in checked if sentence]
        after_id = ids[-1]
    if gone := _gone(institution):
        yield gone


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


def _disagreement(filing: Row, moves: Iterable[Row]) -> str:
    standing = Standing()
    try:
        for move in moves:
            standing = after(standing, move)
    except ValueError as impossible:
        return str(impossible)
    wrong = [label for name, label in LABELS.items() if getattr(filing, name) != getattr(standing, name)]
    return f"与流转记录不符：{'、'.join(wrong)}。" if wrong else ""


def _papers(institution: str, after_id: int, size: int) -> Sequence[Row]:
    columns = (Filing.id, Filing.title, *(getattr(Filing, name) for name in LABELS))
    query = select(*columns).where(Filing.institution == institution, Filing.id > after_id)
    return db.session.execute(query.order_by(Filing.id).limit(size)).all()


def _gone(institution: str) -> list[Difference]:
    """Filings that were handed in, by the events, and that the school no longer has."""
    here = exists().where(Filing.id == Event.filing_id, Filing.institution == institution)
    query = (
        select(Event.filing_id)
        .distinct()
        .where(Event.institution == institution, Event.verb.in_(MOVES), ~here)
    )
    return [
        Difference(filing_id, "", "记录中有它的流转，备案本身却不见了。")
        for filing_id in db.session.scalars(query.order_by(Event.filing_id))
    ]


def _moves(first_id: int, last_id: int) -> dict[int, list[Row]]:
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
