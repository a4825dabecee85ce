"""Clocks, memory, and one line of the table."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from types import ModuleType

from bench.scale import Scale

HOUSE = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Result:
    """A measurement: what, how much, of which unit, and at most how much (None: told only)."""

    what: str
    value: float
    unit: str
    most: float | None = None
    note: str = ""

    @property
    def kept(self) -> bool:
        return self.most is None or self.value <= self.most

    def __str__(self) -> str:
        limit = "" if self.most is None else f"<= {self.most:g} {'ok' if self.kept else 'BROKEN'}"
        return f"{self.what:<52}{self.value:>9.2f} {self.unit:<4}{limit:<16}{self.note}"


def seconds(action: Callable[[], object]) -> float:
    start = perf_counter()
    action()
    return perf_counter() - start


def medians_of_pairs(first: Callable, second: Callable, pairs: int) -> tuple[float, float]:
    """Both deeds by turns, so that a busy machine is busy for both; their medians in seconds."""
    first(), second()
    taken = [(seconds(first), seconds(second)) for _ in range(pairs)]
    return median(pair[0] for pair in taken), median(pair[1] for pair in taken)


def resident(key: str = "VmRSS") -> float:
    """This process's memory in MB now, or at most so far (`VmHWM`); Linux only."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(key):
            return int(line.split()[1]) / 1024
    raise LookupError(key)


# The tests' libraries bring cryptography, which pypdf would load; a deployment has it not.
AS_DEPLOYED = (
    "import runpy, sys; sys.modules['cryptography'] = None; "
    "runpy.run_module(sys.argv.pop(1), run_name='__main__')"
)


def apart(part: ModuleType, scale: Scale) -> Iterable[Result]:
    """Run a part in a new process, so that its memory is its own and that of a deployment.

    In: a module with `measured(scale)`, which reports when it is run. With `scale.apart` False it
    is called in this process.
    """
    if not scale.apart:
        return part.measured(scale)
    process = subprocess.run(
        [sys.executable, "-c", AS_DEPLOYED, part.__name__, json.dumps(asdict(scale))],
        cwd=HOUSE, capture_output=True, check=True,
    )  # fmt: skip
    return [Result(**fields) for fields in json.loads(process.stdout)]


def report(results: Iterable[Result]) -> None:
    """What a part says to the process that ran it `apart`."""
    print(json.dumps([asdict(result) for result in results]))
