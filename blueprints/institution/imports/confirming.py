"""Confirming: what the preview says is written, once, all of it or nothing."""

from flask import Response, flash, request

from blueprints.institution.imports import preview, result
from blueprints.institution.imports.loading import go_on, load_upload
from blueprints.institution.loading import revision_of
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.refusal import attempt
from blueprints.web.writing import begin_to_write
from models.database import db
from models.imports import confirming, uploads
from models.imports.target import Overtaken
from models.imports.uploads import Stage
from models.rules.policy import Action


@mould.post("/imports/<int:upload_id>/confirm")
@requires(Action.ENTER)
def confirm_import(upload_id: int) -> Response:
    """Write the upload. A second time it only says that it is done."""
    upload, target = load_upload(upload_id)
    if upload.stage is Stage.confirmed:
        flash("这个文件已经导入过了，没有重复写入。", "warning")
        return go_on(upload)
    if upload.stage is not Stage.ready:
        return go_on(upload)
    most = confirming.will_write(uploads.counts(upload))
    db.session.rollback()
    target.get_ready(most)
    with attempt() as attempted:
        written = confirming.confirm(upload, target, revision_of(request.form))
        db.session.commit()
    if isinstance(attempted.refusal, Overtaken):
        return _again(upload_id, attempted.refusal)
    if attempted.refused:
        return preview.draw(*load_upload(upload_id), attempted.sentence, attempted.status)
    if written.get("passwords"):
        return result.draw(upload, written["passwords"])
    return go_on(upload)


def _again(upload_id: int, overtaken: Overtaken) -> Response:
    """Others were faster: those rows are judged anew, and the person looks once more."""
    begin_to_write()
    upload, target = load_upload(upload_id)
    confirming.judge_overtaken(upload, target, overtaken.numbers)
    db.session.commit()
    return preview.draw(upload, target, str(overtaken), 409)
