"""What a watcher asks: does the process answer, and can it do its work?"""

import os
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, current_app
from sqlalchemy.exc import SQLAlchemyError

from blueprints.web.access import requires
from models.database import MIGRATIONS, db
from models.rules.policy import Action

health = Blueprint("health", __name__)


@health.get("/healthz")
@requires(Action.OPEN)
def healthz() -> tuple[dict, int]:
    """Whether the process answers."""
    return {"status": "ok"}, 200


@health.get("/readyz")
@requires(Action.OPEN)
def readyz() -> tuple[dict, int]:
    """Whether everything a request needs is there: 200, or 503 with what is not."""
    checks = {"database": _database_is_current(), "instance": _instance_is_writable()}
    ready = all(checks.values())
    return {"status": "ok" if ready else "not ready", "checks": checks}, 200 if ready else 503


def _database_is_current() -> bool:
    """The database answers, and its tables are those of this version."""
    newest = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    try:
        return MigrationContext.configure(db.session.connection()).get_current_revision() == newest
    except SQLAlchemyError:
        db.session.rollback()
        return False


def _instance_is_writable() -> bool:
    """Prints, exports and the database itself are written there."""
    return os.access(Path(current_app.instance_path), os.W_OK)
