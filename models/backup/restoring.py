"""Puts a backup in the place of what is there, which is kept under another name."""

import os
import shutil
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url

from models import embedded_engine, files
from models.backup import archive, copied_database, dumped_database
from models.backup.archive import Manifest, Unusable
from models.backup.copied_database import Content
from models.clock import campus_time, utcnow
from models.database import is_served

# What SQLite keeps beside a database; beside another one it spoils that.
BESIDE = ("", "-journal", "-wal", "-shm")
# The database with what lay beside it, before anybody opened it.
AS_IT_WAS = "as-it-was"
# Made for rows of the database that goes: their numbers will be given anew.
MADE_FOR_IT = ("files", "cache")


CONFIG = "config.toml"
OF_POSTGRESQL = (
    "这是 PostgreSQL 数据库的备份，没有恢复。请先在 config.toml 中写明 PostgreSQL 的地址，再运行一次。"
)
OF_SQLITE = "这是 SQLite 数据库的备份，没有恢复。请先在用 SQLite 的系统恢复，再用 move-to 搬来。"


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
    if is_served() != (archive.DUMP in manifest.digests):
        raise Unusable(OF_SQLITE if is_served() else OF_POSTGRESQL)
    if is_served():
        return Content(manifest.revision, manifest.database, manifest.schools, 0, "")
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
    kept = _kept(instance)
    names = [name for name in manifest.digests if name != archive.DATABASE]
    parts = [database.with_name(database.name + ending) for ending in BESIDE]
    moves = [(part, kept / part.name) for part in parts if part.exists()]
    moves += [*_aside(instance, kept), *((folder / name, instance / name) for name in _tops(names))]
    if (folder / AS_IT_WAS).exists():
        moves.append((folder / AS_IT_WAS, kept / AS_IT_WAS))
    moves.append((folder / archive.DATABASE, database))
    with _moved(moves):
        pass
    for place in {instance, kept, database.parent}:
        files.sync_folder(place)
    return kept


def put_dump_in_place(folder: Path, manifest: Manifest, instance: Path) -> tuple[Path, str]:
    """The same where the database is PostgreSQL: the folder, and the schema, in which the former is kept.

    `config.toml` stays: in it stands which database this is. That of the backup is put beside what is kept.
    Raises OSError, dumped_database.Failure; then all is as it was.
    """
    kept = _kept(instance)
    schema = kept.name.replace("-", "_")
    names = [name for name in manifest.digests if name not in (archive.DUMP, CONFIG)]
    aside = [(here, there) for here, there in _aside(instance, kept) if here.name != CONFIG]
    moves = [*aside, *((folder / name, instance / name) for name in _tops(names))]
    if CONFIG in manifest.digests:
        moves.append((folder / CONFIG, kept / f"{CONFIG}.of-the-backup"))
    with _moved(moves):
        dumped_database.put_back(folder / archive.DUMP, folder / "restore.sql", schema)
    for place in (instance, kept):
        files.sync_folder(place)
    return kept, schema


def _kept(instance: Path) -> Path:
    kept = instance / f"before-restore-{campus_time(utcnow()):%Y%m%d-%H%M%S}"
    kept.mkdir(mode=0o700)
    return kept


@contextmanager
def _moved(moves: list[tuple[Path, Path]]) -> Iterator[None]:
    """All of them, or none when what stands below fails too."""
    done: list[tuple[Path, Path]] = []
    try:
        for here, there in moves:
            there.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _move(here, there)
            done.append((here, there))
        yield
    except (OSError, dumped_database.Failure):
        for here, there in reversed(done):
            _move(there, here)
        raise


def _aside(instance: Path, kept: Path) -> Iterator[tuple[Path, Path]]:
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
