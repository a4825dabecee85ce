"""Putting one row right where it stands; the counts above follow."""

from flask import Response, abort, flash, request

from blueprints.institution.imports import preview_rows
from blueprints.institution.imports.loading import go_on, load_upload
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.page import go, page, wants_block
from blueprints.web.writing import begin_to_write
from models.database import db
from models.imports import upload_rows
from models.imports.target import RowState, Target
from models.imports.uploads import Stage, Upload, UploadRow
from models.rules.filters import LARGEST_ID, whole_number
from models.rules.messages import clean
from models.rules.policy import Action

CELL = "cell-"
# Before a cell's name: what the cell said when it was drawn.
WAS = "was-"
TEMPLATE = "institution/imports/preview.html"


@mould.get("/imports/<int:upload_id>/rows/<int:row_id>")
@requires(Action.ENTER)
def import_row(upload_id: int, row_id: int) -> Response:
    """Open a row to type in it, or (`?shut=1`) close it again."""
    upload, target = load_upload(upload_id)
    row = _load_row(upload, row_id)
    opened = 0 if request.args.get("shut") else row.id
    if not wants_block():
        return _back(upload, row, open=opened or None)
    return _draw(upload, target, row, [row], opened)


@mould.post("/imports/<int:upload_id>/rows/<int:row_id>")
@requires(Action.ENTER)
def correct_row(upload_id: int, row_id: int) -> Response:
    """Keep what was typed, or leave the row out or take it in again; it is judged at once."""
    begin_to_write()
    upload, target = load_upload(upload_id)
    if upload.stage is not Stage.ready:
        return go_on(upload)
    row = _load_row(upload, row_id)
    do = request.form.get("do", "")
    if do == "leave_out":
        judged = upload_rows.leave_out(upload, target, row)
    elif do == "take_in":
        judged = upload_rows.take_in(upload, target, row)
    else:
        judged = upload_rows.correct(upload, target, row, _typed())
    db.session.commit()
    if not wants_block():
        flash(
            f"第 {row.number} 行现在是“{row.state.label}”。",
            "warning" if row.state is RowState.wrong else "message",
        )
        return _back(upload, row)
    return _draw(upload, target, row, judged)


def _typed() -> dict[str, str]:
    """The cells that say something else than they did when the page was drawn.

    What another window has put right meanwhile in the other cells is left alone.
    """
    typed = {}
    for name, text in request.form.items():
        was = request.form.get(WAS + name)
        if name.startswith(CELL) and (was is None or clean(text) != clean(was)):
            typed[name.removeprefix(CELL)] = text
    return typed


def _load_row(upload: Upload, row_id: int) -> UploadRow:
    row = upload_rows.row_of(upload, row_id) if row_id <= LARGEST_ID else None
    return row or abort(404)


def _back(upload: Upload, row: UploadRow, **more) -> Response:
    """To the same place of the list, for whoever works without scripts."""
    place = {name: request.values[name] for name in ("show", "page") if request.values.get(name)}
    return go(".import_preview", upload_id=upload.id, **place, **more, _anchor=f"row-{row.id}")


def _draw(
    upload: Upload, target: Target, row: UploadRow, judged: list[UploadRow], opened: int = 0
) -> Response:
    """The row, those on the page that were judged along with it, and the counts."""
    there = {whole_number(text) for text in request.values.get("there", "").split()}
    others = [other for other in judged if other is not row and other.id in there]
    return page(
        TEMPLATE,
        "rows",
        "summary",
        rows=preview_rows.drawn(upload, target, [row, *others], opened, main=row.id),
        number=request.values.get("page", ""),
        problem="",
        **preview_rows.context(upload, target, request.values.get("show", "")),
    )
