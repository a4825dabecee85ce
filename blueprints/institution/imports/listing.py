"""What can be imported, one's own uploads that are still open, and the workbooks to take away."""

from flask import Response, abort, flash, g
from flask_login import current_user

from blueprints.institution.download import download
from blueprints.institution.imports.loading import (
    check_target,
    go_on,
    is_of_own_units,
    load_own,
    load_upload,
    units_of,
)
from blueprints.institution.imports.wording import name_of
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.page import go, page
from blueprints.web.writing import begin_to_write
from models.database import db, empty_journal, will_write
from models.events import history
from models.imports import targets, uploads
from models.imports.uploads import KEPT, Stage
from models.people.unit import Unit
from models.rules.policy import Action


@mould.get("/imports/")
@requires(Action.ENTER)
def imports() -> Response:
    """The way in: one card for everything this person may import."""
    codes = targets.on_offer(g.institution, current_user)
    if not codes:
        abort(403)
    return page(
        "institution/imports/listing.html",
        cards=[(code, name_of(code)) for code in codes],
        waiting=[
            (upload, name_of(upload.target), is_of_own_units(upload))
            for upload in uploads.open_ones(current_user)
            if upload.target in codes
        ],
        days=KEPT.days,
    )


@mould.get("/imports/<target>/template.xlsx")
@requires(Action.ENTER)
def import_template(target: str) -> Response:
    """An empty list to fill in without the app."""
    from blueprints.institution.imports import template  # brings openpyxl along

    check_target(target)
    own = next(iter(units_of(target)), None)
    unit = db.session.get(Unit, int(own)) if own else None
    book = template.write(targets.target_of(target, g.institution, current_user, unit), g.institution)
    name = f"{name_of(target)}导入模板.xlsx"
    return download(book, name)


@mould.get("/imports/<int:upload_id>/annotated.xlsx")
@requires(Action.ENTER)
def annotated_copy(upload_id: int) -> Response:
    """The upload as it is now, corrections included."""
    from blueprints.institution.imports import annotated  # brings openpyxl along

    upload, target = load_upload(upload_id)
    if upload.stage is not Stage.ready:
        return go_on(upload)
    rows, file_name = upload.total, upload.file_name
    copy = annotated.write(upload, target)
    # It is an event, in a transaction of its own: nobody had to wait while the file was written.
    will_write()
    history.record(g.institution.code, "export", current_user, opinion=f"导入的错误说明（{rows} 行，Excel）")
    db.session.commit()
    name = f"{file_name.rpartition('.')[0] or file_name}（错误说明）.xlsx"
    return download(copy, name)


@mould.post("/imports/<int:upload_id>/discard")
@requires(Action.ENTER)
def discard_import(upload_id: int) -> Response:
    """Give an upload up, also one that may no longer be opened; nothing of it is kept."""
    begin_to_write()
    upload = load_own(upload_id)
    name = upload.file_name
    uploads.forget(upload)
    db.session.commit()
    empty_journal()
    flash(f"已放弃导入“{name}”，文件内容已经删除。")
    return go(".imports")
