"""Printing many filings into one file: which ones, and how many copies."""

from flask import Response, flash, g, request, url_for
from flask_login import current_user
from sqlalchemy import or_

from blueprints.institution.components.file_jobs import begin
from blueprints.institution.filtering import ticked_rows
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.page import go
from models.database import db
from models.filings import queries
from models.filings.filing import Filing
from models.jobs import JobKind
from models.rules.filing_kind import FilingKind
from models.rules.filters import EVERYTHING, Filters
from models.rules.policy import Action

MOST_FILINGS = 500
NOTHING = "没有可以打印的备案：请先勾选。随汇总表签字的备案请到“汇总表”打印。"


@mould.post("/filings/print")
@requires(Action.READ)
def print_many() -> Response:
    """Print the ticked filings, or all that the list shows under the filters of its address."""
    ids = _chosen()
    asked = {
        "filings": ids,
        "link": url_for(".filings", _external=True),
        "everyone": request.form.get("copies") == "all",
    }
    back = go(".filings", **Filters.read(request.args).query)
    if not ids or len(ids) > MOST_FILINGS:
        too_many = f"一次最多打印 {MOST_FILINGS} 件，请用筛选分几次打印。"
        flash(too_many if ids else NOTHING, "error")
        return back
    return begin(JobKind.print, asked, f"备案表（{len(ids)}件）.pdf", len(ids)) or back


def _chosen() -> list[int]:
    """The ids to print, in the list's order; only what the person may see and what has a sheet."""
    every = request.form.get("which") == "all"
    with_paper = [form.code for form in g.institution.forms.values() if form.paper]
    asked = queries.filings(current_user, Filters.read(request.args) if every else EVERYTHING)
    asked = asked.where(or_(Filing.form.in_(with_paper), Filing.kind != FilingKind.first))
    if not every:
        asked = asked.where(Filing.id.in_(ticked_rows(request.form, "filing")))
    found = db.session.scalars(asked.limit(MOST_FILINGS + 1))
    return [filing.id for filing in found.unique()]
