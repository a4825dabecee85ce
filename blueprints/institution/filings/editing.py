"""Writing a filing: fill it, have one item checked, keep the draft, hand it in."""

from collections.abc import Mapping
from typing import Any

import wtforms
from flask import Response, abort, flash, g, request
from flask_login import current_user

from blueprints.institution.components.changes import marks
from blueprints.institution.components.deadlines import due
from blueprints.institution.components.opinions import read_despite
from blueprints.institution.components.progress import sent_back, who_signs_first
from blueprints.institution.components.reading import as_typed, drop_too_far_ahead, read, says_open
from blueprints.institution.components.uploads import attach, load_with_files
from blueprints.institution.filings.cautions import cautions
from blueprints.institution.loading import FilingCase, case_of, is_within_scope, load_case, revision_of
from blueprints.institution.paper import draw_sheet
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.page import go, page, wants_block
from blueprints.web.refusal import attempt
from models.channels.channel import Channel, Duplicate
from models.database import db
from models.filings import transitions
from models.filings.applicant import handed_in_for
from models.filings.barring import bar_of
from models.filings.conflict import Conflict
from models.rules import answers
from models.rules.answer_columns import happened_on
from models.rules.fields import Field
from models.rules.filing_kind import FilingKind
from models.rules.policy import Action
from models.rules.workflow import Refused, State, Verb

# What stands beside the form of a closing: it asks nothing of what is in force.
IN_FORCE, AS_IT_WILL_PRINT = "在册的内容", "纸面预览 · 保存后更新"


@mould.get("/filings/<int:filing_id>/edit")
@requires(Action.FILE)
def edit(filing_id: int) -> Response:
    case = load_case(filing_id)
    if not case.filing.editable(current_user):
        return go(".filing", filing_id=filing_id)
    return draw_form(case, answers.blank(case.form, case.circumstances, case.filing.answers))


@mould.post("/filings/<int:filing_id>/edit")
@requires(Action.FILE)
def hand_in(filing_id: int) -> Response:
    """Keep what was typed and, if that is what the button says, hand it in."""
    (case, files), taken_by = load_with_files(filing_id), None
    filing = case.filing
    submitting = request.form.get("do") == Verb.submit
    reading = read(as_typed(case, draft=not submitting), files)
    revision = revision_of(request.form)
    is_open, opinion = says_open(filing), ""
    if submitting:
        opinion = handed_in_for(filing)
        filing.look_ahead(current_user, case.form)
    with attempt() as attempted:
        attach(filing, files, reading.values)
        what = filing, g.institution, reading.values, current_user
        if submitting and not reading.errors:
            refusal = transitions.hand_in(*what, opinion, revision, is_open, despite=read_despite())
            taken_by = _note_refusal(reading, refusal)
        else:
            transitions.keep(*what, revision, is_open)
        # A refused hand-in still keeps the draft: nothing typed is lost.
        db.session.commit()
    if isinstance(attempted.refusal, Conflict):
        case = load_case(filing_id)
        return draw_form(case, reading.form, reading.errors, attempted.refusal, 409, values=reading.values)
    if attempted.refused:
        return draw_form(case, reading.form, {"": attempted.sentence}, status=422, values=reading.values)
    if reading.errors:
        return draw_form(case, reading.form, reading.errors, status=422, taken_by=taken_by)
    flash(_done(case) if submitting else "草稿已保存。")
    return go(".filing" if submitting else ".edit", filing_id=filing.id)


def _note_refusal(reading: answers.Reading, refusal: Refused | None) -> Channel | None:
    """Say above the form why it was kept and not handed in: a doubled account, no head.

    Out: the channel that has the account already, where that was the reason and the person may
    look at it.
    """
    if refusal is None:
        return None
    reading.errors[""] = str(refusal)
    other = refusal.channel if isinstance(refusal, Duplicate) else None
    return other if is_within_scope(other, current_user.visible_units()) else None


@mould.post("/filings/<int:filing_id>/keep")
@requires(Action.FILE)
def keep(filing_id: int) -> Response:
    """Keep the draft by itself while it is being written.

    `?picture=<item>` says that a picture was chosen: its item is drawn again to show it.
    """
    case, files = load_with_files(filing_id)
    filing = case.filing
    picture = _picture_item(case, request.args.get("picture", ""))
    reading, is_open = read(as_typed(case, draft=True), files), says_open(filing)
    revision = revision_of(request.form)
    with attempt() as attempted:
        attach(filing, files, reading.values)
        transitions.keep(filing, g.institution, reading.values, current_user, revision, is_open)
        db.session.commit()
    if isinstance(attempted.refusal, Conflict):
        # Without the new revision: only a deliberate save may overrule a colleague.
        case = load_case(filing_id)
        return draw_form(case, reading.form, {}, attempted.refusal, 409, blocks=("saved", "conflict"))
    if attempted.refused:
        abort(409)
    blocks = ("saved", "revision", "preview")
    if picture is None:
        return draw_form(case, reading.form, reading.errors, blocks=blocks)
    # The account may be open by now, which decides what is asked for.
    case = case_of(filing)
    form = answers.blank(case.form, case.circumstances, filing.answers)
    return draw_form(case, form, reading.errors, blocks=("item", *blocks), field=picture)


