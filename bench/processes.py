"""What the processes of a server use: processor time and memory, read from /proc (Linux only)."""

import os
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


def family(first: int) -> list[int]:
    """A process and all that it started, and they in turn."""
    parents = dict(_parents())
    members = [first]
    for member in members:
        members += [process for process, parent in parents.items() if parent == member]
    return members


def children(first: int) -> list[int]:
    """The processes that this one started itself."""
    return [process for process, parent in _parents() if parent == first]


def processor_seconds(first: int) -> dict[int, float]:
    """Process to the seconds of processor time it has used so far, of a whole family."""
    used = {}
    for process in family(first):
        fields = _stat(process)
        if fields:
            used[process] = (int(fields[11]) + int(fields[12])) / TICKS
    return used


def memory(first: int) -> float:
    """MB of a whole family, what they share counted once (PSS)."""
    return sum(_pss(process) for process in family(first)) / 1024


class Watch:
    """Looks at a family's memory each second until it is stopped; remembers the most."""

    def __init__(self, first: int) -> None:
        self.first, self.most, self._stopped = first, 0.0, Event()
        self._thread = Thread(target=self._look, daemon=True)

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()

    def _look(self) -> None:
        while True:
            self.most = max(self.most, memory(self.first))
            if self._stopped.wait(1):
                return


def _parents() -> Iterator[tuple[int, int]]:
    for entry in os.listdir("/proc"):
        fields = _stat(int(entry)) if entry.isdigit() else []
        if fields:
            yield int(entry), int(fields[1])


def _stat(process: int) -> list[str]:
    """The fields after the name, which may hold anything; none where the process is gone."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _pss(process: int) -> int:
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
