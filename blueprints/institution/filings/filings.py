"""Reading filings and moving them: the list, one filing with its sheet, and every verb."""

from flask import Response, flash, g, request
from flask_login import current_user

from blueprints.institution.components import uploads
from blueprints.institution.components.opinions import keep_opinion, read_opinion, read_reason
from blueprints.institution.filings.filing_page import show, verb_words
from blueprints.institution.filings.talking import look_at, talk_about
from blueprints.institution.filtering import (
    KINDS,
    chips,
    forms_on_offer,
    page_number,
    units_on_offer,
    whole_number,
)
from blueprints.institution.loading import case_of, load_case, load_filing, revision_of
from blueprints.institution.paper import prints
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.page import go, page, wants_block
from blueprints.web.refusal import attempt
from blueprints.web.writing import begin_to_write
from models.database import db, empty_journal
from models.events import history
from models.filings import queries, transitions
from models.filings.filing import Filing
from models.filings.queries import next_after
from models.rules import answers
from models.rules.filters import Filters
from models.rules.policy import Action
from models.rules.workflow import DECISIONS, State, Verb

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
        "institution/filings/filings.html",
        "results",
        listed=queries.page(queries.filings(current_user, filters), page_number(request.args), PAGE_SIZE),
        filters=filters,
        chips=chips(".filings", request.args, labels),
        units=units,
        forms=forms,
        states=states,
        kinds=KINDS,
        printable=_printable,
    )


def _printable(filing: Filing) -> bool:
    """Whether a filing of the list can be ticked for printing."""
    form = g.institution.forms.get(filing.form)
    return form is not None and prints(form, filing)


@mould.get("/filings/<int:filing_id>")
@requires(Action.READ)
def filing(filing_id: int) -> Response:
    """One filing; whoever opens it has read what they were told of it."""
    filing, new = look_at(filing_id)
    following = whole_number(request.args.get("next", ""))
    talk = talk_about(filing, new)
    return show(case_of(filing), talk=talk, next_id=following, decided=bool(following))


@mould.post("/filings/<int:filing_id>/<any(approve,return,reject,withdraw):verb>")
@requires(Action.READ)
def move(filing_id: int, verb: str) -> Response:
    """Do one verb to a filing; whether this person may is the workflow's to say."""
    case = load_case(filing_id)
    filing = case.filing
    words, since = verb_words(case)[Verb(verb)], filing.waiting_since
    (opinion, too_long), (despite, far_too_long) = read_opinion(), read_reason()
    if too_long := too_long or far_too_long:
        return show(case, typed=opinion, error=too_long, status=422)
    filing.look_ahead(current_user, case.form)
    with attempt() as attempted:
        revision = revision_of(request.form)
        transitions.move(filing, g.institution, Verb(verb), current_user, opinion, revision, despite=despite)
        keep_opinion(opinion)
        db.session.commit()
    if attempted.refused:
        error, status = attempted.sentence, attempted.status
        return show(load_case(filing_id), typed=opinion, error=error, status=status)
    following = next_after(g.institution, current_user, since, filing_id) if verb in DECISIONS else None
    if wants_block():
        return show(case_of(filing), done=words, decided=verb in DECISIONS, next_id=following)
    return go(".filing", filing_id=filing_id, next=following)


@mould.post("/filings/<int:filing_id>/delete")
@requires(Action.FILE)
def delete(filing_id: int) -> Response:
    """Throw a draft away; the page asks first."""
    filing = load_filing(filing_id)
    with attempt() as attempted:
        transitions.discard(filing, current_user, revision_of(request.form))
        db.session.commit()
    if attempted.refused:
        return show(load_case(filing_id), error=attempted.sentence, status=409)
    empty_journal()
    flash("草稿已删除。")
    return go(".filings")


@mould.post("/filings/<int:filing_id>/complete")
@requires(Action.FILE)
def complete(filing_id: int) -> Response:
    """Fill in what could not be known before the account was opened (待补充)."""
    case, files = uploads.load_with_files(filing_id)
    filing = case.filing
    given, errors = uploads.receive_new(case, files)
    reading = answers.read_missing(
        case.form, filing.kind, request.form, case.circumstances, stored=filing.answers
    )
    reading.values |= given
    errors |= reading.errors
    if errors:
        return show(case, 422, uploads.lost(given) | errors, completing=reading.form)
    revision = revision_of(request.form)
    with attempt() as attempted:
        uploads.attach(filing, files, reading.values)
        transitions.complete(filing, g.institution, reading.values, current_user, revision)
        db.session.commit()
    if attempted.refused:
        errors = uploads.lost(given) | {"": attempted.sentence}
        return show(load_case(filing_id), attempted.status, errors, completing=reading.form)
    flash("已补充。")
    return go(".filing", filing_id=filing_id)


@mould.post("/filings/<int:filing_id>/phones")
@requires(Action.READ)
def reveal_filing(filing_id: int) -> Response:
    """The filing with the full numbers of the people in it. A draft's writer sees them anyway."""
    case = load_case(filing_id)
    if case.filing.state is State.draft:
        return go(".filing", filing_id=filing_id)
    begin_to_write()
    history.record(g.institution.code, "reveal", current_user, filing_id=filing_id)
    db.session.commit()
    return show(case, revealed=True)