def _picture_item(case: FilingCase, name: str) -> Field | None:
    items = case.form.items(case.filing.kind)
    return next((item for item in items if item.is_upload and item.name == name), None)


@mould.post("/filings/<int:filing_id>/check/<name>")
@requires(Action.FILE)
def check(filing_id: int, name: str) -> Response:
    """Check one item on leaving it: the answer is that item, redrawn with its sentence."""
    case = as_typed(load_editable(filing_id))
    filing, definition = case.filing, case.form
    if name not in {field.name for field in definition.items(filing.kind)}:
        abort(404)
    reading = answers.check_one(
        definition, filing.kind, name, request.form, case.circumstances, filing.answers
    )
    reading.errors |= drop_too_far_ahead(case, reading, name)
    errors = {path: sentence for path, sentence in reading.errors.items() if _was_reached(path)}
    return draw_form(
        case,
        reading.form,
        errors,
        status=422 if errors else 200,
        blocks=("item",),
        field=definition.field(name),
        values=reading.values,
    )


def _was_reached(path: str) -> bool:
    """Whether a box was written in; of a person's row the boxes after it may still be empty."""
    return "." not in path or bool(request.form.get(path.replace(".", "-"), "").strip())


def _done(case: FilingCase) -> str:
    """What to say after handing in; whoever signs the first step too is told so."""
    filing = case.filing
    if Verb.approve in filing.allowed(current_user, case.form):
        return f"已提交，接下来请签署“{filing.steps(case.form)[filing.step].short}”。"
    return "已提交。"


def load_editable(filing_id: int) -> FilingCase:
    """A filing that this person may write in now; 404 out of scope, 409 when it may not be."""
    case = load_case(filing_id)
    if not case.filing.editable(current_user):
        abort(409)
    return case


def draw_form(
    case: FilingCase,
    form: wtforms.Form,
    errors: dict | None = None,
    conflict: Conflict | None = None,
    status: int = 200,
    blocks: tuple[str, ...] = (),
    values: Mapping[str, Any] | None = None,
    **about,
) -> Response:
    """The form page with the sheet beside it, or the blocks of it that changed.

    `values`: the answers in the form, where they are not those kept. `about`: the one `field`
    that was checked; the channel that holds the account already, as `taken_by`.
    """
    filing, definition = case.filing, case.form
    values = filing.answers if values is None else values
    return page(
        "institution/filings/form.html",
        *blocks,
        *(("standing",) if blocks and filing.kind is not FilingKind.first else ()),
        status=status,
        filing=filing,
        definition=definition,
        form=form,
        errors=errors or {},
        conflict=conflict,
        field=about.get("field"),
        taken_by=about.get("taken_by"),
        warnings=_warnings(case, values, blocks, about.get("field")),
        marks=marks(case, values),
        due=due(filing, happened_on(definition, filing.kind, values)),
        later=_may_wait(case),
        bar=None if blocks else bar_of(g.institution, filing),
        **_beside(case, not blocks or "preview" in blocks),
        **_standing(case),
    )


def _warnings(
    case: FilingCase, values: Mapping[str, Any], blocks: tuple[str, ...], field: Field | None
) -> dict:
    """请留意, of the items that are drawn: of one alone where one alone was checked."""
    # Autosave draws no item: it need not search the register and the fonts each time.
    if wants_block() and blocks and "item" not in blocks:
        return {}
    return cautions(case, values, field.name if field and wants_block() else "")


def _beside(case: FilingCase, is_shown: bool) -> dict:
    """The sheet as it will print; beside a closing, what is in force: its sheet, or its items."""
    filing = case.filing
    if filing.kind is not FilingKind.close or filing.base is None:
        sheet = draw_sheet(g.institution, case.form, filing) if is_shown else None
        return {"sheet": sheet, "beside": AS_IT_WILL_PRINT, "in_force": None}
    base = filing.base
    form = base.definition(g.institution)
    sheet = draw_sheet(g.institution, form, base) if is_shown else None
    items = form.visible(base.answers, base.kind) if form.paper is None else None
    return {"sheet": sheet, "beside": IN_FORCE, "in_force": items}


def _standing(case: FilingCase) -> dict:
    """Where a filing that is being written stands: who gets it, why it came back, may it go."""
    filing = case.filing
    return {
        "first_step": who_signs_first(case),
        "returned": sent_back(filing),
        "deletable": filing.state == State.draft and not filing.submitted_at,
    }


def _may_wait(case: FilingCase) -> list[str]:
    """The items that a first filing of an account not open yet may leave out."""
    if case.filing.kind != FilingKind.first:
        return []
    return [item.label for item in case.form.items(case.filing.kind) if item.later]
