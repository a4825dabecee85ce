"""备案工作: the campaigns of a school, the newest first."""

from collections import defaultdict

from flask import Response, g, request, url_for
from flask_login import current_user
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from blueprints.institution.campaigns.words import countdown, next_due, report_words
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.page import page
from models.campaigns.campaign import Campaign
from models.campaigns.campaign import campaigns as every_campaign
from models.campaigns.report import Report
from models.database import db
from models.rules.filters import Filters
from models.rules.policy import Action, may
from models.rules.report_workflow import ReportState

DONE = (ReportState.reported, ReportState.received)


@mould.get("/campaigns/")
@requires(Action.READ)
def campaigns() -> Response:
    """The office sees how many units have reported, a unit its own report; drafts: office only."""
    sets = may(current_user, Action.OVERSEE)
    query = every_campaign(g.institution.code)
    if not sets:
        query = query.where(Campaign.published_at.is_not(None))
    year = Filters.read(request.args).year
    every = db.session.scalars(query).all()
    shown = [campaign for campaign in every if year in (None, campaign.year)]
    own = {} if sets else own_reports(shown)
    return page(
        "institution/campaigns/campaigns.html",
        campaigns=shown,
        year=year,
        years=[
            (str(known), f"{known}年度")
            for known in sorted({campaign.year for campaign in every}, reverse=True)
        ],
        sets=sets,
        own=own,
        counts=reported_counts(shown) if sets else {},
        campaign_words=campaign_words,
        report_words=report_words,
        countdown=countdown,
        due_of=lambda campaign: next_due(campaign, own.get(campaign.id, [])),
        address_of=lambda campaign: _address(campaign, own.get(campaign.id), sets),
    )


def own_reports(campaigns: list[Campaign]) -> dict[int, list[Report]]:
    """By campaign: the reports of the person's units, in the order of the units' making."""
    visible = current_user.visible_units()
    query = select(Report).where(Report.campaign_id.in_(campaign.id for campaign in campaigns))
    if visible is not None:
        query = query.where(Report.unit_id.in_(visible))
    reports = defaultdict(list)
    query = query.options(joinedload(Report.unit), joinedload(Report.campaign))
    for report in db.session.scalars(query.order_by(Report.unit_id)):
        reports[report.campaign_id].append(report)
    return reports


def reported_counts(campaigns: list[Campaign]) -> dict[int, dict[str, int]]:
    """By campaign: of how many units the reports are there (`done`) and asked for (`all`)."""
    counts = {campaign.id: {"done": 0, "all": 0} for campaign in campaigns}
    query = (
        select(Report.campaign_id, Report.state, func.count())
        .where(Report.campaign_id.in_(counts))
        .group_by(Report.campaign_id, Report.state)
    )
    for campaign_id, state, count in db.session.execute(query):
        counts[campaign_id]["all"] += count
        counts[campaign_id]["done"] += count if state in DONE else 0
    return counts


def campaign_words(campaign: Campaign) -> tuple[str, str]:
    """A campaign's state in words and its tone."""
    if campaign.published_at is None:
        return "未发布", "grey"
    return ("已结束", "grey") if campaign.ended_at else ("进行中", "blue")


def _address(campaign: Campaign, own: list[Report] | None, sets: bool) -> str:
    if sets and campaign.published_at is None:
        return url_for(".edit_campaign", campaign_id=campaign.id)
    if sets:
        return url_for(".campaign", campaign_id=campaign.id)
    if not own:
        return ""
    return url_for(".report", campaign_id=campaign.id, unit_id=own[0].unit_id)
