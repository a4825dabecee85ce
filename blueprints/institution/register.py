"""台账: the channels in force, with the answers of their latest approved filing."""

from flask import Response, g, request, url_for
from flask_login import current_user
from sqlalchemy import select

from blueprints.access import requires
from blueprints.institution import mould
from blueprints.institution.filtering import chips, page_number, units_on_offer
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
    states = {state.value: state.label for state in ChannelState if state != ChannelState.void}
    units, forms = units_on_offer(), {form.code: form.short for form in _forms()}
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
        pages_url=_address,
    )


def _forms():
    return g.institution.forms.values()


def _address(number: int) -> str:
    return url_for(".register", **{**request.args.to_dict(), "page": number})


def _platforms() -> list[str]:
    """The platforms that occur, so that the filter offers nothing empty."""
    asked = select(Channel.platform).where(
        Channel.institution == g.institution.code, Channel.platform != ""
    )
    return sorted(db.session.scalars(asked.distinct()))


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
