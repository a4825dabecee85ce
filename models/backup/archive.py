"""The file of a backup: a zip with a list of what is in it and the digest of each. Pure files.

The list comes last, so that a file that was cut off has none. A name in it is one of those below; whatever
else somebody put into a zip is refused before anything is unpacked.
"""

import json
import os
import re
import zlib
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import IO
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

from models import files

MANIFEST = "manifest.json"
DATABASE = "beian.sqlite3"
# PostgreSQL's, of pg_dump.
DUMP = "beian.dump"
ALONE = ("secret_key", "seal_key", "config.toml")
FOLDERS = ("seals", "institutions", "fonts")
# 2: with a dump in it.
FORMAT = 2
BLOCK = 1024 * 1024
NAME = re.compile(r"beian-\d{8}-\d{6}(-unfit)?\.zip")

DAMAGED = "备份文件 {} 不完整或已损坏（{}），没有使用它。请换一份备份。"
FOREIGN = "{} 不是本系统的备份文件，没有使用它。"
LATER = "备份文件 {} 是更新版本的程序做的。请先换成那个版本的程序，再恢复。"


class Unusable(Exception):
    """This file cannot be restored; the sentence says why."""


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself.

    `made_at`: UTC. `revision`: of its tables. `database`: its name, '' from before they had names.
    `schools`: codes of those that have units. `trouble`: what did not fit in its history when it was made.
    `digests`: of each file in it, by its name in the zip.
    """

    made_at: datetime
    revision: str
    database: str
    schools: list[str]
    trouble: str
    digests: dict[str, str]

    def packed(self) -> bytes:
        content = {
            "format": FORMAT if DUMP in self.digests else 1,
            **asdict(self),
            "made_at": self.made_at.isoformat(),
        }
        return json.dumps(content, ensure_ascii=False, indent=1).encode()


def pack(folder: Path, manifest: Manifest, part: Path) -> None:
    """Write the files that the manifest names from a folder into a zip, on the disk when this ends.

    It is read again from its beginning and compared. Raises OSError, Unusable.
    """
    with part.open("xb") as file:
        with ZipFile(file, "w", ZIP_DEFLATED, compresslevel=1) as packed:
            for name in manifest.digests:
                packed.write(folder / name, name)
            packed.writestr(MANIFEST, manifest.packed())
        file.flush()
        os.fsync(file.fileno())
    check(part)


def read_manifest(file: Path) -> Manifest:
    """What the backup says of itself. Raises Unusable."""
    try:
        with ZipFile(file) as packed:
            return _manifest(packed, file.name)
    except (OSError, BadZipFile) as error:
        raise Unusable(DAMAGED.format(file.name, _why(error))) from None


def check(file: Path) -> Manifest:
    """The same, once every file in it was read and is what it was. Raises Unusable."""
    return _go_through(file, None)


def unpack(file: Path, folder: Path) -> Manifest:
    """The same, and the files are in the folder. Raises Unusable, and OSError for what was written."""
    return _go_through(file, folder)


def digest_of(file: Path) -> str:
    """SHA-256, in hexadecimal digits."""
    with file.open("rb") as content:
        return _copied(content, None)


def _go_through(file: Path, folder: Path | None) -> Manifest:
    try:
        with ZipFile(file) as packed:
            manifest = _manifest(packed, file.name)
            for name, digest in manifest.digests.items():
                if _taken_out(packed, name, folder) != digest:
                    raise Unusable(DAMAGED.format(file.name, f"{name} 的内容不对"))
            return manifest
    except (BadZipFile, EOFError, KeyError, zlib.error, FileNotFoundError) as error:
        raise Unusable(DAMAGED.format(file.name, _why(error))) from None


def _taken_out(packed: ZipFile, name: str, folder: Path | None) -> str:
    with packed.open(name) as content:
        if folder is None:
            return _copied(content, None)
        place = folder / name
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with place.open("xb") as to:
            digest = _copied(content, to)
            to.flush()
            os.fsync(to.fileno())
        return digest


def _copied(content: IO[bytes], to: IO[bytes] | None) -> str:
    """The digest of what is left to read, which is written to `to`."""
    digest = sha256()
    while block := content.read(BLOCK):
        digest.update(block)
        if to:
            to.write(block)
    return digest.hexdigest()


def _manifest(packed: ZipFile, name: str) -> Manifest:
    try:
        content = json.loads(packed.read(MANIFEST))
        number = content.pop("format")
        if number > FORMAT:
            raise Unusable(LATER.format(name))
        content["made_at"] = datetime.fromisoformat(content["made_at"])
        manifest = Manifest(**content)
        if not all(_belongs(member) for member in manifest.digests):
            raise Unusable(FOREIGN.format(name))
        return manifest
    except (KeyError, ValueError, TypeError, AttributeError):
        raise Unusable(FOREIGN.format(name)) from None


def _belongs(member: str) -> bool:
    """Whether a file of this name is part of a backup; none leads out of the folder."""
    path = PurePosixPath(member)
    if path.is_absolute() or ".." in path.parts or "\\" in member or ":" in member or str(path) != member:
        return False
    return member in (DATABASE, DUMP, *ALONE) or (len(path.parts) > 1 and path.parts[0] in FOLDERS)


def _why(error: Exception) -> str:
    return "找不到文件" if isinstance(error, FileNotFoundError) else "压缩包读不出来"


def members(instance: Path) -> list[str]:
    """What of an instance folder goes into a backup beside the database, by their names in the zip."""
    names = [name for name in ALONE if (instance / name).is_file()]
    for folder in FOLDERS:
        inside = sorted(path for path in (instance / folder).rglob("*") if path.is_file())
        names += [path.relative_to(instance).as_posix() for path in inside if path.suffix != files.PART]
    return names
