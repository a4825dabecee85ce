"""The places of the masthead: what this person can open, and a count where something waits."""

from dataclasses import dataclass
from functools import cache

from flask import current_app, g, request, url_for
from flask_login import current_user
from werkzeug.local import LocalProxy

from blueprints.institution.components.deadlines import late_words
from blueprints.institution.components.progress import CHANNEL_TONES, state_words
from blueprints.institution.routing import mould
from models.filings import queries
from models.messaging import notices
from models.rules.policy import Action, may


@dataclass(frozen=True)
class Place:
    """One place of the masthead."""

    label: str
    url: str
    count: int
    current: bool


# endpoint, label, who may
PLACES = (
    ("home", "待办", Action.ENTER),
    ("filings", "备案", Action.READ),
    ("desk", "审核", Action.REVIEW),
    ("register", "台账", Action.READ),
    ("liveness", "核实", Action.READ),
    ("campaigns", "备案工作", Action.READ),
    ("summaries", "汇总表", Action.READ),
    ("dashboard", "统计", Action.READ),
    ("units", "单位", Action.ADMINISTER),
    ("people", "人员", Action.ADMINISTER),
    ("audit", "审计", Action.AUDIT),
    ("mail", "邮件", Action.ADMINISTER),
)

# A page lights the place that is called like its file, or else like its room. Others light, by file or
# room, the first of these that the person has; who applies by a link is nowhere in the masthead.
LIGHTS = {
    "account": ("home",),
    "admin.audit_check": ("audit",),
    "admin.backup": ("home",),
    "channels": ("register",),
    "channels.activity": ("liveness",),
    "channels.date_import": ("liveness",),
    "findings": ("register",),
    "findings.circulars": ("register", "home"),
    "imports": ("filings", "units"),
    "individuals": ("filings",),
    "individuals.apply": (),
    "jobs": ("filings",),
    "review": ("desk",),
}
# One view watches the making of every file.
ENDPOINT_LIGHTS = {"export_progress": ("summaries",)}


@mould.context_processor
def places() -> dict:
    """Give every page of a school its definition and its masthead.

    What has to be asked of the database is asked when a template first looks at it: a part of a
    page, which is what most requests are for, draws no masthead.
    """
    if not current_user.is_authenticated or current_user.institution != g.institution.code:
        return {"institution": g.institution, "nav": [], "may_file": False}
    return {
        "institution": g.institution,
        "nav": LocalProxy(cache(_masthead)),
        "may_file": may(current_user, Action.FILE),
        "new_messages": LocalProxy(cache(lambda: notices.unread_messages(current_user))),
        "state_words": state_words,
        "channel_tones": CHANNEL_TONES,
        "late_words": late_words,
    }


def _masthead() -> list[Place]:
    reviews = may(current_user, Action.REVIEW) and signs_something()
    counts = {"home": notices.unread_count(current_user)}
    if reviews:
        counts["desk"] = queries.waiting(current_user)
    # Who only files has a table of one line or two: figures are for who answers for many.
    shown = {"desk": reviews, "dashboard": any(map(current_user.has, ("office", "head")))}
    visible = {
        endpoint: label
        for endpoint, label, action in PLACES
        if may(current_user, action) and shown.get(endpoint, True)
    }
    here = next((endpoint for endpoint in lights(request.endpoint) if endpoint in visible), None)
    return [
        Place(label, url_for(f".{endpoint}"), counts.get(endpoint, 0), endpoint == here)
        for endpoint, label in visible.items()
    ]


def lights(endpoint: str | None) -> tuple[str, ...]:
    """The places that a page lights, by the file and the room of its view; the first one there is counts."""
    name = (endpoint or "").rpartition(".")[2]
    if name in ENDPOINT_LIGHTS:
        return ENDPOINT_LIGHTS[name]
    view = current_app.view_functions.get(endpoint or "")
    module = view.__module__.removeprefix(f"{__package__}.") if view else ""
    room, _, file = module.partition(".")
    known = {place: (place,) for place, _, _ in PLACES} | LIGHTS
    return next((known[key] for key in (module, file, room) if key in known), ())


def signs_something() -> bool:
    """Whether some step of the school waits for this person's role; a reporter's may not."""
    steps = [step for form in g.institution.forms.values() for step in form.route.steps]
    return any(current_user.has(step.role) for step in steps)
