"""A campaign is set by the office: begun, published, amended, ended; a draft may be deleted."""

from datetime import datetime

from flask import Response, flash, g, request
from flask_login import current_user
from sqlalchemy import select

from blueprints.institution.campaigns.listing import campaign_words
from blueprints.institution.campaigns.loading import load_campaign
from blueprints.institution.campaigns.setup_form import CampaignForm, document_before
from blueprints.institution.loading import revision_of
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.idempotency import once
from blueprints.web.page import go, page
from blueprints.web.refusal import Attempt, attempt
from blueprints.web.writing import begin_to_write
from models.campaigns import campaign as campaigns
from models.campaigns.campaign import Campaign, CampaignConflict, reporting_units
from models.campaigns.ending import cut_off, end, reopen
from models.campaigns.report import Report
from models.campaigns.transitions import ask_units, publish
from models.clock import campus_time
from models.database import db, lock
from models.messaging import notices
from models.rules.policy import Action
from models.rules.report_workflow import MISSING

SWITCHED = {"end": "已结束，各单位不能再填报。", "reopen": "已重新开放。"}


@mould.route("/campaigns/new", methods=["GET", "POST"])
@requires(Action.OVERSEE)
@once
def new_campaign() -> Response:
    """A new one, which units do not see before it is published."""
    if request.method == "POST":
        begin_to_write()
        lock(f"campaigns of {g.institution.code}")
    form = CampaignForm()
    if not form.validate_on_submit():
        return draw(None, form, 422 if form.errors else 200)
    campaign = campaigns.begin(g.institution.code, form.wording, current_user)
    db.session.commit()
    flash("已保存，各单位还看不到；核对后请发布。")
    return go(".edit_campaign", campaign_id=campaign.id)


@mould.route("/campaigns/<int:campaign_id>/edit", methods=["GET", "POST"])
@requires(Action.OVERSEE)
def edit_campaign(campaign_id: int) -> Response:
    """All of a draft; of a published one its words and its deadline."""
    campaign = load_campaign(campaign_id)
    form = CampaignForm(campaign)
    if not form.validate_on_submit():
        return draw(campaign, form, 422 if form.errors else 200)
    closed_at = campaign.closes_at
    with attempt() as attempted:
        campaigns.amend(campaign, form.wording, current_user, revision_of(request.form))
        if campaign.running:
            ask_units(campaign)
            _tell_of_deadline(campaign, closed_at)
        db.session.commit()
    if attempted.refused:
        campaign = load_campaign(campaign_id)
        # What was typed stays; saving it once more overrules the colleague, knowingly.
        form.revision.data = str(campaign.revision)
        return draw(campaign, form, attempted.status, attempted.sentence)
    flash("已保存。")
    return go(".edit_campaign", campaign_id=campaign_id)


@mould.post("/campaigns/<int:campaign_id>/publish")
@requires(Action.OVERSEE)
def publish_campaign(campaign_id: int) -> Response:
    """Every reporting unit gets its report and sees the campaign at home."""
    campaign, revision = load_campaign(campaign_id), revision_of(request.form)
    with attempt() as attempted:
        _refuse_old_page(campaign, revision)
        publish(campaign, current_user)
        db.session.commit()
    if attempted.refused:
        return _draw_again(campaign_id, attempted)
    flash("已发布，各单位可以填报了。")
    return go(".campaigns")


@mould.post("/campaigns/<int:campaign_id>/<any(end,reopen):verb>")
@requires(Action.OVERSEE)
def end_campaign(campaign_id: int, verb: str) -> Response:
    """Close it to the units, having seen whom that cuts off, or open it again."""
    campaign, revision = load_campaign(campaign_id), revision_of(request.form)
    with attempt() as attempted:
        _refuse_old_page(campaign, revision)
        if verb == "end":
            end(campaign, current_user, revision, request.form.get("seen", ""))
        else:
            reopen(campaign, current_user, revision)
        db.session.commit()
    if attempted.refused:
        return _draw_again(campaign_id, attempted)
    flash(SWITCHED[verb])
    return go(".edit_campaign", campaign_id=campaign_id)


@mould.post("/campaigns/<int:campaign_id>/delete")
@requires(Action.OVERSEE)
def delete_campaign(campaign_id: int) -> Response:
    """Throw away one that was never published; the page asks first."""
    campaign, revision = load_campaign(campaign_id), revision_of(request.form)
    with attempt() as attempted:
        _refuse_old_page(campaign, revision)
        campaigns.discard(campaign, revision)
        db.session.commit()
    if attempted.refused:
        return _draw_again(campaign_id, attempted)
    flash("已删除。")
    return go(".campaigns")


def _refuse_old_page(campaign: Campaign, revision: int) -> None:
    """An overtaken page is told so before it is told what else is wrong with it."""
    if revision != campaign.revision:
        raise CampaignConflict(campaign)


def _draw_again(campaign_id: int, attempted: Attempt) -> Response:
    """The campaign as it is now, and why nothing was done."""
    campaign = load_campaign(campaign_id)
    return draw(campaign, CampaignForm(campaign, formdata=None), attempted.status, attempted.sentence)


def _tell_of_deadline(campaign: Campaign, closed_at: datetime) -> None:
    """Those who have still to answer hear that the deadline was moved."""
    if closed_at == campaign.closes_at:
        return
    own = Report.extended_to > max(closed_at, campaign.closes_at)  # theirs is another deadline still
    missing = select(Report.unit_id).where(
        Report.campaign_id == campaign.id, Report.state.in_(MISSING), Report.extended_to.is_(None) | ~own
    )
    people = {
        person
        for unit_id in db.session.scalars(missing)
        for person in notices.people_of_unit(g.institution.code, unit_id)
    }
    until = campus_time(campaign.closes_at)
    words = f"“{campaign.title}”的截止时间改为{until.month}月{until.day}日 {until:%H:%M}。"
    notices.notify(g.institution.code, people, words, besides=current_user)


def draw(campaign: Campaign | None, form: CampaignForm, status: int = 200, error: str = "") -> Response:
    """The form, with what was typed."""
    return page(
        "institution/campaigns/campaign_form.html",
        status=status,
        campaign=campaign,
        form=form,
        error=error,
        document_before=document_before() if not form.document.data else "",
        forms=g.institution.forms,
        campaign_words=campaign_words,
        cut_off=cut_off(campaign) if campaign and campaign.running else None,
        unit_count=len(reporting_units(g.institution.code)),
    )
