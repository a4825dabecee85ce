"""The paper over HTTP: one filing in one or all copies, and the blank form."""

from pathlib import Path

from flask import Response, abort, current_app, g, request, url_for
from flask_login import current_user

from blueprints.institution.download import paper_file
from blueprints.institution.loading import definition_of, load_filing, load_form
from blueprints.institution.paper import PaperError, blank, holders, pages_of, prints, sheet_cache
from blueprints.institution.paper.words import paper_name
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.page import refuse
from models.database import db, will_write
from models.events import history
from models.rules.policy import Action


@mould.get("/filings/<int:filing_id>/sheet.pdf")
@requires(Action.READ)
def sheet_pdf(filing_id: int) -> Response:
    """The filing as it is signed; with `?copies=all` once for each holder of a copy (一式两份)."""
    will_write()
    filing = load_filing(filing_id)
    definition = definition_of(filing)
    if not prints(definition, filing):
        abort(404)
    copies = holders(definition) if request.args.get("copies") == "all" else ()
    link = url_for(".filing", filing_id=filing.id, _external=True)
    pages = pages_of(g.institution, definition, filing, copies, link)
    history.record_print(filing, current_user)
    db.session.commit()
    paper = sheet_cache.printed(pages, Path(current_app.instance_path) / "cache" / "sheets")
    return paper_file(paper, paper_name(definition, filing))


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


