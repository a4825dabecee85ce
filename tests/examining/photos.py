"""Photos as bytes, with what a camera notes beside them, whole or spoilt."""

import struct
import zlib
from io import BytesIO

from PIL import Image

WIDE, TALL = (90, 60), (60, 90)
ORIENTATION, SHORT, TEXT, FRACTION = 0x0112, 3, 2, 5


def photo(notes: bytes = b"", size: tuple[int, int] = WIDE) -> bytes:
    """A JPEG, the upper left quarter of it red."""
    picture, out = Image.new("RGB", size, "white"), BytesIO()
    picture.paste("red", (0, 0, size[0] // 2, size[1] // 2))
    picture.save(out, "JPEG", quality=95, exif=notes)
    return out.getvalue()


def large_png() -> bytes:
    """As many pixels as are allowed, and next to no bytes."""
    out = BytesIO()
    Image.new("1", (8000, 5000)).save(out, "PNG")
    return out.getvalue()


def noted_png(notes: bytes) -> bytes:
    """A PNG with an EXIF block, which begins without a name there."""
    out = BytesIO()
    Image.new("RGB", WIDE).save(out, "PNG")
    whole, checksum = out.getvalue(), zlib.crc32(b"eXIf" + notes)
    chunk = struct.pack(">I", len(notes)) + b"eXIf" + notes + struct.pack(">I", checksum)
    at = whole.index(b"IDAT") - 4
    return whole[:at] + chunk + whole[at:]


def notes(*entries: tuple[int, int, int, bytes], count: int | None = None, more: bytes = b"") -> bytes:
    """An EXIF block: tag, type, how many, and the value or where it lies."""
    directory = struct.pack(">H", len(entries) if count is None else count)
    directory += b"".join(struct.pack(">HHI", tag, kind, n) + value for tag, kind, n, value in entries)
    return b"Exif\0\0MM\0*\0\0\0\x08" + directory + b"\0\0\0\0" + more


def held(orientation: int) -> bytes:
    return notes((ORIENTATION, SHORT, 1, struct.pack(">HH", orientation, 0)))


SIDEWAYS = held(6)
UPRIGHT = (ORIENTATION, SHORT, 1, b"\0\6\0\0")
# By what Pillow's own turning stumbles over, though the turn itself can be read.
STUMBLING = {
    "struct.error": notes((0x0100, TEXT, 4, b"\xff" * 4), UPRIGHT, (0x927C, 10, 1, b"\0\0\0\x08")),
    "AttributeError": notes(UPRIGHT, (0x011A, 9, 4, b"\0\0\0\x1a"), (0x0132, FRACTION, 1, b"\0\0\0\x1a")),
    "TypeError": notes((0x010E, 13, 0, b"ab\0\0"), UPRIGHT, (0x011A, 1, 1, bytes(4))),
    "ValueError": notes(UPRIGHT, (0x8825, 8, 2, b"\xff" * 4)),
}
# Of these nobody can tell how the camera was held.
SPOILT = {
    "a turn that is a text": notes((ORIENTATION, TEXT, 4, b"six\0")),
    "a turn that is nothing by nothing": notes(
        (ORIENTATION, FRACTION, 1, struct.pack(">I", 26)), more=bytes(8)
    ),
    "a turn out of range": held(900),
    "a place beyond the end": notes((ORIENTATION, FRACTION, 1, b"\xff\xff\xff\xf0")),
    "half a beginning": b"Exif\0\0MM\0*\0\0",
    "nothing but a name": b"Exif\0\0",
    "another alphabet": b"Exif\0\0XX\0*\0\0\0\x08",
}
