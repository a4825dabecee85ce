"""通知: what the person was told, and where each notice leads."""

from flask import Response, abort, flash, request
from flask_login import current_user

from blueprints.institution.filtering import page_number
from blueprints.institution.loading import find
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.page import go, page
from blueprints.web.writing import begin_to_write
from models.database import db, if_not_busy
from models.filings import queries
from models.messaging import notices
from models.messaging.notices import Notice, Topic
from models.rules.policy import Action

PAGE_SIZE = 20


@mould.get("/notices")
@requires(Action.ENTER)
def all_notices() -> Response:
    """Everything the person was told, the newest first; `?unread=1` only what is new."""
    unread = request.args.get("unread") == "1"
    return page(
        "institution/account/notices.html",
        "results",
        notice_page=queries.page(notices.of(current_user, unread), page_number(request.args), PAGE_SIZE),
        unread=unread,
        unread_count=notices.unread_count(current_user),
    )


@mould.get("/notices/<int:notice_id>")
@requires(Action.ENTER)
def open_notice(notice_id: int) -> Response:
    """Go where a notice leads; it is read from now on."""
    notice = _load(notice_id)
    if notice.read_at is None:
        with if_not_busy():
            notices.read(current_user, notice_id=notice_id)
            db.session.commit()
    endpoint, values = _target(notice)
    return go(endpoint, **values)


@mould.post("/notices/read")
@requires(Action.ENTER)
def read_all() -> Response:
    """Mark everything read; nothing is deleted."""
    begin_to_write()
    notices.read(current_user)
    db.session.commit()
    flash("已全部标为已读。")
    return go(".all_notices")


def _load(notice_id: int) -> Notice:
    """The person's own notice; else 404."""
    notice = find(Notice, notice_id)
    return notice if notice and notice.person_id == current_user.id else abort(404)


def _target(notice: Notice) -> tuple[str, dict]:
    """The page a notice is about; where it counts several filings, the list they are in."""
    several = notice.times > 1 and notice.topic is not Topic.message
    if several:
        return (".desk" if notice.topic is Topic.task else ".filings"), {}
    if notice.filing_id:
        place = "talk" if notice.topic is Topic.message else None
        return ".filing", {"filing_id": notice.filing_id, "_anchor": place}
    return (".channel", {"channel_id": notice.channel_id}) if notice.channel_id else (".home", {})
