"""How a unit's report moves: states, verbs, who may use which. No SQL, no Flask.

未开始 → 填报中 → (待签字) → 已报送 → 已接收 | 退回. Nothing here looks at the clock: what comes
late is late and says so, but no answer is refused because a deadline passed or a clock is wrong.
"""

from dataclasses import dataclass
from enum import StrEnum

from models.rules.workflow import Actor, Refused


class ReportState(StrEnum):
    not_started = "not_started"
    writing = "writing"
    to_sign = "to_sign"
    reported = "reported"
    received = "received"
    returned = "returned"

    @property
    def label(self) -> str:
        return LABELS[self]


class ReportVerb(StrEnum):
    hand_in = "hand_in"
    take_back = "take_back"
    sign = "sign"
    receive = "receive"
    return_ = "return"

    @property
    def label(self) -> str:
        return LABELS[self]


LABELS: dict[StrEnum, str] = {
    ReportState.not_started: "未开始",
    ReportState.writing: "填报中",
    ReportState.to_sign: "待负责人签字",
    ReportState.reported: "已报送",
    ReportState.received: "已接收",
    ReportState.returned: "已退回",
    ReportVerb.hand_in: "提交签字",
    ReportVerb.take_back: "撤回",
    ReportVerb.sign: "签字报送",
    ReportVerb.receive: "接收",
    ReportVerb.return_: "退回",
}

WRITABLE = frozenset({ReportState.not_started, ReportState.writing, ReportState.returned})
# What the office still waits for, and what it reminds people of.
MISSING = WRITABLE | {ReportState.to_sign}

# From which state a verb may be used, and where it leads.
MOVES = {
    ReportVerb.hand_in: dict.fromkeys(WRITABLE, ReportState.to_sign),
    ReportVerb.take_back: {ReportState.to_sign: ReportState.writing},
    ReportVerb.sign: {ReportState.to_sign: ReportState.reported},
    ReportVerb.receive: {ReportState.reported: ReportState.received},
    ReportVerb.return_: {
        ReportState.to_sign: ReportState.returned,
        ReportState.reported: ReportState.returned,
    },
}


@dataclass(frozen=True)
class Standing:
    """Where a report stands, and who has to do with it.

    `writers`: who answered in it or handed it in, be it before it came back. `office`: who may
    receive it, known while it may be handed in. `distinct`, `submitter_may`: as of a filing's step.
    """

    state: ReportState
    unit: int
    heads: frozenset[int]
    handed_in_by: int | None = None
    ended: bool = False
    writers: frozenset[int] = frozenset()
    signed_by: int | None = None
    office: frozenset[int] | None = None
    distinct: bool = True
    submitter_may: bool = False

    @property
    def barred(self) -> frozenset[int]:
        """Who gives no opinion on it: whoever wrote it, and whoever signed it already."""
        wrote = self.writers | {self.handed_in_by}
        # A signature stands while the report is with the office; before, it is still to be given.
        stands = self.distinct and self.state in (ReportState.reported, ReportState.received)
        kept_out = (set() if self.submitter_may else wrote) | ({self.signed_by} if stands else set())
        return frozenset(person for person in kept_out if person is not None)


def allowed(standing: Standing, actor: Actor) -> list[ReportVerb]:
    """The verbs a `workflow.Actor` may use now, in the order of their buttons."""
    return [verb for verb in ReportVerb if not objection(standing, actor, verb)]


def move(standing: Standing, actor: Actor, verb: ReportVerb, reason: str = "") -> ReportState:
    """Where a verb leads. Raises Refused when it is not allowed or lacks its reason."""
    sentence = objection(standing, actor, verb)
    if not sentence and verb is ReportVerb.hand_in:
        # Said when it is pressed: without the button nobody would learn why.
        sentence = _nobody_left(standing, actor)
    if not sentence and verb is ReportVerb.return_ and not reason.strip():
        sentence = "请填写退回的理由，单位要据此修改。"
    if sentence:
        raise Refused(sentence)
    return MOVES[verb][standing.state]


def objection(standing: Standing, actor: Actor, verb: ReportVerb) -> str:
    """Why the person may not use the verb now; '' when they may."""
    if standing.state not in MOVES[verb]:
        return f"这份报送现在是“{standing.state.label}”，不能再{verb.label}。"
    if standing.ended and verb is not ReportVerb.receive:
        return "这项备案工作已经结束，需要补报的请联系宣传部门。"
    if verb in (ReportVerb.hand_in, ReportVerb.take_back):
        return "" if reports(standing, actor) else "只有本单位的经办人可以办理。"
    if standing.state is ReportState.to_sign:
        return _against_signing(standing, actor)
    return _against_receiving(standing, actor)


def reports(standing: Standing, actor: Actor) -> bool:
    """True for a reporter of the unit, and for the office, which reports for those without one."""
    return reports_for(standing.unit, actor)


def reports_for(unit: int, actor: Actor) -> bool:
    """`reports`, of the report of this unit."""
    return unit in actor.reporter_units or actor.office


def _against_signing(standing: Standing, actor: Actor) -> str:
    if not standing.heads:
        return "本单位和上级单位都还没有登记单位负责人，请联系系统管理员登记。"
    if actor.id not in standing.heads:
        return "这份报送正在等待单位负责人签字，您不是这个单位的负责人。"
    if actor.id in standing.barred:
        return f"这份报送是您{_part(standing, actor)}的，请由单位的其他负责人或代签人签字。"
    return ""


def _against_receiving(standing: Standing, actor: Actor) -> str:
    if not actor.office:
        return "只有宣传部门可以接收或退回。"
    if actor.id in standing.barred:
        return f"这份报送是您{_part(standing, actor)}的，请由宣传部的其他审核员接收或退回。"
    return ""


def _part(standing: Standing, actor: Actor) -> str:
    if actor.id == standing.handed_in_by:
        return "提交"
    return "填写" if actor.id in standing.writers else "签字"


def _nobody_left(standing: Standing, actor: Actor) -> str:
    """Why nobody could sign or receive it once this person has handed it in; '' when they can."""
    if not standing.heads:
        return "本单位和上级单位都还没有登记单位负责人，请联系系统管理员登记后再提交。"
    wrote = frozenset() if standing.submitter_may else standing.barred | {actor.id}
    heads = standing.heads - wrote
    if not heads:
        return (
            "没有人可以签字：单位负责人都填写或提交过这份报送，不能再签字。"
            "请由单位负责人指定代签人，或由系统管理员另外登记一位单位负责人，再提交。"
        )
    if standing.office is None:
        return ""
    office = standing.office - wrote
    if not office or (standing.distinct and len(heads | office) < 2):
        return (
            "没有人可以接收：宣传部审核员都填写、提交过这份报送，或者要在上面签字，一人只能有一次意见。"
            "请由系统管理员另外登记一位宣传部审核员，再提交。"
        )
    return ""
