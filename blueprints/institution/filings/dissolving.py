"""A group that was dissolved before it had to be filed needs no filing: its row is taken off."""

from flask import Response, abort, flash, request
from flask_login import current_user

from blueprints.institution.loading import FilingCase, load_case, revision_of
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.page import go, page
from blueprints.web.refusal import attempt
from models.database import db, empty_journal
from models.register.closing import dissolve
from models.rules.filing_kind import FilingKind
from models.rules.policy import Action
from models.rules.workflow import State


@mould.get("/filings/<int:filing_id>/dissolve")
@requires(Action.FILE)
def dissolving(filing_id: int) -> Response:
    """Ask first."""
    return _ask(_load_row(filing_id))


@mould.post("/filings/<int:filing_id>/dissolve")
@requires(Action.FILE)
def dissolve_row(filing_id: int) -> Response:
    """Take the row off its list; its name stays in the trail."""
    filing = _load_row(filing_id).filing
    name, form, unit = filing.title or "未命名", filing.form, filing.unit_id
    with attempt() as attempted:
        dissolve(filing, current_user, revision_of(request.form))
        db.session.commit()
    if attempted.refused:
        return _ask(_load_row(filing_id), attempted.sentence, 409)
    empty_journal()
    flash(f"“{name}”已解散，无须备案，已从清单中去掉。")
    return go(".group_list", form=form, unit=unit)


def _load_row(filing_id: int) -> FilingCase:
    """A row of a list that was never handed in; else 404."""
    case = load_case(filing_id)
    filing = case.filing
    is_row = case.form.route.signed_as == "list" and filing.kind is FilingKind.first
    if not is_row or filing.state is not State.draft or filing.submitted_at:
        abort(404)
    return case


def _ask(case: FilingCase, problem: str = "", status: int = 200) -> Response:
    return page(
        "institution/filings/dissolve.html",
        status=status,
        filing=case.filing,
        definition=case.form,
        problem=problem,
    )
