"""邮件: what was sent to whom and what was not, for the administrator. No word of any content."""

from flask import Response, abort, flash, request
from flask_login import current_user
from sqlalchemy.orm import joinedload

from blueprints.institution.filtering import page_number
from blueprints.institution.loading import find
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.page import go, page
from blueprints.web.writing import begin_to_write
from models.clock import utcnow
from models.database import db
from models.deployment import sends_mail
from models.filings import queries
from models.messaging import outbox
from models.messaging.notices import Notice
from models.messaging.outbox import Delivery, Mail
from models.rules.policy import Action

PAGE_SIZE = 20
TONES = {Delivery.waiting: "amber", Delivery.sent: "green", Delivery.failed: "red"}


@mould.get("/mail")
@requires(Action.ADMINISTER)
def mail() -> Response:
    """The school's mail, the newest first, with the state as a filter in the address."""
    state = request.args.get("state", "")
    state = state if state in set(Delivery) else ""
    query = outbox.of(current_user.institution, state).options(
        joinedload(Mail.notice).joinedload(Notice.person)
    )
    return page(
        "institution/admin/mail.html",
        "results",
        mail_page=queries.page(query, page_number(request.args), PAGE_SIZE),
        state=state,
        states=list(Delivery),
        tones=TONES,
        sends_mail=sends_mail(),
    )


@mould.post("/mail/<int:mail_id>/again")
@requires(Action.ADMINISTER)
def send_again(mail_id: int) -> Response:
    """Put a mail that was given up back into the outbox."""
    begin_to_write()
    mail = find(Mail, mail_id)
    if mail is None or mail.institution != current_user.institution:
        abort(404)
    if mail.state is Delivery.failed:
        mail.again(utcnow())
        db.session.commit()
        flash("已重新放入发送队列。")
    return go(".mail", state=request.args.get("state"))
