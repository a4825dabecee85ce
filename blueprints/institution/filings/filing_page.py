"""The filing page: the sheet, what it changes, how far it came, and what may be done with it."""

from flask import Response, g, url_for
from flask_login import current_user

from blueprints.institution.components.changes import changes_of, compares
from blueprints.institution.components.deadlines import due
from blueprints.institution.components.opening_card import opening_card
from blueprints.institution.components.opinions import signing_help
from blueprints.institution.components.phones import knows_phones, shown_answers, shown_changes
from blueprints.institution.components.progress import VERB_TONES, edit_place, stages
from blueprints.institution.filings.cautions import for_reviewers
from blueprints.institution.filings.talking import talk_about
from blueprints.institution.loading import asked_of, definition_of
from blueprints.institution.paper import draw_sheet, holders, prints
from blueprints.institution.pdf.unprintable import unprintable
from blueprints.web.page import page
from models.filings.applicant import applicant_of
from models.rules import answers
from models.rules.filing_kind import FilingKind
from models.rules.workflow import DECISIONS, Role, State, Verb

# The parts of the page that a verb changes, the first in its target's place; and those with phones.
CHANGED_BY_A_VERB = ("status", "state", "due", "sheet", "actions", "places")
WITH_PHONES = ("phones", "changes", "sheet", "applicant", "unprinted")


def show(found, status: int = 200, errors: dict | None = None, revealed: bool = False, **context) -> Response:
    """The filing page, or under htmx what a verb changed: actions, progress, sheet, badges.

    `revealed`: with full phone numbers, under htmx only the parts that have any.
    `context` may carry what was `typed`, the `error` that refused a verb, the verb that was
    `done`, and the form for `completing` with its `errors`.
    """
    definition = definition_of(found)
    full = revealed or knows_phones(found)
    said = {"typed": "", "error": "", "done": "", "decided": False, "errors": errors or {}}
    context = said | {"next_id": None} | context
    context.setdefault("talk", talk_about(found))
    context.setdefault("opening", opening_card(found))
    context.setdefault("completing", answers.blank(definition, asked_of(found), found.answers))
    return page(
        "institution/filings/filing.html",
        *(WITH_PHONES if revealed else CHANGED_BY_A_VERB),
        status=status,
        filing=found,
        definition=definition,
        missing=definition.completable(found.answers, found.kind) if found.incomplete else [],
        steps=stages(found),
        events=found.events,
        cautions=for_reviewers(found, definition),
        **_phones(found, definition, revealed),
        **_on_paper(definition, found, full),
        **_actions(definition, found),
        **_against(definition, found, full),
        **context,
    )


def _phones(found, definition, revealed: bool) -> dict:
    """On whose behalf it is written, whether with their phone, and what more there is to see."""
    applicant = applicant_of(found)
    office = current_user.has(Role.office)
    knows_applicant = office and (revealed or found.created_by_id == current_user.id)
    hidden = not knows_phones(found) and shown_answers(definition, found.answers, False) != (found.answers)
    asks_for = applicant and applicant.phone and office and not knows_applicant
    return {
        "applicant": applicant,
        "knows_applicant": knows_applicant,
        "revealed": revealed,
        "hides_phones": bool(not revealed and (hidden or asks_for)),
    }


def _on_paper(definition, found, full: bool) -> dict:
    """The sheet, who keeps a copy of it, and what it does not or cannot show."""
    printable = prints(definition, found)
    shown = shown_answers(definition, found.answers, full)
    return {
        "shown": shown,
        "sheet": draw_sheet(g.institution, definition, found, shown),
        "printable": printable,
        "holders": holders(definition),
        "unprinted": _unprinted(definition, found),
        "lost": unprintable(definition, found.answers) if printable else {},
    }


def _actions(definition, found) -> dict:
    """What this person may do with the filing now, and the words for it."""
    allowed = found.allowed(current_user, definition)
    return {
        "allowed": allowed,
        "decisions": [verb for verb in DECISIONS if verb in allowed],
        "verbs": Verb,
        "verb_words": verb_words(definition, found),
        "tones": VERB_TONES,
        "step": _current_step(definition, found),
        "edit_url": _edit_url(found),
        "may_complete": found.reported_by(current_user),
        **signing_help(found if set(DECISIONS) & set(allowed) else None),
    }


def _edit_url(found) -> str:
    """Where this person may go on writing; '' when they may not."""
    endpoint, values = edit_place(found)
    return url_for(endpoint, **values) if found.editable(current_user) else ""


def _against(definition, found, full: bool) -> dict:
    """What it changes, by when it was due, and what stays in force where no sheet shows it."""
    base = found.base if found.kind is FilingKind.close and definition.paper is None else None
    changes = changes_of(found, definition) if compares(found) else None
    return {
        "changes": changes and shown_changes(changes, full),
        "due": due(found),
        "in_force": definition.visible(base.answers, base.kind) if base else [],
        "shown_in_force": shown_answers(definition, base.answers, full) if base else {},
    }


def _current_step(definition, found):
    """The step that is waited for: its suggestions stand beside the opinion."""
    return found.steps(definition)[found.step] if found.state == State.in_review else None


def verb_words(definition, found) -> dict[Verb, str]:
    """Words on the buttons say the result: the last approval files, changes, or closes."""
    last = found.state == State.in_review and found.step == len(found.steps(definition)) - 1
    words = {verb: verb.label for verb in Verb}
    if step := _current_step(definition, found):
        signs = f"签署{step.short}" if step.role == Role.reporter else words[Verb.approve]
        result = f"同意{found.kind.label.removeprefix('初次').removesuffix('备案') or '备案'}"
        words[Verb.approve] = result if last else signs
    return words


def _unprinted(definition, found) -> list:
    """Answers that no cell of the sheet shows."""
    if definition.paper is None:
        return []
    printed = {path.partition(".")[0] for path in definition.paper.printed()}
    asked = definition.visible(found.answers, found.kind)
    return [item for item in asked if item.name not in printed and item.type != "unit"]
