"""待办: what waits for this person, what is late, what came back and why."""

from flask import Response, g
from flask_login import current_user

from blueprints.access import requires
from blueprints.institution import closings, found, mould, sanctions, substitutes
from blueprints.institution.campaigns import home_card
from blueprints.institution.navigation import signs_something
from blueprints.institution.opening_card import missing
from blueprints.institution.progress import sent_back
from blueprints.page import page
from models import lateness, ledger, liveness
from models.database import db
from models.filing import Filing
from models.filters import Filters
from models.people import Role
from models.policy import Action, may
from models.talk import notices
from models.workflow import State

# The home page shows the first few of each; the lists behind the links hold the rest.
SHOWN = 6


@mould.get("/")
@requires(Action.ENTER)
def home() -> Response:
    if not may(current_user, Action.READ):
        return page("institution/home_staff.html")
    returned = _first(ledger.returned(current_user))
    return page(
        "institution/home.html",
        counts=ledger.waiting_counts(current_user),
        unread=_first(notices.of(current_user, unread=True)),
        liveness=liveness.counts(current_user),
        waiting=_first(ledger.queue(current_user, "sheet")),
        lists=ledger.lists_waiting(current_user),
        returned=[(filing, sent_back(filing)) for filing in returned],
        incomplete=[(filing, missing(filing)) for filing in _first(_incomplete())],
        unreported=_first(lateness.unreported(current_user)),
        unreported_count=ledger.count(lateness.unreported(current_user)),
        signs=signs_something(),
        drafts=_first(ledger.drafts(current_user)),
        recent=_first(ledger.filings(current_user).where(Filing.state != State.draft)),
        forms=g.institution.forms,
        short_of=_short,
        closing=closings.on_home(),
        substitutes=substitutes.on_home(),
        found=found.on_home(),
        sanctions=sanctions.on_home(),
        campaigns=home_card.cards(),
        **home_card.words_and_clock(),
    )


def _incomplete():
    """What is 待补充 and this person's to complete."""
    mine = Filing.unit_id.in_(current_user.units(Role.reporter))
    return ledger.filings(current_user, Filters(incomplete=True)).where(mine)


def _first(asked) -> list:
    return list(db.session.scalars(asked.limit(SHOWN)))


def _short(filing: Filing) -> str:
    """What a form is called; its code when the school has taken it out of its YAML."""
    form = g.institution.forms.get(filing.form)
    return form.short if form else filing.form
