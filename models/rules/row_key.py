"""The hidden key of a row in our own workbooks: which channel it is, and whether it was touched."""

import re
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any, NamedTuple, Protocol

KEY_HEADING = "系统行号（请勿修改）"
# Nine digits: the driver refuses integers that it cannot store.
_KEY = re.compile(
    r"(?P<channel>[1-9][0-9]{0,8})-(?P<filing>[1-9][0-9]{0,8})-(?P<mark>[0-9a-f]{12})", re.ASCII
)


class RowKey(NamedTuple):
    """The channel, its filing in force when the workbook was written, and the row's mark then."""

    channel_id: int
    filing_id: int
    mark: str


class Wording(Protocol):
    """A form, or the words of several editions of it."""

    def text(self, path: str, values: Mapping[str, Any], /) -> str: ...


def mark_of(form: Wording, paths: Iterable[str], answers: Mapping[str, Any]) -> str:
    """A short digest of what a row says: of the answers at these paths, as people read them.

    A row whose mark is still the key's was not touched in Excel: whatever the register says by
    now, nothing of it is to be taken back.
    """
    words = "\n".join(f"{path}={form.text(path, answers)}" for path in sorted(paths))
    return sha256(words.encode()).hexdigest()[:12]


def write_key(key: RowKey) -> str:
    """The text of the hidden cell."""
    return f"{key.channel_id}-{key.filing_id}-{key.mark}"


def read_key(text: str) -> RowKey | None:
    """The key of a hidden cell's text; None for anything that was not written by us."""
    match = _KEY.fullmatch(text.strip())
    if not match:
        return None
    return RowKey(int(match["channel"]), int(match["filing"]), match["mark"])
