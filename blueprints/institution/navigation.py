"""The places of the masthead: what this person can open, and a count where something waits."""

from dataclasses import dataclass

from flask import g, request, url_for
from flask_login import current_user

from blueprints.institution import mould
from blueprints.institution.progress import CHANNEL_TONES, state_words
from models import ledger
from models.policy import Action, may


@dataclass(frozen=True)
class Place:
    """One place of the masthead."""

    label: str
    url: str
    count: int
    current: bool


FILING_PAGES = (
    *("filings", "filing", "new", "edit", "hand_in", "move", "complete", "delete"),
    *("group_list", "keep_list", "print_progress"),
)

# endpoint, label, who may, the endpoints' modules that light it up
PLACES = (
    ("home", "待办", Action.ENTER, ("home",)),
    ("filings", "备案", Action.READ, FILING_PAGES),
    ("desk", "审核", Action.REVIEW, ("desk", "desk_list", "decide")),
    ("register", "台账", Action.READ, ("register", "channel")),
    ("summaries", "汇总表", Action.READ, ("summaries", "summary")),
    ("units", "单位", Action.ADMINISTER, ("units", "unit")),
    ("people", "人员", Action.ADMINISTER, ("people", "person")),
)


@mould.context_processor
def places() -> dict:
    """Give every page of a school its definition and its masthead."""
    if not current_user.is_authenticated or current_user.institution != g.institution.code:
        return {"institution": g.institution, "nav": [], "may_file": False}
    reviews = may(current_user, Action.REVIEW) and signs_something()
    counts = {"desk": ledger.count(ledger.queue(current_user))} if reviews else {}
    here = (request.endpoint or "").rpartition(".")[2]
    nav = [
        Place(label, url_for(f".{endpoint}"), counts.get(endpoint, 0), here in lights)
        for endpoint, label, action, lights in PLACES
        if may(current_user, action) and (endpoint != "desk" or reviews)
    ]
    return {
        "institution": g.institution,
        "nav": nav,
        "may_file": may(current_user, Action.FILE),
        "state_words": state_words,
        "channel_tones": CHANNEL_TONES,
    }


def signs_something() -> bool:
    """Whether some step of the school waits for this person's role; a reporter's may not."""
    steps = [step for form in g.institution.forms.values() for step in form.route.steps]
    return any(current_user.has(step.role) for step in steps)
