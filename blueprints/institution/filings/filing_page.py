"""The filing page: the sheet, what it changes, how far it came, and what may be done with it."""

from flask import Response, g, url_for
from flask_login import current_user

from blueprints.institution.components.changes import changes_of, compares
from blueprints.institution.components.deadlines import due
from blueprints.institution.components.opening_card import gives_letter, opening_card
from blueprints.institution.components.opinions import signing_help
from blueprints.institution.components.phones import knows_phones, shown_answers, shown_changes
from blueprints.institution.components.progress import VERB_TONES, edit_place, stages
from blueprints.institution.filings.cautions import for_reviewers
from blueprints.institution.filings.talking import talk_about
from blueprints.institution.loading import FilingCase
from blueprints.institution.paper import draw_sheet, holders, prints
from blueprints.institution.pdf.unprintable import unprintable
from blueprints.web.page import page
from models.filings.applicant import applicant_of
from models.filings.barring import bar_of, is_offices
from models.filings.filing import Filing
from models.rules import answers
from models.rules.definitions.route import Step
from models.rules.fields import Field
from models.rules.filing_kind import FilingKind
from models.rules.workflow import DECISIONS, Role, State, Verb

# The parts of the page that a verb changes, the first in its target's place; and those with phones.
CHANGED_BY_A_VERB = ("status", "state", "due", "sheet", "actions", "places")
WITH_PHONES = ("phones", "changes", "sheet", "applicant", "unprinted")


def show(
    case: FilingCase, status: int = 200, errors: dict | None = None, revealed: bool = False, **context
) -> Response:
    """The filing page, or under htmx what a verb changed: actions, progress, sheet, badges.

    `revealed`: with full phone numbers, under htmx only the parts that have any.
    `context` may carry what was `typed`, the `error` that refused a verb, the verb that was
    `done`, and the form for `completing` with its `errors`.
    """
    filing, form = case.filing, case.form
    full = revealed or knows_phones(filing)
    nothing_done = {"typed": "", "error": "", "done": "", "decided": False, "next_id": None}
    context = nothing_done | {"errors": errors or {}} | context
    context.setdefault("talk", talk_about(filing))
    context.setdefault("opening", opening_card(filing))
    context.setdefault("letter", gives_letter(filing) and current_user.has(Role.office))
    context.setdefault("completing", answers.blank(form, case.circumstances, filing.answers))
    return page(
        "institution/filings/filing.html",
        *(WITH_PHONES if revealed else CHANGED_BY_A_VERB),
        status=status,
        filing=filing,
        definition=form,
        missing=form.completable(filing.answers, filing.kind) if filing.incomplete else [],
        steps=stages(case),
        events=filing.events,
        cautions=for_reviewers(case),
        **_phones(case, revealed),
        **_on_paper(case, full),
        **_actions(case),
        **_against(case, full),
        **context,
    )


def _phones(case: FilingCase, revealed: bool) -> dict:
    """On whose behalf it is written, whether with their phone, and what more there is to see."""
    filing = case.filing
    applicant = applicant_of(filing)
    office = current_user.has(Role.office)
    knows_applicant = office and (revealed or filing.created_by_id == current_user.id)
    hidden = not knows_phones(filing) and shown_answers(case.form, filing.answers, False) != filing.answers
    asks_for = applicant and applicant.phone and office and not knows_applicant
    return {
        "applicant": applicant,
        "knows_applicant": knows_applicant,
        "revealed": revealed,
        "hides_phones": bool(not revealed and (hidden or asks_for)),
    }


def _on_paper(case: FilingCase, full: bool) -> dict:
    """The sheet, who keeps a copy of it, and what it does not or cannot show."""
    filing, form = case.filing, case.form
    printable = prints(form, filing)
    shown = shown_answers(form, filing.answers, full)
    return {
        "shown": shown,
        "sheet": draw_sheet(g.institution, form, filing, shown),
        "printable": printable,
        "holders": holders(form),
        "unprinted": _unprinted(case),
        "lost": unprintable(form, filing.answers) if printable else {},
    }


def _actions(case: FilingCase) -> dict:
    """What this person may do with the filing now, and the words for it."""
    filing = case.filing
    allowed = filing.allowed(current_user, case.form)
    return {
        "allowed": allowed,
        "decisions": [verb for verb in DECISIONS if verb in allowed],
        "verbs": Verb,
        "verb_words": verb_words(case),
        "tones": VERB_TONES,
        "bar": bar_of(g.institution, filing) if Verb.approve in allowed else None,
        "office_decides": is_offices(_current_step(case)),
        "step": _current_step(case),
        "edit_url": _edit_url(filing),
        "may_complete": filing.reported_by(current_user),
        **signing_help(filing if set(DECISIONS) & set(allowed) else None),
    }


def _edit_url(filing: Filing) -> str:
    """Where this person may go on writing; '' when they may not."""
    endpoint, values = edit_place(filing)
    return url_for(endpoint, **values) if filing.editable(current_user) else ""


def _against(case: FilingCase, full: bool) -> dict:
    """What it changes, by when it was due, and what stays in force where no sheet shows it."""
    filing, form = case.filing, case.form
    base = filing.base if filing.kind is FilingKind.close and form.paper is None else None
    changes = changes_of(case) if compares(filing) else None
    return {
        "changes": changes and shown_changes(changes, full),
        "due": due(filing),
        "in_force": form.visible(base.answers, base.kind) if base else [],
        "shown_in_force": shown_answers(form, base.answers, full) if base else {},
    }


def _current_step(case: FilingCase) -> Step | None:
    """The step that is waited for: its suggestions stand beside the opinion."""
    filing = case.filing
    return filing.steps(case.form)[filing.step] if filing.state == State.in_review else None


def verb_words(case: FilingCase) -> dict[Verb, str]:
    """Words on the buttons say the result: the last approval files, changes, or closes."""
    filing = case.filing
    last = filing.state == State.in_review and filing.step == len(filing.steps(case.form)) - 1
    words = {verb: verb.label for verb in Verb}
    if step := _current_step(case):
        signs = f"签署{step.short}" if step.role == Role.reporter else words[Verb.approve]
        result = f"同意{filing.kind.label.removeprefix('初次').removesuffix('备案') or '备案'}"
        words[Verb.approve] = result if last else signs
    return words


def _unprinted(case: FilingCase) -> list[Field]:
    """Answers that no cell of the sheet shows."""
    form = case.form
    if form.paper is None:
        return []
    printed = {path.partition(".")[0] for path in form.paper.printed()}
    visible = form.visible(case.filing.answers, case.filing.kind)
    return [item for item in visible if item.name not in printed and item.type != "unit"]
