"""汇总表: every register of the school on screen; as files they come from `exports`."""

from dataclasses import replace

from flask import Response, g, request
from flask_login import current_user

from blueprints.institution.components.summary_scope import asked_scope, load_register, own_scope
from blueprints.institution.filtering import page_number, units_on_offer
from blueprints.institution.paper.summary_texts import head_line, note_lines
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.page import page
from blueprints.web.presentation import masked
from models import clock
from models.filings.queries import Page
from models.reports.summary import count
from models.reports.summary import page as summed_up
from models.rules.definitions.register import COLUMN_SOURCES, Register
from models.rules.policy import Action

PAGE_SIZE = 50


@mould.get("/summaries/")
@requires(Action.READ)
def summaries() -> Response:
    """Every register of the school, with what it counts in one's own units."""
    scope, day = own_scope(g.institution, current_user), clock.today()
    cards = [
        (register, count(register, g.institution, scope.ids, day))
        for register in g.institution.registers.values()
    ]
    return page("institution/summaries/summaries.html", cards=cards, scope=scope)


@mould.get("/summaries/<register>")
@requires(Action.READ)
def summary(register: str) -> Response:
    """One register on screen, fifty rows a page; the files hold all rows."""
    definition, scope, day = load_register(register), asked_scope(), clock.today()
    shown = summed_up(definition, g.institution, scope.ids, day, page_number(request.args), PAGE_SIZE)
    return page(
        "institution/summaries/summary.html",
        register=definition,
        scope=scope,
        counted=count(definition, g.institution, scope.ids, day),
        row_page=_masked_page(shown, _phones(definition)),
        head=head_line(definition, scope.name, day),
        notes=note_lines(definition),
        units=units_on_offer(),
        widths=_widths(definition),
        title_column=_title_column(definition),
        noun=g.institution.forms[definition.form].noun,
    )


def _masked_page(shown: Page, phones: set[str]) -> Page:
    """A page of rows as (row, texts), phones masked where the person need not sign for them."""
    items = [
        (row, {heading: _masked(text) if heading in phones else text
               for heading, (text, *_) in row.cells.items()})
        for row in shown.items
    ]  # fmt: skip
    return replace(shown, items=items)


def _masked(phone: str) -> str:
    return masked(phone) if phone else ""


def _phones(register: Register) -> set[str]:
    """The columns of phone numbers to be masked: none for those who sign the paper themselves."""
    if current_user.visible_units() is not None:
        return set()
    form = g.institution.forms[register.form]
    return {
        column.heading
        for column in register.columns
        for path in (column.value, column.fallback)
        if path and path not in COLUMN_SOURCES and form.field(path).type == "phone"
    }


def _widths(register: Register) -> list[float]:
    """The columns' widths in per cent."""
    total = sum(column.width for column in register.columns)
    return [round(100 * column.width / total, 2) for column in register.columns]


def _title_column(register: Register) -> str:
    """The heading of the column that names the channel; '' when the register does not print it."""
    title = g.institution.forms[register.form].channel.title
    return next((column.heading for column in register.columns if column.value == title), "")
