"""备案工作: the campaigns of a school, the one that runs first."""

from flask import Response, g

from blueprints.access import requires
from blueprints.institution import mould
from blueprints.page import page
from models.campaigns.campaign import campaigns as every_campaign
from models.database import db
from models.policy import Action


@mould.get("/campaigns/")
@requires(Action.READ)
def campaigns() -> Response:
    found = db.session.scalars(every_campaign(g.institution.code)).all()
    return page("institution/campaigns.html", found=found)
