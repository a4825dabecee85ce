"""Several server processes behind one address: one may die, and they end with the first."""

import os
import select
import signal
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from pathlib import Path
from unittest.mock import Mock

import pytest

from blueprints.web.processes import CAN_FORK
from tests.lending import DATABASE
from tests.parts import PATIENCE
from tests.serving import Served

pytestmark = pytest.mark.skipif(
    not CAN_FORK or not Path("/proc/self/task").exists(), reason="needs fork, and Linux to look at them"
)


@pytest.fixture
def served(app, tmp_path) -> Iterator[Served]:
    assert (tmp_path / DATABASE).exists()
    server = Served(tmp_path)
    yield server
    server.close()


def until_over(process: int) -> None:
    """Wait for the end of a process that is not ours: it is told by the system."""
    with suppress(ProcessLookupError):
        handle = os.pidfd_open(process)
        try:
            ready, _, _ = select.select([handle], [], [], PATIENCE)
            assert ready, f"process {process} goes on"
        finally:
            os.close(handle)


def test_two_answer_and_one_that_is_killed_is_replaced(served):
    assert served.answers()
    before = served.processes()
    assert len(before) == 2

    os.kill(before[0], signal.SIGKILL)
    until_over(before[0])

    assert served.answers()
    while before[0] in served.processes() or len(served.processes()) < 2:
        os.sched_yield()
    assert served.answers()


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_all_end_with_the_first(served, end):
    assert served.answers()
    others = served.processes()

    served.first.send_signal(end)

    served.first.wait(PATIENCE)
    for process in others:
        until_over(process)


def test_one_alone_sends_mail_seals_and_tidies_up(app, monkeypatch):
    """Every process would else do each of these as often again."""
    working: dict[int, list[str]] = {}

    def run(count, work):
        for number in range(count):
            serving.append(number)
            work(number)

    def at_work(_app, jobs):
        working[serving[-1]] = [job.name for job in jobs]
        return nullcontext()

    serving: list[int] = []
    monkeypatch.setattr("blueprints.web.processes.run", run)
    monkeypatch.setattr("blueprints.cli.commands.at_work", at_work)
    monkeypatch.setattr("blueprints.web.server.serve", lambda *_, sockets, **__: None)
    for name in ("commands._warm_up", "commands._load_everything", "commands.memory"):
        monkeypatch.setattr(f"blueprints.cli.{name}", Mock())
    with app.app_context():
        result = app.test_cli_runner().invoke(args=["serve", "--port", "0", "--processes", "3"])
    assert result.exit_code == 0, result.output
    assert list(working) == [0, 1, 2]
    assert working[0] != []
    assert working[1] == working[2] == []
