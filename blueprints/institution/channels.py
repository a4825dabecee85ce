"""One channel for its whole life: what is in force, and every paper about it in order."""

from flask import Response, flash, g
from flask_login import current_user

from blueprints.access import requires
from blueprints.institution import mould
from blueprints.institution.loading import definition_of, load_channel, load_form
from blueprints.institution.paper import draw_sheet
from blueprints.page import go, page
from models.channel import kinds_for
from models.database import db
from models.definition import Form
from models.filing import Filing, of_channel, start
from models.kinds import FilingKind
from models.policy import Action
from models.workflow import Refused


@mould.get("/channels/<int:channel_id>")
@requires(Action.READ)
def channel(channel_id: int) -> Response:
    return _show(channel_id)


@mould.post("/channels/<int:channel_id>/close")
@requires(Action.FILE)
def close_channel(channel_id: int) -> Response:
    """Open the filing that takes a channel off the register, prefilled from what is in force."""
    found = load_channel(channel_id)
    form = load_form(found.form)
    try:
        filing = start(g.institution, form, FilingKind.close, found.unit, current_user, found)
    except Refused as refusal:
        db.session.rollback()
        return _show(channel_id, problem=str(refusal), status=422)
    db.session.commit()
    flash("已按在册信息预填，请填写注销原因后提交。")
    return go(".edit", filing_id=filing.id)


def _show(channel_id: int, problem: str = "", status: int = 200) -> Response:
    found = load_channel(channel_id)
    papers = db.session.scalars(of_channel(found.id)).all()
    definition, sheet = _in_force(found.current)
    return page(
        "institution/channel.html",
        status=status,
        channel=found,
        papers=papers,
        definition=definition,
        sheet=sheet,
        problem=problem,
        closable=FilingKind.close in kinds_for(found) and current_user.files_for(found.unit),
    )


def _in_force(current: Filing | None) -> tuple[Form | None, object]:
    """The words and the sheet of the approved filing that speaks for the channel."""
    if current is None:
        return None, None
    definition = definition_of(current)
    return definition, draw_sheet(g.institution, definition, current)
