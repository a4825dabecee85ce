"""A campaign is set by the office: begun, published, amended, ended; a draft may be deleted."""

from flask import Response, flash, g, request
from flask_login import current_user

from blueprints.institution.campaigns.listing import campaign_words
from blueprints.institution.campaigns.loading import load_campaign
from blueprints.institution.campaigns.setup_form import CampaignForm, document_before
from blueprints.institution.loading import revision_of
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.idempotency import once
from blueprints.web.page import go, page
from models.campaigns import campaign as deeds
from models.campaigns.campaign import Campaign, CampaignConflict, reporting_units
from models.campaigns.report import Report, ask_units, publish
from models.clock import campus_time
from models.database import db, lock
from models.messaging import notices
from models.rules.policy import Action
from models.rules.report_workflow import MISSING
from models.rules.workflow import Refused

SWITCHED = {"end": "已结束，各单位不能再填报。", "reopen": "已重新开放。"}


@mould.route("/campaigns/new", methods=["GET", "POST"])
@requires(Action.OVERSEE)
@once
def new_campaign() -> Response:
    """A new one, which units do not see before it is published."""
    if request.method == "POST":
        lock(f"campaigns of {g.institution.code}")
    form = CampaignForm()
    if not form.validate_on_submit():
        return draw(None, form, 422 if form.errors else 200)
    found = deeds.begin(g.institution.code, form.wording, current_user)
    db.session.commit()
    flash("已保存，各单位还看不到；核对后请发布。")
    return go(".edit_campaign", campaign_id=found.id)


@mould.route("/campaigns/<int:campaign_id>/edit", methods=["GET", "POST"])
@requires(Action.OVERSEE)
def edit_campaign(campaign_id: int) -> Response:
    """All of a draft; of a published one its words and its deadline."""
    found = load_campaign(campaign_id)
    form = CampaignForm(found)
    if not form.validate_on_submit():
        return draw(found, form, 422 if form.errors else 200)
    was = found.closes_at
    try:
        deeds.amend(found, form.wording, current_user, revision_of(request.form))
    except CampaignConflict as stale:
        db.session.rollback()
        found = load_campaign(campaign_id)
        # What was typed stays; saving it once more overrules the colleague, knowingly.
        form.revision.data = str(found.revision)
        return draw(found, form, 409, str(stale))
    if found.running:
        ask_units(found)
        _tell_of_deadline(found, was)
    db.session.commit()
    flash("已保存。")
    return go(".edit_campaign", campaign_id=campaign_id)


@mould.post("/campaigns/<int:campaign_id>/publish")
@requires(Action.OVERSEE)
def publish_campaign(campaign_id: int) -> Response:
    """Every reporting unit gets its report and sees the campaign at home."""
    return _deed(
        campaign_id, lambda found, _: publish(found, current_user), "已发布，各单位可以填报了。", ".campaigns"
    )


@mould.post("/campaigns/<int:campaign_id>/<any(end,reopen):verb>")
@requires(Action.OVERSEE)
def end_campaign(campaign_id: int, verb: str) -> Response:
    """Close it to the units, or open it again."""
    deed = getattr(deeds, verb)
    return _deed(campaign_id, lambda found, seen: deed(found, current_user, seen), SWITCHED[verb])


@mould.post("/campaigns/<int:campaign_id>/delete")
@requires(Action.OVERSEE)
def delete_campaign(campaign_id: int) -> Response:
    """Throw away one that was never published; the page asks first."""
    return _deed(campaign_id, deeds.discard, "已删除。", ".campaigns")


def _deed(campaign_id: int, deed, done: str, after: str = "") -> Response:
    """Do something to a campaign as it was looked at, or say on its page why not."""
    found, seen = load_campaign(campaign_id), revision_of(request.form)
    try:
        if seen != found.revision:
            raise CampaignConflict(found)
        deed(found, seen)
    except (Refused, CampaignConflict) as problem:
        db.session.rollback()
        found = load_campaign(campaign_id)
        status = 422 if isinstance(problem, Refused) else 409
        return draw(found, CampaignForm(found, formdata=None), status, str(problem))
    db.session.commit()
    flash(done)
    return go(after) if after else go(".edit_campaign", campaign_id=campaign_id)


def _tell_of_deadline(found: Campaign, was) -> None:
    """Those who have still to answer hear that the deadline was moved."""
    if was == found.closes_at:
        return
    own = Report.extended_to > max(was, found.closes_at)  # theirs is another deadline still
    asked = db.select(Report.unit_id).where(
        Report.campaign_id == found.id, Report.state.in_(MISSING), Report.extended_to.is_(None) | ~own
    )
    people = {
        one for unit in db.session.scalars(asked) for one in notices.people_of_unit(g.institution.code, unit)
    }
    until = campus_time(found.closes_at)
    words = f"“{found.title}”的截止时间改为{until.month}月{until.day}日 {until:%H:%M}。"
    notices.notify(g.institution.code, people, words, besides=current_user)


def draw(found: Campaign | None, form: CampaignForm, status: int = 200, error: str = "") -> Response:
    """The form, with what was typed."""
    return page(
        "institution/campaigns/form.html",
        status=status,
        campaign=found,
        form=form,
        error=error,
        document_before=document_before() if not form.document.data else "",
        forms=g.institution.forms,
        campaign_words=campaign_words,
        unit_count=len(reporting_units(g.institution.code)),
    )
