"""A lock between processes of one machine that lasts as long as whoever holds it lives, and not longer.

Knows nothing of ours. The file of the lock stays; that somebody holds it is no part of its content.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Taken(Exception):
    """Somebody else holds it."""


@contextmanager
def held(file: Path, shared: bool = False) -> Iterator[None]:
    """Hold the lock of this file until what stands below is over; it is not waited for.

    `shared`: others may hold it so too, and none may hold it alone. Processes that are forked meanwhile
    hold it with us. Raises Taken. On Windows there is no sharing: of those that would, the first holds it.
    """
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _take(handle, shared)
        yield
    finally:
        os.close(handle)


if sys.platform == "win32":
    import msvcrt

    def _take(handle: int, shared: bool) -> None:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            if not shared:
                raise Taken from None

else:
    import fcntl

    def _take(handle: int, shared: bool) -> None:
        try:
            fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Taken from None
