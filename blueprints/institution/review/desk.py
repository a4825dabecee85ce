"""审核: what waits for this person's opinion, decided one by one or many at once."""

from collections.abc import Sequence

from flask import Response, g, request
from flask_login import current_user

from blueprints.institution.components import grid
from blueprints.institution.components.opinions import keep_opinion, read_opinion
from blueprints.institution.components.progress import VERB_TONES
from blueprints.institution.filtering import page_number, ticked_rows, whole_number
from blueprints.institution.loading import revision_of, rows_in_sight
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.page import page
from blueprints.web.writing import begin_to_write
from models.database import db
from models.decisions import Decision, decide_each
from models.filings import queries, transitions
from models.filings.barring import Barred, bar_of, bars
from models.filings.filing import Filing
from models.messaging import saved_replies
from models.rules.policy import Action
from models.rules.workflow import DECISIONS, Verb

PAGE_SIZE = 20
MOST_AT_ONCE = 300


@mould.get("/desk")
@requires(Action.REVIEW)
def desk() -> Response:
    return _draw([])


@mould.post("/desk")
@requires(Action.REVIEW)
def decide() -> Response:
    """Give one opinion on every filing that was ticked: each goes through or says why not."""
    chosen, only = ticked_rows(request.form, "filing"), _list_of_form()
    verb = request.form.get("verb", "")
    opinion, problem = read_opinion()
    if verb not in DECISIONS or not chosen:
        problem = "请先勾选要处理的备案，再选择意见。"
    elif len(chosen) > MOST_AT_ONCE:
        problem = f"一次最多处理 {MOST_AT_ONCE} 件，请分几次处理。"
    elif verb != Verb.approve and not opinion:
        problem = f"请填写“{Verb(verb).label}”的理由，经办人要据此修改或了解原因。"
    if problem:
        return _draw([], only, problem=problem, typed=opinion, ticked=chosen, status=422)

    def move(filing: Filing) -> None:
        if verb == Verb.approve and (bar := bar_of(g.institution, filing)):
            raise Barred(bar, "没有一并同意，请打开这一件单独办理。")
        revision = revision_of(request.form, f"revision-{filing.id}")
        transitions.move(filing, g.institution, Verb(verb), current_user, opinion, revision)

    begin_to_write()
    decisions = decide_each(rows_in_sight(Filing, chosen), move)
    keep_opinion(opinion)
    db.session.commit()
    left = [decision.row.id for decision in decisions if decision.problem]
    if left:
        # What did not go through stands there ticked, with the words, to be tried once more.
        return _draw(decisions, only, typed=opinion, ticked=left)
    return _draw(decisions)


def _list_of_form() -> tuple[str, int] | None:
    """The list that the form was drawn for: it is drawn again when it is refused."""
    unit = whole_number(request.form.get("list-unit", ""))
    return (request.form.get("list-form", ""), unit) if unit else None


@mould.get("/desk/lists/<form>/<int:unit_id>")
@requires(Action.REVIEW)
def desk_list(form: str, unit_id: int) -> Response:
    """One unit's list, every row ticked: signed with one opinion."""
    return _draw([], only=(form, unit_id))


def _draw(
    decisions: Sequence[Decision[Filing]],
    only: tuple[str, int] | None = None,
    problem: str = "",
    typed: str = "",
    ticked: list[int] | None = None,
    status: int = 200,
) -> Response:
    lists = queries.lists_waiting(g.institution, current_user)
    shown = next((waiting for waiting in lists if (waiting.form, waiting.unit.id) == only), None)
    if shown is not None and ticked is None:
        ticked = [filing.id for filing in shown.filings]
    return page(
        "institution/review/desk.html",
        "results",
        "places",
        status=status,
        lists=lists,
        decisions=decisions,
        problem=problem,
        typed=typed,
        ticked=ticked or [],
        **_rows(shown),
        **_for_deciding(),
    )


def _rows(shown: queries.WaitingList | None) -> dict:
    """One unit's list with its own columns, or a page of what is signed sheet by sheet."""
    query = queries.queue(g.institution, current_user, "sheet")
    rows = queries.page(query, page_number(request.args), PAGE_SIZE)
    return {
        "shown": shown,
        "bars": bars(g.institution, shown.filings if shown else rows.items),
        "columns": grid.columns(g.institution.forms[shown.form]) if shown else [],
        "listed": rows,
        "late_before": queries.late_before(g.institution),
        "forms": g.institution.forms,
    }


def _for_deciding() -> dict:
    return {"verbs": DECISIONS, "tones": VERB_TONES, "canned": saved_replies.of(current_user)}
