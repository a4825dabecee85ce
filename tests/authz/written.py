"""What a request wrote: the rows of two databases compared, but for what is drawn by lot or clock."""

import re
from datetime import datetime, timedelta

# Digests of what holds a moment, tokens by lot, and the order of columns that counts nothing.
BY_LOT = {"digest", "previous", "salt", "signed", "token_hash", "password_hash", "key", "earlier_hashes"}
CLOCK = re.compile(r"\d{1,2}:\d{2}(:\d{2})?")
SLOW = timedelta(minutes=5)

Rows = dict[str, list[tuple]]


def differences(one: Rows, other: Rows) -> list[str]:
    """Where two databases part: table, column and both values, shortly."""
    found = []
    for table in one.keys() | other.keys():
        before, after = one.get(table, []), other.get(table, [])
        if len(before) != len(after):
            found.append(f"{table}: {len(before)} rows, {len(after)} rows")
            continue
        for row, twin in zip(before, after, strict=True):
            found += [
                f"{table}.{name}: {value!r} / {held!r}"[:200]
                for (name, value), (_, held) in zip(row, twin, strict=True)
                if not _alike(name, value, held)
            ]
    return found


def tables_that_differ(one: Rows, other: Rows) -> set[str]:
    """The names of the tables in which anything at all is different."""
    return {table for table in one.keys() | other.keys() if one.get(table) != other.get(table)}


def _alike(name: str, one: object, other: object) -> bool:
    if one == other or (name in BY_LOT and _is_drawn(name, one) and _is_drawn(name, other)):
        return True
    if not isinstance(one, str) or not isinstance(other, str):
        return False
    moments = _moment(one), _moment(other)
    if all(moments):
        return abs(moments[0] - moments[1]) < SLOW
    return CLOCK.sub("…", one) == CLOCK.sub("…", other)


def _is_drawn(name: str, value: object) -> bool:
    """A password that was sent as its own hash would be no hash."""
    return name != "password_hash" or str(value).startswith("$argon2")


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
