"""显示完整号码: a deed of its own, by POST; the numbers are in that one answer and nowhere else."""

from flask import Response, g
from flask_login import current_user

from blueprints.institution.channels.channel_page import show_channel
from blueprints.institution.filings.filing_page import show
from blueprints.institution.loading import load_channel, load_filing
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.page import go
from models.database import db
from models.events import history
from models.rules.policy import Action
from models.rules.workflow import State


@mould.post("/filings/<int:filing_id>/phones")
@requires(Action.READ)
def reveal_filing(filing_id: int) -> Response:
    """The filing with the full numbers of the people in it. A draft's writer sees them anyway."""
    found = load_filing(filing_id)
    if found.state is State.draft:
        return go(".filing", filing_id=filing_id)
    history.record(g.institution.code, "reveal", current_user, filing_id=found.id)
    db.session.commit()
    return show(found, revealed=True)


@mould.post("/channels/<int:channel_id>/phones")
@requires(Action.READ)
def reveal_channel(channel_id: int) -> Response:
    """The channel with the full numbers of what is in force."""
    found = load_channel(channel_id)
    history.record(g.institution.code, "reveal", current_user, channel_id=found.id)
    db.session.commit()
    return show_channel(found, revealed=True)
