"""Loading for the import pages: one's own uploads, into what one's roles allow now."""

from flask import Response, abort, g
from flask_login import current_user

from blueprints.institution.loading import units_to_file_for
from blueprints.web.page import go
from models.imports import targets, uploads
from models.imports.target import Target
from models.imports.uploads import Stage, Upload
from models.rules.filters import LARGEST_ID


def check_target(code: str) -> None:
    """404 for what the school has not, 403 for what this person's roles do not allow."""
    if not targets.is_known(code, g.institution):
        abort(404)
    if not targets.is_allowed(code, current_user):
        abort(403)


def units_of(code: str) -> dict[str, str]:
    """The units whose rows may be imported, id to name; none for what belongs to no unit."""
    return units_to_file_for() if code.startswith(targets.FORM) else {}


def load_own(upload_id: int) -> Upload:
    """The person's own upload; else 404."""
    upload = uploads.own(current_user, upload_id) if upload_id <= LARGEST_ID else None
    return upload or abort(404)


def load_upload(upload_id: int) -> tuple[Upload, Target]:
    """The person's own upload and what it goes into; else 404.

    Roles are looked at every time: who may no longer write it may no longer open it (403).
    """
    upload = load_own(upload_id)
    check_target(upload.target)
    if not is_of_own_units(upload):
        abort(403)
    return upload, targets.target_of(upload.target, g.institution, current_user, upload.unit)


def is_of_own_units(upload: Upload) -> bool:
    """Whether the person still files for its unit, and the unit is still in use."""
    return not upload.unit_id or str(upload.unit_id) in units_of(upload.target)


def go_on(upload: Upload, **values) -> Response:
    """To where an upload stands: its columns, or else its preview."""
    if upload.stage is Stage.matching:
        return go(".import_columns", upload_id=upload.id)
    return go(".import_preview", upload_id=upload.id, **values)
