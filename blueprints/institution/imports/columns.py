"""Saying which column is what, where the names in the file do not tell."""

from flask import Response, flash, request

from blueprints.institution.imports.loading import go_on, load_upload
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.page import page
from blueprints.web.writing import begin_to_write
from models.database import db
from models.imports import mapping, uploads
from models.imports.headings import why_left_out
from models.imports.mapping import Column
from models.imports.target import PASSED_OVER, Target
from models.imports.uploads import Stage, Upload
from models.rules.policy import Action


@mould.get("/imports/<int:upload_id>/columns")
@requires(Action.ENTER)
def import_columns(upload_id: int) -> Response:
    upload, target = load_upload(upload_id)
    if upload.stage is Stage.confirmed:
        return go_on(upload)
    return _draw(upload, target, mapping.columns_of(upload))


@mould.post("/imports/<int:upload_id>/columns")
@requires(Action.ENTER)
def match_columns(upload_id: int) -> Response:
    """Take the choices over, remember them for the next file, and read the rows accordingly."""
    begin_to_write()
    upload, target = load_upload(upload_id)
    if upload.stage is Stage.confirmed:
        return go_on(upload)
    known = {heading.path for heading in target.headings()} | {PASSED_OVER}
    columns = mapping.columns_of(upload)
    for column in columns:
        chosen = request.form.get(column.name, PASSED_OVER)
        column.path = chosen if chosen in known else PASSED_OVER
    sentence = mapping.assign(upload, target, columns)
    if sentence:
        return _draw(upload, target, columns, sentence, 422)
    uploads.judge_again(upload, target)
    db.session.commit()
    flash("列的对应关系已记住，下次导入时自动使用。")
    return go_on(upload)


def _draw(
    upload: Upload, target: Target, columns: list[Column], problem: str = "", status: int = 200
) -> Response:
    headings = target.headings()
    choices = [(heading.path, heading.label) for heading in headings if heading.path != PASSED_OVER]
    unknown = {column.name for column in mapping.columns_of(upload) if not column.path}
    return page(
        "institution/imports/columns.html",
        status=status,
        upload=upload,
        problem=problem,
        unknown=[column for column in columns if column.name in unknown],
        known=[column for column in columns if column.name not in unknown],
        choices=[(PASSED_OVER, "不导入这一列"), *choices],
        left_out=_left_out(upload, target),
        matching=upload.stage is Stage.matching,
    )


def _left_out(upload: Upload, target: Target) -> list[tuple[str, str]]:
    """The sheets that are passed over as things stand, each with why."""
    headings = target.headings()
    whys = ((sheet["name"], why_left_out(sheet, headings)) for sheet in upload.sheets)
    return [(name, why) for name, why in whys if why]
