"""核实: channels that were silent too long, and those of which 无变更 is to be said this year."""

from functools import partial

from flask import Response, g, request, url_for
from flask_login import current_user
from sqlalchemy import Select, select

from blueprints.institution.channels.activity import Outcome, is_confirmed, perform
from blueprints.institution.components.progress import open_place
from blueprints.institution.filtering import page_number, ticked_rows, units_on_offer
from blueprints.institution.loading import load_channel, rows_in_sight
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.page import go, page
from blueprints.web.writing import begin_to_write
from models import clock
from models.channels.channel import Channel
from models.database import db
from models.decisions import decide_each
from models.filings import queries
from models.filings.filing import OPEN, Filing
from models.register import search
from models.register.activity import confirm_unchanged, counts, due_condition, standing_answers
from models.register.staleness import is_stale, stale_before, stale_condition
from models.rules.filters import Filters
from models.rules.policy import Action

PAGE_SIZE = 20
MOST_AT_ONCE = 300
TABS = {"stale": "待核实", "due": "待年度确认", "all": "全部"}


@mould.get("/liveness")
@requires(Action.READ)
def liveness() -> Response:
    return _draw([])


@mould.post("/liveness")
@requires(Action.READ)
def say_of_many() -> Response:
    """无变更 of every channel that was ticked: each is confirmed or says why not."""
    ids = ticked_rows(request.form, "channel")
    if not ids:
        return _draw([], problem="请先勾选没有变更的账号。", status=422)
    if len(ids) > MOST_AT_ONCE:
        problem = f"一次最多确认 {MOST_AT_ONCE} 个，请分几次确认。"
        return _draw([], problem=problem, status=422)
    begin_to_write()
    channels = rows_in_sight(Channel, ids)
    decisions = decide_each(channels, lambda channel: confirm_unchanged(channel, g.institution, current_user))
    db.session.commit()
    return _draw([Outcome.confirmed(decision) for decision in decisions])


@mould.post("/liveness/<int:channel_id>")
@requires(Action.READ)
def say_of_one(channel_id: int) -> Response:
    """One statement from a row of the list; a refusal opens the row again, with what was typed."""
    outcome = perform(load_channel(channel_id), request.form)
    db.session.commit()
    if outcome.filing is not None:
        endpoint, values = open_place(outcome.filing)
        return go(endpoint, **values)
    return _draw([outcome], status=422 if outcome.problem else 200)


def _draw(results: list[Outcome], problem: str = "", status: int = 200) -> Response:
    filters, tab = Filters.read(request.args), _tab()
    narrowed = Filters(q=filters.q, unit=filters.unit)
    listed = queries.page(_in_tab(tab, narrowed), page_number(request.args), PAGE_SIZE)
    units, kept = units_on_offer(), {"tab": tab, **narrowed.query}
    return page(
        "institution/channels/liveness.html",
        "results",
        status=status,
        listed=listed,
        filters=narrowed,
        kept=kept,
        units=units,
        results=results,
        problem=problem,
        # What was typed stands in its row again, beside the sentence.
        failed={outcome.channel.id: outcome for outcome in results if outcome.typed},
        chips=_chips(kept, dict(units)),
        tab=tab,
        tabs=_offered(),
        counts=counts(g.institution, current_user),
        open_about=_open_filings(listed.items),
        answers=standing_answers(listed.items),
        due=_due(listed.items),
        is_stale=partial(is_stale, institution=g.institution),
        is_confirmed=is_confirmed,
        limit=stale_before(g.institution),
        months=g.institution.clocks.stale_months,
        year=clock.today().year,
        most=MOST_AT_ONCE,
    )


def _chips(kept: dict[str, str], units: dict[str, str]) -> list[dict]:
    """The filters that are set, each with the address of the same tab without it."""
    return [
        {
            "label": units.get(value, value).strip() if name == "unit" else value,
            "url": url_for(".liveness", **{key: other for key, other in kept.items() if key != name}),
        }
        for name, value in kept.items()
        if name != "tab"
    ]


def _offered() -> dict[str, str]:
    """The tabs; a school without a limit has nothing stale."""
    limited = bool(g.institution.clocks.stale_months)
    return {code: label for code, label in TABS.items() if limited or code != "stale"}


def _tab() -> str:
    """The tab asked for, else the first."""
    tab = request.args.get("tab", "")
    return tab if tab in _offered() else next(iter(_offered()))


def _in_tab(tab: str, filters: Filters) -> Select[Channel]:
    """The channels of a tab; of the stale ones, the longest silent first."""
    query = search.channels(g.institution, current_user, filters)
    if tab == "due":
        return query.where(due_condition(g.institution.code))
    if tab == "stale":
        query = query.where(stale_condition(g.institution))
        return query.order_by(None).order_by(Channel.quiet_since, Channel.id)
    return query


def _due(channels: list[Channel]) -> set[int]:
    """Ids of those of which 无变更 is still to be said this year."""
    ids = [channel.id for channel in channels]
    query = select(Channel.id).where(Channel.id.in_(ids), due_condition(g.institution.code))
    return set(db.session.scalars(query))


def _open_filings(channels: list[Channel]) -> dict[int, Filing]:
    """The filing under way about each of the channels, by channel."""
    ids = [channel.id for channel in channels]
    query = select(Filing).where(Filing.channel_id.in_(ids), Filing.state.in_(OPEN))
    return {filing.channel_id: filing for filing in db.session.scalars(query)}
