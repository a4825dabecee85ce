"""备份: what an administrator can see of the backups, and what to ask of whoever runs the server."""

from pathlib import Path

from flask import Response, current_app

from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.health import trouble_with_backups
from blueprints.web.page import page
from models.backup.record import read
from models.rules.policy import Action


@mould.get("/backup")
@requires(Action.ADMINISTER)
def backup() -> Response:
    """When the last good one was made, where they go, and how that is set; nothing is set here."""
    record = read(Path(current_app.instance_path))
    return page(
        "institution/admin/backup.html",
        record=record,
        trouble=trouble_with_backups(record.good_at),
        settings=current_app.extensions["backup"],
    )
