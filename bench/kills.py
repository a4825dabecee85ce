"""`kill -9` again and again while people write: `python -m bench.kills` (docs/decisions/0020).

Mostly of one process that answers, each fourth time of the whole server. After each, everything that
was acknowledged is looked for, and the database is asked whether it is whole.
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread

from bench import rush_school
from bench.measuring import HOUSE, Result
from bench.promises import acknowledged, damage, lost
from bench.rush_school import CODE, RushSchool
from bench.served import Served
from bench.visitor import CUT, Notes, Visitor
from bench.walking import Walker

KILLS, WRITERS, APPROVERS = 100, 8, 2
WHOLE_SERVER = 4  # each so-manieth time


def measured(kills: int = KILLS, seed: int = 1) -> Iterator[Result]:
    """So many kills; the server is one process's children, as `serve` starts them."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as name, tempfile.TemporaryDirectory() as beside:
        school, notes = rush_school.founded(Path(name)), Notes()
        missing: list[str] = []
        damaged: list[str] = []
        with Served(school.folder, Path(beside) / "serve.log") as served:
            with _writing(school, served, notes) as pause:
                for number in range(1, kills + 1):
                    pause.wait(chance.uniform(0.3, 1.0))
                    _kill(served, number % WHOLE_SERVER == 0, chance)
                    served.wait_for_an_answer()
                    missing += lost(school.database, notes.kept)
                    damaged += [words for words in [damage(school.database)] if words != "ok"]
            missing += lost(school.database, notes.kept)
        verified = _verify_history(school.folder)
    statuses = Counter(answer.status for answer in notes.answers)
    failed = sum(times for status, times in statuses.items() if status >= 500)
    yield Result("kill -9 under writing load", kills, "")
    yield Result("acknowledged writes", acknowledged(notes.kept), "")
    yield Result("requests that were cut off", statuses[CUT], "")
    yield Result("acknowledged writes that were lost", len(missing), "", 0, "; ".join(missing[:3]))
    yield Result("times that the database was not whole", len(damaged), "", 0, "; ".join(damaged[:1]))
    yield Result("answers of 5xx", failed, "", 0)
    yield Result(
        "flask verify-history finds fault", verified.returncode, "", 0, verified.stdout.strip()[:200]
    )


def _kill(served: Served, everything: bool, chance: random.Random) -> None:
    if everything:
        served.kill()
        served.start()
        return
    with suppress(ProcessLookupError):
        os.kill(chance.choice(served.workers()), signal.SIGKILL)


@contextmanager
def _writing(school: RushSchool, served: Served, notes: Notes) -> Iterator[Event]:
    """People who write and sign without a pause, and come again when they are cut off."""
    over = Event()
    people = [(f"reporter{n}", {"write": 1}) for n in range(WRITERS)]
    people += [(f"head{n}", {"approve": 1}) for n in range(APPROVERS)]

    def live(username: str, number: int, errands: dict[str, int]) -> None:
        visitor = Visitor(served.port, CODE, username, notes, number)
        while not over.is_set() and not visitor.sign_in():
            over.wait(0.2)
        for _ in Walker(school, visitor, number, errands).walk():
            if over.wait(0.02):
                break
        visitor.connection.close()

    threads = [
        Thread(target=live, args=(username, number, errands), daemon=True)
        for number, (username, errands) in enumerate(people)
    ]
    for thread in threads:
        thread.start()
    try:
        yield over
    finally:
        over.set()
        for thread in threads:
            thread.join()


def _verify_history(folder: Path) -> subprocess.CompletedProcess:
    """History as it stands in the database, against its seals."""
    command = [sys.executable, "-m", "flask", "--app", "app", "verify-history"]
    surroundings = os.environ | {"BEIAN_INSTANCE": str(folder)}
    return subprocess.run(command, cwd=HOUSE, env=surroundings, capture_output=True, text=True)


def main(arguments: list[str]) -> int:
    """Print the table; the number of limits that were broken."""
    results = []
    for result in measured(*map(int, arguments[:1])):
        print(result, flush=True)
        results.append(result)
    return sum(not result.kept for result in results)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
