"""待核实销号: what was closed and is still to be seen gone, judged one by one or many at once."""

from collections.abc import Sequence

from flask import Response, g, request
from flask_login import current_user

from blueprints.institution.components.seen_gone import read_judgement
from blueprints.institution.filtering import page_number
from blueprints.institution.loading import rows_in_sight
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.page import page
from blueprints.web.writing import begin_to_write
from models.channels.channel import Channel
from models.database import db
from models.decisions import Decision, decide_each
from models.filings import queries
from models.register.closing import Awaited, awaited, awaiting, confirm_gone, still_there
from models.rules.filters import Filters
from models.rules.masking import mask_answer
from models.rules.policy import Action, may

PAGE_SIZE = 20
# The home page shows the first few; the list holds the rest.
SHOWN = 6


@mould.get("/closings")
@requires(Action.READ)
def closings() -> Response:
    return _draw([])


@mould.post("/closings")
@requires(Action.OVERSEE)
def judge_closings() -> Response:
    """Say of every channel that was ticked that it is gone, or that it is still there."""
    judged = read_judgement("channel")
    if judged.problem:
        return _draw([], problem=judged.problem, typed=judged.note, ticked=judged.chosen, status=422)

    def judge(channel: Channel) -> None:
        seen = request.form.get(f"seen-{channel.id}", "")
        if judged.gone:
            confirm_gone(channel, seen, current_user)
        else:
            still_there(channel, judged.note, seen, current_user)

    begin_to_write()
    decisions = decide_each(rows_in_sight(Channel, judged.chosen), judge)
    db.session.commit()
    left = [decision.row.id for decision in decisions if decision.problem]
    return _draw(decisions, typed=judged.note if left else "", ticked=left)


def card(channel: Channel) -> dict:
    """What the channel's page says of its closing, once that is approved."""
    if channel.closed_at is None:
        return {"closing": None}
    closed = awaited([channel])[0]
    return {"closing": {"awaited": closed, "answers": closing_answers(closed), "judges": _judges()}}


def on_home() -> dict:
    """What the home page says: how many wait, and of one's own units the longest waiting."""
    query = awaiting(current_user)
    shown = [] if _judges() else list(db.session.scalars(query.limit(SHOWN)))
    return {"count": queries.count(query), "shown": awaited(shown)}


def closing_answers(closed: Awaited) -> list[tuple]:
    """What the closing said, item by item: pairs of item and answer, phones masked."""
    if closed.filing is None:
        return []
    filing = closed.filing
    items = filing.definition(g.institution).visible(filing.answers, filing.kind)
    answers = [(item, mask_answer(item, filing.answers.get(item.name))) for item in items]
    return [(item, answer) for item, answer in answers if not item.is_empty(answer)]


def _judges() -> bool:
    return may(current_user, Action.OVERSEE)


def _draw(
    decisions: Sequence[Decision[Channel]],
    problem: str = "",
    typed: str = "",
    ticked: list[int] | None = None,
    status: int = 200,
) -> Response:
    words = Filters.read(request.args).q
    listed = queries.page(awaiting(current_user, words), page_number(request.args), PAGE_SIZE)
    return page(
        "institution/channels/closings.html",
        "results",
        status=status,
        words=words,
        listed=listed,
        rows=[(closed, closing_answers(closed)) for closed in awaited(listed.items)],
        decisions=decisions,
        problem=problem,
        typed=typed,
        ticked=ticked or [],
        judges=_judges(),
        forms=g.institution.forms,
    )
