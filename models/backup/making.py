"""Makes a backup while people work: everything into a folder beside, looked at, then one file.

Keys and seals are taken before the database, so that no seal knows of an event the copy has not.
Until the very last step it bears the name of something unfinished; the next one clears that away.
"""

import platform
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from models import files
from models.backup import archive, copied_database, dumped_database, record
from models.backup.archive import Manifest, Unusable
from models.backup.copied_database import Content
from models.clock import campus_time, utcnow
from models.database import is_served
from models.database_trouble import SAYS_FULL
from models.process_lock import Taken, held

LOCK = "backup.lock"
# Beside the copy and the zip of it.
SPARE = 16 * 1024 * 1024

FULL = "磁盘空间不够：备份需要约 {need} MB，“{folder}”只剩 {free} MB。没有做备份，以前的备份都还在。"
RAN_FULL = "备份写到一半磁盘满了，没有写完的部分已删除，以前的备份都还在。请腾出空间或换一个文件夹。"
EMPTY = "数据库还没有建立，没有做备份。请检查程序的文件夹和 BEIAN_INSTANCE 是否写对。"


class Failed(Exception):
    """No backup was made; the sentence says why."""


@dataclass(frozen=True)
class Made:
    """A backup: its file, what it says of itself, and the older ones that were deleted."""

    file: Path
    manifest: Manifest
    deleted: list[Path]


# From a folder that is like an instance folder, and the address of the database where that lies elsewhere:
# a sentence for what of its history does not fit, else ''.
Verify = Callable[[Path, str | None], str]


def make(instance: Path, folder: Path, verify: Verify, keep: int | None = None) -> Made:
    """Make one backup in the folder, and keep at most so many of this database there.

    Where the history does not fit, the file's name says so, it does not count as good, and no good one
    is deleted for it. Raises Failed; then nothing new is there and nothing was deleted.
    """
    try:
        with held(instance / LOCK), _workshop(instance, folder) as workshop:
            made = _made(instance, folder, workshop, verify)
        record.note(instance, made.manifest.made_at, made.file, not made.manifest.trouble)
        return Made(made.file, made.manifest, _deleted(folder, made.manifest, keep) if keep else [])
    except Taken:
        raise Failed("另一个备份正在进行，请等它完成。") from None
    except Unusable as unusable:
        raise Failed(f"刚写的备份读出来不对，没有留下它：{unusable}") from None
    except dumped_database.Failure as failure:
        raise Failed(str(failure)) from None
    except copied_database.Failure as error:
        full = any(words in str(error).lower() for words in SAYS_FULL)
        raise Failed(RAN_FULL if full else f"数据库读不出来，没有做备份：{error}") from None
    except OSError as error:
        raise Failed(RAN_FULL if files.is_full(error) else f"没有做备份：{error}") from None


def _made(instance: Path, folder: Path, workshop: Path, verify: Verify) -> Made:
    _refuse_without_space(folder)
    began = utcnow()
    content, names = workshop / "content", archive.members(instance)
    content.mkdir()
    for name in names:
        (content / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(instance / name, content / name)
    digests = {name: archive.digest_of(content / name) for name in names}
    manifest = (_dumped if is_served() else _copied)(began, content, digests, verify)
    trouble = manifest.trouble
    part = workshop / f"archive{files.PART}"
    archive.pack(content, manifest, part)
    mark = "-unfit" if trouble else ""
    file = folder / f"beian-{campus_time(began):%Y%m%d-%H%M%S}{mark}.zip"
    part.replace(file)
    files.sync_folder(folder)
    return Made(file, manifest, [])


def _copied(began: datetime, content: Path, digests: dict[str, str], verify: Verify) -> Manifest:
    """The SQLite file."""
    file = content / archive.DATABASE
    copied_database.copy_to(file)
    copied = copied_database.look_into(file)
    if not copied.revision:
        # Of another folder than was meant: SQLite makes what is not there.
        raise Failed(EMPTY)
    if copied.trouble:
        raise Failed(f"{copied.trouble}没有做备份，以前的备份都还在。请联系运行系统的人。")
    trouble = verify(content, None) if copied_database.is_current(copied) else ""
    # Whoever verified may have left it with a log beside it.
    copied_database.look_into(file)
    return _manifest(began, copied, trouble, digests | {file.name: archive.digest_of(file)})


def _dumped(began: datetime, content: Path, digests: dict[str, str], verify: Verify) -> Manifest:
    """PostgreSQL's, by its own programs."""
    file = content / archive.DUMP
    dumped_database.refuse_without("pg_dump", "pg_restore")
    there = dumped_database.content_in_use()
    if there is None:
        raise Failed(EMPTY)
    dumped_database.dump_to(file)
    trouble = dumped_database.trouble_with(
        file, lambda address: verify(content, address) if copied_database.is_current(there) else ""
    )
    return _manifest(began, there, trouble, digests | {file.name: archive.digest_of(file)})


def _manifest(began: datetime, there: Content, trouble: str, digests: dict[str, str]) -> Manifest:
    return Manifest(began, there.revision, there.database, there.schools, trouble, digests)


@contextmanager
def _workshop(instance: Path, folder: Path) -> Iterator[Path]:
    """A folder beside the backups for what is under way; what this deployment left half-made goes."""
    folder.mkdir(mode=0o700, exist_ok=True)
    whose = sha256(f"{platform.node()} {instance.resolve()}".encode()).hexdigest()[:12]
    workshop = folder / f"beian-{whose}{files.PART}"
    if workshop.exists():
        shutil.rmtree(workshop)
    workshop.mkdir(mode=0o700)
    try:
        yield workshop
    finally:
        shutil.rmtree(workshop, ignore_errors=True)


def _refuse_without_space(folder: Path) -> None:
    size = (dumped_database if is_served() else copied_database).bytes_in_use()
    need, free = 2 * size + SPARE, shutil.disk_usage(folder).free
    if free < need:
        megabytes = 1024 * 1024
        raise Failed(FULL.format(need=-(-need // megabytes), folder=folder, free=free // megabytes))


def _deleted(folder: Path, newest: Manifest, keep: int) -> list[Path]:
    """Deletes the older ones of the same database and the same kind, fitting or not, beyond so many.

    Those whose database has no name (before 0.6) and those that cannot be read stay.
    """
    alike: list[tuple[datetime, Path]] = []
    for file in folder.iterdir():
        with suppress(Unusable):
            if archive.NAME.fullmatch(file.name):
                manifest = archive.read_manifest(file)
                same = (manifest.database, not manifest.trouble) == (newest.database, not newest.trouble)
                if same and newest.database:
                    alike.append((manifest.made_at, file))
    old = [file for _, file in sorted(alike, reverse=True)[keep:]]
    for file in old:
        file.unlink(missing_ok=True)
    return old
