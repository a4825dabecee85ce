"""What a run has covered, and how large its processes grew: said in a few lines at its end."""

from collections import Counter
from pathlib import Path

import pytest

left_out: Counter[str] = Counter()
# By process: megabytes when it ended, and at its largest.
memory: dict[str, tuple[int, int]] = {}


def pytest_deselected(items: list[pytest.Item]) -> None:
    left_out.update(item.path.relative_to(item.config.rootpath).as_posix() for item in items)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    worker = getattr(session.config, "workeroutput", None)
    if worker is not None:
        worker |= {"left_out": dict(left_out), "memory": _megabytes()}
    elif not memory:
        memory["this process"] = _megabytes()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node) -> None:
    """A process of xdist has ended. Each leaves the same tests out."""
    output = getattr(node, "workeroutput", {})
    left_out.update(Counter(output.get("left_out", {})) - left_out)
    if "memory" in output:
        memory[node.gateway.id] = tuple(output["memory"])


def pytest_terminal_summary(terminalreporter) -> None:
    counted = {kind: len(reports) for kind, reports in terminalreporter.stats.items() if kind in KINDS}
    terminalreporter.section("what was run")
    terminalreporter.line(", ".join(f"{number} {kind}" for kind, number in counted.items()) or "nothing")
    for file, number in sorted(left_out.items()):
        terminalreporter.line(f"left out: {number} of {file}")
    for process, (end, most) in sorted(memory.items()):
        terminalreporter.line(f"memory of {process}: {end} MB at the end, {most} MB at most")


KINDS = ("passed", "failed", "error", "skipped", "xfailed")


def _megabytes() -> tuple[int, int]:
    """Resident memory now and at most, as Linux counts it; nothing elsewhere."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0, 0
    lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
    now, most = (int(lines[name].split()[0]) // 1024 for name in ("VmRSS", "VmHWM"))
    return now, most
