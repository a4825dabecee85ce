"""汇总表: every register of the school on screen, as it is or as it was signed; files: `exports`."""

from datetime import date

from flask import Response, g, request
from flask_login import current_user

from blueprints.institution.components.signed_years import asked_year, years_on_offer
from blueprints.institution.components.summary_scope import Scope, asked_scope, load_register, own_scope
from blueprints.institution.components.summary_table import sheet_of
from blueprints.institution.filtering import page_number, units_on_offer
from blueprints.institution.paper.summary_texts import head_line
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.page import page
from models import clock
from models.campaigns.signed_reading import SignedSummary, papers_of_year
from models.filings.queries import Page
from models.reports.summary import Counted, count
from models.reports.summary import page as summed_up
from models.rules.definitions.register import Register
from models.rules.policy import Action

PAGE_SIZE = 50


@mould.get("/summaries/")
@requires(Action.READ)
def summaries() -> Response:
    """Every register of the school, with what it counts in one's own units; of a year, as signed."""
    scope, day, year = own_scope(g.institution, current_user), clock.today(), asked_year()
    registers = g.institution.registers.values()
    if year is None:
        counts = [count(register, g.institution, scope.ids, day) for register in registers]
    else:
        counts = [Counted(**_signed(register, scope, year).count()) for register in registers]
    return page(
        "institution/summaries/summaries.html",
        cards=list(zip(registers, counts, strict=True)),
        scope=scope,
        year=year,
        years=years_on_offer(),
    )


@mould.get("/summaries/<register>")
@requires(Action.READ)
def summary(register: str) -> Response:
    """One register on screen, fifty rows a page; the files hold all rows."""
    definition, scope, year = load_register(register), asked_scope(), asked_year()
    drawn = _now(definition, scope) if year is None else _of_year(definition, scope, year)
    counted, listed, shown_as, day = drawn
    return page(
        "institution/summaries/summary.html",
        register=definition,
        scope=scope,
        year=year,
        years=years_on_offer(),
        counted=counted,
        row_page=listed,
        sheet=sheet_of(shown_as, listed.items, head_line(shown_as, scope.name, day)),
        units=units_on_offer(),
        noun=g.institution.forms[definition.form].noun,
    )


Drawn = tuple[Counted, Page, Register, date | None]


def _now(register: Register, scope: Scope) -> Drawn:
    day = clock.today()
    listed = summed_up(register, g.institution, scope.ids, day, page_number(request.args), PAGE_SIZE)
    return count(register, g.institution, scope.ids, day), listed, register, day


def _of_year(register: Register, scope: Scope, year: int) -> Drawn:
    signed = _signed(register, scope, year)
    counted = Counted(**signed.count())
    pages = max(1, -(-counted.total // PAGE_SIZE))
    number = min(page_number(request.args), pages)
    rows = signed.page(number, PAGE_SIZE)
    listed = Page(rows, counted.total, number, pages)
    return counted, listed, signed.register or register, signed.day


def _signed(register: Register, scope: Scope, year: int) -> SignedSummary:
    papers = papers_of_year(g.institution.code, year)
    return SignedSummary(g.institution.code, register.code, papers, scope.ids)
