"""The opinion a request gives, for one filing or many; and the ones a person keeps (常用意见)."""

from flask import Response, abort, flash, request
from flask_login import current_user

from blueprints.institution.loading import find
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.idempotency import once
from blueprints.web.page import go, page
from blueprints.web.refusal import attempt
from blueprints.web.writing import begin_to_write
from models.database import db
from models.messaging import saved_replies
from models.messaging.saved_replies import CannedOpinion
from models.rules.policy import Action


@mould.get("/opinions")
@requires(Action.REVIEW)
def opinions() -> Response:
    """A person's own opinions, in their order."""
    return _draw()


@mould.post("/opinions")
@requires(Action.REVIEW)
@once
def add_opinion() -> Response:
    text = request.form.get("text", "")
    with attempt() as attempted:
        saved_replies.add(current_user, text)
        db.session.commit()
    if attempted.refused:
        return _draw(text, {0: attempted.sentence})
    flash("已添加。")
    return go(".opinions")


@mould.post("/opinions/<int:opinion_id>")
@requires(Action.REVIEW)
def change_opinion(opinion_id: int) -> Response:
    reply, text = _load(opinion_id), request.form.get("text", "")
    with attempt() as attempted:
        saved_replies.change(current_user, reply, text)
        db.session.commit()
    if attempted.refused:
        return _draw(text, {opinion_id: attempted.sentence})
    flash("已修改。")
    return go(".opinions")


@mould.post("/opinions/<int:opinion_id>/up")
@requires(Action.REVIEW)
def raise_opinion(opinion_id: int) -> Response:
    begin_to_write()
    saved_replies.raise_up(current_user, _load(opinion_id))
    db.session.commit()
    return go(".opinions")


@mould.post("/opinions/<int:opinion_id>/delete")
@requires(Action.REVIEW)
def delete_opinion(opinion_id: int) -> Response:
    begin_to_write()
    db.session.delete(_load(opinion_id))
    db.session.commit()
    flash("已删除。")
    return go(".opinions")


def _load(opinion_id: int) -> CannedOpinion:
    """The person's own; else 404."""
    reply = find(CannedOpinion, opinion_id)
    return reply if reply and reply.person_id == current_user.id else abort(404)


def _draw(typed: str = "", problems: dict[int, str] | None = None) -> Response:
    """`problems`: the sentence for an opinion by its id, 0 for the new one; it was `typed`."""
    return page(
        "institution/review/opinions.html",
        status=422 if problems else 200,
        opinions=saved_replies.of(current_user),
        most=saved_replies.MOST,
        typed=typed,
        problems=problems or {},
    )
