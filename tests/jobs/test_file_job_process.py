"""The process that makes a file: behind whoever looks at a page, and nobody else is put there."""

import os
import subprocess
import sys

import pytest

from blueprints.institution.components import file_jobs
from tests.file_jobs import wait_for_processes

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows starts it so")


def priority(process_id: int = 0) -> int:
    """As `nice` counts it; of this process unless another is named."""
    return os.getpriority(os.PRIO_PROCESS, process_id)


class Waiting(subprocess.Popen):
    """A process that only waits for its input to end, whatever it was meant to be."""

    def __init__(self, _command, **settings) -> None:
        settings["stdin"] = subprocess.PIPE
        super().__init__([sys.executable, "-c", "import sys; sys.stdin.read()"], **settings)


def test_it_comes_after_whoever_looks_at_a_page(app, monkeypatch):
    started = []
    monkeypatch.setattr(subprocess, "Popen", lambda *a, **k: started.append(Waiting(*a, **k)) or started[0])
    with app.app_context():
        file_jobs._start(1)
    behind = priority(started[0].pid)
    started[0].stdin.close()
    wait_for_processes()
    assert behind == min(priority() + file_jobs.BEHIND, 19)


def test_the_command_leaves_the_process_that_runs_it_where_it_is(app):
    before = priority()
    with app.app_context():
        app.test_cli_runner().invoke(args=["make-file", "1"])
    assert priority() == before
