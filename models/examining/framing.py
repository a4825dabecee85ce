"""How a question and its answer lie on the line between two processes: two lengths, JSON, bytes."""

import json
import struct
from typing import IO, Any

LENGTHS = struct.Struct(">II")
# With which an examiner ends.
TOO_SLOW, TOO_LARGE, ENDED = 3, 4, 5


def packed(head: dict[str, Any], body: bytes) -> bytes:
    words = json.dumps(head).encode()
    return LENGTHS.pack(len(words), len(body)) + words + body


def unpacked(source: IO[bytes], most: int) -> tuple[dict[str, Any], bytes] | None:
    """The next message; None at the end. Raises ValueError for what is none, or longer than `most`."""
    lengths = source.read(LENGTHS.size)
    if len(lengths) < LENGTHS.size:
        return None
    of_words, of_body = LENGTHS.unpack(lengths)
    if of_words + of_body > most:
        raise ValueError("a message that is too long")
    words, body = source.read(of_words), source.read(of_body)
    if len(body) < of_body:
        return None
    head = json.loads(words)
    if not isinstance(head, dict):
        raise ValueError("a message without a head")
    return head, body
