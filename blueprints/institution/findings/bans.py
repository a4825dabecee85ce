"""取缔关闭: what must be gone by a day, judged one by one or many at once like any closing."""

from collections.abc import Sequence

from flask import Response, g, request
from flask_login import current_user
from sqlalchemy import select

from blueprints.institution.components.seen_gone import read_judgement
from blueprints.institution.filtering import page_number
from blueprints.institution.findings.found_list import is_in_sight, linked
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.page import page
from blueprints.web.writing import begin_to_write
from models.database import db
from models.decisions import Decision, decide_each
from models.filings import queries
from models.findings.ban import bans, seen_gone, seen_there
from models.findings.sanction import Sanction
from models.rules.filters import Filters
from models.rules.policy import Action, may

PAGE_SIZE = 20


@mould.get("/sanctions/bans", endpoint="bans")
@requires(Action.READ)
def listed() -> Response:
    return _draw([])


@mould.post("/sanctions/bans")
@requires(Action.OVERSEE)
def judge_bans() -> Response:
    """Say of every account that was ticked that it is gone, or that it is still there."""
    judged = read_judgement("sanction")
    if judged.problem:
        return _draw([], problem=judged.problem, typed=judged.note, ticked=judged.chosen, status=422)

    def judge(sanction: Sanction) -> None:
        if judged.gone:
            seen_gone(sanction, current_user)
        else:
            seen_there(sanction, judged.note, current_user)

    begin_to_write()
    rows = select(Sanction).where(Sanction.institution == g.institution.code, Sanction.id.in_(judged.chosen))
    decisions = decide_each(db.session.scalars(rows.order_by(Sanction.id)).all(), judge)
    db.session.commit()
    left = [decision.row.id for decision in decisions if decision.problem]
    return _draw(decisions, typed=judged.note if left else "", ticked=left)


def on_home() -> dict:
    """How many accounts are to be closed within one's units, and how many should be gone by now."""
    if not any(rule.closes for rule in g.institution.sanctions.values()):
        return {"open": 0, "late": 0}
    return {"open": queries.count(bans(current_user)), "late": queries.count(bans(current_user, late=True))}


def _draw(
    decisions: Sequence[Decision[Sanction]],
    problem: str = "",
    typed: str = "",
    ticked: list[int] | None = None,
    status: int = 200,
) -> Response:
    words, late = Filters.read(request.args).q, request.args.get("late") == "1"
    return page(
        "institution/findings/bans.html",
        "results",
        status=status,
        words=words,
        late=late,
        listed=queries.page(bans(current_user, words, late), page_number(request.args), PAGE_SIZE),
        decisions=decisions,
        problem=problem,
        typed=typed,
        ticked=ticked or [],
        judges=may(current_user, Action.OVERSEE),
        in_sight=is_in_sight,
        linked=linked,
    )
