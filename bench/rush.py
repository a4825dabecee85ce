"""The last hour before a deadline: `python -m bench.rush` (docs/decisions/0020 has the figures).

100 people of 60 units sign in within 20 s and go through home, lists, forms, autosaves, hand-ins,
approvals, reports, the board, PDFs and workbooks, beside 130 slow clients. The server is `flask serve` as
it comes; what it acknowledged is looked for in the database afterwards.
"""

import argparse
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from threading import Event, Thread
from time import monotonic, process_time

from bench import disturbing, rush_school
from bench.alone import processor_time_by_kind
from bench.measuring import Result
from bench.processes import Watch, processor_seconds
from bench.promises import acknowledged, lost
from bench.rush_school import RushSchool
from bench.scale import Scale
from bench.served import Served
from bench.visitor import CUT, Answer, Notes
from bench.walking import walk_all, walkers

SIGNING_IN = ("sign-in page", "sign-in", "static")
MEMORY = 350  # MB
DISK = 64  # MB
# What a database that others hold, and a full disk, are to be answered with.
BUSY, NO_SPACE = 503, 507


@dataclass(frozen=True)
class Rush:
    """Times in seconds. `lock`: another process holds the database so long; `each`: see `alone`."""

    think: float = 5.0
    seconds: float = 60.0
    people: int = 100
    signing_in: float = 20.0
    slow: int = 130
    loops: int = 0
    lock: float = 0.0
    full: bool = False
    each: int = 0

    @property
    def is_usual(self) -> bool:
        """Whether answers should come at once: people think, and nothing else goes on."""
        return self.think >= 5 and not (self.loops or self.lock or self.full)


@dataclass
class Seen:
    """What a rush left behind. `trouble`: between when and when there was any, on the monotonic clock."""

    notes: Notes
    took: float
    memory: float
    server: list[float]
    client: float
    trouble: tuple[float, float]

    @property
    def pages(self) -> list[Answer]:
        return [answer for answer in self.notes.answers if answer.kind not in SIGNING_IN]


def measured(rush: Rush) -> Iterator[Result]:
    """The whole rush; what was seen of each kind of request is printed on the way."""
    with tempfile.TemporaryDirectory() as name, tempfile.TemporaryDirectory() as beside, ExitStack() as stack:
        folder, log = Path(name), Path(beside) / "serve.log"
        if rush.full and not stack.enter_context(disturbing.small_disk(folder, DISK)):
            print("full disk: left out, for only root may mount one to fill")
            return
        school = rush_school.founded(folder)
        print(f"load before {os.getloadavg()[0]:.1f}", end=", ")
        with Served(folder, log) as served:
            seen = _rush(rush, school, served)
            print(f"after {os.getloadavg()[0]:.1f}")
            _show(seen.notes.answers)
            missing = lost(school.database, seen.notes.kept)
            yield from _results(rush, seen)
            if rush.lock:
                yield from _while_locked(seen)
            if rush.full:
                yield from _while_full(seen)
            yield Result("acknowledged writes", acknowledged(seen.notes.kept), "")
            yield Result("acknowledged writes that were lost", len(missing), "", 0, "; ".join(missing[:3]))
            if rush.each:
                yield from processor_time_by_kind(school, served, rush.each)
        if "Traceback" in log.read_text():
            print(log.read_text()[-6000:], file=sys.stderr)


def _rush(rush: Rush, school: RushSchool, served: Served) -> Seen:
    notes = Notes()
    everybody = walkers(school, served.port, notes, rush.people)
    with (
        disturbing.slow_clients(served.port, rush.slow),
        disturbing.busy_loops(rush.loops),
        Watch(served.first) as watch,
        _trouble(rush, school) as trouble,
    ):
        began, before, own = monotonic(), processor_seconds(served.first), process_time()
        walk_all(everybody, rush.signing_in, rush.seconds, rush.think)
        took, own = monotonic() - began, process_time() - own
        after = processor_seconds(served.first)
    used = [seconds - before.get(process, 0) for process, seconds in after.items()]
    return Seen(notes, took, watch.most, sorted(used, reverse=True), own, (trouble[0], trouble[1]))


@contextmanager
def _trouble(rush: Rush, school: RushSchool) -> Iterator[list[float]]:
    """Cause it in the middle of the walk; from when to when it lasted, once it is over."""
    lasts = rush.lock or (rush.seconds / 3 if rush.full else 0)
    when, over = [0.0, 0.0], Event()

    def cause() -> None:
        if over.wait(rush.signing_in + (rush.seconds - lasts) / 2):
            return
        if rush.full:
            filler = disturbing.fill(school.folder)
            when[0] = monotonic()
            over.wait(lasts)
            when[1] = monotonic()
            filler.unlink()
        else:
            holder = disturbing.hold_the_lock(school.database, lasts)
            when[0] = monotonic()
            holder.wait()
            when[1] = monotonic()

    thread = Thread(target=cause, daemon=True)
    if lasts:
        thread.start()
    try:
        yield when
    finally:
        if lasts:
            over.set()
            thread.join()


