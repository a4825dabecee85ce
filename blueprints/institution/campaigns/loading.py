"""Loading campaigns and reports for pages: what lies outside the person's scope is 404."""

from flask import abort, g
from flask_login import current_user

from blueprints.institution.loading import find, is_within_scope
from models.campaigns.campaign import Campaign
from models.campaigns.report import Report, report_of
from models.rules.workflow import Role


def load_campaign(campaign_id: int) -> Campaign:
    """The campaign, if it is one of this school; one not published yet is only the office's."""
    campaign = find(Campaign, campaign_id)
    if campaign is None or campaign.institution != g.institution.code:
        abort(404)
    if campaign.published_at is None and not current_user.has(Role.office):
        abort(404)
    return campaign


def load_report(campaign_id: int, unit_id: int) -> Report:
    """A unit's report, if the unit is one of the person's; else 404."""
    report = report_of(load_campaign(campaign_id), unit_id)
    return report if is_within_scope(report, current_user.visible_units()) else abort(404)
