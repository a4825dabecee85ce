"""台账: the channels in force, with the answers of their latest approved filing."""

from flask import Response, g, request
from flask_login import current_user

from blueprints.access import requires
from blueprints.institution import mould
from blueprints.institution.filtering import chips, forms_on_offer, page_number, units_on_offer
from blueprints.page import page
from models import ledger
from models.channel import Channel, ChannelState
from models.database import db
from models.filters import Filters
from models.policy import Action

PAGE_SIZE = 20


@mould.get("/register")
@requires(Action.READ)
def register() -> Response:
    filters = Filters.read(request.args)
    states = {state.value: state.label for state in (ChannelState.in_force, ChannelState.closed)}
    units, forms = units_on_offer(), forms_on_offer()
    labels = {
        "q": {},
        "unit": dict(units),
        "form": forms,
        "platform": {},
        "tier": g.institution.tiers,
        "state": states,
        "incomplete": {"1": "待补充"},
    }
    return page(
        "institution/register.html",
        "results",
        found=ledger.page(
            ledger.channels(current_user, filters), page_number(request.args), PAGE_SIZE
        ),
        filters=filters,
        chips=chips(".register", request.args, labels),
        units=units,
        forms=forms,
        states=states,
        tiers=g.institution.tiers,
        platforms=_platforms(),
        totals=_totals(),
    )


def _platforms() -> list[str]:
    """The platforms in force within one's units, so that the filter offers nothing empty."""
    asked = ledger.channels(current_user).with_only_columns(Channel.platform)
    return sorted(set(db.session.scalars(asked.order_by(None).distinct())) - {""})


def _totals() -> list[tuple[str, int]]:
    """The head's counts in words, each over what this person may see."""
    wanted = [
        ("在册", Filters()),
        ("待补充", Filters(incomplete=True)),
        ("已注销", Filters(state=ChannelState.closed)),
    ]
    return [
        (label, ledger.count(ledger.channels(current_user, filters))) for label, filters in wanted
    ]
