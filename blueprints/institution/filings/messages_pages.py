"""Writing to the other side: a unit to the office, the office to a unit."""

from flask import Response, request
from flask_login import current_user

from blueprints.institution.filings.filing_page import show
from blueprints.institution.filings.talking import talk_about
from blueprints.institution.loading import case_of, load_filing
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.page import go, page, wants_block
from blueprints.web.refusal import attempt
from models.database import db
from models.messaging.messages import write
from models.rules.policy import Action


@mould.post("/filings/<int:filing_id>/messages")
@requires(Action.READ)
def write_message(filing_id: int) -> Response:
    """Add a message to a filing; under htmx its card comes back, else the page does."""
    filing = load_filing(filing_id)
    text, token = request.form.get("text", ""), request.form.get("token", "")
    with attempt() as attempted:
        write(filing, current_user, text, token)
        db.session.commit()
    talk = talk_about(filing, typed=text if attempted.refused else "", problem=attempted.sentence)
    if wants_block():
        return page(
            "institution/filings/filing.html", "talk", status=attempted.status, filing=filing, talk=talk
        )
    if attempted.refused:
        return show(case_of(filing), status=attempted.status, talk=talk)
    return go(".filing", filing_id=filing_id, _anchor="talk")
