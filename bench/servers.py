"""Our server beside granian and gunicorn, where they are installed: the same app, the same attacks.

`python -m bench.servers` prints a line for each server and attack. One process of eight threads each;
memory is of the whole family. What is not installed is left out by name. For docs/decisions/0015.
"""

import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from importlib.util import find_spec
from pathlib import Path
from statistics import median, quantiles
from threading import Thread
from time import monotonic, sleep

from bench.disturbing import HEAD, slow_clients
from bench.processes import memory
from bench.school import filled_app
from bench.serving import running
from tests.signing import let_in

PATIENCE = 5  # seconds: whoever waits longer had no answer
ASKED = 7
READERS, SECONDS = 20, 10
GRANIAN = "granian --interface wsgi --workers 1 --blocking-threads 8"
COMMANDS = {
    "waitress, bounded (ours)": "flask --app app serve --processes 1 --threads 8 --port PORT",
    "granian": f"{GRANIAN} --port PORT --factory app:create_app",
    "gunicorn gthread": "gunicorn -k gthread -w 1 --threads 8 -b 127.0.0.1:PORT app:create_app()",
}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        app = filled_app(folder, 1_000)
        with app.app_context():
            cookie = let_in(app, "wutong", "pdsu").client.get_cookie("session")
        (Path(folder) / "secret_key").write_text("bench")
        for name, command in COMMANDS.items():
            if find_spec(command.split()[0]) is None:
                print(f"{name:<26} left out: not installed")
                continue
            for attack, hold in ATTACKS.items():
                with running(*command.split(), instance=folder) as (process, port):
                    _await_an_answer(port)
                    _report(name, attack, process, port, hold, f"session={cookie.value}")


def _report(
    name: str, attack: str, process: subprocess.Popen, port: int, hold: Callable, cookie: str
) -> None:
    with hold(port):
        alone = sorted(_asked(port, "/healthz", "") or PATIENCE for _ in range(ASKED))
        pages, times = _read_together(port, cookie)
        used = memory(process.pid) if process.poll() is None else 0.0
    ended = "" if process.poll() is None else "  THE PROCESS ENDED"
    slow = quantiles(times, n=20)[-1] if len(times) > 1 else float("inf")
    print(
        f"{name:<26} {attack:<34} /healthz {1000 * median(alone):7.0f} ms"
        f"  register {pages / SECONDS:6.1f}/s  p95 {1000 * slow:7.0f} ms  {used:4.0f} MB{ended}",
        flush=True,
    )


def _read_together(port: int, cookie: str) -> tuple[int, list[float]]:
    """So many people who open the register again and again; how often they could, and the seconds."""
    times: list[float] = []
    over = monotonic() + SECONDS

    def read() -> None:
        while monotonic() < over:
            if taken := _asked(port, "/pdsu/register", cookie):
                times.append(taken)

    readers = [Thread(target=read) for _ in range(READERS)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    return len(times), times


def _await_an_answer(port: int) -> None:
    """It listens before it has loaded the app."""
    for _ in range(600):
        if _asked(port, "/healthz", ""):
            return
        sleep(0.1)
    raise AssertionError("a server that does not answer cannot be measured")


def _asked(port: int, address: str, cookie: str) -> float:
    """Seconds until an answer of 200; 0.0 where there was none."""
    began = monotonic()
    with suppress(OSError, HTTPException):
        connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        connection.request("GET", address, headers={"Cookie": cookie} if cookie else {})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        if answer.status == 200:
            return monotonic() - began
    return 0.0


@contextmanager
def _nothing(_port: int) -> Iterator[None]:
    yield


def _bodies(count: int, whole: int, sent: int) -> Callable:
    """So many requests whose body of `whole` bytes stops after `sent`."""

    @contextmanager
    def hold(port: int) -> Iterator[None]:
        held = []
        for _ in range(count):
            with suppress(OSError):
                connection = socket.create_connection(("127.0.0.1", port), timeout=2)
                held.append(connection)
                connection.settimeout(0.1)  # what the server does not take is not sent
                connection.sendall(HEAD + f"Content-Length: {whole}\r\n\r\n".encode() + b"a" * sent)
        yield
        for connection in held:
            connection.close()

    return hold


@contextmanager
def _drips(port: int) -> Iterator[None]:
    with slow_clients(port, 905):
        sleep(3)
        yield


ATTACKS: dict[str, Callable] = {
    "nothing": _nothing,
    "100 half-sent bodies": _bodies(100, 400_000, 200_000),
    "560 half-sent bodies of 540 KB": _bodies(560, 1_080_000, 540_000),
    "905 drips": _drips,
    "one body of 90 MB, unfinished": _bodies(1, 100_000_000, 90_000_000),
}


if __name__ == "__main__":
    main()
