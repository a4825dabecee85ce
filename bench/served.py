"""`flask serve` over a folder, in a process of its own: its first process, and those that it started."""

import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from time import monotonic, sleep

from bench.measuring import AS_DEPLOYED, HOUSE
from bench.processes import children, family

PATIENCE = 60  # seconds until it answers


class Served:
    """A server that can be started, killed, and started again at the same port."""

    def __init__(self, instance: Path, log: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.instance, self.log = instance, log
        self.process: subprocess.Popen | None = None

    def __enter__(self) -> "Served":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def first(self) -> int:
        """The id of the process that listens and starts the others."""
        assert self.process is not None
        return self.process.pid

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [
            sys.executable,
            "-c",
            AS_DEPLOYED,
            "flask",
            "--app",
            "app",
            "serve",
            "--port",
            str(self.port),
        ]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=HOUSE, env=os.environ | {"BEIAN_INSTANCE": str(self.instance)},
                stdout=log, stderr=log,
            )  # fmt: skip
        self.wait_for_an_answer()

    def wait_for_an_answer(self) -> None:
        """Raises TimeoutError with the end of its log where none comes."""
        until = monotonic() + PATIENCE
        while not self._answers():
            if monotonic() > until:
                raise TimeoutError(self.log.read_text()[-2000:])
            sleep(0.05)

    def stop(self) -> None:
        """End it as an operator does."""
        assert self.process is not None
        self.process.terminate()
        self.process.wait()

    def workers(self) -> list[int]:
        """The processes that answer; the first one itself where it is alone."""
        return children(self.first) or [self.first]

    def kill(self) -> None:
        """End all of it at once, as if the power had gone."""
        assert self.process is not None
        for process in family(self.first):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        self.process.wait()

    def _answers(self) -> bool:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()
