"""待办: what waits for this person, what is late, what came back and why."""

from pathlib import Path

from flask import Response, current_app, g
from flask_login import current_user

from blueprints.institution.account import substitutes
from blueprints.institution.campaigns import home_card
from blueprints.institution.channels import closings
from blueprints.institution.components.opening_card import missing
from blueprints.institution.components.progress import sent_back
from blueprints.institution.findings import bans, circulars, found_list, sanctions
from blueprints.institution.home.checklist import checklist
from blueprints.institution.navigation import signs_something
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.page import page
from models.backup.record import last_good_backup
from models.database import db
from models.filings import queries
from models.filings.filing import Filing
from models.messaging import notices
from models.register import activity
from models.rules.filters import Filters
from models.rules.policy import Action, may
from models.rules.workflow import Role, State

# The home page shows the first few of each; the lists behind the links hold the rest.
SHOWN = 6


@mould.get("/")
@requires(Action.ENTER)
def home() -> Response:
    if not may(current_user, Action.READ):
        backed_up_at = last_good_backup(Path(current_app.instance_path))
        return page(
            "institution/home/staff.html",
            checklist=checklist(),
            last_backup=backed_up_at,
            circulars=circulars.on_home(),
        )
    returned = _first(queries.returned(current_user))
    return page(
        "institution/home/home.html",
        counts=queries.waiting_counts(g.institution, current_user),
        unread=_first(notices.of(current_user, unread=True)),
        liveness=activity.counts(g.institution, current_user),
        waiting=_first(queries.queue(g.institution, current_user, "sheet")),
        lists=queries.lists_waiting(g.institution, current_user),
        returned=[(filing, sent_back(filing)) for filing in returned],
        incomplete=[(filing, missing(filing)) for filing in _first(_incomplete())],
        unreported=_first(queries.unreported(g.institution, current_user)),
        unreported_count=queries.count(queries.unreported(g.institution, current_user)),
        signs=signs_something(),
        drafts=_first(queries.drafts(current_user)),
        recent=_first(queries.filings(current_user).where(Filing.state != State.draft)),
        forms=g.institution.forms,
        short_of=_short,
        closing=closings.on_home(),
        substitutes=substitutes.on_home(),
        found_accounts=found_list.on_home(),
        sanctions=sanctions.on_home(),
        bans=bans.on_home(),
        circulars=circulars.on_home(),
        campaigns=home_card.cards(),
        checklist=checklist(),
        **home_card.words_and_clock(),
    )


def _incomplete():
    """What is 待补充 and this person's to complete."""
    mine = Filing.unit_id.in_(current_user.units(Role.reporter))
    return queries.filings(current_user, Filters(incomplete=True)).where(mine)


def _first(query) -> list:
    return list(db.session.scalars(query.limit(SHOWN)))


def _short(filing: Filing) -> str:
    """What a form is called; its code when the school has taken it out of its YAML."""
    form = g.institution.forms.get(filing.form)
    return form.short if form else filing.form
