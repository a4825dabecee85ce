"""Bounds on what people type, and the only calls of `unicodedata.normalize` and `is_normalized`.

Normalising takes a time that grows with the square of a run of combining marks, and holds the
interpreter while it lasts; some characters become eighteen. So length and runs are bounded first.
"""

import re
import unicodedata
from typing import Literal

# Longer than any answer may be, so that each reader's own limit still refuses what was cut here.
LONGEST_TYPED = 200_000
# Unicode's stream-safe text format: no word of any language needs more in a row.
MOST_MARKS = 30

# Combining marks stand among these; half-width kana voicing marks become such under NFKC.
_MAYBE_MARKS = re.compile(rf"(?:[^\w\s\x00-\x7f]|[\uff9e\uff9f]){{{MOST_MARKS // 2},}}")


def normalised(form: Literal["NFC", "NFKC"], text: str) -> str:
    """`unicodedata.normalize` of a text whose length and runs of marks are bounded first.

    The same as without bounds for all that people write. Of more than 30 marks in a row those
    beyond are left out, and of a text longer than LONGEST_TYPED what is beyond, also where it is
    normalising that makes it longer. Never raises.
    """
    return unicodedata.normalize(form, stream_safe(text[:LONGEST_TYPED]))[:LONGEST_TYPED]


def folded(text: str) -> str:
    """One spelling of a text for comparing: without width and case."""
    return normalised("NFKC", text).casefold()


def stream_safe(text: str) -> str:
    """The text with at most 30 combining marks in a row."""
    return _MAYBE_MARKS.sub(_bounded_run, text)


def is_normal(text: str) -> bool:
    """Whether a text is in NFC for certain: quickly, so that False may also mean a run of signs."""
    return not _MAYBE_MARKS.search(text) and unicodedata.is_normalized("NFC", text)


def _bounded_run(run: re.Match[str]) -> str:
    kept, marks = [], 0
    for character in run[0]:
        plain = unicodedata.normalize("NFKD", character)
        marks = marks + len(plain) if unicodedata.combining(plain[0]) else 0
        if marks <= MOST_MARKS:
            kept.append(character)
    return "".join(kept)
