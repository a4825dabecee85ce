"""汇总表: every register of the school, on screen, as PDF and as workbook."""

from dataclasses import dataclass
from datetime import date
from io import BytesIO
from math import ceil

from flask import Response, abort, g, request, send_file
from flask_login import current_user

from blueprints.access import requires
from blueprints.institution import mould, register_pdf, workbook
from blueprints.institution.filtering import page_number, units_on_offer, whole_number
from blueprints.institution.register_sheet import file_name, head_line, note_lines
from blueprints.page import page
from blueprints.presentation import campus_now, masked
from models import history
from models.database import db, will_write
from models.definitions.register import COLUMN_SOURCES, Register
from models.ledger import Page
from models.people import tree
from models.policy import Action
from models.summary import SummaryRow, rows

PAGE_SIZE = 50
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Scope:
    """Whose channels a summary sums up.

    `unit` was chosen (else ''), `ids` None means the whole school, which `whole_school` people see
    unless they choose.
    """

    unit: str
    ids: set[int] | None
    name: str
    whole_school: bool


@mould.get("/summaries/")
@requires(Action.READ)
def summaries() -> Response:
    """Every register of the school, with what it counts in one's own units."""
    scope, day = own_scope(), today()
    cards = [
        (register, _counted(rows(register, g.institution, scope.ids, day)))
        for register in g.institution.registers.values()
    ]
    return page("institution/summaries.html", cards=cards, scope=scope)


@mould.get("/summaries/<register>")
@requires(Action.READ)
def summary(register: str) -> Response:
    """One register on screen, fifty rows a page; the files hold all rows."""
    found, scope, day = load_register(register), asked_scope(), today()
    every = rows(found, g.institution, scope.ids, day)
    return page(
        "institution/summary.html",
        register=found,
        scope=scope,
        counted=_counted(every),
        found=_shown(every, _phones(found)),
        head=head_line(found, scope.name, day),
        notes=note_lines(found),
        units=units_on_offer(),
        widths=_widths(found),
        title_column=_title_column(found),
        noun=g.institution.forms[found.form].noun,
    )


@mould.get("/summaries/<register>.pdf")
@requires(Action.READ)
def summary_pdf(register: str) -> Response:
    """The printed table; with `?blank=1` the school's empty sheet."""
    found, scope = load_register(register), asked_scope()
    if not found.paper:
        abort(404)
    paper = register_pdf.draw(found, g.institution, *_filling(found, scope, "PDF"))
    name = file_name(found, _name_in_file(scope), ".pdf")
    response = send_file(BytesIO(paper), "application/pdf", download_name=name)
    response.headers["Cache-Control"] = "no-store"
    return response


@mould.get("/summaries/<register>.xlsx")
@requires(Action.READ)
def summary_xlsx(register: str) -> Response:
    """The workbook; with `?blank=1` the school's empty sheet to be filled offline."""
    found, scope = load_register(register), asked_scope()
    file = workbook.write(found, g.institution, *_filling(found, scope, "Excel"))
    name = file_name(found, _name_in_file(scope), ".xlsx")
    response = send_file(file, WORKBOOK, as_attachment=True, download_name=name)
    response.headers["Cache-Control"] = "no-store"
    return response


def load_register(code: str) -> Register:
    """One of the school's registers; else 404."""
    return g.institution.registers.get(code) or abort(404)


def today() -> date:
    """The day on the campus."""
    return campus_now().date()


def own_scope() -> Scope:
    """The person's own units and those below; the whole school for the office."""
    ids = current_user.visible_units()
    if ids is None:
        return Scope("", None, g.institution.name, True)
    nodes = tree(g.institution.code).nodes
    tops = [node.name for node in nodes.values() if node.id in ids and node.parent_id not in ids]
    return Scope("", ids, "、".join(tops), False)


def asked_scope() -> Scope:
    """The unit of `?unit=` with those below; without it one's own. 404 outside one's units."""
    asked = request.args.get("unit", "")
    if not asked:
        return own_scope()
    units, unit = tree(g.institution.code), whole_number(asked)
    visible = current_user.visible_units()
    if unit not in units.nodes or (visible is not None and unit not in visible):
        abort(404)
    return Scope(str(unit), units.below([unit]), units.nodes[unit].name, visible is None)


def _filling(register: Register, scope: Scope, kind: str) -> tuple:
    """What a file is filled with: rows, unit and day; nothing for a blank one. It is an event."""
    if request.args.get("blank"):
        return ()
    day = today()
    found = rows(register, g.institution, scope.ids, day)
    _note_export(f"{register.title}（{scope.name}，{len(found)}行，{kind}）")
    return found, scope.name, day


def _note_export(said: str) -> None:
    """Write the export down, in a transaction that takes the writer's lock from its start."""
    will_write()
    history.record(g.institution.code, "export", current_user, opinion=said)
    db.session.commit()


def _name_in_file(scope: Scope) -> str:
    return "空白表" if request.args.get("blank") else scope.name


def _counted(found: list[SummaryRow]) -> dict[str, int]:
    closed = sum(row.closed for row in found)
    return {"in_force": len(found) - closed, "closed": closed}


def _shown(every: list[SummaryRow], phones: set[str]) -> Page:
    """One page of rows as (row, texts), phones masked where the person need not sign for them."""
    pages = max(1, ceil(len(every) / PAGE_SIZE))
    number = min(page_number(request.args), pages)
    items = [
        (row, {label: _masked(text) if label in phones else text
               for label, (text, *_) in row.cells.items()})
        for row in every[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    ]  # fmt: skip
    return Page(items, len(every), number, pages)


def _masked(phone: str) -> str:
    return masked(phone) if phone else ""


def _phones(register: Register) -> set[str]:
    """The columns of phone numbers to be masked: none for those who sign the paper themselves."""
    if current_user.visible_units() is not None:
        return set()
    form = g.institution.forms[register.form]
    return {
        column.label
        for column in register.columns
        for path in (column.value, column.fallback)
        if path and path not in COLUMN_SOURCES and form.field(path).type == "phone"
    }


def _widths(register: Register) -> list[float]:
    """The columns' widths in per cent."""
    total = sum(column.width for column in register.columns)
    return [round(100 * column.width / total, 2) for column in register.columns]


def _title_column(register: Register) -> str:
    """The label of the column that names the channel; '' when the register does not print it."""
    title = g.institution.forms[register.form].channel.title
    return next((column.label for column in register.columns if column.value == title), "")