def _results(rush: Rush, seen: Seen) -> Iterator[Result]:
    answers, pages = seen.notes.answers, seen.pages
    statuses = Counter(answer.status for answer in answers)
    allowed = {BUSY} if rush.lock else {NO_SPACE} if rush.full else set()
    failed = {status: times for status, times in statuses.items() if status >= 500 and status not in allowed}
    times = [answer.seconds * 1000 for answer in pages]
    yield Result("requests", len(answers) / seen.took, "/s")
    yield Result("median of pages and deeds", median(times), "ms")
    yield Result("p95 of pages and deeds", _p95(times), "ms", 200 if rush.is_usual else None)
    yield Result("answers of 5xx", sum(failed.values()), "", 0, str(failed or ""))
    yield Result("requests without an answer", statuses[CUT], "", 0)
    yield Result("memory of all serve processes (PSS), at most", seen.memory, "MB", MEMORY)
    used = sum(seen.server)
    yield Result("processor time of the server", used * 1000 / len(answers), "ms", None, "a request")
    yield Result("processors that the server used", used / seen.took, "")
    shares = " ".join(f"{seconds:.1f}" for seconds in seen.server)
    busiest = 100 * max(seen.server) / max(used, 0.01)
    most = 75 if (os.cpu_count() or 1) > 1 else None
    yield Result("of it the busiest process", busiest, "%", most, f"seconds: {shares}")
    yield Result("processors that the client used", seen.client / seen.took, "")


def _while_locked(seen: Seen) -> Iterator[Result]:
    reading = [answer.seconds for answer in _during(seen) if not answer.writes]
    writing = [answer for answer in _during(seen) if answer.writes]
    refused = sum(answer.status == BUSY for answer in writing)
    yield Result("reading while another holds the lock, slowest", max(reading, default=0), "s", 1)
    slowest = max((answer.seconds for answer in writing), default=0)
    yield Result("writing while another holds the lock, slowest", slowest, "s", 6.5, f"{refused} × 503")


def _while_full(seen: Seen) -> Iterator[Result]:
    during = _during(seen)
    refused = sum(answer.status == NO_SPACE for answer in during)
    pages = [answer for answer in during if not answer.writes]
    yield Result("while the disk is full: writers told so (507)", refused, "")
    read = sum(0 < answer.status < 400 for answer in pages)
    yield Result("while the disk is full: pages not to be read", len(pages) - read, "", 0, f"of {len(pages)}")
    after = [answer for answer in seen.notes.answers if answer.began > seen.trouble[1] and answer.writes]
    yield Result("when there is space again: written", sum(0 < answer.status < 400 for answer in after), "")


def _during(seen: Seen) -> list[Answer]:
    since, until = seen.trouble
    return [answer for answer in seen.notes.answers if since <= answer.began < until - 0.1]


def _show(answers: Iterable[Answer]) -> None:
    by_kind: dict[str, list[Answer]] = {}
    for answer in answers:
        by_kind.setdefault(answer.kind, []).append(answer)
    print(f"{'kind':<14}{'count':>7}{'median':>9}{'p95':>9}{'max':>9} ms  statuses")
    for kind, of_kind in sorted(by_kind.items()):
        times = [answer.seconds * 1000 for answer in of_kind]
        statuses = Counter(answer.status for answer in of_kind)
        words = ", ".join(f"{count} × {status or 'none'}" for status, count in sorted(statuses.items()))
        print(
            f"{kind:<14}{len(times):>7}{median(times):>9.0f}{_p95(times):>9.0f}{max(times):>9.0f}     {words}"
        )


def _p95(times: list[float]) -> float:
    return quantiles(times, n=20)[-1] if len(times) > 1 else times[0]


def of(scale: Scale) -> Rush:
    """The rush of `python -m bench`; as few slow clients as people where these are few."""
    people, seconds = scale.rush_people, scale.rush_seconds
    slow = min(Rush.slow, people * 2)
    return Rush(scale.rush_think, seconds, people, min(Rush.signing_in, seconds), slow)


def given(arguments: list[str]) -> Rush:
    """The rush that a command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m bench.rush")
    usual = Rush()
    for name, words in {
        "think": "seconds between a page and the next request, on average",
        "seconds": "how long they walk after the last has signed in",
        "people": "how many",
        "loops": "busy loops beside it",
        "lock": "seconds for which another process holds the database",
        "each": "afterwards, so many requests of each kind by one person alone: processor time of each",
    }.items():
        default = getattr(usual, name)
        parser.add_argument(f"--{name}", type=type(default), default=default, help=words)
    parser.add_argument("--full", action="store_true", help="fill the disk for the middle third")
    return Rush(**vars(parser.parse_args(arguments)))


def main(arguments: list[str]) -> int:
    """Print the table; the number of limits that were broken."""
    results = []
    for result in measured(given(arguments)):
        print(result, flush=True)
        results.append(result)
    broken = sum(not result.kept for result in results)
    print(f"{len(results) - broken} of {len(results)} limits kept")
    return broken


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
