"""Pictures and PDF files that people hand in: examined before they are read, pictures painted anew."""

import io
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

# Slow to import: only where a file is looked at.
if TYPE_CHECKING:
    from PIL.Image import Image
    from pypdf import PdfReader
    from pypdf.generic import DictionaryObject

PDF = "application/pdf"
LARGEST_FILE = 10 * 1024 * 1024
MOST_PAGES = 50
START, END = b"%PDF-", b"%%EOF"
# Where a reader program looks for the end of the file.
TAIL = 1024
# What a document may do by itself when it is opened.
HARMLESS = {"/GoTo", ""}
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


def _painted(content: bytes, longest_side: int) -> "Image":
    from PIL import Image, UnidentifiedImageError

    if len(content) > LARGEST_FILE:
        raise BadPicture("图片超过 10 MB，请压缩或截图后再上传。")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _repainted(content, longest_side)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise BadPicture("这个文件不是完整的 PNG 或 JPG 图片，请重新截图或另存后再上传。") from error
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise BadPicture("图片尺寸过大，请缩小到 4000 万像素以内再上传。") from error


def _repainted(content: bytes, longest_side: int) -> "Image":
    from PIL import Image, ImageOps

    with Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise BadPicture("图片尺寸过大，请缩小到 4000 万像素以内再上传。")
        upright = ImageOps.exif_transpose(picture).convert("RGBA")
    canvas = Image.new("RGB", upright.size, "white")
    canvas.paste(upright, mask=upright.getchannel("A"))
    canvas.thumbnail((longest_side, longest_side))
    return canvas


def _encoded(canvas: "Image", mime: str, **how: Any) -> Picture:
    out = io.BytesIO()
    canvas.save(out, **how)
    return Picture(out.getvalue(), mime, canvas.width, canvas.height)


class BadDocument(Exception):
    """The file is not a PDF we take; carries the Chinese sentence that says what to do."""


def is_pdf(content: bytes) -> bool:
    """Whether a file claims to be a PDF; its name does not count."""
    return content.startswith(START)


def check_pdf(content: bytes) -> None:
    """Raises BadDocument when a PDF is too large, cut off, locked, empty, too long, or active."""
    from pypdf import PdfReader

    if len(content) > LARGEST_FILE:
        raise BadDocument("文件超过 10 MB，请压缩后再上传。")
    damaged = BadDocument("这个 PDF 不完整或已损坏，请重新导出或扫描后再上传。")
    if END not in content[-TAIL:]:
        raise damaged
    try:
        _look_inside(PdfReader(io.BytesIO(content)))
    except BadDocument:
        raise
    except Exception as error:
        # The library raises whatever a damaged file makes it stumble over.
        raise damaged from error


def _look_inside(reader: "PdfReader") -> None:
    from pypdf import PasswordType
    from pypdf.generic import DictionaryObject

    if reader.is_encrypted and reader.decrypt("") is PasswordType.NOT_DECRYPTED:
        raise BadDocument("这个 PDF 设了打开密码，请去掉密码后再上传。")
    pages = len(reader.pages)
    if not 1 <= pages <= MOST_PAGES:
        raise BadDocument(f"这个 PDF 有 {pages} 页，证明材料请控制在 1 至 {MOST_PAGES} 页。")
    root = reader.root_object
    names = root.get("/Names", DictionaryObject()).get_object()
    if "/AA" in root or "/JavaScript" in names or _on_opening(root) not in HARMLESS:
        raise BadDocument("这个 PDF 打开时会自动执行操作，请打印成新的 PDF 后再上传。")


def _on_opening(root: "DictionaryObject") -> str:
    """The kind of action that opening the document begins; '' for none or a mere place in it."""
    from pypdf.generic import DictionaryObject

    action = root.get("/OpenAction")
    action = action and action.get_object()
    return str(action.get("/S", "")) if isinstance(action, DictionaryObject) else ""
