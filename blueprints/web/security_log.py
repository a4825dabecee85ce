"""Who came in, who was kept out, and who was refused: one line each, in UTC, with the address.

Names of accounts, never passwords or tokens. `flask serve` keeps the lines in `instance/logs`,
a file a month for a year: the law asks for six months (网络安全法, 第二十一条).
"""

import logging
import time
from logging.handlers import TimedRotatingFileHandler
from pathlib import Path

from flask import request

from blueprints.web.protection import request_number
from models.people.person import Person

log = logging.getLogger("beian.security")
log.setLevel(logging.INFO)

DAYS_IN_A_FILE, FILES_KEPT = 30, 13


def keep_in(folder: Path) -> None:
    """Write the lines into a folder that only its owner can read, besides wherever else they go.

    A folder that was named before is left.
    """
    for before in log.handlers[:]:
        log.removeHandler(before)
        before.close()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handler = TimedRotatingFileHandler(
        folder / "security.log",
        when="D",
        interval=DAYS_IN_A_FILE,
        backupCount=FILES_KEPT,
        encoding="utf-8",
        utc=True,
    )
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
