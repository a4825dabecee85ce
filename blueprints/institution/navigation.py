"""The places of the masthead: what this person can open, and a count where something waits."""

from dataclasses import dataclass
from functools import cache

from flask import g, request, url_for
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


FILING_PAGES = (
    *("filings", "filing", "new", "edit", "hand_in", "move", "complete", "delete"),
    *("group_list", "keep_list", "dissolving", "dissolve_row", "print_progress", "opening"),
    "reveal_filing",
    *("on_behalf", "invites", "invite", "new_invite", "renew_invite", "revoke_invite"),
)

DESK_PAGES = (
    *("desk", "desk_list", "decide"),
    *("opinions", "add_opinion", "change_opinion", "raise_opinion", "delete_opinion"),
)

REGISTER_PAGES = (
    *("register", "register_by_phone", "channel", "compare", "begin_about"),
    *("closings", "judge_closings", "reveal_channel", "retention", "purge"),
)

FOUND_PAGES = (
    *("found", "new_found", "note_found", "found_account", "answer_found", "ask_unit"),
    *("settle_found", "reopen_found"),
    *("sanctions", "new_sanction", "record_sanction", "lift_sanction"),
)

LIVENESS_PAGES = (
    *("liveness", "say_of_many", "say_of_one", "say_of_channel", "date_import", "import_dates"),
)

MINE = ("me", "my_sign_ins")

SUBSTITUTES = ("substitutes", "end_substitute")

CAMPAIGN_PAGES = (
    *("campaigns", "campaign", "new_campaign", "edit_campaign", "publish_campaign", "end_campaign"),
    *("delete_campaign", "report", "say_in_report", "nil_report", "new_in_report", "move_report"),
    *("receipt", "extend_report", "report_paper", "report_scan"),
    *("remind", "send_reminders", "contacts", "note_contact"),
)

IMPORT_PAGES = (
    *("imports", "new_import", "start_import", "import_columns", "match_columns"),
    *("import_preview", "read_import", "import_row", "correct_row", "confirm_import"),
)

# endpoint, label, who may, the endpoints' modules that light it up
PLACES = (
    ("home", "待办", Action.ENTER, ("home", "all_notices", "read_all", *MINE, *SUBSTITUTES)),
    ("filings", "备案", Action.READ, (*FILING_PAGES, *IMPORT_PAGES)),
    ("desk", "审核", Action.REVIEW, DESK_PAGES),
    ("register", "台账", Action.READ, (*REGISTER_PAGES, *FOUND_PAGES)),
    ("liveness", "核实", Action.READ, LIVENESS_PAGES),
    ("campaigns", "备案工作", Action.READ, CAMPAIGN_PAGES),
    ("summaries", "汇总表", Action.READ, ("summaries", "summary", "export_progress")),
    ("dashboard", "统计", Action.READ, ("dashboard", "dashboard_xlsx")),
    ("units", "单位", Action.ADMINISTER, ("units", "unit", *IMPORT_PAGES)),
    ("people", "人员", Action.ADMINISTER, ("people", "person")),
    ("audit", "审计", Action.AUDIT, ("audit", "check_audit", "export_audit")),
    ("mail", "邮件", Action.ADMINISTER, ("mail", "send_again")),
)


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
    here = (request.endpoint or "").rpartition(".")[2]
    return [
        Place(label, url_for(f".{endpoint}"), counts.get(endpoint, 0), here in lights)
        for endpoint, label, action, lights in PLACES
        if may(current_user, action) and shown.get(endpoint, True)
    ]


def signs_something() -> bool:
    """Whether some step of the school waits for this person's role; a reporter's may not."""
    steps = [step for form in g.institution.forms.values() for step in form.route.steps]
    return any(current_user.has(step.role) for step in steps)
