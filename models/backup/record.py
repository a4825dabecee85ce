"""When a backup was last made, and tried: a small file beside the database, or a row in PostgreSQL's.

Of a file it is no row: a backup that was put back would say when it itself was made, and a database that is
gone nothing. PostgreSQL may have several servers, of which one makes the backup and each says when.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Text, inspect
from sqlalchemy.orm import Mapped, mapped_column

from models import files
from models.clock import utcnow
from models.database import Model, db, is_served, will_write

FILE = "backup.json"
# Longer than a backup takes: a server that dies over it leaves it to another.
HELD = timedelta(hours=1)


class BackupOfNight(Model):
    """One row: the record, and until when the server that makes a backup now is waited for."""

    __tablename__ = "backup_of_night"

    id: Mapped[int] = mapped_column(primary_key=True)
    tried_at: Mapped[datetime | None]
    good_at: Mapped[datetime | None]
    file: Mapped[str] = mapped_column(Text, default="")
    held_until: Mapped[datetime | None]


@dataclass(frozen=True)
class Record:
    """`good_at`: when the newest backup that is whole and fits began to be made, and `file` where it is.
    `tried_at`: when the newest was, fitting or not. UTC; None where there was none.
    """

    tried_at: datetime | None = None
    good_at: datetime | None = None
    file: str = ""


def read(instance: Path) -> Record:
    """What is known; nothing where it was never noted, or the file is not as it was written."""
    if is_served():
        row = db.session.get(BackupOfNight, 1)
        return Record(row.tried_at, row.good_at, row.file) if row else Record()
    try:
        content = json.loads((instance / FILE).read_text("utf-8"))
        return Record(_moment(content["tried_at"]), _moment(content["good_at"]), str(content["file"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Record()


def last_good_backup(instance: Path) -> datetime | None:
    """When the newest good backup of this deployment was made, UTC; None where there is none."""
    return read(instance).good_at


def note(instance: Path, made_at: datetime, file: Path, is_good: bool) -> None:
    """Keep that a backup was made; committed. Raises OSError, DBAPIError."""
    if is_served():
        if not inspect(db.engine).has_table(BackupOfNight.__tablename__):
            # An older version's, which is about to be brought to this one.
            return
        row = _row()
        row.tried_at, row.held_until = made_at, None
        if is_good:
            row.good_at, row.file = made_at, str(file)
        db.session.commit()
        return
    before = read(instance)
    good_at, name = (made_at, str(file)) if is_good else (before.good_at, before.file)
    content = {"tried_at": made_at.isoformat(), "good_at": good_at and good_at.isoformat(), "file": name}
    files.write(instance / FILE, json.dumps(content, ensure_ascii=False).encode())


def claim(instance: Path, due: datetime, now: datetime | None = None) -> bool:
    """Whether the backup that was due then is this server's to make; of several it is one's. Committed.

    Where it comes to nothing, `give_back` leaves it to whoever looks next.
    """
    tried_at = read(instance).tried_at
    if tried_at and tried_at >= due:
        return False
    if not is_served():
        return True
    row, now = _row(), now or utcnow()
    # Asked again: who had the lock before may just have made it.
    done = row.tried_at is not None and row.tried_at >= due
    mine = not done and (row.held_until is None or row.held_until < now)
    if mine:
        row.held_until = now + HELD
    db.session.commit()
    return mine


def give_back() -> None:
    """No backup was made after all. Committed."""
    if is_served():
        _row().held_until = None
        db.session.commit()


def _row() -> BackupOfNight:
    """The row, under the writers' lock."""
    will_write()
    row = db.session.get(BackupOfNight, 1)
    if row is None:
        row = BackupOfNight(id=1)
        db.session.add(row)
        db.session.flush()
    return row


def _moment(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None
