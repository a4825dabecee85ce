"""Pictures people hand in: looked at before they are read, then painted anew."""

import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

LARGEST_FILE = 10 * 1024 * 1024
# A 10 KB file can claim a canvas of 400 MB: the header is read before the pixels are.
MOST_PIXELS = 40_000_000
# Enough for a QR image on A4; larger ones are scaled down.
LONGEST_SIDE = 1600
# A long screenshot of a telephone must stay legible.
LONGEST_SIDE_OF_PROOF = 4000


class BadPicture(Exception):
    """The file is not a picture we take; carries the Chinese sentence that says what to do."""


@dataclass(frozen=True)
class Picture:
    """A clean picture: its bytes, media type, and size in pixels."""

    content: bytes
    mime: str
    width: int
    height: int


def read_picture(content: bytes) -> Picture:
    """Check a PNG or JPEG and paint it on a new canvas, which drops comments and locations.

    Raises BadPicture when it is too large, of another kind, or damaged.
    """
    canvas = _painted(content, LONGEST_SIDE)
    return _encoded(canvas, "image/png", format="PNG", optimize=True)


def read_proof(content: bytes) -> Picture:
    """The same for a photo or screenshot that is only looked at: larger, and kept as a JPEG."""
    canvas = _painted(content, LONGEST_SIDE_OF_PROOF)
    return _encoded(canvas, "image/jpeg", format="JPEG", quality=85)


def _painted(content: bytes, longest_side: int) -> Image.Image:
    if len(content) > LARGEST_FILE:
        raise BadPicture("图片超过 10 MB，请压缩或截图后再上传。")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _repainted(content, longest_side)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise BadPicture(
            "这个文件不是完整的 PNG 或 JPG 图片，请重新截图或另存后再上传。"
        ) from error
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise BadPicture("图片尺寸过大，请缩小到 4000 万像素以内再上传。") from error


def _repainted(content: bytes, longest_side: int) -> Image.Image:
    with Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as found:
        if found.width * found.height > MOST_PIXELS:
            raise BadPicture("图片尺寸过大，请缩小到 4000 万像素以内再上传。")
        upright = ImageOps.exif_transpose(found).convert("RGBA")
    canvas = Image.new("RGB", upright.size, "white")
    canvas.paste(upright, mask=upright.getchannel("A"))
    canvas.thumbnail((longest_side, longest_side))
    return canvas


def _encoded(canvas: Image.Image, mime: str, **how: object) -> Picture:
    out = io.BytesIO()
    canvas.save(out, **how)
    return Picture(out.getvalue(), mime, canvas.width, canvas.height)
