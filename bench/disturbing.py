"""What goes on beside a rush: slow clients, busy loops, somebody else's lock, a disk that is full."""

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread

from bench.measuring import HOUSE

HEAD = b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
BODY = HEAD + b"Content-Length: 400000\r\n\r\n" + b"a" * 20_000
HOLDER = """
import sys, time
from models.embedded_engine import sqlite
connection = sqlite.connect(sys.argv[1], timeout=20, isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
time.sleep(float(sys.argv[2]))
connection.execute("ROLLBACK")
"""
LOOP = "while True: pass"


@contextmanager
def meanwhile(work: Callable[[Event], None]) -> Iterator[None]:
    """This goes on in a thread of its own until the event that it is given is set."""
    over = Event()
    thread = Thread(target=work, args=(over,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@contextmanager
def slow_clients(port: int, count: int) -> Iterator[None]:
    """So many connections that send a byte a second, half of them of a head, half of a body.

    Whom the server closes comes again.
    """
    with meanwhile(lambda over: _drip(port, count, over)):
        yield


def _drip(port: int, count: int, over: Event) -> None:
    connections: dict[int, socket.socket] = {}
    while not over.wait(1):
        for number in range(count):
            with suppress(OSError):
                if number not in connections:
                    connections[number] = socket.create_connection(("127.0.0.1", port), timeout=2)
                    connections[number].setblocking(False)
                    connections[number].send(BODY if number % 2 else HEAD)
                elif _is_closed(connections[number]):
                    connections.pop(number).close()
                else:
                    connections[number].send(b"a")
    for connection in connections.values():
        connection.close()


def _is_closed(connection: socket.socket) -> bool:
    try:
        return connection.recv(4096) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


@contextmanager
def busy_loops(count: int) -> Iterator[None]:
    """So many processes that want a processor each."""
    loops = [subprocess.Popen([sys.executable, "-c", LOOP]) for _ in range(count)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


def hold_the_lock(database: Path, seconds: float) -> subprocess.Popen:
    """A process that has the writer's lock by now, and gives it back after so long."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(database), str(seconds)], cwd=HOUSE, stdout=subprocess.PIPE
    )
    assert holder.stdout is not None
    assert holder.stdout.readline(), "the lock was not to be had"
    return holder


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[bool]:
    """A disk of that size at the folder; False where the system does not let us have one."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=700", "tmpfs", str(folder)]
    try:
        is_there = subprocess.run(command, capture_output=True).returncode == 0
    except OSError:
        is_there = False
    try:
        yield is_there
    finally:
        if is_there:
            subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(disk: Path) -> Path:
    """A file that takes all that is left of a disk."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(b"\0" * 65536):
            pass
    return filler
