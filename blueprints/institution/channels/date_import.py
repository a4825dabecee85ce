"""Days of the newest posts, pasted from a spreadsheet: looked at first, then written down."""

from flask import Response, request
from flask_login import current_user

from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.page import page
from blueprints.web.refusal import attempt
from blueprints.web.writing import begin_to_write
from models.database import db
from models.register.pasted_dates import MOST_LINES, Line, keep_lines, read_lines
from models.rules.policy import Action


@mould.get("/liveness/import")
@requires(Action.READ)
def date_import() -> Response:
    return _draw("", [])


@mould.post("/liveness/import")
@requires(Action.READ)
def import_dates() -> Response:
    """Show what every line means; write the days down only when the button says so (`save`)."""
    text = request.form.get("lines", "")
    with attempt() as attempted:
        lines = read_lines(text, current_user)
    if attempted.refused:
        return _draw(text, [], attempted.sentence, attempted.status)
    if not lines:
        return _draw(text, [], "请粘贴账号和日期两列。", 422)
    if request.form.get("do") != "save":
        return _draw(text, lines)
    begin_to_write()
    kept = keep_lines(lines, current_user)
    db.session.commit()
    # What could not be written down stays in the box, to be put right.
    rest = [line for line in lines if line.problem]
    return _draw("\n".join(line.text for line in rest), rest, kept=kept)


def _draw(
    text: str, lines: list[Line], problem: str = "", status: int = 200, kept: int | None = None
) -> Response:
    return page(
        "institution/channels/date_import.html",
        "results",
        status=status,
        text=text,
        lines=lines,
        problem=problem,
        kept=kept,
        most=MOST_LINES,
        new=sum(line.is_new for line in lines),
        faulty=sum(bool(line.problem) for line in lines),
    )
