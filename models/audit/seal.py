"""A line a day outside the database that says how far history had come and with which digest.

Whoever can write the database can make the whole chain anew, and it will fit. It will not fit the
lines written before. Each line carries a code made with a key that is not in the database, over
itself and the line before it: no line can be made up, changed, or taken out of the middle.
Whoever has the whole machine has the key as well: for that the file is copied elsewhere.

A line names its database. Seals of another one are kept aside and said, and this one is sealed anew. But a
database that has any event as it was sealed is none other, whatever it calls itself.
"""

import hmac
import secrets
from dataclasses import astuple, dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path

from sqlalchemy import func, select

from models import files
from models.audit.database_name import database_name
from models.clock import campus_time
from models.database import db, lock
from models.events.history import Event, last_digest


@dataclass(frozen=True)
class Seal:
    """The state of a school's history on a day: its newest event, how many there were, its digest.

    `database`: whose history; '' in lines from before databases had names. `code` is made over the
    rest, the school and the code before it.
    """

    day: date
    event_id: int
    events: int
    digest: str
    database: str
    code: str

    def __str__(self) -> str:
        return " ".join(self.parts)

    @property
    def parts(self) -> list[str]:
        """What the line consists of, the code last."""
        return [str(part) for part in astuple(self) if part != ""]


class Spoilt(Exception):
    """The file of seals is not as it was written, or its key is; the sentence says which line."""


@dataclass(frozen=True)
class SealBook:
    """The seals of one school in a folder outside the database whose name this is."""

    institution: str
    folder: Path
    database: str

    @classmethod
    def of(cls, institution: str, instance: str | Path) -> "SealBook":
        """The seals of a school, in the instance folder of this deployment, for its database."""
        return cls(institution, Path(instance) / "seals", database_name())

    @property
    def file(self) -> Path:
        return self.folder / f"{self.institution}.log"

    def kept(self, database: str) -> Path:
        """Where the seals are that a database left when another took its place."""
        return self.folder / f"{self.institution}-{database}.log"

    @property
    def began(self) -> bool:
        """Whether anything of this database was ever sealed, be its line whole, torn or spoilt."""
        return self._own.exists()

    def read(self) -> list[Seal]:
        """Every seal of this database, the oldest first. Raises Spoilt for a line that nobody with
        the key wrote.

        A last line that was not written to its end is none (`torn`).
        """
        return self._read(self._own)[0]

    def torn(self) -> str:
        """A sentence when the writing of the last line was broken off; else ''. Raises Spoilt.

        That is no tampering: whoever would cut a line can cut all of it, and has only the copies
        of the file elsewhere against them. Any other damage is.
        """
        if not self._read(self._own)[1]:
            return ""
        return f"封存文件 {self._own.name} 的最后一行没有写完（写到一半时断电或被中断），不是改动。"

    def exchanged(self) -> str:
        """A sentence when there are seals of another database, which stay as they are; else ''.

        Raises Spoilt.
        """
        anybodys = self.folder.glob(self.kept("[0-9a-f]" * 32).name)
        others = sorted(file.name for file in anybodys if file != self.kept(self.database))
        others += [self.kept(other).name for other in [self.other_database()] if other]
        if not others:
            return ""
        names = "、".join(others)
        return (
            f"数据库换过：现在的数据库单独封存，以前那个数据库的封存保存在 {names}。"
            "如果没有人换过数据库，请按改动处理。"
        )

    def other_database(self) -> str:
        """Whose the seals are that the next one puts aside; '' where they are this database's.

        Raises Spoilt.
        """
        seals = self._read(self.file)[0]
        return seals[-1].database if self._are_of_another(seals) else ""

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
        self._take_place()
        seals, _ = self._read(self.file)
        if not events or self.is_done(now):
            return None
        digest = last_digest(self.institution, newest)
        bare = Seal(campus_time(now).date(), newest, events, digest, self.database, "")
        seal = replace(bare, code=self._code(bare, seals[-1].code if seals else ""))
        # The whole file anew: a line is there or not, and a torn one goes.
        files.write(self.file, "".join(f"{line}\n" for line in (*seals, seal)).encode())
        return seal

    @property
    def _own(self) -> Path:
        """The file of this database's seals, which need not be there. Raises Spoilt."""
        kept = self.kept(self.database)
        is_aside = not self.file.exists() and kept.exists()
        return kept if is_aside or self.other_database() else self.file

    def _are_of_another(self, seals: list[Seal]) -> bool:
        """Whether these are the seals of another database.

        Lines without a name are this one's: they fit it, or it was touched. So are all where this one
        has lost its name.
        """
        if not seals or not self.database or seals[-1].database in ("", self.database):
            return False
        query = select(Event.id, Event.digest).where(
            Event.institution == self.institution, Event.id.in_([seal.event_id for seal in seals])
        )
        standing = {(event_id, digest) for event_id, digest in db.session.execute(query)}
        return not any((seal.event_id, seal.digest) in standing for seal in seals)

    def _take_place(self) -> None:
        """The seals of another database go aside; those that this one once left come back.

        Raises Spoilt where that would put one file of seals over another.
        """
        if other := self.other_database():
            aside = self.kept(other)
            if aside.exists():
                raise Spoilt(
                    f"封存文件 {self.file.name} 属于另一个数据库，而 {aside.name} 已经存在，请先另存。"
                )
            self.file.replace(aside)
        if not self.file.exists() and self.kept(self.database).exists():
            self.kept(self.database).replace(self.file)

    def _read(self, file: Path) -> tuple[list[Seal], bool]:
        """The seals, and whether the last line is torn: it has no end, and is no seal."""
        if not file.exists():
            return [], False
        # Bytes that are no text are some line's damage, not the reader's.
        content = file.read_bytes().decode("utf-8", "replace")
        *lines, rest = content.split("\n")
        seals: list[Seal] = []
        for number, line in enumerate(lines, 1):
            seal = self._seal_in(line, seals)
            if seal is None:
                raise Spoilt(f"封存文件 {file.name} 的第 {number} 行被改动，或它的前一行被删除。")
            seals.append(seal)
        last = self._seal_in(rest, seals) if rest else None
        return [*seals, last] if last else seals, bool(rest or not content) and last is None

    def _seal_in(self, line: str, before: list[Seal]) -> Seal | None:
        seal = _parsed(line.removesuffix("\r"))
        return seal if seal and self._wrote(seal, before[-1].code if before else "") else None

    def _wrote(self, seal: Seal, before: str) -> bool:
        return hmac.compare_digest(seal.code.encode(), self._code(seal, before).encode())

    def _code(self, seal: Seal, before: str) -> str:
        bare = replace(seal, code="")
        content = " ".join((self.institution, before, *bare.parts))
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
        day, event_id, events, digest, *database, code = line.split(" ")
        named = "".join(database)
        if len(database) > 1 or (database and not named):
            return None
        return Seal(date.fromisoformat(day), int(event_id), int(events), digest, named, code)
    except ValueError:
        return None
