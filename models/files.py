"""Files of the instance folder: their owner's alone, and whole or not there at all.

Knows nothing of ours. On Windows a folder's rights are inherited and there is no umask: there the
permissions are the operator's part.
"""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

HAS_MODES = os.name == "posix"
OTHERS = stat.S_IRWXG | stat.S_IRWXO
# Written so far and not yet what they are to be called.
PART = ".part"


def keep_private(folder: Path) -> None:
    """From now on nobody but this process's owner can read what it makes, nor what is in the folder.

    Goes for the whole process and for those it starts. What belongs to others, links, and what lies
    in a folder that is shared (with the sticky bit, like /tmp) stay as they are.
    """
    if HAS_MODES:
        os.umask(OTHERS)
    folder.mkdir(parents=True, exist_ok=True)
    if HAS_MODES and not folder.stat().st_mode & stat.S_ISVTX:
        for path in _within(folder):
            with suppress(FileNotFoundError):  # another process may be clearing away
                _tighten(path)


def write(file: Path, content: bytes) -> None:
    """Put this content there, on the disk; whoever looks sees what was there before or all of it.

    Raises OSError; then what was there before still is.
    """
    part = _written_beside(file, content)
    try:
        part.replace(file)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    sync_folder(file.parent)


def write_first(file: Path, content: bytes) -> bytes:
    """The same where there is no such file yet; what is there now, for of two the first one stays.

    Raises OSError.
    """
    if not file.exists():
        part = _written_beside(file, content)
        try:
            # Renaming would replace on POSIX what another process has just put there.
            os.link(part, file)
        except FileExistsError:
            pass
        except OSError:  # a disk without links: FAT, some drives of a network
            part.replace(file)
        finally:
            part.unlink(missing_ok=True)
        sync_folder(file.parent)
    return file.read_bytes()


def sync_folder(folder: Path) -> None:
    """Wait until the disk has the new name too; Windows has no such call."""
    if not HAS_MODES:
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def is_full(error: OSError) -> bool:
    """Whether there was no room on the disk, or not for this account."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT)


def _written_beside(file: Path, content: bytes) -> Path:
    """The content under another name in the same folder, on the disk already."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=file.parent, suffix=PART, delete=False) as part:
        try:
            part.write(content)
            part.flush()
            os.fsync(part.fileno())
        except OSError:
            Path(part.name).unlink(missing_ok=True)
            raise
    return Path(part.name)


def _within(folder: Path) -> Iterator[Path]:
    yield folder
    for place, folders, names in os.walk(folder):
        for name in (*folders, *names):
            yield Path(place, name)


def _tighten(path: Path) -> None:
    entry = path.lstat()
    if entry.st_uid == os.geteuid() and not stat.S_ISLNK(entry.st_mode) and entry.st_mode & OTHERS:
        path.chmod(stat.S_IMODE(entry.st_mode) & ~OTHERS)
