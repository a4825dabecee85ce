"""Handing a file in: it is looked at, kept, and read row by row afterwards."""

from flask import Response, abort, g, request
from flask_login import current_user

from blueprints.institution.filtering import whole_number
from blueprints.institution.imports.loading import check_target, go_on, units_of
from blueprints.institution.imports.wording import name_of
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.page import page
from blueprints.web.refusal import attempt
from models.database import db
from models.examining import pool
from models.examining.examined import BadFile
from models.imports import targets, uploads
from models.people.unit import Unit
from models.rules.messages import clean
from models.rules.policy import Action
from models.rules.workflow import Role


@mould.get("/imports/<target>/new")
@requires(Action.ENTER)
def new_import(target: str) -> Response:
    """Ask for the file, and for the unit where there are several."""
    check_target(target)
    return _draw(target, request.args.get("unit", ""))


@mould.post("/imports/<target>/new")
@requires(Action.ENTER)
def start_import(target: str) -> Response:
    """Take the file in. A file that cannot be read is refused beside its box."""
    check_target(target)
    wanted = request.form.get("unit", "")
    if wanted not in _units(target):
        return _draw(target, "", {"unit": "请从列表中选择单位。"}, 422)
    sent = request.files.get("file")
    name = clean(sent.filename or "") if sent else ""
    if not name:
        return _draw(target, wanted, {"file": "请选择要导入的 Excel 文件。"}, 422)
    content = sent.stream.read()
    try:
        # Reading takes its time, and nothing was written yet: others need not wait for it.
        sheets = pool.sheets_of(content, name)
    except BadFile as refusal:
        return _draw(target, wanted, {"file": str(refusal)}, 422)
    with attempt() as attempted:
        unit = db.session.get(Unit, whole_number(wanted)) if wanted else None
        into = targets.target_of(target, g.institution, current_user, unit)
        upload = uploads.start(current_user, into, unit, name, content, sheets)
        db.session.commit()
    if attempted.refused:
        return _draw(target, wanted, {"file": attempted.sentence}, attempted.status)
    return go_on(upload)


def _units(target: str) -> dict[str, str]:
    """The units to choose from; '' stands for none, where rows name theirs or have none."""
    if not target.startswith(targets.FORM):
        return {"": ""}
    units = units_of(target)
    if not units:
        abort(404)
    if current_user.has(Role.office):
        return {"": "各单位（每行写明单位）", **units}
    return units


def _draw(target: str, unit: str, errors: dict[str, str] | None = None, status: int = 200) -> Response:
    units = _units(target)
    return page(
        "institution/imports/new.html",
        status=status,
        target=target,
        name=name_of(target),
        units=units,
        unit=unit if unit in units else next(iter(units)),
        errors={"unit": "", "file": "", **(errors or {})},
        most=targets.most_rows(target),
        is_form=target.startswith(targets.FORM),
    )
