"""A backup every minute while a school is in its last hour: `python -m bench.backups` (docs/decisions/0021).

Each is put back into an empty folder afterwards, and its history compared there with its seals.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from time import monotonic

from bench import rush_school
from bench.disturbing import meanwhile
from bench.measuring import HOUSE, Result
from bench.promises import acknowledged, lost
from bench.rush_school import RushSchool
from bench.scale import Scale
from bench.served import Served
from bench.visitor import Notes
from bench.walking import walk_all, walkers


def measured(people: int, seconds: float, every: float, think: float = 2.0) -> Iterator[Result]:
    """`every`: seconds from one backup to the next."""
    notes, taken = Notes(), []
    with tempfile.TemporaryDirectory() as name, tempfile.TemporaryDirectory() as beside:
        school = rush_school.founded(Path(name))
        _typed(school.folder, "seal")
        with Served(school.folder, Path(beside) / "serve.log") as served:
            everybody = walkers(school, served.port, notes, people)
            with _backing_up(school, Path(beside) / "backups", every, taken):
                walk_all(everybody, signing_in=min(10.0, seconds), seconds=seconds, think=think)
            missing = lost(school.database, notes.kept)
        files = sorted((Path(beside) / "backups").glob("*/beian-*.zip"))
        bad = [words for file in files for words in [_put_back(file)] if words]
    failed = [words for _, words in taken if words]
    yield Result("backups during a rush", len(files), "")
    yield Result("backups that were not made", len(failed), "", 0, "; ".join(failed[:1])[:200])
    yield Result("slowest backup, verified", max((seconds for seconds, _ in taken), default=0), "s")
    yield Result("backups that do not restore and verify", len(bad), "", 0, "; ".join(bad[:1])[:200])
    yield Result("requests meanwhile", len(notes.answers), "")
    failures = sum(answer.status >= 500 for answer in notes.answers)
    yield Result("answers of 5xx", failures, "", 0)
    yield Result("acknowledged writes", acknowledged(notes.kept), "")
    yield Result("acknowledged writes that were lost", len(missing), "", 0, "; ".join(missing[:3]))


def of(scale: Scale) -> Iterator[Result]:
    """The rush of `python -m bench`, with four backups in it."""
    people, seconds = max(scale.rush_people // 3, 3), 2 * scale.rush_seconds
    return measured(people, seconds, seconds / 4, scale.rush_think)


@contextmanager
def _backing_up(school: RushSchool, folder: Path, every: float, taken: list) -> Iterator[None]:
    """One after the other, each into a folder of its own; how long each took, and what went wrong."""
    folder.mkdir()

    def go_on(over: Event) -> None:
        while not over.is_set():
            began = monotonic()
            words = _typed(school.folder, "backup", str(folder / f"{len(taken):03}"))
            taken.append((monotonic() - began, words))
            over.wait(max(0.0, began + every - monotonic()))

    with meanwhile(go_on):
        yield


def _put_back(file: Path) -> str:
    """What is wrong with a backup in an empty folder; '' when nothing is."""
    with tempfile.TemporaryDirectory() as empty:
        return _typed(Path(empty), "restore", str(file), "--yes") or _typed(Path(empty), "verify-history")


def _typed(folder: Path, *words: str) -> str:
    """What a command that failed said; '' when it did not."""
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "app", *words],
        cwd=HOUSE,
        env=os.environ | {"BEIAN_INSTANCE": str(folder), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
    )
    return "" if done.returncode == 0 else (done.stderr or done.stdout).strip()[-400:] or str(done.returncode)


def main(arguments: list[str]) -> int:
    """Print the table; the number of limits that were broken."""
    parser = argparse.ArgumentParser(prog="python -m bench.backups")
    parser.add_argument("--people", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=240.0)
    parser.add_argument("--every", type=float, default=60.0, help="seconds from one backup to the next")
    given = parser.parse_args(arguments)
    results = []
    for result in measured(given.people, given.seconds, given.every):
        print(result, flush=True)
        results.append(result)
    return sum(not result.kept for result in results)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
