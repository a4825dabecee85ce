"""The preview: first how far the reading is, then every row with what it would do."""

from flask import Response, request
from sqlalchemy import select

from blueprints.institution.filtering import page_number, whole_number
from blueprints.institution.imports import preview_rows, result
from blueprints.institution.imports.loading import go_on, load_upload
from blueprints.institution.imports.wording import name_of
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.page import page, wants_block
from blueprints.web.writing import begin_to_write
from models.database import db
from models.filings import queries
from models.imports import upload_rows, uploads
from models.imports.headings import why_left_out
from models.imports.target import RowState, Target
from models.imports.uploads import Stage, Upload, UploadRow
from models.rules.policy import Action

PAGE_SIZE = 50


@mould.get("/imports/<int:upload_id>")
@requires(Action.ENTER)
def import_preview(upload_id: int) -> Response:
    """Where this upload stands."""
    upload, target = load_upload(upload_id)
    if upload.stage is Stage.matching:
        return go_on(upload)
    if upload.stage is Stage.reading:
        return _progress(upload)
    if upload.stage is Stage.confirmed:
        return result.draw(upload)
    return draw(upload, target)


@mould.post("/imports/<int:upload_id>/read")
@requires(Action.ENTER)
def read_import(upload_id: int) -> Response:
    """Judge the next slice of rows; the page asks again until none is left."""
    begin_to_write()
    upload, target = load_upload(upload_id)
    if upload.stage is Stage.reading:
        upload_rows.judge_next(upload, target)
        db.session.commit()
    if upload.stage is Stage.reading and wants_block():
        return _progress(upload)
    return go_on(upload)


def draw(upload: Upload, target: Target, problem: str = "", status: int = 200) -> Response:
    """The whole preview, at the tab and page its address says."""
    show = _shown_tab(upload)
    query = select(UploadRow).where(UploadRow.upload_id == upload.id, UploadRow.state.is_not(None))
    if show != preview_rows.ALL:
        query = query.where(UploadRow.state == RowState(show))
    listed = queries.page(query.order_by(UploadRow.id), page_number(request.args), PAGE_SIZE)
    opened = whole_number(request.args.get("open", "")) or 0
    headings = target.headings()
    left_out = [(sheet["name"], why) for sheet in upload.sheets if (why := why_left_out(sheet, headings))]
    return page(
        "institution/imports/preview.html",
        status=status,
        listed=listed,
        rows=preview_rows.drawn(upload, target, listed.items, opened),
        number=listed.number,
        left_out=left_out,
        problem=problem,
        **preview_rows.context(upload, target, show),
    )


def _shown_tab(upload: Upload) -> str:
    """The tab that was asked for; without a word, what has to be put right, if anything."""
    show = request.args.get("show", "")
    if show in (preview_rows.ALL, *RowState):
        return show
    return RowState.wrong if uploads.counts(upload)[RowState.wrong] else preview_rows.ALL


def _progress(upload: Upload) -> Response:
    return page("institution/imports/progress.html", "progress", upload=upload, name=name_of(upload.target))
