"""Lists that are signed as a list (群聊清单): typed or pasted as rows, handed in together."""

from flask import Response, abort, flash, g, request, url_for
from flask_login import current_user
from sqlalchemy import select

from blueprints.institution.components import grid
from blueprints.institution.components.opinions import read_despite
from blueprints.institution.filtering import whole_number
from blueprints.institution.loading import load_form, units_to_file_for
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.idempotency import once
from blueprints.web.page import go, page
from blueprints.web.refusal import attempt
from models.database import db
from models.filings import transitions
from models.filings.barring import bar_of_list
from models.filings.conflict import Conflict
from models.filings.filing import Filing
from models.filings.starting import start
from models.people.unit import Unit
from models.rules import answers
from models.rules.definitions.definition import Form
from models.rules.fields.base import Circumstances
from models.rules.filing_kind import FilingKind
from models.rules.policy import Action
from models.rules.workflow import Refused, State, Verb

SPARE_ROWS = 5
# A withdrawn row was put aside on purpose: it is found among the filings, not handed in again.
WRITTEN_HERE = (State.draft, State.returned)


@mould.get("/lists/<form>")
@requires(Action.FILE)
def group_list(form: str) -> Response:
    """The unit's rows that are still being written, with empty ones below them."""
    definition, unit = _load_list(form)
    rows = [
        grid.Row(
            index,
            answers.blank(definition, _circumstances(), filing.answers),
            filing.id,
            filing.revision,
            not filing.submitted_at,
            filing.answers,
        )
        for index, filing in enumerate(_writable(definition, unit))
    ]
    return _draw(definition, unit, rows)


@mould.post("/lists/<form>")
@requires(Action.FILE)
@once
def keep_list(form: str) -> Response:
    """Keep every row and, if that is what the button says, hand the whole list in.

    One transaction: a list with a row in error is refused whole, with every sentence in place.
    """
    definition, unit = _load_list(form)
    submitting = request.form.get("do") == Verb.submit
    shared = {"id": str(unit.id), "name": unit.name}
    circumstances = _circumstances(draft=not submitting)
    rows = grid.read_rows(definition, request.form, circumstances, shared)
    written = [row for row in rows if not row.is_blank]
    if len(written) > grid.MOST_ROWS:
        return _draw(definition, unit, rows, status=422)
    if any(row.errors for row in written):
        return _draw(definition, unit, rows, status=422)
    with attempt() as attempted:
        _keep_rows(definition, unit, rows, submitting)
        db.session.commit()
    if attempted.refused:
        return _draw(definition, db.session.get(Unit, unit.id), rows, attempted.status)
    flash(f"已提交 {len(written)} 行。" if submitting else f"已保存 {len(written)} 行草稿。")
    return go(".group_list", form=form, unit=unit.id)


def _load_list(code: str) -> tuple[Form, Unit]:
    """A form that is signed as a list, and the unit whose list it is; else 404."""
    definition, units = load_form(code), units_to_file_for()
    if definition.route.signed_as != "list":
        abort(404)
    wanted = request.values.get("unit", "")
    if not units or (wanted and wanted not in units):
        abort(404)
    return definition, db.session.get(Unit, whole_number(wanted or next(iter(units))))


def _circumstances(draft: bool = False) -> Circumstances:
    return Circumstances(kind=FilingKind.first, opened=True, units=units_to_file_for(), draft=draft)


def _rows_of(definition: Form, unit: Unit, states) -> list[Filing]:
    query = select(Filing).where(
        Filing.institution == g.institution.code,
        Filing.form == definition.code,
        Filing.unit_id == unit.id,
        Filing.kind == FilingKind.first,
        Filing.state.in_(states),
    )
    return list(db.session.scalars(query.order_by(Filing.id)))


def _writable(definition: Form, unit: Unit) -> list[Filing]:
    """The rows this person may go on writing: the office does not see what a unit has begun."""
    rows = _rows_of(definition, unit, WRITTEN_HERE)
    return [filing for filing in rows if filing.editable(current_user)]


def _row_filing(row: grid.Row, definition: Form) -> Filing:
    """The draft behind a row; only this form's, whatever id was sent."""
    filing = db.session.get(Filing, row.filing)
    if (
        filing is None
        or filing.form != definition.code
        or filing.kind is not FilingKind.first
        or filing.institution != g.institution.code
        or str(filing.unit_id) not in units_to_file_for()
    ):
        raise Refused("这一行对应的草稿已经不在了，请复制内容后刷新页面。")
    return filing


def _keep_rows(definition: Form, unit: Unit, rows: list[grid.Row], submitting: bool) -> None:
    """Keep, hand in, or (where a row was emptied) throw away.

    The first refusal ends it: it is put beside its row and raised.
    """
    for row in rows:
        try:
            if not row.is_blank:
                _keep_row(definition, unit, row, submitting)
            elif row.filing:
                _put_aside(_row_filing(row, definition), row.revision)
        except (Refused, Conflict) as problem:
            row.errors[""] = str(problem)
            if isinstance(problem, Conflict):
                # The person has now been told: saving again is their decision.
                row.revision = problem.filing.revision
            raise


def _put_aside(filing: Filing, revision: int) -> None:
    """A row was emptied: a draft goes, one that was handed in before is withdrawn."""
    if filing.submitted_at:
        transitions.move(filing, g.institution, Verb.withdraw, current_user, "", revision)
    else:
        transitions.discard(filing, current_user, revision)


def _keep_row(definition: Form, unit: Unit, row: grid.Row, submitting: bool) -> None:
    if row.filing:
        filing = _row_filing(row, definition)
    else:
        filing = start(g.institution, definition, FilingKind.first, unit, current_user)
    revision = row.revision or filing.revision
    transitions.keep(filing, g.institution, row.values, current_user, revision, opened=True)
    if submitting:
        transitions.move(
            filing, g.institution, Verb.submit, current_user, "", filing.revision, despite=read_despite()
        )


def _spare(definition: Form, index: int | str) -> grid.Row:
    """An empty line; each has inputs of its own, for they carry its number."""
    return grid.Row(index, answers.blank(definition, _circumstances(), {}))


def _kept(definition: Form, rows: list[grid.Row]) -> list[tuple[int, str]]:
    """The drafts as they were kept, which may be dissolved instead: id and name."""
    title = definition.channel.title
    return [(row.filing, definition.text(title, row.values) or "未命名") for row in rows if row.is_draft]


def _draw(definition: Form, unit: Unit, rows: list[grid.Row], status: int = 200) -> Response:
    first_spare = max((row.index for row in rows), default=-1) + 1
    spare = 0 if status != 200 else SPARE_ROWS if rows else 2 * SPARE_ROWS
    return page(
        "institution/filings/group_list.html",
        status=status,
        definition=definition,
        unit=unit,
        units=units_to_file_for(),
        columns=grid.columns(definition),
        rows=rows + [_spare(definition, first_spare + extra) for extra in range(spare)],
        pattern=_spare(definition, "__row__"),
        most=grid.MOST_ROWS,
        kept=_kept(definition, rows),
        written=sum(not row.is_blank for row in rows),
        faulty=sum(bool(row.errors) for row in rows),
        in_review=_rows_of(definition, unit, [State.in_review]),
        bar=bar_of_list(g.institution, definition.code, unit.id),
        filed=len(_rows_of(definition, unit, [State.filed])),
        action=url_for(".keep_list", form=definition.code),
    )
