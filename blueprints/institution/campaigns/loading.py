"""Loading campaigns and reports for pages: what lies outside the person's scope is 404."""

from flask import abort, g
from flask_login import current_user

from blueprints.institution.loading import find, is_within_scope
from models.campaigns.campaign import Campaign
from models.campaigns.report import Report, report_of
from models.rules.workflow import Role


def load_campaign(campaign_id: int) -> Campaign:
    """The campaign, if it is one of this school; one not published yet is only the office's."""
    found = find(Campaign, campaign_id)
    if found is None or found.institution != g.institution.code:
        abort(404)
    if found.published_at is None and not current_user.has(Role.office):
        abort(404)
    return found


def load_report(campaign_id: int, unit_id: int) -> Report:
    """A unit's report, if the unit is one of the person's; else 404."""
    found = report_of(load_campaign(campaign_id), unit_id)
    return found if is_within_scope(found, current_user.visible_units()) else abort(404)
