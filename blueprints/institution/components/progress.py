"""How far a filing has come: the steps of its route as the filing page's stepper shows them."""

from dataclasses import dataclass
from datetime import datetime

from flask import g
from flask_login import current_user

from blueprints.institution.loading import FilingCase, may_open
from models.channels.channel import ChannelState
from models.events.history import Event
from models.filings.filing import Filing
from models.rules.filing_kind import FilingKind
from models.rules.workflow import LABELS, Role, State, Verb

TONES = {
    State.draft: "grey",
    State.in_review: "amber",
    State.returned: "red",
    State.withdrawn: "grey",
    State.rejected: "red",
    State.filed: "green",
}


VERB_TONES = {Verb.approve: "primary", Verb.return_: "plain", Verb.reject: "danger"}

CHANNEL_TONES = {
    ChannelState.planned: "grey",
    ChannelState.in_force: "green",
    ChannelState.closed: "grey",
    ChannelState.void: "red",
}


@dataclass(frozen=True)
class Stage:
    """One dot of the stepper. `state` is done, current, todo or refused."""

    label: str
    state: str
    who: str = ""
    opinion: str = ""
    when: datetime | None = None
    waiting_since: datetime | None = None


def state_words(filing: Filing) -> tuple[str, str]:
    """A filing's state in words and its tone: 待单位意见 amber, 已退回 red, 待补充 blue."""
    if filing.state == State.in_review:
        step = filing.steps(filing.definition(g.institution))[filing.step]
        return f"待{step.short}", "amber"
    if filing.incomplete:
        return "待补充", "blue"
    return LABELS[filing.state], TONES[filing.state]


def stages(case: FilingCase) -> list[Stage]:
    """The whole way of a filing: handing in, each step of its route, the register."""
    filing = case.filing
    # Withdrawing voids what was signed, so the way begins anew.
    events = [] if filing.state == State.withdrawn else _this_round(filing.events)
    steps = filing.steps(case.form)
    way = [_handing_in(filing, events)]
    for index, step in enumerate(steps):
        way.append(_step(filing, index, step.short, _decision(events, index)))
    done = filing.state == State.filed
    end = f"编号 {filing.number}" if filing.number else "编号归档"
    way.append(Stage(end, "done" if done else "todo", when=filing.decided_at if done else None))
    return way


def sent_back(filing: Filing) -> Event | None:
    """The event that sent a filing back, while it is back: its opinion is the reason."""
    if filing.state != State.returned:
        return None
    return next((event for event in reversed(filing.events) if event.verb == Verb.return_), None)


def edit_place(filing: Filing) -> tuple[str, dict]:
    """Where a filing is written on, as `url_for` takes it: a row of a list in its list."""
    route = filing.definition(g.institution).route
    if route.signed_as == "list" and filing.kind is FilingKind.first:
        return ".group_list", {"form": filing.form, "unit": filing.unit_id}
    return ".edit", {"filing_id": filing.id}


def open_place(filing: Filing) -> tuple[str, dict]:
    """Where to meet a filing somebody has begun: its form, its page, or else its channel's page."""
    if filing.editable(current_user):
        return edit_place(filing)
    if may_open(filing):
        return ".filing", {"filing_id": filing.id}
    return ".channel", {"channel_id": filing.channel_id}


def who_signs_first(case: FilingCase) -> str:
    """Who gets the filing when it is handed in, in words: 单位负责人, 党委宣传部."""
    steps = case.filing.steps(case.form)
    if not steps:
        return ""
    if steps[0].role == Role.office:
        return g.institution.office
    return Role.head.label if steps[0].role == Role.head else ""


def _this_round(events: list[Event]) -> list[Event]:
    """The events since the filing was last handed in; all of them before that."""
    starts = [index for index, event in enumerate(events) if event.verb == Verb.submit]
    return events[starts[-1] :] if starts else events


def _handing_in(filing: Filing, events: list[Event]) -> Stage:
    submit = next((event for event in events if event.verb == Verb.submit), None)
    if submit is None or filing.state in (State.draft, State.withdrawn):
        return Stage("提交", "current")
    return Stage("提交", "done", who=submit.actor_name, when=submit.at)


def _decision(events: list[Event], index: int) -> Event | None:
    return next(
        (
            event
            for event in reversed(events)
            if event.step == index and event.verb in (Verb.approve, Verb.return_, Verb.reject)
        ),
        None,
    )


def _step(filing: Filing, index: int, label: str, decision: Event | None) -> Stage:
    if decision is not None:
        refused = decision.verb != Verb.approve
        return Stage(
            label,
            "refused" if refused else "done",
            who=f"{decision.actor_name} {decision.label}",
            opinion=decision.opinion,
            when=decision.at,
        )
    if filing.state == State.in_review and filing.step == index:
        return Stage(label, "current", waiting_since=filing.waiting_since)
    return Stage(label, "todo")
