"""全校通报: what everybody signed in to the school may read, on screen, on paper and as a workbook.

Taking a copy is no event: whoever administers or audits reads it too, and brings nothing about.
"""

from io import BytesIO

from flask import Response, abort, g, request

from blueprints.institution.components import circulars as drawing
from blueprints.institution.download import download
from blueprints.institution.filtering import page_number
from blueprints.institution.loading import find
from blueprints.institution.paper.circular_letter import print_circular
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.page import page
from models import clock
from models.database import db
from models.filings import queries
from models.findings.sanction import Sanction, circulars, years_of_circulars
from models.rules.filters import Filters
from models.rules.policy import Action

PAGE_SIZE = 20


@mould.get("/circulars", endpoint="circulars")
@requires(Action.ENTER)
def listed() -> Response:
    year = Filters.read(request.args).year
    return page(
        "institution/findings/circulars.html",
        "results",
        circulars=queries.page(circulars(g.institution.code, year), page_number(request.args), PAGE_SIZE),
        year=year,
        years={str(year): f"{year}年" for year in years_of_circulars(g.institution.code)},
    )


@mould.get("/circulars.xlsx")
@requires(Action.ENTER)
def circulars_xlsx() -> Response:
    from blueprints.institution.components.table_workbook import write  # brings openpyxl along

    title, year = _named()
    sanctions = list(db.session.scalars(circulars(g.institution.code, year)))
    table = drawing.table(sanctions)
    return download(write(title, [f"通报单位：{g.institution.office}"], [table]), f"{title}.xlsx")


@mould.get("/circulars.pdf")
@requires(Action.ENTER)
def circulars_pdf() -> Response:
    from blueprints.institution.paper import summary_pdf  # brings reportlab along

    title, year = _named()
    rows = drawing.rows(list(db.session.scalars(circulars(g.institution.code, year))))
    paper = summary_pdf.draw(drawing.sheet(title), g.institution, rows, g.institution.office, clock.today())
    return download(BytesIO(paper), f"{title}.pdf")


@mould.get("/circulars/<int:sanction_id>.pdf")
@requires(Action.ENTER)
def circular_pdf(sanction_id: int) -> Response:
    """One of them as a paper to be sealed and put up."""
    sanction = _load(sanction_id)
    return download(
        BytesIO(print_circular(g.institution, sanction)), f"{sanction.label}（{sanction.unit.name}）.pdf"
    )


def _load(sanction_id: int) -> Sanction:
    """A circular in effect, of this school; else 404."""
    sanction = find(Sanction, sanction_id)
    if sanction is None or sanction.institution != g.institution.code:
        abort(404)
    return sanction if sanction.circular and sanction.lifted_at is None else abort(404)


def on_home() -> int:
    """How many are in effect this year, for everybody's home page."""
    return queries.count(circulars(g.institution.code, clock.today().year))


def _named() -> tuple[str, int | None]:
    """The file's title, and the year it is of."""
    year = Filters.read(request.args).year
    return f"{g.institution.name}{f'{year}年' if year else ''}备案工作全校通报", year
