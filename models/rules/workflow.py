"""How a filing moves: states, verbs, who may use which, and where it goes next. No SQL, no Flask.

The chain of steps is data (a form's `route`); the verbs are fixed here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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

# By whom a step waits for: what they are called, who else could sign, and who can help where nobody is left.
SIGNERS = {
    "reporter": ("经办人", "本单位的其他经办人", "请由系统管理员另外登记一位经办人，再提交。"),
    "head": (
        "单位负责人",
        "单位的其他负责人或代签人",
        "请由单位负责人指定代签人，或由系统管理员另外登记一位单位负责人，再提交。",
    ),
    "office": ("宣传部审核员", "宣传部的其他审核员", "请由系统管理员另外登记一位宣传部审核员，再提交。"),
    "office_head": (
        "宣传部负责人",
        "宣传部的其他负责人",
        "请由宣传部负责人指定代签人，或由系统管理员另外登记一位，再提交。",
    ),
}


class Step(Protocol):
    """What the rules need of a step in a form's route."""

    @property
    def short(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def of(self) -> str: ...
    @property
    def distinct(self) -> bool: ...
    @property
    def submitter_may(self) -> bool: ...


@dataclass(frozen=True)
class Position:
    """Where a filing stands. `step` counts from 0; `approvers` are those of this round.

    `heads` are the people who sign for the filing's unit; `signers` those who sign for it in other
    roles, by `waits_for`, known while it may be handed in (a role that is not known is not asked
    after). `writers` are those who wrote in it or handed it in, be it in an earlier round.
    """

    state: State
    steps: Sequence[Step]
    unit: int
    heads: frozenset[int]
    created_by: int
    step: int = 0
    submitted_by: int | None = None
    approvers: frozenset[int] = frozenset()
    writers: frozenset[int] = frozenset()
    signers: Mapping[str, frozenset[int]] = field(default_factory=dict)

    @property
    def hands(self) -> frozenset[int]:
        """Everybody who created it, wrote in it or handed it in."""
        submitter = frozenset(() if self.submitted_by is None else (self.submitted_by,))
        return self.writers | {self.created_by} | submitter

    def pool(self, step: Step) -> frozenset[int] | None:
        """Who holds what a step asks for; None where that is not known."""
        waits = waits_for(step)
        return self.heads if waits == Role.head else self.signers.get(waits)


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
    return _nobody_left(position, actor)


def _nobody_left(position: Position, actor: Actor) -> str:
    """Why a step could be signed by nobody once this person has handed it in; '' when all can be."""
    step = _first_unsignable(position, position.hands | {actor.id})
    if step is None:
        return ""
    pool, (name, _, cure) = position.pool(step), SIGNERS[waits_for(step)]
    if not pool:
        where = "本单位和上级单位" if waits_for(step) == Role.head else "本校"
        return f"{where}都还没有登记{name}，请联系系统管理员登记后再提交。".replace("本校都", "本校")
    only = f"“{step.short}”由{name}签署，{name}只有您本人，"
    if pool == {actor.id} and _first_unsignable(position, position.hands) is None:
        return f"{only}不能由您提交，请由单位的其他经办人提交。"
    if pool == {actor.id}:
        return f"{only}而这件备案是您填写或提交的，不能再由您签署。{cure}"
    return (
        f"“{step.short}”没有人可以签署：{name}都填写、提交过这件备案，或者要签署它的其他步骤，"
        f"一人只能有一次意见。{cure}"
    )


def _first_unsignable(position: Position, wrote: frozenset[int]) -> Step | None:
    """The first step that nobody is left for if each is signed by who may; None when all can be."""
    for count, step in enumerate(position.steps, start=1):
        if not _can_be_signed(position, position.steps[:count], wrote, frozenset()):
            return step
    return None


def _can_be_signed(
    position: Position, steps: Sequence[Step], wrote: frozenset[int], signed: frozenset[int]
) -> bool:
    """Whether these steps find a signer each, after those who signed already."""
    if not steps:
        return True
    step, *rest = steps
    pool = position.pool(step)
    if pool is None:
        return _can_be_signed(position, rest, wrote, signed)
    free = pool - _barred(step, wrote, signed)
    # As many as there are steps are enough to choose from: the other steps cannot take them all.
    few = sorted(free)[: len(position.steps)]
    return any(_can_be_signed(position, rest, wrote, signed | {signer}) for signer in few)


def _barred(step: Step, wrote: frozenset[int], signed: frozenset[int]) -> frozenset[int]:
    """Who may not sign a step though they hold what it asks for."""
    nobody: frozenset[int] = frozenset()
    return (nobody if step.submitter_may else wrote) | (signed if step.distinct else nobody)


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
    if actor.id not in _barred(step, position.hands, position.approvers):
        return ""
    what = "是您提交的" if actor.id == position.submitted_by else "是您填写的"
    if actor.id not in position.hands or step.submitter_may:
        what = "您已经签署过一步，一人只能有一次意见"
    return f"这件备案{what}，“{step.short}”请由{SIGNERS[waits_for(step)][1]}签署。"
