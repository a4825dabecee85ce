"""What looks into a file is a process apart: bounded, replaced when it ends, gone with its server."""

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path
from threading import Event, Thread

import pytest

from app import HOUSE
from models.examining import pool
from models.examining.examined import BadFile, Kind
from models.examining.framing import LENGTHS
from models.examining.pool import BUSY, DIED, LARGE, SLOW, Bounds, Examiner, Pool
from tests import builders
from tests.examining.pdfs import document
from tests.parts import PATIENCE

pytestmark = pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="ends of processes are waited for")
# Each object ends where it should, in a dictionary with as many keys as take a second to look at.
ENDLESS = document(b"".join(b"/K%d 1" % number for number in range(900_000)))


@pytest.fixture
def begun(monkeypatch) -> list[Examiner]:
    """The examiners that are begun from now on."""
    examiners: list[Examiner] = []

    class Known(Examiner):
        def __init__(self, bounds: Bounds) -> None:
            super().__init__(bounds)
            examiners.append(self)

    monkeypatch.setattr(pool, "Examiner", Known)
    return examiners


@pytest.fixture
def bounded(begun) -> Iterator[Pool]:
    """One place and one that waits, for processes that may take little."""
    with closing(Pool(Bounds(megabytes=200, seconds=1, at_once=1, waiting=1, queue=0.1))) as small:
        yield small


def sentence(where: Pool, kind: Kind, content: bytes) -> str:
    with pytest.raises(BadFile) as refused:
        where.ask(kind, content, "")
    return str(refused.value)


def picture_is_taken(where: Pool) -> bool:
    head, body = where.ask(Kind.picture, builders.png(), "")
    return head["mime"] == "image/png" and body.startswith(b"\x89PNG")


def wait_for_end(pid: int) -> None:
    """Until the process is gone."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        assert select.select([handle], [], [], PATIENCE)[0], f"process {pid} lives on"
    finally:
        os.close(handle)


def test_the_process_is_kept_for_the_next_file(bounded, begun):
    assert picture_is_taken(bounded)
    assert picture_is_taken(bounded)
    assert "不是完整" in sentence(bounded, Kind.picture, b"")
    assert len(begun) == 1


def test_what_takes_too_long_is_ended_and_the_next_file_is_taken(bounded, begun):
    assert sentence(bounded, Kind.document, ENDLESS) == SLOW
    assert picture_is_taken(bounded)
    assert [examiner.is_alive for examiner in begun] == [False, True]


def test_what_needs_too_much_memory_is_ended_and_the_next_file_is_taken(bounded):
    assert sentence(bounded, Kind.picture, builders.png(8000, 5000)) == LARGE
    assert picture_is_taken(bounded)


def test_one_that_only_sits_there_is_ended(begun):
    with closing(Pool(Bounds(patience=0.1))) as impatient:
        impatient.get_ready()
        os.kill(begun[0].pid, signal.SIGSTOP)
        assert sentence(impatient, Kind.picture, builders.png()) == SLOW


def test_one_that_was_killed_meanwhile_is_replaced(bounded, begun):
    bounded.get_ready()
    os.kill(begun[0].pid, signal.SIGKILL)
    wait_for_end(begun[0].pid)
    assert picture_is_taken(bounded)


def test_one_that_dies_over_a_file_says_so(bounded, begun, monkeypatch):
    bounded.get_ready()
    answer = begun[0]._answer

    def dying(*question):
        os.kill(begun[0].pid, signal.SIGKILL)
        return answer(*question)

    monkeypatch.setattr(begun[0], "_answer", dying)
    assert sentence(bounded, Kind.picture, builders.png()) == DIED
    assert picture_is_taken(bounded)


@pytest.mark.parametrize(
    "words",
    [
        b"", b"\0\0", LENGTHS.pack(2, 5) + b"{}abc", LENGTHS.pack(2, 0) + b"[]", LENGTHS.pack(2, 0) + b"\xff{",
        LENGTHS.pack(2**32 - 1, 2**32 - 1), LENGTHS.pack(100_000, 0) + b"[" * 100_000,
    ],
    ids=["nothing", "half a length", "half an answer", "a list", "noise", "endless", "nested"],
)  # fmt: skip
def test_an_answer_that_is_none_is_not_believed(begun, words):
    with closing(Pool(Bounds(patience=0.1))) as impatient:
        impatient.get_ready()
        begun[0]._back, real = BytesIO(words), begun[0]._back
        # Half an answer is waited for, and then whoever owes the rest is ended.
        assert sentence(impatient, Kind.picture, builders.png()) in (DIED, SLOW)
        assert not begun[0].is_alive
        real.close()


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[1]", b'[["a", [[1, [2], {}, [], false]]]]', b'[["a", [[]]]]']
)
def test_sheets_of_another_shape_are_not_believed(monkeypatch, body):
    monkeypatch.setattr(pool.POOL, "ask", lambda *_: ({}, body))
    with pytest.raises(BadFile, match="检查不了"):
        pool.sheets_of(b"", "a.xlsx")


def test_no_more_are_looked_into_than_may_be_and_whoever_waits_is_told_in_time(begun, monkeypatch):
    with closing(Pool(Bounds(at_once=1, waiting=1, queue=0.1))) as narrow:
        narrow.get_ready()
        os.kill(begun[0].pid, signal.SIGSTOP)
        began, take = Event(), narrow._take
        monkeypatch.setattr(narrow, "_take", lambda: began.set() or take())
        first = Thread(target=narrow.ask, args=(Kind.picture, builders.png(), ""))
        first.start()
        try:
            assert began.wait(PATIENCE)
            # This one waits, and for as long as it may.
            assert sentence(narrow, Kind.picture, builders.png()) == BUSY
            narrow._bounds = Bounds(at_once=1, waiting=0)
            assert sentence(narrow, Kind.picture, builders.png()) == BUSY
        finally:
            os.kill(begun[0].pid, signal.SIGCONT)
            first.join()
        assert len(begun) == 1
        assert picture_is_taken(narrow)


def test_it_knows_nothing_of_the_application_and_gets_none_of_its_secrets(monkeypatch, begun):
    monkeypatch.setenv("BEIAN_SECRET", "a secret")
    with closing(Pool(Bounds())) as fresh:
        assert picture_is_taken(fresh)
        surroundings = Path(f"/proc/{begun[0].pid}/environ").read_text()
        assert "a secret" not in surroundings
    listed = subprocess.run(
        [sys.executable, "-c", "import sys, models.examining.examiner; print(*sys.modules)"],
        cwd=HOUSE, capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    assert not {"flask", "sqlalchemy", "models.database", "app"} & set(listed)


SERVER = """
import sys
from models.examining import pool
from models.examining.examined import Kind
from tests.builders import png
pool.examine(Kind.picture, png())
print(pool.POOL._idle[0].pid, flush=True)
sys.stdin.read()
"""


def test_nothing_is_left_when_the_server_is_killed():
    command = [sys.executable, "-c", SERVER]
    with subprocess.Popen(command, cwd=HOUSE, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        pid = int(server.stdout.readline())
        assert Path(f"/proc/{pid}").exists()
        server.kill()
        server.wait()
        wait_for_end(pid)


def test_no_process_is_left_unwaited_for(bounded, begun):
    assert sentence(bounded, Kind.document, ENDLESS) == SLOW
    assert picture_is_taken(bounded)
    bounded.close()
    assert [examiner._process.returncode is None for examiner in begun] == [False] * 2
