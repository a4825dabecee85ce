"""The form page: what is asked, what it changes, and the sheet beside it."""

from collections.abc import Mapping
from typing import Any

from flask import Response, g

from blueprints.institution.components.changes import marks
from blueprints.institution.components.deadlines import due
from blueprints.institution.components.progress import sent_back, who_signs_first
from blueprints.institution.filings.cautions import cautions
from blueprints.institution.loading import definition_of
from blueprints.institution.paper import draw_sheet
from blueprints.web.page import page, wants_block
from models.filings.conflict import Stale
from models.filings.filing import Filing
from models.rules.answer_columns import happened_on
from models.rules.definitions.definition import Form
from models.rules.filing_kind import FilingKind
from models.rules.workflow import State

# What stands beside the form of a closing: it asks nothing of what is in force.
IN_FORCE, AS_IT_WILL_PRINT = "在册的内容", "纸面预览 · 保存后更新"


def draw_form(
    filing: Filing, form, errors: dict | None = None, stale: Stale | None = None,
    status: int = 200, blocks: tuple[str, ...] = (), values: Mapping[str, Any] | None = None,
    **about,
) -> Response:
    """The form page with the sheet beside it, or the blocks of it that changed.

    `values`: the answers in the form, where they are not those kept. `about`: the one `field`
    that was checked; the channel that holds the account already, as `taken_by`.
    """
    definition = definition_of(filing)
    values = filing.answers if values is None else values
    return page(
        "institution/filings/form.html",
        *blocks,
        *(("standing",) if blocks and filing.kind is not FilingKind.first else ()),
        status=status, filing=filing, definition=definition, form=form, errors=errors or {},
        stale=stale, field=about.get("field"), taken_by=about.get("taken_by"),
        warnings=_warnings(filing, definition, values, blocks, about.get("field")),
        marks=marks(filing, definition, values),
        due=due(filing, happened_on(definition, filing.kind, values)),
        later=_may_wait(filing, definition),
        **_beside(filing, definition, not blocks or "preview" in blocks),
        **_standing(filing),
    )


def _warnings(filing: Filing, definition: Form, values: Mapping[str, Any],
              blocks: tuple[str, ...], field) -> dict:
    """请留意, of the items that are drawn: of one alone where one alone was checked."""
    # Autosave draws no item: it need not search the register and the fonts each time.
    if wants_block() and blocks and "item" not in blocks:
        return {}
    return cautions(filing, definition, values, field.name if field and wants_block() else "")


def _beside(filing: Filing, definition: Form, is_shown: bool) -> dict:
    """The sheet as it will print; beside a closing, what is in force: its sheet, or its items."""
    if filing.kind is not FilingKind.close or filing.base is None:
        sheet = draw_sheet(g.institution, definition, filing) if is_shown else None
        return {"sheet": sheet, "beside": AS_IT_WILL_PRINT, "in_force": None}
    base = filing.base
    words = definition_of(base)
    sheet = draw_sheet(g.institution, words, base) if is_shown else None
    items = words.visible(base.answers, base.kind) if words.paper is None else None
    return {"sheet": sheet, "beside": IN_FORCE, "in_force": items}


def _standing(filing: Filing) -> dict:
    """Where a filing that is being written stands: who gets it, why it came back, may it go."""
    return {
        "first_step": who_signs_first(filing),
        "returned": sent_back(filing),
        "deletable": filing.state == State.draft and not filing.submitted_at,
    }


def _may_wait(filing: Filing, definition: Form) -> list[str]:
    """The items that a first filing of an account not open yet may leave out."""
    if filing.kind != FilingKind.first:
        return []
    return [item.label for item in definition.items(filing.kind) if item.later]
