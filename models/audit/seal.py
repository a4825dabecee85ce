"""A line a day outside the database that says how far history had come and with which digest.

Whoever can write the database can make the whole chain anew, and it will fit. It will not fit the
lines written before. Each line carries a code made with a key that is not in the database, over
itself and the line before it: no line can be made up, changed, or taken out of the middle.
Whoever has the whole machine has the key as well: for that the file is copied elsewhere.
"""

import hmac
import os
import secrets
from dataclasses import astuple, dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path

from sqlalchemy import func, select

from models.clock import campus_time
from models.database import db, lock
from models.events.history import Event, last_digest


@dataclass(frozen=True)
class Seal:
    """The state of a school's history on a day: its newest event, how many there were, its digest.

    `code` is made over the rest, the school and the code before it.
    """

    day: date
    event_id: int
    events: int
    digest: str
    code: str

    def __str__(self) -> str:
        return " ".join(str(part) for part in astuple(self))


class Spoilt(Exception):
    """The file of seals is not as it was written; the sentence says which line."""


@dataclass(frozen=True)
class SealBook:
    """The seals of one school in a folder outside the database."""

    institution: str
    folder: Path

    @classmethod
    def of(cls, institution: str, instance: str | Path) -> "SealBook":
        """The seals of a school, in the instance folder of this deployment."""
        return cls(institution, Path(instance) / "seals")

    @property
    def file(self) -> Path:
        return self.folder / f"{self.institution}.log"

    def read(self) -> list[Seal]:
        """Every seal, the oldest first. Raises Spoilt for a line that nobody with the key wrote."""
        if not self.file.exists():
            return []
        seals: list[Seal] = []
        for number, line in enumerate(self._lines(), 1):
            seal = _parsed(line)
            before = seals[-1].code if seals else ""
            if seal is None or not self._wrote(seal, before):
                raise Spoilt(f"封存文件 {self.file.name} 的第 {number} 行被改动，或它的前一行被删除。")
            seals.append(seal)
        return seals

    def is_done(self, now: datetime) -> bool:
        """Whether the day has its seal. Raises Spoilt."""
        seals = self.read()
        return bool(seals) and seals[-1].day >= campus_time(now).date()

    def add(self, now: datetime) -> Seal | None:
        """Seals what there is, once a day; None when that is done, or nothing has happened yet.

        The caller has seen that the chain fits. Raises Spoilt.
        """
        lock(f"seal of {self.institution}")
        if self.is_done(now):
            return None
        seals = self.read()
        query = select(func.max(Event.id), func.count()).where(Event.institution == self.institution)
        newest, events = db.session.execute(query).one()
        if not events:
            return None
        digest = last_digest(self.institution, newest)
        bare = Seal(campus_time(now).date(), newest, events, digest, "")
        seal = replace(bare, code=self._code(bare, seals[-1].code if seals else ""))
        _append(self.file, f"{seal}\n")
        return seal

    def _lines(self) -> list[str]:
        # Bytes that are no text are some line's damage, not the reader's.
        return self.file.read_text("utf-8", "replace").splitlines()

    def _wrote(self, seal: Seal, before: str) -> bool:
        return hmac.compare_digest(seal.code.encode(), self._code(seal, before).encode())

    def _code(self, seal: Seal, before: str) -> str:
        content = " ".join(str(part) for part in (self.institution, before, *astuple(seal)[:-1]))
        return hmac.new(self._key(), content.encode(), sha256).hexdigest()

    def _key(self) -> bytes:
        """The deployment's key for seals, beside their folder; made at the first seal."""
        file = self.folder.parent / "seal_key"
        if not file.exists():
            with os.fdopen(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as out:
                out.write(secrets.token_hex(32))
        return file.read_text().strip().encode()


def _parsed(line: str) -> Seal | None:
    try:
        day, event_id, events, digest, code = line.split(" ")
        return Seal(date.fromisoformat(day), int(event_id), int(events), digest, code)
    except ValueError:
        return None


def _append(file: Path, line: str) -> None:
    """Adds a line and waits until the disk has it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(file, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600), "a") as out:
        out.write(line)
        out.flush()
        os.fsync(out.fileno())
