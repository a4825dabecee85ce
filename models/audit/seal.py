"""A line a day outside the database that says how far history had come and with which digest.

Whoever can write the database can make the whole chain anew, and it will fit. It will not fit the
lines written before. Each line carries a code made with a key that is not in the database, over
itself and the line before it: no line can be made up, changed, or taken out of the middle.
Whoever has the whole machine has the key as well: for that the file is copied elsewhere.
"""

import hmac
import secrets
from dataclasses import astuple, dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path

from sqlalchemy import func, select

from models import files
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
    """The file of seals is not as it was written, or its key is; the sentence says which line."""


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
    def began(self) -> bool:
        """Whether anything was ever sealed, be its line whole, torn or spoilt."""
        return self.file.exists()

    @property
    def file(self) -> Path:
        return self.folder / f"{self.institution}.log"

    def read(self) -> list[Seal]:
        """Every seal, the oldest first. Raises Spoilt for a line that nobody with the key wrote.

        A last line that was not written to its end is none (`torn`).
        """
        return self._read()[0]

    def torn(self) -> str:
        """A sentence when the writing of the last line was broken off; else ''. Raises Spoilt.

        That is no tampering: whoever would cut a line can cut all of it, and has only the copies
        of the file elsewhere against them. Any other damage is.
        """
        if not self._read()[1]:
            return ""
        return f"封存文件 {self.file.name} 的最后一行没有写完（写到一半时断电或被中断），不是改动。"

    def is_done(self, now: datetime) -> bool:
        """Whether the day has its seal. Raises Spoilt."""
        seals = self.read()
        return bool(seals) and seals[-1].day >= campus_time(now).date()

    def add(self, now: datetime) -> Seal | None:
        """Seals what there is, once a day; None when that is done, or nothing has happened yet.

        The caller has seen that the chain fits. Raises Spoilt.
        """
        lock(f"seal of {self.institution}")
        # Asked first: from here on SQLite lets no other process seal either.
        query = select(func.max(Event.id), func.count()).where(Event.institution == self.institution)
        newest, events = db.session.execute(query).one()
        seals, _ = self._read()
        if not events or self.is_done(now):
            return None
        digest = last_digest(self.institution, newest)
        bare = Seal(campus_time(now).date(), newest, events, digest, "")
        seal = replace(bare, code=self._code(bare, seals[-1].code if seals else ""))
        # The whole file anew: a line is there or not, and a torn one goes.
        files.write(self.file, "".join(f"{line}\n" for line in (*seals, seal)).encode())
        return seal

    def _read(self) -> tuple[list[Seal], bool]:
        """The seals, and whether the last line is torn: it has no end, and is no seal."""
        if not self.file.exists():
            return [], False
        # Bytes that are no text are some line's damage, not the reader's.
        content = self.file.read_bytes().decode("utf-8", "replace")
        *lines, rest = content.split("\n")
        seals: list[Seal] = []
        for number, line in enumerate(lines, 1):
            seal = self._seal_in(line, seals)
            if seal is None:
                raise Spoilt(f"封存文件 {self.file.name} 的第 {number} 行被改动，或它的前一行被删除。")
            seals.append(seal)
        last = self._seal_in(rest, seals) if rest else None
        return [*seals, last] if last else seals, bool(rest or not content) and last is None

    def _seal_in(self, line: str, before: list[Seal]) -> Seal | None:
        seal = _parsed(line.removesuffix("\r"))
        return seal if seal and self._wrote(seal, before[-1].code if before else "") else None

    def _wrote(self, seal: Seal, before: str) -> bool:
        return hmac.compare_digest(seal.code.encode(), self._code(seal, before).encode())

    def _code(self, seal: Seal, before: str) -> str:
        content = " ".join(str(part) for part in (self.institution, before, *astuple(seal)[:-1]))
        return hmac.new(self._key(), content.encode(), sha256).hexdigest()

    def _key(self) -> bytes:
        """The deployment's key for seals, beside their folder; made at the first seal."""
        file = self.folder.parent / "seal_key"
        key = files.write_first(file, secrets.token_hex(32).encode()).strip()
        if not key:
            raise Spoilt(f"封存的密钥文件 {file.name} 是空的，请从备份恢复。")
        return key


def _parsed(line: str) -> Seal | None:
    try:
        day, event_id, events, digest, code = line.split(" ")
        return Seal(date.fromisoformat(day), int(event_id), int(events), digest, code)
    except ValueError:
        return None
