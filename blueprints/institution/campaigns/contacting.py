"""联系本人: accounts of persons and of units without a reporter, not answered for yet."""

from flask import Response, request
from flask_login import current_user

from blueprints.institution.campaigns.loading import load_campaign
from blueprints.institution.filtering import page_number
from blueprints.institution.loading import load_channel
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.idempotency import once
from blueprints.web.page import page
from blueprints.web.refusal import attempt
from models.campaigns.campaign import Campaign
from models.campaigns.contacts import contacted, last_contacts, unanswered
from models.channels.channel import Channel
from models.database import db
from models.filings import queries
from models.rules.messages import clean
from models.rules.policy import Action

PAGE_SIZE = 20


@mould.get("/campaigns/<int:campaign_id>/contacts")
@requires(Action.OVERSEE)
def contacts(campaign_id: int) -> Response:
    return _draw(load_campaign(campaign_id))


@mould.post("/campaigns/<int:campaign_id>/contacts/<int:channel_id>")
@requires(Action.OVERSEE)
@once
def note_contact(campaign_id: int, channel_id: int) -> Response:
    """Write down that whoever runs this account was spoken to."""
    campaign, channel = load_campaign(campaign_id), load_channel(channel_id)
    note = clean(request.form.get("note", ""))
    with attempt() as attempted:
        contacted(campaign, channel, note, current_user)
        db.session.commit()
    if attempted.refused:
        return _draw(campaign, attempted.sentence, channel, note, attempted.status)
    return _draw(campaign, done=channel)


def _draw(
    campaign: Campaign,
    problem: str = "",
    failed: Channel | None = None,
    typed: str = "",
    status: int = 200,
    done: Channel | None = None,
) -> Response:
    channels = queries.page(unanswered(campaign), page_number(request.args), PAGE_SIZE)
    return page(
        "institution/campaigns/contacts.html",
        "results",
        status=status,
        campaign=campaign,
        channels=channels,
        last=last_contacts(campaign, channels.items),
        problem=problem,
        failed=failed,
        typed=typed,
        done=done,
    )
