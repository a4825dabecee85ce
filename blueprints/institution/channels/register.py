"""台账: found by what people remember, narrowed by the address, read page by page."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

from flask import Response, g, request, url_for
from flask_login import current_user
from markupsafe import Markup
from sqlalchemy import Row

from blueprints.institution.components.progress import CHANNEL_TONES
from blueprints.institution.filtering import chips, forms_on_offer, units_on_offer
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.page import page
from blueprints.web.presentation import day, masked
from models import clock
from models.channels.channel import CLOSING, ChannelState
from models.people.unit import tree
from models.register import counts, pages
from models.register.search import STANDINGS
from models.register.staleness import stale_before
from models.rules.filters import EVERYTHING, Cursor, Filters
from models.rules.policy import Action
from models.rules.typed_text import normalised

NOTHING = "—"
PAGE_SIZE = 20
# A phone's last digits: with fewer, half the campus would answer.
SHORTEST_ENDING, MOST_BY_PHONE = 4, 100


@mould.get("/register")
@requires(Action.READ)
def register() -> Response:
    filters, cursor = Filters.read(request.args), Cursor.read(request.args)
    listed = pages.find(g.institution, current_user, filters, cursor, PAGE_SIZE)
    return _draw(listed.items, filters, listed=listed)


@mould.post("/register")
@requires(Action.READ)
def register_by_phone() -> Response:
    """Whose phone ends so. By POST, for a phone stands in no address; nothing is written."""
    typed = normalised("NFKC", request.form.get("phone", "")[:40])
    ending = re.sub(r"[^0-9]", "", typed)
    if len(ending) < SHORTEST_ENDING:
        problem = f"请填写电话号码的最后 {SHORTEST_ENDING} 位或更多数字。"
        return _draw([], EVERYTHING, problem=problem, status=422)
    rows, more = pages.by_phone(current_user, ending, MOST_BY_PHONE)
    return _draw(rows, EVERYTHING, ending=ending, more=more)


def _draw(
    rows: list[Row],
    filters: Filters,
    listed: pages.RegisterPage | None = None,
    ending: str = "",
    more: bool = False,
    problem: str = "",
    status: int = 200,
) -> Response:
    """The page or its results: a page of the list, `listed`, or those of a phone's `ending`."""
    totals, units = counts.totals(g.institution, current_user), units_on_offer()
    offered = {
        "form": forms_on_offer(),
        "platform": {platform: platform for platform in totals.platforms},
        "tier": g.institution.tiers,
        "state": {code: label for code, (label, _) in STANDINGS.items()},
        "year": {str(year): f"{year} 年批准" for year in counts.years(g.institution.code)},
        "stale": {"1": "待核实"},
        "incomplete": {"1": "待补充"},
    }
    return page(
        "institution/channels/register.html",
        "results",
        status=status,
        filters=filters,
        listed=listed,
        ending=ending,
        more=more,
        problem=problem,
        units=units,
        offered=offered,
        states=list(offered["state"].items())[1:],
        heads=_heads(totals),
        limited=totals.stale is not None,
        chips=chips(".register", filters.query, {"q": {}, "unit": dict(units), **offered}),
        lines=lines(rows, pages.open_filing_labels(rows), filters.q),
        address=partial(_address, filters),
        size=PAGE_SIZE,
        tables=_tables(filters),
    )


def _heads(totals: counts.Totals) -> list[tuple[str, int, str]]:
    """The head's counts, each with the list it counts."""
    heads = [
        ("在册", totals.in_force, {}),
        ("待核实", totals.stale, {"stale": "1"}),
        ("待补充", totals.incomplete, {"incomplete": "1"}),
        ("待核实销号", totals.closing or None, {"state": "closing"}),
        ("已注销", totals.closed, {"state": "closed"}),
    ]
    return [
        (label, count, url_for(".register", **query)) for label, count, query in heads if count is not None
    ]


def _tables(filters: Filters) -> list[tuple[str, str]]:
    """The summary tables that what is shown may be exported as."""
    return [
        (code, table.short)
        for code, table in g.institution.registers.items()
        if filters.form in ("", table.form)
    ]


def _address(filters: Filters, cursor: Cursor) -> str:
    return url_for(".register", **filters.query, **cursor.query)


class Line(NamedTuple):
    """A channel in words. `below`: its society, when `unit` is the unit above; `late`: is stale."""

    id: int
    title: str
    number: str
    platform: str
    account: str
    unit: str
    below: str
    tier: str
    person: str
    phone: str
    followers: str
    heard: str
    late: bool
    tags: list[tuple[str, str]]


def lines(rows: list[Row], open_labels: Mapping[int, str], words: str) -> list[Line]:
    """The lines of a page. `open_labels`: by channel id, what is on its way; `words`: the search."""
    units, tiers = tree(g.institution.code).nodes, g.institution.tiers
    limit, marked = stale_before(g.institution), _marker(words)
    shown = []
    for row in rows:
        stale = bool(
            limit and row.quiet_since and row.quiet_since < limit and row.state is ChannelState.in_force
        )
        unit, above = units[row.unit_id], units.get(units[row.unit_id].parent_id)
        is_society = above is not None and above.parent_id is not None
        shown.append(
            Line(
                row.id,
                marked(row.title),
                marked(row.number),
                marked(row.platform),
                marked(row.account),
                marked(above.name if is_society else unit.name),
                marked(unit.name) if is_society else "",
                tiers.get(row.tier, row.tier) or NOTHING,
                marked(row.person),
                masked(row.phone),
                NOTHING if row.followers is None else f"{row.followers:,}",
                _silence(row) if stale else day(row.last_update_on),
                stale,
                _tags(row, stale, open_labels.get(row.id, "")),
            )
        )
    return shown


def _tags(row: Row, stale: bool, open_labels: str) -> list[tuple[str, str]]:
    """What is to be said of a channel, each with its tone; 在册 only when nothing else is."""
    tags = [("待核实", "amber")] if stale else []
    if row.incomplete:
        tags.append(("待补充", "blue"))
    if row.state is ChannelState.closed and row.gone_at is None:
        tags.append((CLOSING, "amber"))
    tags = tags or [(row.state.label, CHANNEL_TONES[row.state])]
    return [*tags, (open_labels, "amber")] if open_labels else tags


def _silence(row: Row) -> str:
    """For how long nothing was heard of a stale one: 7个月前."""
    today, then = clock.today(), row.quiet_since
    months = (today.year - then.year) * 12 + today.month - then.month - (today.day < then.day)
    return f"{months}个月前" if months < 24 else f"{months // 12}年前"


def _marker(words: str) -> Callable[[str], str]:
    """A function that marks in a text what was searched for; an empty one is a dash."""
    sought = re.compile(f"({re.escape(words)})", re.IGNORECASE) if words else None

    def marked(text: str) -> str:
        pieces = sought.split(text) if sought else [text]
        if len(pieces) == 1:
            return text or NOTHING
        # Every second piece is what was found.
        return Markup("").join(
            Markup("<mark>{}</mark>").format(piece) if at % 2 else piece for at, piece in enumerate(pieces)
        )

    return marked
