"""台账: found by what people remember, narrowed by the address, read page by page."""

import re
import unicodedata
from functools import partial

from flask import Response, g, request, url_for
from flask_login import current_user
from sqlalchemy import Row

from blueprints.institution.channels.register_rows import lines
from blueprints.institution.filtering import chips, forms_on_offer, units_on_offer
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.page import page
from models.register import counts, pages
from models.register.search import STANDINGS
from models.rules.filters import EVERYTHING, Cursor, Filters
from models.rules.policy import Action

PAGE_SIZE = 20
# A phone's last digits: with fewer, half the campus would answer.
SHORTEST_ENDING, MOST_BY_PHONE = 4, 100


@mould.get("/register")
@requires(Action.READ)
def register() -> Response:
    filters, cursor = Filters.read(request.args), Cursor.read(request.args)
    found = pages.find(current_user, filters, cursor, PAGE_SIZE)
    return _draw(found.items, filters, found=found)


@mould.post("/register")
@requires(Action.READ)
def register_by_phone() -> Response:
    """Whose phone ends so. By POST, for a phone stands in no address; nothing is written."""
    typed = unicodedata.normalize("NFKC", request.form.get("phone", "")[:40])
    ending = re.sub(r"[^0-9]", "", typed)
    if len(ending) < SHORTEST_ENDING:
        problem = f"请填写电话号码的最后 {SHORTEST_ENDING} 位或更多数字。"
        return _draw([], EVERYTHING, problem=problem, status=422)
    rows, more = pages.by_phone(current_user, ending, MOST_BY_PHONE)
    return _draw(rows, EVERYTHING, ending=ending, more=more)


def _draw(rows: list[Row], filters: Filters, found: pages.Found | None = None,
          ending: str = "", more: bool = False, problem: str = "", status: int = 200) -> Response:
    """The page or its results: a page that was `found`, or those of a phone's `ending`."""
    totals, units = counts.totals(current_user), units_on_offer()
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
        "institution/channels/register.html", "results", status=status,
        filters=filters, found=found, ending=ending, more=more, problem=problem,
        units=units, offered=offered, states=list(offered["state"].items())[1:],
        heads=_heads(totals), limited=totals.stale is not None,
        chips=chips(".register", filters.query, {"q": {}, "unit": dict(units), **offered}),
        lines=lines(rows, pages.under_way(rows), filters.q),
        address=partial(_address, filters), size=PAGE_SIZE, tables=_tables(filters),
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
    return [(label, count, url_for(".register", **asked))
            for label, count, asked in heads if count is not None]


def _tables(filters: Filters) -> list[tuple[str, str]]:
    """The summary tables that what is shown may be exported as."""
    return [(code, table.short) for code, table in g.institution.registers.items()
            if filters.form in ("", table.form)]


def _address(filters: Filters, cursor: Cursor) -> str:
    return url_for(".register", **filters.query, **cursor.query)
