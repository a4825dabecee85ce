"""Summary tables as files: a unit's, the whole school's, the ticked rows, what a filter leaves."""

from datetime import date
from io import BytesIO
from typing import Any

from flask import Response, abort, flash, g, request
from flask_login import current_user

from blueprints.institution import workbook
from blueprints.institution.components.signed_years import asked_year
from blueprints.institution.components.summary_files import Export, made
from blueprints.institution.components.summary_scope import Scope, asked_scope, load_register, own_scope
from blueprints.institution.download import download
from blueprints.institution.filtering import ticked_rows
from blueprints.institution.paper.summary_texts import file_name
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.page import go
from models import clock
from models.campaigns.signed_reading import SignedSummary, papers_of_year
from models.rules.definitions.register import Register
from models.rules.filters import Filters
from models.rules.policy import Action

# More than can be ticked on a page; a workbook of more is one of a unit or of a filter.
MOST_TICKED = 500


@mould.get("/summaries/<register>.pdf")
@requires(Action.READ)
def summary_pdf(register: str) -> Response:
    """The printed table; with `?blank=1` the school's empty sheet."""
    definition, scope = load_register(register), asked_scope()
    if not definition.paper:
        abort(404)
    if request.args.get("blank"):
        from blueprints.institution.paper import summary_pdf  # brings reportlab along

        paper = BytesIO(summary_pdf.draw(definition, g.institution))
        return download(paper, file_name(definition, "空白表", ".pdf"))
    return made(_of_scope(definition, scope, ".pdf")) or _back(register)


@mould.get("/summaries/<register>.xlsx")
@requires(Action.READ)
def summary_xlsx(register: str) -> Response:
    """The workbook; with `?blank=1` the school's empty sheet to be filled offline."""
    definition, scope = load_register(register), asked_scope()
    if request.args.get("blank"):
        return download(workbook.write(definition, g.institution), file_name(definition, "空白表", ".xlsx"))
    return made(_of_scope(definition, scope, ".xlsx")) or _back(register)


@mould.post("/summaries/<register>.xlsx")
@requires(Action.READ)
def ticked_xlsx(register: str) -> Response:
    """The workbook of the ticked rows alone; what is none of the person's is left out."""
    definition, scope = load_register(register), asked_scope()
    ticked = ticked_rows(request.form, "channel")[:MOST_TICKED]
    if not ticked:
        flash("请先勾选要导出的行，再点“导出所选”。", "error")
        return _back(register)
    export = _of_scope(definition, scope, ".xlsx", "所选", channels=ticked)
    return made(export, refuse_empty=True) or _back(register)


@mould.get("/register.xlsx")
@requires(Action.READ)
def register_xlsx() -> Response:
    """What the register of channels shows under its filters, in the layout of one summary table."""
    definition, filters = load_register(request.args.get("table", "")), Filters.read(request.args)
    scope = own_scope(g.institution, current_user)
    export = _of_scope(definition, scope, ".xlsx", "筛选结果", filters=filters.query)
    return made(export, refuse_empty=True) or go(".register", **filters.query)


def _of_scope(register: Register, scope: Scope, ending: str, part: str = "", **narrowed: Any) -> Export:
    """The export of a scope, or of a `part` of it that is narrowed further."""
    units = None if scope.ids is None else sorted(scope.ids)
    about = f"{scope.name}，{part}" if part else scope.name
    day: date | None = clock.today()
    year = asked_year()
    if year is not None and not narrowed:
        # As it was signed in that year, whatever is in force now.
        about = f"{about}，{year}年度签字时"
        papers = papers_of_year(g.institution.code, year)
        day = SignedSummary(g.institution.code, register.code, papers).day
        narrowed = {"papers": papers}
    name = file_name(register, about, ending)
    return Export(register.code, ending, day, units, scope.name, about, name, **narrowed)


def _back(register: str) -> Response:
    """To the page the request came from."""
    place = {name: request.args[name] for name in ("unit", "page", "year") if request.args.get(name)}
    return go(".summary", register=register, **place)
