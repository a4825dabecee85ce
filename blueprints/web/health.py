"""What a watcher asks: does the process answer, and can it do its work? Neither waits for a lock."""

import os
import shutil
from datetime import datetime, timedelta
from pathlib import Path

from flask import Blueprint, current_app
from sqlalchemy.exc import DBAPIError

from blueprints.web.access import requires
from models import schema_version
from models.backup.record import last_good_backup
from models.clock import campus_time, utcnow
from models.database import db, engine_in_use
from models.database_trouble import Trouble, trouble_of
from models.rules.policy import Action

# Room for a day of a campus: the journal, a print of many, the cached sheets.
LEAST_SPACE = 100 * 1024 * 1024
# A night may fail.
BACKUP_IS_OLD = timedelta(days=2)
WHAT_IS_WRONG = {
    Trouble.busy: "数据库正被别的程序占用。",
    Trouble.full: "数据库所在的磁盘已满。",
    Trouble.away: "数据库连不上或已损坏。",
}

health = Blueprint("health", __name__)


@health.get("/healthz")
@requires(Action.OPEN)
def healthz() -> tuple[dict, int]:
    """Whether the process answers."""
    return {"status": "ok"}, 200


@health.get("/readyz")
@requires(Action.OPEN)
def readyz() -> tuple[dict, int]:
    """Whether everything a request needs is there: 200, or 503 with a sentence for what is not.

    A backup that is missing is said as well, and no reason to send people away.
    """
    problems = {"database": _database(), "instance": _instance(), "space": _space(), "keys": _keys()}
    ready = not any(problems.values())
    last = None if problems["database"] else last_good_backup(_folder())
    checks = {
        name: problem or "ok" for name, problem in (problems | {"backup": trouble_with_backups(last)}).items()
    }
    return {
        "status": "ok" if ready else "not ready",
        "checks": checks,
        "engine": engine_in_use(),
        "last_backup": last and last.isoformat(timespec="seconds"),
    }, 200 if ready else 503


def _database() -> str:
    """What keeps the database from being used; '' when it answers and its tables are this version's."""
    try:
        with db.engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA busy_timeout=100")
            try:
                revision = schema_version.of(connection)
            finally:
                # This one must not keep its impatience for whoever is lent it next.
                connection.invalidate()
    except DBAPIError as error:
        return WHAT_IS_WRONG[trouble_of(error) or Trouble.away]
    return schema_version.trouble_with(revision)


def _instance() -> str:
    """Prints, exports and the database itself are written there."""
    return "" if os.access(_folder(), os.W_OK) else "数据目录不可写。"


def _space() -> str:
    left = shutil.disk_usage(_folder()).free
    return "" if left >= LEAST_SPACE else f"磁盘只剩 {left // (1024 * 1024)} MB。"


def trouble_with_backups(last: datetime | None) -> str:
    """What is wrong with the nightly backups, where there are to be any; the last good one is from then."""
    if current_app.extensions["backup"] is None:
        return ""
    if last is None:
        return "还没有一次成功的备份。"
    if utcnow() - last <= BACKUP_IS_OLD:
        return ""
    return f"最近一次成功的备份是 {campus_time(last):%Y-%m-%d %H:%M}，已超过两天。"


def _keys() -> str:
    """A key that somebody moved away is missed at the next start, when it is too late."""
    folder = _folder()
    wanted = [] if current_app.config["OWN_SECRET_KEY"] else ["secret_key"]
    if any((folder / "seals").glob("*")):
        wanted.append("seal_key")
    missing = [name for name in wanted if not (folder / name).exists()]
    return f"密钥文件不见了：{'、'.join(missing)}。" if missing else ""


def _folder() -> Path:
    return Path(current_app.instance_path)
