"""The card of a channel's page that says when it was last heard of, and what its unit may say."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import Response, flash, g, request
from flask_login import current_user

from blueprints.institution.components.progress import open_place
from blueprints.institution.loading import load_channel
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.page import go, page
from blueprints.web.refusal import attempt
from models import clock
from models.channels.channel import Channel, ChannelState
from models.database import db
from models.decisions import Decision
from models.events import history
from models.filings.filing import AlreadyOpen, Filing, open_about
from models.register.activity import Answer, answer, confirm_unchanged, record_newest_post
from models.register.pasted_dates import LABEL
from models.register.staleness import is_stale
from models.rules.dates import read_day
from models.rules.messages import clean
from models.rules.policy import Action
from models.rules.workflow import Refused


@dataclass(frozen=True)
class Outcome:
    """What became of what a unit stated of one channel: `sentence` says it, `problem` why it was refused.

    `filing`: where the person goes on, when one has begun or stands in the way.
    """

    channel: Channel
    verb: str
    sentence: str = ""
    problem: str = ""
    filing: Filing | None = None
    typed: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def confirmed(cls, decision: Decision[Channel]) -> "Outcome":
        """Of one of many that were confirmed together."""
        problem = decision.problem
        return cls(decision.row, "confirm", "" if problem else "已确认无变更。", problem)


def card(channel: Channel) -> dict:
    """What the channel's page needs for the card; None where nothing is to be shown."""
    events = history.of_channel(channel.id)
    if channel.state is not ChannelState.in_force and not events:
        return {"staleness": None}
    return {"staleness": _facts(channel, events, None)}


@mould.post("/channels/<int:channel_id>/liveness")
@requires(Action.READ)
def say_of_channel(channel_id: int) -> Response:
    """One statement from the channel's own page; a refusal shows the card alone, with what was typed."""
    channel = load_channel(channel_id)
    outcome = perform(channel, request.form)
    db.session.commit()
    if outcome.filing is not None:
        endpoint, values = open_place(outcome.filing)
        return go(endpoint, **values)
    if outcome.sentence:
        flash(outcome.sentence)
        return go(".channel", channel_id=channel_id)
    facts = _facts(channel, history.of_channel(channel_id), outcome)
    return page("institution/channels/channel_liveness.html", status=422, channel=channel, staleness=facts)


def perform(channel: Channel, sent: Mapping[str, str]) -> Outcome:
    """Does what the form says (`do`), or rolls back and says why it was refused."""
    verb = sent.get("do", "")
    with attempt(ValueError) as attempted:
        outcome = _perform(channel, verb, sent)
    if not attempted.refused:
        return outcome
    if isinstance(attempted.refusal, AlreadyOpen):
        flash(attempted.sentence, "warning")
        return Outcome(channel, verb, problem=attempted.sentence, filing=attempted.refusal.filing)
    typed = {name: clean(sent.get(name, "")) for name in ("answer", "day", "words")}
    return Outcome(channel, verb, problem=attempted.sentence, typed=typed)


def _perform(channel: Channel, verb: str, sent: Mapping[str, str]) -> Outcome:
    if verb == "confirm":
        confirm_unchanged(channel, g.institution, current_user)
        return Outcome(channel, verb, "已确认无变更。")
    typed = clean(sent.get("day", ""))
    if verb == "heard":
        day = read_day(typed, LABEL, clock.today())
        return Outcome(channel, verb, _heard(channel, record_newest_post(channel, day, current_user)))
    if verb != "answer" or sent.get("answer") not in list(Answer):
        raise Refused("请选择继续运营、注销或说明。")
    choice = Answer(sent["answer"])
    day = read_day(typed, LABEL, clock.today()) if typed and choice is Answer.go_on else None
    closing = answer(channel, g.institution, choice, current_user, clean(sent.get("words", "")), day)
    if closing is not None:
        flash("已按在册信息预填，请填写注销原因后提交。")
    return Outcome(channel, verb, f"已答复“{choice.label}”。", filing=closing)


def _heard(channel: Channel, event: history.Event | None) -> str:
    if event is None:
        return "与已登记的日期相同，没有改动。"
    months = g.institution.clocks.stale_months
    late = f"已超过{months}个月没有更新，请答复核实。" if is_stale(channel, g.institution) else ""
    return f"已登记最近更新日期。{late}"


def _facts(channel: Channel, events: list[history.Event], outcome: Outcome | None) -> dict:
    return {
        "stale": is_stale(channel, g.institution),
        "months": g.institution.clocks.stale_months,
        "in_force": channel.state is ChannelState.in_force,
        "confirmed": is_confirmed(channel),
        "open": open_about(channel.id),
        "closable": current_user.files_for(channel.unit),
        "events": events,
        "outcome": outcome,
    }


def is_confirmed(channel: Channel) -> bool:
    """Whether 无变更 was said this year."""
    return bool(channel.confirmed_on) and channel.confirmed_on.year == clock.today().year
