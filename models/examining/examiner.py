"""The process that looks into files: reads one from its input, says what came of it, and so on.

Run by `pool` as `python -m models.examining.examiner MEGABYTES SECONDS`. It imports nothing of the
application, gets a file's bytes and nothing else, and answers in JSON and plain bytes: what it
says is not to be trusted. Where processes can be forked, each file gets one of its own, which ends
with it.

Too much time or memory is said by the status with which the process ends.
"""

import gc
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from models.examining import documents, pictures
from models.examining.examined import PDF, BadFile, Examined, Kind
from models.examining.framing import ENDED, TOO_LARGE, TOO_SLOW, packed, unpacked
from models.xlsx.gate import check
from models.xlsx.reading import read_workbook
from models.xlsx.worksheet import BadWorkbook, Sheet

MEGABYTE = 1 << 20


def main(megabytes: int, seconds: int) -> int:
    """Answer until nothing more is asked; the status to end with."""
    _bound(megabytes)
    # What is here now stays: a forked process need not copy it by counting references to garbage.
    gc.freeze()
    while question := unpacked(sys.stdin.buffer, sys.maxsize):
        if not hasattr(os, "fork"):
            _answer(*question)
            return 0
        if status := _apart(question, seconds):
            return status
    return 0


def _apart(question: tuple[dict[str, Any], bytes], seconds: int) -> int:
    """Answer in a process of its own; why it ended, 0 when the answer was given."""
    child = os.fork()
    if not child:
        try:
            _bound_time(seconds)
            _answer(*question)
            os._exit(0)
        except MemoryError:
            os._exit(TOO_LARGE)
        finally:
            os._exit(ENDED)
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status):
        return os.WEXITSTATUS(status)
    # Killed by nobody's doing but the system's, for it had no memory left.
    reasons: dict[int, int] = {signal.SIGXCPU: TOO_SLOW, signal.SIGKILL: TOO_LARGE}
    return reasons.get(os.WTERMSIG(status), ENDED)


def _bound(megabytes: int) -> None:
    """No more memory than this, and no file written. Windows knows no such bounds."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (megabytes * MEGABYTE,) * 2)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _bound_time(seconds: int) -> None:
    """Of the processor: how long it takes on a busy machine says nothing of the file."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))


def _answer(wanted: dict[str, Any], content: bytes) -> None:
    try:
        head, body = WAYS[Kind(wanted["kind"])](content, wanted["name"])
    except (BadFile, BadWorkbook) as refusal:
        head, body = {"refusal": str(refusal)}, b""
    except MemoryError:
        raise
    except Exception as error:
        # Without its text, which may be of the file.
        place = traceback.extract_tb(error.__traceback__)[-1]
        head, body = {"failure": f"{type(error).__name__} in {Path(place.filename).name}:{place.lineno}"}, b""
    sys.stdout.buffer.write(packed(head, body))
    sys.stdout.buffer.flush()


def _picture(content: bytes, _name: str) -> tuple[dict[str, Any], bytes]:
    return _described(pictures.read_picture(content))


def _proof(content: bytes, _name: str) -> tuple[dict[str, Any], bytes]:
    return _described(pictures.read_proof(content))


def _document(content: bytes, name: str) -> tuple[dict[str, Any], bytes]:
    """What a file is, its content says, whatever it is called."""
    if not documents.is_pdf(content):
        return _proof(content, name)
    documents.check_pdf(content)
    # Whoever asked has it.
    return _described(Examined(b"", PDF))


def _workbook(content: bytes, name: str) -> tuple[dict[str, Any], bytes]:
    check(content, name)
    return {}, json.dumps([_plain(sheet) for sheet in read_workbook(content)]).encode()


def _described(examined: Examined) -> tuple[dict[str, Any], bytes]:
    head = {"mime": examined.mime, "width": examined.width, "height": examined.height}
    return head, examined.content


def _plain(sheet: Sheet) -> list[Any]:
    rows = [[row.number, row.cells, row.damage, list(row.copied), row.wide] for row in sheet.rows]
    return [sheet.name, rows]


WAYS: dict[Kind, Callable[[bytes, str], tuple[dict[str, Any], bytes]]] = {
    Kind.picture: _picture,
    Kind.proof: _proof,
    Kind.document: _document,
    Kind.workbook: _workbook,
}

if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
