"""The paper over HTTP: one filing in one or all copies, and the blank form."""

from pathlib import Path

from flask import Response, abort, current_app, flash, g, request, url_for
from flask_login import current_user
from sqlalchemy import or_

from blueprints.institution.components.file_jobs import begin
from blueprints.institution.download import paper_file
from blueprints.institution.filtering import ticked_rows
from blueprints.institution.loading import load_case, load_form
from blueprints.institution.paper import PaperError, blank, holders, pages_of, prints, sheet_cache
from blueprints.institution.paper.words import paper_name
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.page import go, refuse
from models.database import db, will_write
from models.events import history
from models.filings import queries
from models.filings.filing import Filing
from models.jobs import JobKind
from models.rules.filing_kind import FilingKind
from models.rules.filters import EVERYTHING, Filters
from models.rules.policy import Action

MOST_FILINGS = 500
NOTHING = "没有可以打印的备案：请先勾选。随汇总表签字的备案请到“汇总表”打印。"


@mould.get("/filings/<int:filing_id>/sheet.pdf")
@requires(Action.READ)
def sheet_pdf(filing_id: int) -> Response:
    """The filing as it is signed; with `?copies=all` once for each holder of a copy (一式两份)."""
    case = load_case(filing_id)
    filing, form = case.filing, case.form
    if not prints(form, filing):
        abort(404)
    copies = holders(form) if request.args.get("copies") == "all" else ()
    link = url_for(".filing", filing_id=filing.id, _external=True)
    pages = pages_of(g.institution, form, filing, copies, link)
    will_write()
    history.record_print(filing, current_user)
    db.session.commit()
    paper = sheet_cache.printed(pages, Path(current_app.instance_path) / "cache" / "sheets")
    return paper_file(paper, paper_name(form, filing))


@mould.get("/forms/<form>/blank.pdf")
@requires(Action.READ)
def blank_sheet(form: str) -> Response:
    """The school's own empty form, to be filled by hand."""
    definition = load_form(form)
    if definition.paper is None:
        abort(404)
    return paper_file(blank(g.institution, definition), definition.title)


@mould.errorhandler(PaperError)
def show_paper_error(error: PaperError) -> Response:
    """A sheet that cannot be drawn says so in its own words."""
    return refuse("error.html", 500, code=500, title="这张表没有打印出来", advice=str(error))


@mould.post("/filings/print")
@requires(Action.READ)
def print_many() -> Response:
    """Print the ticked filings, or all that the list shows under the filters of its address."""
    ids = _chosen()
    request_of_job = {
        "filings": ids,
        "link": url_for(".filings", _external=True),
        "everyone": request.form.get("copies") == "all",
    }
    back = go(".filings", **Filters.read(request.args).query)
    if not ids or len(ids) > MOST_FILINGS:
        too_many = f"一次最多打印 {MOST_FILINGS} 件，请用筛选分几次打印。"
        flash(too_many if ids else NOTHING, "error")
        return back
    return begin(JobKind.print, request_of_job, f"备案表（{len(ids)}件）.pdf", len(ids)) or back


def _chosen() -> list[int]:
    """The ids to print, in the list's order; only what the person may see and what has a sheet."""
    every = request.form.get("which") == "all"
    with_paper = [form.code for form in g.institution.forms.values() if form.paper]
    query = queries.filings(current_user, Filters.read(request.args) if every else EVERYTHING)
    query = query.where(or_(Filing.form.in_(with_paper), Filing.kind != FilingKind.first))
    if not every:
        query = query.where(Filing.id.in_(ticked_rows(request.form, "filing")))
    chosen = db.session.scalars(query.limit(MOST_FILINGS + 1))
    return [filing.id for filing in chosen.unique()]
