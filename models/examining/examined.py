"""What a file that somebody handed in can be taken for, what is kept of it, or why it is not taken."""

from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256

PDF = "application/pdf"
LARGEST_FILE = 10 * 1024 * 1024


class Kind(StrEnum):
    """What the file is wanted for."""

    picture = "picture"  # a QR image: PNG
    proof = "proof"  # a photo or screenshot that is only looked at: larger, JPEG
    document = "document"  # a proof, or a PDF, which stays as it came
    workbook = "workbook"


class BadFile(Exception):
    """The file is not taken; its text is a Chinese sentence that says what to do."""


@dataclass(frozen=True)
class Examined:
    """What is kept of a picture or a PDF: bytes, media type, size in pixels (of a PDF 0).

    `digest` is the sha256 of the bytes, made with it: whoever attaches it holds the writer's lock.
    """

    content: bytes
    mime: str
    width: int = 0
    height: int = 0
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "digest", sha256(self.content).hexdigest())
