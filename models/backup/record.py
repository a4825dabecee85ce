"""When a backup was last made, and tried: a small file beside the database.

Not a row: a backup that was put back would say when it itself was made, and a database that is gone nothing.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from models import files

FILE = "backup.json"


@dataclass(frozen=True)
class Record:
    """`good_at`: when the newest backup that is whole and fits began to be made, and `file` where it is.
    `tried_at`: when the newest was, fitting or not. UTC; None where there was none.
    """

    tried_at: datetime | None = None
    good_at: datetime | None = None
    file: str = ""


def read(instance: Path) -> Record:
    """What is known; nothing where the file is not there, or not as it was written."""
    try:
        content = json.loads((instance / FILE).read_text("utf-8"))
        return Record(_moment(content["tried_at"]), _moment(content["good_at"]), str(content["file"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Record()


def last_good_backup(instance: Path) -> datetime | None:
    """When the newest good backup of this deployment was made, UTC; None where there is none."""
    return read(instance).good_at


def note(instance: Path, made_at: datetime, file: Path, is_good: bool) -> None:
    """Keep that a backup was made. Raises OSError."""
    before = read(instance)
    good_at, name = (made_at, str(file)) if is_good else (before.good_at, before.file)
    content = {"tried_at": made_at.isoformat(), "good_at": good_at and good_at.isoformat(), "file": name}
    files.write(instance / FILE, json.dumps(content, ensure_ascii=False).encode())


def _moment(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None
