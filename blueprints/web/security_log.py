"""Who came in, who was kept out, and who was refused: one line each, in UTC, with the address.

Names of accounts, never passwords or tokens. `flask serve` keeps the lines in `instance/logs`,
a file a month for a year: the law asks for six months (网络安全法, 第二十一条).
"""

import logging
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from flask import request

from blueprints.web.protection import request_number
from models.people.person import Person

log = logging.getLogger("beian.security")
log.setLevel(logging.INFO)

YEARS_KEPT = 1  # of whole months, besides the one that runs


class MonthlyFile(logging.Handler):
    """Each line goes to the end of the file of its own month, security-2026-11.log.

    The file is opened for every line: month ends, restarts and other processes that write the same
    file need then no attention. People come in some times a minute.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder, self.month = folder, ""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            moment = datetime.fromtimestamp(record.created, UTC)
            # In one piece, so that no other process writes into the middle.
            with self._file_of(moment).open("ab", buffering=0) as file:
                file.write(f"{self.format(record)}\n".encode("utf-8", "replace"))
            self._forget_old(moment)
        except Exception:  # as every handler of `logging`: it says so and the request goes on
            self.handleError(record)

    def _file_of(self, moment: datetime) -> Path:
        return self.folder / f"security-{moment:%Y-%m}.log"

    def _forget_old(self, moment: datetime) -> None:
        """Once a month and at the start: what is older than a year goes."""
        if self.month == f"{moment:%Y-%m}":
            return
        self.month = f"{moment:%Y-%m}"
        oldest = self._file_of(moment.replace(year=moment.year - YEARS_KEPT, day=1)).name
        old = [file for file in self.folder.glob("security-????-??.log") if file.name < oldest]
        # The files of version 0.5 are of no month; one that was last written a year ago is old.
        a_year_ago = moment.timestamp() - 366 * 24 * 60 * 60
        old += [file for file in self.folder.glob("security.log*") if file.stat().st_mtime < a_year_ago]
        for file in old:
            with suppress(OSError):
                file.unlink()


def keep_in(folder: Path) -> None:
    """Write the lines into a folder that only its owner can read, besides wherever else they go.

    A folder that was named before is left.
    """
    for before in log.handlers[:]:
        log.removeHandler(before)
        before.close()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handler = MonthlyFile(folder)
    lines = logging.Formatter("%(asctime)sZ %(message)s", "%Y-%m-%dT%H:%M:%S")
    lines.converter = time.gmtime
    handler.setFormatter(lines)
    log.addHandler(handler)


def signed_in(person: Person) -> None:
    """Somebody proved who they are, or chose a new password: a session begins."""
    _write("signed in", person)


def signed_out(person: Person) -> None:
    """Somebody ended their session."""
    _write("signed out", person)


def kept_out(school: str) -> None:
    """A sign-in failed. Of whom is not said: what was typed may be a password in the wrong box."""
    log.info("sign-in failed school=%s %s", school, _where())


def refused(person: Person) -> None:
    """A signed-in person asked for what their roles do not allow."""
    _write(f"refused {request.method} {request.endpoint}", person)


def _write(what: str, person: Person) -> None:
    log.info("%s school=%s person=%s %s", what, person.institution, person.id, _where())


def _where() -> str:
    return f"address={request.remote_addr} request={request_number()}"
