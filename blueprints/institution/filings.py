"""Reading filings and moving them: the list, one filing with its sheet, and every verb."""

from flask import Response, abort, current_app, flash, g, request, url_for
from flask_login import current_user

from blueprints.access import requires
from blueprints.institution import mould, uploads
from blueprints.institution.filtering import (
    KINDS,
    chips,
    forms_on_offer,
    page_number,
    units_on_offer,
)
from blueprints.institution.loading import (
    asked_of,
    definition_of,
    find,
    load_filing,
    revision_of,
)
from blueprints.institution.opinions import read_opinion
from blueprints.institution.paper import draw_sheet
from blueprints.institution.progress import VERB_TONES, stages
from blueprints.institution.unprintable import unprintable
from blueprints.page import go, page, wants_block
from models import answers, ledger
from models.attachment import Attachment
from models.database import db
from models.filters import Filters
from models.kinds import FilingKind
from models.policy import Action
from models.stale import Stale
from models.workflow import DECISIONS, Refused, Role, State, Verb, reports

PAGE_SIZE = 20


@mould.get("/filings/")
@requires(Action.READ)
def filings() -> Response:
    """Every filing within one's units, the latest touched first, with filters in the address."""
    filters = Filters.read(request.args)
    units, forms = units_on_offer(), forms_on_offer()
    states = {state.value: state.label for state in State}
    labels = {"q": {}, "unit": dict(units), "form": forms, "state": states, "kind": KINDS}
    return page(
        "institution/filings.html",
        "results",
        found=ledger.page(
            ledger.filings(current_user, filters), page_number(request.args), PAGE_SIZE
        ),
        filters=filters,
        chips=chips(".filings", request.args, labels),
        units=units,
        forms=forms,
        states=states,
        kinds=KINDS,
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
    words = _verb_words(found)[Verb(verb)]
    opinion, too_long = read_opinion()
    if too_long:
        return show(found, typed=opinion, error=too_long, status=422)
    try:
        found.move(Verb(verb), current_user, opinion, revision_of(request.form))
    except Refused as refusal:
        db.session.rollback()
        return show(load_filing(filing_id), typed=opinion, error=str(refusal), status=422)
    except Stale as stale:
        db.session.rollback()
        return show(load_filing(filing_id), typed=opinion, error=str(stale), status=409)
    db.session.commit()
    if wants_block():
        return show(found, done=words, decided=verb in DECISIONS)
    return go(".filing", filing_id=filing_id)


@mould.post("/filings/<int:filing_id>/delete")
@requires(Action.FILE)
def delete(filing_id: int) -> Response:
    """Throw a draft away; the page asks first."""
    found = load_filing(filing_id)
    try:
        found.discard(current_user, revision_of(request.form))
    except (Refused, Stale) as problem:
        db.session.rollback()
        return show(load_filing(filing_id), error=str(problem), status=409)
    db.session.commit()
    flash("草稿已删除。")
    return go(".filings")


@mould.post("/filings/<int:filing_id>/complete")
@requires(Action.FILE)
def complete(filing_id: int) -> Response:
    """Fill in what could not be known before the account was opened (待补充)."""
    found = load_filing(filing_id)
    definition = definition_of(found)
    stored, errors = uploads.receive(found, definition)
    reading = answers.read_missing(
        definition, found.kind, request.form, asked_of(found), stored=stored
    )
    errors |= reading.errors
    status = 422
    if not errors:
        try:
            found.complete(reading.values, current_user, revision_of(request.form))
        except (Refused, Stale) as problem:
            errors = {"": str(problem)}
            status = 409 if isinstance(problem, Stale) else 422
    if errors:
        db.session.rollback()
        return show(load_filing(filing_id), status, errors, completing=reading.form)
    db.session.commit()
    flash("已补充。")
    return go(".filing", filing_id=filing_id)


@mould.get("/attachments/<int:attachment_id>")
@requires(Action.READ)
def attachment(attachment_id: int) -> Response:
    """A picture of a filing, to whoever may see the filing."""
    found = find(Attachment, attachment_id) or abort(404)
    load_filing(found.filing_id)
    response = current_app.response_class(found.content, mimetype=found.mime)
    response.headers["Cache-Control"] = "private, max-age=86400, immutable"
    return response


def show(found, status: int = 200, errors: dict | None = None, **context) -> Response:
    """The filing page, or under htmx what a verb changed: actions, progress, sheet, badges.

    `context` may carry what was `typed`, the `error` that refused a verb, the verb that was
    `done`, and the form for `completing` with its `errors`.
    """
    definition = definition_of(found)
    said = {"typed": "", "error": "", "done": "", "decided": False, "errors": errors or {}}
    context = said | context
    context.setdefault("completing", answers.blank(definition, asked_of(found), found.answers))
    return page(
        "institution/filing.html",
        "status",
        "state",
        "sheet",
        "actions",
        "places",
        status=status,
        filing=found,
        definition=definition,
        missing=definition.missing_later(found.answers, found.kind) if found.incomplete else [],
        sheet=draw_sheet(g.institution, definition, found),
        steps=stages(found),
        events=found.events,
        unprinted=_unprinted(definition, found),
        lost=unprintable(definition, found.answers) if definition.paper else {},
        **_actions(definition, found),
        **context,
    )


def _actions(definition, found) -> dict:
    """What this person may do with the filing now, and the words for it."""
    allowed = found.allowed(current_user)
    return {
        "allowed": allowed,
        "decisions": [verb for verb in DECISIONS if verb in allowed],
        "verbs": Verb,
        "verb_words": _verb_words(found),
        "tones": VERB_TONES,
        "step": _current_step(found),
        "edit_url": _edit_address(definition, found) if found.editable(current_user) else "",
        "may_complete": reports(found.position(), current_user.actor()),
    }


def _current_step(found):
    """The step that is waited for: its suggestions stand beside the opinion."""
    return found.steps()[found.step] if found.state == State.in_review else None


def _verb_words(found) -> dict[Verb, str]:
    """Words on the buttons say the result: the last approval files."""
    last = found.state == State.in_review and found.step == len(found.steps()) - 1
    words = {verb: verb.label for verb in Verb}
    if step := _current_step(found):
        signs = f"签署{step.short}" if step.role == Role.reporter else words[Verb.approve]
        words[Verb.approve] = "同意备案" if last else signs
    return words


def _unprinted(definition, found) -> list:
    """Answers that no cell of the sheet shows."""
    if definition.paper is None:
        return []
    printed = {path.partition(".")[0] for path in definition.paper.printed()}
    asked = definition.visible(found.answers, found.kind)
    return [item for item in asked if item.name not in printed and item.type != "unit"]


def _edit_address(definition, found) -> str:
    """Where a filing is written on: a row of a list is written in its list."""
    if definition.route.signed_as == "list" and found.kind == FilingKind.first:
        return url_for(".group_list", form=found.form, unit=found.unit_id)
    return url_for(".edit", filing_id=found.id)
