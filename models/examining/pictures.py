"""Pictures that people hand in: examined before they are read, and painted anew.

Runs in the examiner's process alone.
"""

import io
import warnings
from contextlib import suppress
from typing import Any

from PIL import Image, JpegImagePlugin, PngImagePlugin, UnidentifiedImageError

from models.examining.examined import LARGEST_FILE, BadFile, Examined

FORMATS = (PngImagePlugin.PngImageFile.format, JpegImagePlugin.JpegImageFile.format)
# A 10 KB file can claim a canvas of 400 MB: the header is read before the pixels are.
MOST_PIXELS = 40_000_000
# Enough for a QR image on A4; larger ones are scaled down.
LONGEST_SIDE = 1600
# A long screenshot of a telephone must stay legible.
LONGEST_SIDE_OF_PROOF = 4000
TOO_MANY_PIXELS = "图片尺寸过大，请缩小到 4000 万像素以内再上传。"

ORIENTATION = 0x0112
# How the camera was held, and what puts the picture upright again.
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def read_picture(content: bytes) -> Examined:
    """Check a PNG or JPEG and paint it on a new canvas, which drops comments and locations.

    Raises BadFile when it is too large, of another kind, or damaged.
    """
    return _encoded(_painted(content, LONGEST_SIDE), "image/png", format="PNG", optimize=True)


def read_proof(content: bytes) -> Examined:
    """The same for a photo or screenshot that is only looked at: larger, and kept as a JPEG."""
    return _encoded(_painted(content, LONGEST_SIDE_OF_PROOF), "image/jpeg", format="JPEG", quality=85)


def _painted(content: bytes, longest_side: int) -> Image.Image:
    if len(content) > LARGEST_FILE:
        raise BadFile("图片超过 10 MB，请压缩或截图后再上传。")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _repainted(content, longest_side)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise BadFile(TOO_MANY_PIXELS) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise BadFile("这个文件不是完整的 PNG 或 JPG 图片，请重新截图或另存后再上传。") from error


def _repainted(content: bytes, longest_side: int) -> Image.Image:
    with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise BadFile(TOO_MANY_PIXELS)
        # A JPEG need not be decoded larger than it is wanted; to other pictures this does nothing.
        picture.draft(None, (longest_side, longest_side))
        picture.load()
        mode, turn = "RGBA" if picture.has_transparency_data else "RGB", _turn(picture)
        small = picture if picture.mode == mode else picture.convert(mode)
        # Made small before anything else is done to it: of 40 million pixels there is room for two copies.
        small.thumbnail((longest_side, longest_side))
    if turn is not None:
        small = small.transpose(turn)
    if mode == "RGB":
        return _bare(small)
    canvas = Image.new("RGB", small.size, "white")
    canvas.paste(small, mask=small.getchannel("A"))
    return canvas


def _turn(picture: Image.Image) -> Image.Transpose | None:
    """What puts it upright; None where its notes say nothing, or are spoilt: then it stays as it lies."""
    # Whatever the library stumbles over in them: TypeError, struct.error, ZeroDivisionError and more.
    with suppress(Exception):
        return TURNS.get(picture.getexif().get(ORIENTATION, 1))
    return None


def _bare(picture: Image.Image) -> Image.Image:
    """The pixels without what was noted beside them."""
    canvas = Image.new("RGB", picture.size)
    canvas.paste(picture)
    return canvas


def _encoded(canvas: Image.Image, mime: str, **how: Any) -> Examined:
    out = io.BytesIO()
    canvas.save(out, **how)
    return Examined(out.getvalue(), mime, canvas.width, canvas.height)
