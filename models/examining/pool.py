"""Has files examined in processes apart, a few at once, each with a bound on its time and memory.

The one way to look into a file that somebody handed in: `examine` and `sheets_of`. Both take their
time, so nothing may be held in the database meanwhile. docs/decisions/0017-files-are-examined-apart.md
has the reasons.
"""

import atexit
import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore, Lock, Timer
from typing import Any

from models.examining.examined import PDF, BadFile, Examined, Kind
from models.examining.framing import TOO_LARGE, TOO_SLOW, packed, unpacked
from models.xlsx.worksheet import Sheet, SheetRow

log = logging.getLogger(__name__)

HOUSE = Path(__file__).resolve().parents[2]
PROGRAM = "models.examining.examiner"
# What it needs of its surroundings; keys and passwords may stand there too.
SURROUNDINGS = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "LANG", "PYTHONDONTWRITEBYTECODE")
FORKS = hasattr(os, "fork")
MOST_IN_ANSWER = 128 * 1024 * 1024

BUSY = "现在上传文件的人较多，这个文件还没有检查。请过一分钟再上传一次。"
SLOW = "检查这个文件用的时间太长，没有收下。请把它另存或打印成一个新的、简单一些的文件后再上传。"
LARGE = "检查这个文件需要的内存太多，没有收下。请缩小图片或删去用不到的内容，另存后再上传。"
DIED = "这个文件检查不了，没有收下。请换一种方式另存（或重新截图、扫描）后再上传。"
ENDINGS = {TOO_SLOW: SLOW, TOO_LARGE: LARGE}


@dataclass(frozen=True)
class Bounds:
    """What one file may cost, and how many are looked into at once.

    `seconds`: of the processor; `patience`: by the clock, for one that only sits there. `waiting`:
    how many more files may wait for their turn, and `queue` for how many seconds.
    """

    megabytes: int = 512
    seconds: int = 5
    patience: float = 20
    at_once: int = 2
    waiting: int = 3
    queue: float = 10


class Examiner:
    """One process that looks into files, one after the other."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds, self._gave_up = bounds, False
        self._process = subprocess.Popen(
            [sys.executable, "-m", PROGRAM, str(bounds.megabytes), str(bounds.seconds)],
            cwd=HOUSE,
            env={name: os.environ[name] for name in SURROUNDINGS if name in os.environ},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # Ctrl-C in the terminal of `serve` ends the server; what it has begun ends with it.
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._to, self._back = self._process.stdin, self._process.stdout

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, wanted: dict[str, str], content: bytes) -> tuple[dict[str, Any], bytes]:
        """The answer as it came. Raises BadFile where none comes; then the process is gone."""
        timer = Timer(self._bounds.patience, self._give_up)
        timer.start()
        try:
            if answer := self._answer(wanted, content):
                return answer
            # It cannot stay for ever: the timer still runs.
            status = self._process.wait()
        finally:
            timer.cancel()
            timer.join()
        log.warning("A file wanted as %s ended its examiner: %s", wanted["kind"], status)
        raise BadFile(SLOW if self._gave_up else ENDINGS.get(status, DIED))

    def end(self) -> None:
        """End it with all that it has begun, and wait until it has."""
        self._kill()
        self._process.wait()
        self._back.close()
        with suppress(OSError):  # what it was never able to read is still to be written
            self._to.close()

    def _answer(self, wanted: dict[str, str], content: bytes) -> tuple[dict[str, Any], bytes] | None:
        try:
            # It ended before it had read all: its status says why.
            with suppress(BrokenPipeError):
                self._to.write(packed(wanted, content))
                self._to.flush()
            return unpacked(self._back, MOST_IN_ANSWER)
        except (OSError, ValueError, RecursionError):
            self._kill()
            return None

    def _give_up(self) -> None:
        self._gave_up = True
        self._kill()

    def _kill(self) -> None:
        if FORKS:
            # The process of the file itself, too.
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
        else:
            self._process.kill()


class Pool:
    """A few examiners, begun when they are first needed and kept for the next file."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._idle: list[Examiner] = []
        self._inside, self._lock = 0, Lock()
        self._places = BoundedSemaphore(bounds.at_once)

    def ask(self, kind: Kind, content: bytes, name: str) -> tuple[dict[str, Any], bytes]:
        """What came of a file. Raises BadFile: its sentence, or why it could not be examined."""
        with self._place():
            examiner = self._take()
            try:
                head, body = examiner.ask({"kind": kind, "name": name}, content)
            finally:
                self._put_back(examiner)
        if "failure" in head:
            log.error("A file wanted as %s could not be examined: %.200s", kind, head["failure"])
            raise BadFile(DIED)
        if "refusal" in head:
            raise BadFile(str(head["refusal"]))
        return head, body

    def get_ready(self) -> None:
        """Begin one, so that the first file need not wait for it."""
        examiner = self._take()
        with self._lock:
            self._idle.append(examiner)

    def close(self) -> None:
        """End those that wait for a file."""
        with self._lock:
            idle, self._idle = self._idle, []
        for examiner in idle:
            examiner.end()

    @contextmanager
    def _place(self) -> Iterator[None]:
        """One of the places; raises BadFile when too many wait for one, or for too long."""
        with self._lock:
            if self._inside >= self._bounds.at_once + self._bounds.waiting:
                raise BadFile(BUSY)
            self._inside += 1
        try:
            if not self._places.acquire(timeout=self._bounds.queue):
                raise BadFile(BUSY)
            try:
                yield
            finally:
                self._places.release()
        finally:
            with self._lock:
                self._inside -= 1

    def _take(self) -> Examiner:
        with self._lock:
            examiner = self._idle.pop() if self._idle else None
        if examiner is not None and examiner.is_alive:
            return examiner
        if examiner is not None:
            examiner.end()
        try:
            return Examiner(self._bounds)
        except OSError as error:
            log.exception("No process could be begun that looks into files")
            raise BadFile(BUSY) from error

    def _put_back(self, examiner: Examiner) -> None:
        """Keep it; where each is for one file, or it came to an end, another in its place."""
        if not FORKS or not examiner.is_alive:
            examiner.end()
            try:
                examiner = Examiner(self._bounds)
            except OSError:
                return
        with self._lock:
            self._idle.append(examiner)


POOL = Pool(Bounds())
atexit.register(POOL.close)


def examine(kind: Kind, content: bytes) -> Examined:
    """A picture or PDF as it is kept. Raises BadFile with a sentence."""
    head, body = POOL.ask(kind, content, "")
    try:
        mime, width, height = str(head["mime"]), int(head["width"]), int(head["height"])
    except (KeyError, TypeError, ValueError):
        raise BadFile(DIED) from None
    return Examined(content if mime == PDF else body, mime, width, height)


def sheets_of(content: bytes, name: str) -> list[Sheet]:
    """What stands in a workbook. Raises BadFile with a sentence."""
    _, body = POOL.ask(Kind.workbook, content, name)
    try:
        sheets = [Sheet(_text(title), tuple(map(_row, rows))) for title, rows in json.loads(body)]
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
        raise BadFile(DIED) from None
    if not sheets:
        raise BadFile(DIED)
    return sheets


def _row(row: list[Any]) -> SheetRow:
    """A row, held to what it must be: it was said by a process that may be somebody else's by now."""
    number, cells, damage, copied, wide = row
    return SheetRow(
        int(number),
        tuple(map(_text, cells)),
        {int(column): _text(sentence) for column, sentence in damage.items()},
        frozenset(map(int, copied)),
        wide is True,
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(type(value))
    return value
