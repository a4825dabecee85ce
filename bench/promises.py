"""Whether the database has what was acknowledged."""

import re
from collections.abc import Mapping
from dataclasses import replace
from json import loads
from pathlib import Path

from bench.visitor import Kept
from models.embedded_engine import sqlite

FILINGS = "SELECT id, answers, state FROM filing"
TEXT = re.compile(r"第(\d+)稿")
APPROVALS = "SELECT filing_id, count(*) FROM event WHERE verb = 'approve' GROUP BY filing_id"


def lost(database: Path, kept: Mapping[int, Kept]) -> list[str]:
    """Each acknowledged write that is not there, in words. The database may be in use elsewhere."""
    # Before the database is looked at, for people may go on writing.
    promises = {number: replace(promise) for number, promise in list(kept.items())}
    connection = sqlite.connect(database, timeout=30)
    try:
        filings = {number: (loads(answers), state) for number, answers, state in connection.execute(FILINGS)}
        approvals = dict(connection.execute(APPROVALS).fetchall())
    finally:
        connection.close()
    missing = []
    for number, promise in promises.items():
        answers, state = filings.get(number, ({}, "gone"))
        # What was sent after it may have been kept too, though its sender never learnt it.
        text = int((TEXT.fullmatch(answers.get("introduction") or "") or "00")[1])
        if text < promise.text:
            missing.append(f"filing {number}: text {promise.text}, has {text}")
        if promise.submitted and state in ("draft", "gone"):
            missing.append(f"filing {number}: handed in, is {state}")
        if approvals.get(number, 0) < promise.approvals:
            missing.append(f"filing {number}: {promise.approvals} approvals, has {approvals.get(number, 0)}")
    return missing


def damage(database: Path) -> str:
    """What `PRAGMA integrity_check` finds; 'ok' where that is nothing."""
    connection = sqlite.connect(database, timeout=30)
    try:
        return connection.execute("PRAGMA integrity_check").fetchone()[0]
    finally:
        connection.close()


def acknowledged(kept: Mapping[int, Kept]) -> int:
    """How many writes these are."""
    return sum(promise.text + promise.submitted + promise.approvals for promise in kept.values())
