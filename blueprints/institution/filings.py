"""Reading filings and moving them: the list, one filing with its sheet, and every verb."""

from flask import Response, abort, current_app, flash, g, request
from flask_login import current_user

from blueprints.access import requires
from blueprints.institution import mould
from blueprints.institution.filtering import filters_of, page_number
from blueprints.institution.loading import (
    asked_of,
    definition_of,
    load_filing,
    units_to_file_for,
)
from blueprints.institution.paper import draw_sheet
from blueprints.institution.progress import stepper
from blueprints.page import go, page, wants_block
from models import answers, history, ledger
from models.attachment import Attachment
from models.database import db
from models.filing import Stale
from models.policy import Action
from models.workflow import LABELS, Refused, State, Verb

PAGE_SIZE = 20


@mould.get("/filings/")
@requires(Action.READ)
def filings() -> Response:
    """Every filing within one's units, newest movement first, with filters in the address."""
    chosen = filters_of(request.args)
    found = ledger.page(ledger.filings(current_user, chosen), page_number(request.args), PAGE_SIZE)
    return page(
        "institution/filings.html",
        "results",
        found=found,
        chosen=chosen,
        units=ledger.units(current_user),
        states={state.value: LABELS[state] for state in State},
    )


@mould.get("/filings/<int:filing_id>")
@requires(Action.READ)
def filing(filing_id: int) -> Response:
    return show(load_filing(filing_id))


@mould.post("/filings/<int:filing_id>/<any(approve,return,reject,withdraw):verb>")
@requires(Action.READ)
def move(filing_id: int, verb: str) -> Response:
    """Do one verb to a filing; whether this person may is the workflow's to say."""
    found = load_filing(filing_id)
    opinion = answers.clean(request.form.get("opinion", ""))[:2000]
    revision = request.form.get("revision", type=int, default=0)
    try:
        found.move(Verb(verb), current_user, opinion, revision)
    except Refused as refusal:
        db.session.rollback()
        return show(load_filing(filing_id), typed=opinion, error=str(refusal), status=422)
    except Stale as stale:
        db.session.rollback()
        return show(load_filing(filing_id), typed=opinion, error=str(stale), status=409)
    db.session.commit()
    return show(found, done=verb) if wants_block() else go(".filing", filing_id=filing_id)


@mould.post("/filings/<int:filing_id>/delete")
@requires(Action.FILE)
def delete(filing_id: int) -> Response:
    """Throw a draft away; the page asks first."""
    found = load_filing(filing_id)
    if str(found.unit_id) not in units_to_file_for():
        abort(404)
    try:
        found.delete(current_user)
    except Refused:
        abort(409)
    db.session.commit()
    flash("草稿已删除。")
    return go(".filings")


@mould.post("/filings/<int:filing_id>/complete")
@requires(Action.FILE)
def complete(filing_id: int) -> Response:
    """Fill in what could not be known before the account was opened (待补充)."""
    from blueprints.institution import uploads

    found = load_filing(filing_id)
    if str(found.unit_id) not in units_to_file_for():
        abort(404)
    stored, upload_errors = uploads.receive(found, definition_of(found))
    reading = answers.read_missing(
        definition_of(found), found.kind, request.form, asked_of(found), stored=stored
    )
    errors = reading.errors | upload_errors
    if errors:
        db.session.rollback()
        return show(load_filing(filing_id), completing=reading.form, errors=errors, status=422)
    try:
        found.complete(reading.values, current_user)
    except Refused as refusal:
        db.session.rollback()
        return show(load_filing(filing_id), errors={"": str(refusal)}, status=422)
    db.session.commit()
    flash("已补充。")
    return go(".filing", filing_id=filing_id)


@mould.get("/attachments/<int:attachment_id>")
@requires(Action.READ)
def attachment(attachment_id: int) -> Response:
    """A picture of a filing, to whoever may see the filing."""
    found = db.session.get(Attachment, attachment_id) or abort(404)
    load_filing(found.filing_id)
    response = current_app.response_class(found.content, mimetype=found.mime)
    response.headers["Cache-Control"] = "private, max-age=86400, immutable"
    return response


def show(
    found,
    typed: str = "",
    error: str = "",
    done: str = "",
    completing=None,
    errors: dict | None = None,
    status: int = 200,
) -> Response:
    """The filing page, or under htmx what a verb changed: actions, progress, sheet, badges."""
    definition = definition_of(found)
    allowed = found.allowed(current_user)
    missing = definition.missing_later(found.answers) if found.state == State.filed else []
    return page(
        "institution/filing.html",
        "status",
        "state",
        "sheet",
        "places",
        status=status,
        filing=found,
        definition=definition,
        allowed=allowed,
        verbs=Verb,
        typed=typed,
        error=error,
        done=done,
        errors=errors or {},
        missing=missing,
        completing=completing or answers.blank(definition, asked_of(found), found.answers),
        sheet=draw_sheet(g.institution, definition, found),
        steps=stepper(found, definition),
        events=history.of(found),
        may_file=str(found.unit_id) in units_to_file_for(),
    )
