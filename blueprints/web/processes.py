"""Several processes behind one address, for Python runs one thread at a time in each.

The first process answers nothing: it listens, starts the others, starts one anew that died, and ends
them all. They share what was loaded before they were started. Only where processes can be forked; on
Windows one process does everything (docs/decisions/0020).
"""

import logging
import os
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from time import monotonic, sleep

log = logging.getLogger(__name__)

MOST = 4
CAN_FORK = hasattr(os, "fork")
ENDING = (signal.SIGTERM, signal.SIGINT)
# Who waits to be let in; beyond them the system refuses.
BACKLOG = 1024
# One that dies at once, again and again, is not started anew without end: seconds between two starts.
BREATH = 1.0
# Seconds until those that were asked to end are ended.
PATIENCE = 20.0


def usual() -> int:
    """As many as there are processors, and four at most: beyond that SQLite's one writer is the bound."""
    return min(MOST, os.cpu_count() or 1) if CAN_FORK else 1


def listen_at(host: str, port: int) -> list[socket.socket]:
    """Sockets at every address of the host. Raises OSError where one is taken or not ours."""
    places = socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM, 0, socket.AI_PASSIVE)
    return [
        socket.create_server(address[:2], family=family, backlog=BACKLOG)
        for family, _, _, _, address in dict.fromkeys(places)
    ]


class _Ending(Exception):
    """This process was told to end."""


def run(count: int, work: Callable[[int], None]) -> None:
    """`work(number)` in so many processes at once, until this one is told to end (SIGTERM, SIGINT).

    No thread may run in this process yet, and no connection to the database be open.
    """
    orphaned, lifeline = os.pipe()
    running: dict[int, int] = {}
    started: dict[int, float] = {}

    def start(number: int) -> None:
        running[_forked(number, work, orphaned, lifeline)], started[number] = number, monotonic()

    for sign in ENDING:
        signal.signal(sign, _told_to_end)
    try:
        for number in range(count):
            start(number)
        while True:
            process, status = os.waitpid(-1, 0)
            if process in running:
                number = running.pop(process)
                log.error("Server process %s ended (status %s); another takes its place", number, status)
                sleep(max(0.0, started[number] + BREATH - monotonic()))
                start(number)
    except _Ending:
        _end(list(running))


def _told_to_end(*_: object) -> None:
    raise _Ending


def _forked(number: int, work: Callable[[int], None], orphaned: int, lifeline: int) -> int:
    """The id of a new process that works. The new one never comes back from here."""
    sys.stdout.flush()
    process = os.fork()
    if process:
        return process
    code = 0
    try:
        os.close(lifeline)
        # As waitress is told to end: what is under way is finished.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        # Typed at the keyboard it reaches all of them; the first one passes it on.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        Thread(target=_end_with_the_first, args=(orphaned,), daemon=True).start()
        work(number)
    except SystemExit:
        code = 0
    except BaseException:
        log.exception("Server process %s failed", number)
        code = 1
    finally:
        sys.stdout.flush()
        os._exit(code)


def _end_with_the_first(orphaned: int) -> None:
    """Wait until the other end of the pipe is closed, which its process's end does, however it came."""
    os.read(orphaned, 1)
    os.kill(os.getpid(), signal.SIGTERM)


def _end(processes: list[int]) -> None:
    """Tell them to end, and end those that do not."""
    for sign in ENDING:
        signal.signal(sign, signal.SIG_IGN)
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGTERM)
    until = monotonic() + PATIENCE
    while processes and monotonic() < until:
        processes = [process for process in processes if not _is_over(process)]
        sleep(0.05)
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
        _is_over(process, wait=True)


def _is_over(process: int, wait: bool = False) -> bool:
    try:
        return os.waitpid(process, 0 if wait else os.WNOHANG)[0] == process
    except ChildProcessError:
        return True
