"""催报: who has not answered, reminding some or all of them, and all that was done so far."""

from flask import Response, request
from flask_login import current_user

from blueprints.institution.campaigns.loading import load_campaign
from blueprints.institution.campaigns.words import TONES
from blueprints.institution.filtering import page_number, whole_number
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.idempotency import once
from blueprints.web.page import page
from blueprints.web.refusal import attempt
from models.campaigns import reminders
from models.campaigns.campaign import Campaign
from models.campaigns.contacts import unanswered
from models.campaigns.reminders import Result
from models.clock import utcnow
from models.database import db
from models.filings import queries
from models.rules.policy import Action
from models.rules.reminder_occasions import time_left

PAGE_SIZE = 20


@mould.get("/campaigns/<int:campaign_id>/remind")
@requires(Action.OVERSEE)
def remind(campaign_id: int) -> Response:
    return _draw(load_campaign(campaign_id), [])


@mould.post("/campaigns/<int:campaign_id>/remind")
@requires(Action.OVERSEE)
@once
def send_reminders(campaign_id: int) -> Response:
    """Remind the units that were ticked, or all; each says what became of it."""
    campaign, chosen = load_campaign(campaign_id), _chosen()
    everybody = request.form.get("all") == "1"
    if not chosen and not everybody:
        return _draw(campaign, [], "请先勾选要催报的单位。", 422)
    with attempt() as attempted:
        results = reminders.remind(campaign, None if everybody else chosen, current_user)
        db.session.commit()
    if attempted.refused:
        return _draw(campaign, [], attempted.sentence, 409)
    if not results:
        return _draw(campaign, [], "所选单位都已经报送，不必再催。", 409)
    return _draw(campaign, results)


def _chosen() -> set[int]:
    typed = request.form.getlist("unit")
    return {number for text in typed if (number := whole_number(text))}


def _draw(campaign: Campaign, results: list[Result], problem: str = "", status: int = 200) -> Response:
    now = utcnow()
    missing = reminders.missing(campaign)
    problems = {unit.report.id: unit.problem(now) for unit in missing}
    return page(
        "institution/campaigns/reminding.html",
        "results",
        status=status,
        campaign=campaign,
        missing=missing,
        problems=problems,
        ready=sum(not words for words in problems.values()),
        ticked=whole_number(request.args.get("unit", "")),
        results=results,
        problem=problem,
        log=queries.page(reminders.log(campaign), page_number(request.args), PAGE_SIZE),
        individuals=queries.count(unanswered(campaign)),
        left={unit.report.id: time_left(unit.report.due_at, now) for unit in missing},
        tones=TONES,
    )
