"""Beginning a filing: choose the form, and a draft is opened for it."""

from flask import Response, abort, g, request
from flask_login import current_user
from sqlalchemy import select

from blueprints.institution.components.individual_ways import ways_for_people
from blueprints.institution.loading import load_form, units_to_file_for
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.page import go, page
from blueprints.web.writing import begin_to_write
from models.database import db
from models.filings.applicant import Applicant
from models.filings.filing import Filing
from models.filings.starting import start
from models.people.unit import Unit
from models.rules.definitions.definition import Form
from models.rules.filing_kind import FilingKind
from models.rules.policy import Action
from models.rules.workflow import Role, State


@mould.route("/filings/new", methods=["GET", "POST"])
@requires(Action.FILE)
def new() -> Response:
    """Choose what to file; choosing opens a draft (an untouched one is used again)."""
    if request.method == "GET":
        return page("institution/filings/new.html", forms=g.institution.forms.values(), **ways_for_people())
    begin_to_write()
    form = load_form(request.form.get("form", ""))
    unit = _likely_unit() or abort(403)
    filing = _untouched(form) or start(g.institution, form, FilingKind.first, unit, current_user)
    db.session.commit()
    return go(".edit", filing_id=filing.id)


def _likely_unit() -> Unit | None:
    """The unit a new filing is probably about: one's own before those one only files for."""
    units, own = units_to_file_for(), current_user.units(Role.reporter)
    likely = next((unit for unit in units if int(unit) in own), next(iter(units), None))
    return likely and db.session.get(Unit, int(likely))


def _untouched(form: Form) -> Filing | None:
    """A draft of this form that the person opened and never wrote in."""
    query = select(Filing).where(
        Filing.institution == g.institution.code,
        Filing.form == form.code,
        Filing.kind == FilingKind.first,
        Filing.state == State.draft,
        Filing.created_by_id == current_user.id,
        Filing.revision == 1,
        # What was opened for somebody stays theirs.
        Filing.id.not_in(select(Applicant.filing_id)),
    )
    return db.session.scalars(query.limit(1)).first()
