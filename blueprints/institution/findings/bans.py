"""取缔关闭: what must be gone by a day, judged one by one or many at once like any closing."""

from collections.abc import Sequence

from flask import Response, g, request
from flask_login import current_user
from sqlalchemy import select

from blueprints.institution.components.opinions import read_opinion
from blueprints.institution.filtering import page_number, ticked_rows
from blueprints.institution.findings.found_list import is_in_sight, linked
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.page import page
from blueprints.web.writing import begin_to_write
from models.database import db
from models.decisions import Decision, decide_each
from models.filings import queries
from models.findings.ban import GONE, STILL_THERE, bans, seen_gone, seen_there
from models.findings.sanction import Sanction
from models.rules.filters import Filters
from models.rules.policy import Action, may

PAGE_SIZE = 20
MOST_AT_ONCE = 100


@mould.get("/sanctions/bans", endpoint="bans")
@requires(Action.READ)
def listed() -> Response:
    return _draw([])


@mould.post("/sanctions/bans")
@requires(Action.OVERSEE)
def judge_bans() -> Response:
    """Say of every account that was ticked that it is gone, or that it is still there."""
    chosen = ticked_rows(request.form, "sanction")
    verb = request.form.get("verb", "")
    note, problem = read_opinion()
    if not chosen or verb not in (GONE, STILL_THERE):
        problem = "请先勾选已经查看过的账号，再选择核实结果。"
    elif len(chosen) > MOST_AT_ONCE:
        problem = f"一次最多核实 {MOST_AT_ONCE} 个，请分几次处理。"
    elif verb == STILL_THERE and not note:
        problem = "请写明查到的情况，单位要据此处理。"
    if problem:
        return _draw([], problem=problem, typed=note, ticked=chosen, status=422)

    def judge(sanction: Sanction) -> None:
        if verb == GONE:
            seen_gone(sanction, current_user)
        else:
            seen_there(sanction, note, current_user)

    begin_to_write()
    rows = select(Sanction).where(Sanction.institution == g.institution.code, Sanction.id.in_(chosen))
    decisions = decide_each(db.session.scalars(rows.order_by(Sanction.id)).all(), judge)
    db.session.commit()
    return _draw(decisions)


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
