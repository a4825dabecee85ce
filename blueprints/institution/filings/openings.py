"""开设手续: the paper that allows an approved account to be opened, recorded and printed."""

from datetime import date
from io import BytesIO

from flask import Response, abort, flash, g, request, url_for
from flask_login import current_user

from blueprints.institution.components.opening_card import gives_letter, opening_card, opening_form
from blueprints.institution.download import download
from blueprints.institution.filings.filing_page import show
from blueprints.institution.loading import load_case, load_filing
from blueprints.institution.paper.opening_letter import print_opening
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.page import go
from blueprints.web.refusal import attempt
from models import clock
from models.database import db, will_write
from models.events import history
from models.register.opening import needs_opening, record_opening
from models.rules.filing_kind import FilingKind
from models.rules.messages import clean
from models.rules.policy import Action, may


@mould.post("/filings/<int:filing_id>/opening")
@requires(Action.OVERSEE)
def opening(filing_id: int) -> Response:
    """Record the number and day of the paper that was given out."""
    filing = load_filing(filing_id)
    form = opening_form(request.form)
    form.validate()
    errors = {name: str(sentences[0]) for name, sentences in form.errors.items()}
    issued_on = form["opening_on"].data
    if issued_on and date.fromisoformat(issued_on) > clock.today():
        errors["opening_on"] = "出具日期不能晚于今天。"
    if errors:
        return show(load_case(filing_id), 422, opening=opening_card(filing, form, errors))
    with attempt() as attempted:
        seen = clean(request.form.get("seen", ""))
        issued_on = date.fromisoformat(issued_on)
        record_opening(filing, form["opening_number"].data, issued_on, seen, current_user)
        db.session.commit()
    if attempted.refused:
        card = opening_card(filing, form, {"": attempted.sentence})
        return show(load_case(filing_id), attempted.status, opening=card)
    flash("开设手续已登记，单位可以打印。")
    return go(".filing", filing_id=filing_id)


@mould.get("/filings/<int:filing_id>/opening.pdf")
@requires(Action.READ)
def opening_pdf(filing_id: int) -> Response:
    """The paper itself. The office may print it to be filled in by hand, a unit once it counts."""
    case = load_case(filing_id)
    filing = case.filing
    opening, office = g.institution.opening, may(current_user, Action.OVERSEE)
    if opening is None or not (needs_opening(filing) or gives_letter(filing)):
        abort(404)
    # Of a later filing no number is recorded: the office fills it in by hand.
    first = filing.kind is FilingKind.first
    number, day = (filing.channel.opening_number, filing.channel.opening_on) if first else ("", None)
    if not number and not office:
        abort(404)
    will_write()
    history.record_print(filing, current_user)
    db.session.commit()
    content = print_opening(
        g.institution,
        filing,
        case.form,
        number,
        day,
        link=url_for(".filing", filing_id=filing.id, _external=True),
    )
    return download(BytesIO(content), f"{opening.title_for(filing.kind)}.pdf")
