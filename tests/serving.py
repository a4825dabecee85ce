"""`flask serve` in processes of its own over an instance folder, which a test may kill."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from urllib.request import urlopen

from app import HOUSE
from tests.parts import PATIENCE


class Served:
    """`flask serve` with so many processes over a folder. Its output goes to `log` where one is named.

    Raises AssertionError with what it said where it does not begin to serve.
    """

    def __init__(self, folder: Path, processes: int = 2, log: Path | None = None) -> None:
        command = ["-m", "flask", "--app", "app", "serve", "--port", "0", "--processes", str(processes)]
        surroundings = {"BEIAN_INSTANCE": str(folder), "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}
        with (log or Path(os.devnull)).open("ab") as errors:
            self.first = subprocess.Popen(
                [sys.executable, *command],
                cwd=HOUSE,
                env=os.environ | surroundings,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        said = next((line for line in self.first.stdout if "http://" in line), "")
        assert said, log and log.read_text()
        self.address = said.partition("浏览器访问 ")[2].partition("　")[0]
        self.port = int(self.address.rpartition(":")[2])

    def processes(self) -> list[int]:
        """Those that the first one started to serve, by the order in which they were started."""
        return children(self.first.pid)

    def family(self) -> list[int]:
        """The first process, all that it started, and they in turn."""
        members = [self.first.pid]
        for member in members:
            members += children(member)
        return members

    def answers(self) -> bool:
        with urlopen(f"{self.address}/healthz", timeout=PATIENCE) as response:
            return response.status == 200

    def kill(self) -> None:
        """All of it at once, with the files that are being made: as if the machine had lost its power."""
        for process in self.family():
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        self.first.wait()

    def close(self) -> None:
        with suppress(ProcessLookupError):
            self.first.kill()
        self.first.wait()
        self.first.stdout.close()


def children(process: int) -> list[int]:
    """The processes that any thread of this one started; none where it is gone."""
    started: list[int] = []
    with suppress(OSError):
        for thread in Path(f"/proc/{process}/task").iterdir():
            with suppress(OSError):
                started += map(int, (thread / "children").read_text().split())
    return started
