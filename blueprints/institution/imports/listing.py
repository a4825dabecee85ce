"""What can be imported, and the person's own uploads that are still open."""

from flask import Response, abort, flash, g
from flask_login import current_user

from blueprints.institution.download import download
from blueprints.institution.imports import template
from blueprints.institution.imports.loading import check_target, is_of_own_units, load_own, units_of
from blueprints.institution.imports.wording import name_of
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.page import go, page
from models.database import db
from models.imports import targets, uploads
from models.imports.upload import KEPT
from models.people.person import Unit
from models.rules.policy import Action


@mould.get("/imports/")
@requires(Action.ENTER)
def imports() -> Response:
    """The way in: one card for everything this person may import."""
    codes = targets.on_offer(current_user)
    if not codes:
        abort(403)
    return page(
        "institution/imports/listing.html",
        cards=[(code, name_of(code)) for code in codes],
        waiting=[
            (one, name_of(one.target), is_of_own_units(one))
            for one in uploads.open_ones(current_user)
            if one.target in codes
        ],
        days=KEPT.days,
    )


@mould.get("/imports/<target>/template.xlsx")
@requires(Action.ENTER)
def import_template(target: str) -> Response:
    """An empty list to fill in without the app."""
    check_target(target)
    own = next(iter(units_of(target)), None)
    unit = db.session.get(Unit, int(own)) if own else None
    book = template.write(targets.target_of(target, current_user, unit), g.institution)
    name = f"{name_of(target)}导入模板.xlsx"
    return download(book, name)


@mould.post("/imports/<int:upload_id>/discard")
@requires(Action.ENTER)
def discard_import(upload_id: int) -> Response:
    """Give an upload up, also one that may no longer be opened; nothing of it is kept."""
    upload = load_own(upload_id)
    name = upload.file_name
    uploads.forget(upload)
    db.session.commit()
    flash(f"已放弃导入“{name}”，文件内容已经删除。")
    return go(".imports")
