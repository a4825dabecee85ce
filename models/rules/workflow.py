"""How a filing moves: states, verbs, who may use which, and where it goes next. No SQL, no Flask.

The chain of steps is data (a form's `route`); the verbs are fixed here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from models.rules.filing_kind import FilingKind

__all__ = [
    "Actor",
    "FilingKind",
    "LostUpdate",
    "Position",
    "Refused",
    "Role",
    "State",
    "Step",
    "Verb",
    "allowed",
    "move",
    "reports",
    "reports_for",
    "waits_for",
]


class Role(StrEnum):
    reporter = "reporter"
    head = "head"
    office = "office"
    admin = "admin"
    auditor = "auditor"

    @property
    def label(self) -> str:
        return LABELS[self]


class State(StrEnum):
    draft = "draft"
    in_review = "in_review"
    returned = "returned"
    withdrawn = "withdrawn"
    rejected = "rejected"
    filed = "filed"

    @property
    def label(self) -> str:
        return LABELS[self]


class Verb(StrEnum):
    submit = "submit"
    approve = "approve"
    return_ = "return"
    reject = "reject"
    withdraw = "withdraw"

    @property
    def label(self) -> str:
        return LABELS[self]


LABELS: dict[StrEnum, str] = {
    Role.reporter: "经办人",
    Role.head: "单位负责人",
    Role.office: "宣传部审核员",
    Role.admin: "系统管理员",
    Role.auditor: "审计员",
    State.draft: "草稿",
    State.in_review: "审核中",
    State.returned: "已退回",
    State.withdrawn: "已撤回",
    State.rejected: "不予备案",
    State.filed: "已备案",
    Verb.submit: "提交",
    Verb.approve: "同意",
    Verb.return_: "退回修改",
    Verb.reject: "不予备案",
    Verb.withdraw: "撤回",
}

EDITABLE = frozenset({State.draft, State.returned, State.withdrawn})
DECISIONS = (Verb.approve, Verb.return_, Verb.reject)
NEED_A_REASON = frozenset({Verb.return_, Verb.reject})


class Step(Protocol):
    """What the rules need of a step in a form's route."""

    short: str
    role: str
    of: str
    distinct: bool
    submitter_may: bool


@dataclass(frozen=True)
class Position:
    """Where a filing stands. `step` counts from 0; `approvers` are those of this round, in order.

    `heads` are the people who sign for the filing's unit.
    """

    state: State
    steps: Sequence[Step]
    unit: int
    heads: frozenset[int]
    created_by: int
    step: int = 0
    submitted_by: int | None = None
    approvers: tuple[int, ...] = ()


@dataclass(frozen=True)
class Actor:
    """Who acts: their id, the units they report for, and whether they are (head of) the office."""

    id: int
    reporter_units: frozenset[int] = frozenset()
    office: bool = False
    office_head: bool = False


@dataclass(frozen=True)
class Next:
    """Where a verb leads: the new state and the step that is then waited for."""

    state: State
    step: int


class Refused(Exception):
    """The rules forbid it; carries the Chinese sentence that says why and what to do."""


class LostUpdate(Exception):
    """Somebody was faster; carries the Chinese sentence that says who, with what, and when."""


def allowed(position: Position, actor: Actor) -> list[Verb]:
    """The verbs this person may use now, in the order of their buttons."""
    return [verb for verb in Verb if not objection(position, actor, verb)]


def move(position: Position, actor: Actor, verb: Verb, opinion: str = "") -> Next:
    """The place a verb leads to. Raises Refused when it is not allowed or lacks its reason."""
    sentence = objection(position, actor, verb)
    if not sentence and verb in NEED_A_REASON and not opinion.strip():
        sentence = f"请填写“{verb.label}”的理由，经办人要据此修改或了解原因。"
    if sentence:
        raise Refused(sentence)
    if verb is Verb.submit:
        return _arrive(position, 0)
    if verb is Verb.approve:
        return _arrive(position, position.step + 1)
    after = {Verb.return_: State.returned, Verb.reject: State.rejected, Verb.withdraw: State.withdrawn}
    return Next(after[verb], position.step)


def objection(position: Position, actor: Actor, verb: Verb) -> str:
    """Why the person may not use the verb now; '' when they may."""
    if verb is Verb.submit:
        return _against_submitting(position, actor)
    if verb is Verb.withdraw and position.state is State.returned:
        # Whoever does not want to mend it puts it aside; else it would block its channel for good.
        return "" if reports(position, actor) else "只有本单位的经办人可以撤回。"
    if position.state is not State.in_review:
        return f"这件备案现在是“{position.state.label}”，不能再{verb.label}。"
    if verb is Verb.withdraw:
        return "" if reports(position, actor) else "只有本单位的经办人可以撤回。"
    return _against_deciding(position, actor, verb)


def reports(position: Position, actor: Actor) -> bool:
    """True for a reporter of the unit, and for the office where it files on behalf of somebody."""
    return reports_for(position.unit, position.created_by, actor)


def reports_for(unit: int, created_by: int, actor: Actor) -> bool:
    """`reports`, of what lies with this unit and was begun by this person."""
    return unit in actor.reporter_units or (actor.office and created_by == actor.id)


def waits_for(step: Step) -> str:
    """Who a step waits for: 'reporter', 'head', 'office', or 'office_head'."""
    return "office_head" if step.role == Role.head and step.of == "office" else str(step.role)


def _arrive(position: Position, step: int) -> Next:
    done = step >= len(position.steps)
    return Next(State.filed if done else State.in_review, step)


def _against_submitting(position: Position, actor: Actor) -> str:
    if position.state not in EDITABLE:
        return f"这件备案现在是“{position.state.label}”，不能再提交。"
    if not reports(position, actor):
        return "只有本单位的经办人可以提交。"
    for step in position.steps:
        if waits_for(step) != Role.head:
            continue
        if not position.heads:
            return "本单位和上级单位都还没有登记单位负责人，请联系系统管理员登记后再提交。"
        if not step.submitter_may and position.heads == {actor.id}:
            return "单位负责人只有您本人，不能由您提交，请由单位的其他经办人提交。"
    return ""


def _against_deciding(position: Position, actor: Actor, verb: Verb) -> str:
    step = position.steps[position.step]
    if step.role == Role.reporter and verb is not Verb.approve:
        # Whoever signs a commitment is of the unit itself: it takes its paper back instead.
        return f"“{step.short}”由本单位签署，需要修改时请撤回。"
    holds = {
        Role.reporter: reports(position, actor),
        Role.head: actor.id in position.heads,
        Role.office: actor.office,
        "office_head": actor.office_head,
    }
    if not holds[waits_for(step)]:
        return f"这件备案正在等待“{step.short}”，您不是这一步的签署人。"
    if actor.id == position.submitted_by and not step.submitter_may:
        return "这件备案是您提交的，请由他人审核。"
    if step.distinct and position.approvers and actor.id == position.approvers[-1]:
        return "上一步是您签署的，这一步须由另一人签署。"
    return ""
