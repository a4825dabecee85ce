"""Puts a backup in the place of what is there, which is kept under another name."""

import os
import shutil
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url

from models import embedded_engine, files
from models.backup import archive, copied_database
from models.backup.archive import Manifest, Unusable
from models.backup.copied_database import Content
from models.clock import campus_time, utcnow

# What SQLite keeps beside a database; beside another one it spoils that.
BESIDE = ("", "-journal", "-wal", "-shm")
# The database with what lay beside it, before anybody opened it.
AS_IT_WAS = "as-it-was"
# Made for rows of the database that goes: their numbers will be given anew.
MADE_FOR_IT = ("files", "cache")


class InUse(Exception):
    """Somebody has the database open."""


@contextmanager
def unpacked(file: Path, instance: Path) -> Iterator[tuple[Path, Manifest, Content]]:
    """A folder like an instance folder with what is in a backup, which was read whole and is sound.

    Raises Unusable, and OSError where there is no room.
    """
    folder = instance / f"restore{files.PART}"
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(mode=0o700)
    try:
        manifest = archive.unpack(file, folder)
        yield folder, manifest, _content(file, folder, manifest)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _content(file: Path, folder: Path, manifest: Manifest) -> Content:
    try:
        content = copied_database.look_into(folder / archive.DATABASE)
    except copied_database.Failure as error:
        raise Unusable(archive.DAMAGED.format(file.name, error)) from None
    if content.trouble:
        raise Unusable(archive.DAMAGED.format(file.name, content.trouble.rstrip("。")))
    if (content.revision, content.database) != (manifest.revision, manifest.database):
        raise Unusable(archive.DAMAGED.format(file.name, "数据库与清单不符"))
    return content


def place_of_database(folder: Path, instance: Path) -> Path:
    """Where the database belongs, by the `config.toml` in the folder. Raises Unusable: none of a file."""
    config = folder / "config.toml"
    settings = tomllib.loads(config.read_text("utf-8-sig")) if config.exists() else {}
    address = make_url(settings.get("SQLALCHEMY_DATABASE_URI", f"sqlite:///{instance / archive.DATABASE}"))
    if address.get_backend_name() != "sqlite" or not address.database:
        raise Unusable("备份中的 config.toml 用的不是 SQLite 数据库，无法恢复到文件。")
    return instance / address.database


def content_now(database: Path, folder: Path) -> Content | None:
    """What the database holds that is there now; None where there is none, or none that can be read.

    To open it is to bring in what a crash left beside it, or to throw that away where it does not belong to
    it: so all of it is copied into the folder first. Raises InUse, OSError.
    """
    if not database.exists():
        return None
    parts = [part for ending in BESIDE if (part := database.with_name(database.name + ending)).exists()]
    if len(parts) > 1:
        (folder / AS_IT_WAS).mkdir()
        for part in parts:
            shutil.copyfile(part, folder / AS_IT_WAS / part.name)
    try:
        return copied_database.look_into(database)
    except copied_database.Failure as error:
        if "locked" in str(error):
            raise InUse from None
        return None


def put_in_place(folder: Path, manifest: Manifest, instance: Path, database: Path) -> Path:
    """Exchange what is there for what was unpacked; the folder in which the former is kept.

    The database comes last: until then nothing starts. Raises OSError; then all is as it was.
    """
    embedded_engine.settle(folder / archive.DATABASE)
    kept = instance / f"before-restore-{campus_time(utcnow()):%Y%m%d-%H%M%S}"
    kept.mkdir(mode=0o700)
    names = [name for name in manifest.digests if name != archive.DATABASE]
    moves = [*_aside(instance, database, kept), *((folder / name, instance / name) for name in _tops(names))]
    if (folder / AS_IT_WAS).exists():
        moves.append((folder / AS_IT_WAS, kept / AS_IT_WAS))
    moves.append((folder / archive.DATABASE, database))
    done: list[tuple[Path, Path]] = []
    try:
        for here, there in moves:
            there.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _move(here, there)
            done.append((here, there))
    except OSError:
        for here, there in reversed(done):
            _move(there, here)
        raise
    for place in {instance, kept, database.parent}:
        files.sync_folder(place)
    return kept


def _aside(instance: Path, database: Path, kept: Path) -> Iterator[tuple[Path, Path]]:
    for ending in BESIDE:
        part = database.with_name(database.name + ending)
        if part.exists():
            yield part, kept / part.name
    for name in (*archive.ALONE, *archive.FOLDERS, *MADE_FOR_IT):
        if (instance / name).exists():
            yield instance / name, kept / name


def _tops(names: list[str]) -> list[str]:
    """The files and folders that hold these, each once."""
    return list(dict.fromkeys(name.partition("/")[0] for name in names))


def _move(here: Path, there: Path) -> None:
    """Within a disk by renaming; to another one the copy gets its name when it is on the disk."""
    try:
        here.rename(there)
    except OSError:
        part = there.with_name(there.name + files.PART)
        try:
            shutil.copyfile(here, part)
            with part.open("rb+") as copy:
                os.fsync(copy.fileno())
            part.replace(there)
        except OSError:
            part.unlink(missing_ok=True)
            raise
        here.unlink()
