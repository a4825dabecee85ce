"""PDF files people hand in as proof: kept byte for byte, so looked at before they are taken."""

from io import BytesIO

from pypdf import PasswordType, PdfReader
from pypdf.generic import DictionaryObject

MIME = "application/pdf"
LARGEST_FILE = 10 * 1024 * 1024
MOST_PAGES = 50
START, END = b"%PDF-", b"%%EOF"
# Where a reader program looks for the end of the file.
TAIL = 1024
# What a document may do by itself when it is opened.
HARMLESS = {"/GoTo", ""}


class BadDocument(Exception):
    """The file is not a PDF we take; carries the Chinese sentence that says what to do."""


def is_pdf(content: bytes) -> bool:
    """Whether a file claims to be a PDF; its name does not count."""
    return content.startswith(START)


def check_pdf(content: bytes) -> None:
    """Raises BadDocument when a PDF is too large, cut off, locked, empty, too long, or active."""
    if len(content) > LARGEST_FILE:
        raise BadDocument("文件超过 10 MB，请压缩后再上传。")
    damaged = BadDocument("这个 PDF 不完整或已损坏，请重新导出或扫描后再上传。")
    if END not in content[-TAIL:]:
        raise damaged
    try:
        _look_inside(PdfReader(BytesIO(content)))
    except BadDocument:
        raise
    except Exception as error:
        # The library raises whatever a damaged file makes it stumble over.
        raise damaged from error


def _look_inside(reader: PdfReader) -> None:
    if reader.is_encrypted and reader.decrypt("") is PasswordType.NOT_DECRYPTED:
        raise BadDocument("这个 PDF 设了打开密码，请去掉密码后再上传。")
    pages = len(reader.pages)
    if not 1 <= pages <= MOST_PAGES:
        raise BadDocument(f"这个 PDF 有 {pages} 页，证明材料请控制在 1 至 {MOST_PAGES} 页。")
    root = reader.root_object
    names = root.get("/Names", DictionaryObject()).get_object()
    if "/AA" in root or "/JavaScript" in names or _on_opening(root) not in HARMLESS:
        raise BadDocument("这个 PDF 打开时会自动执行操作，请打印成新的 PDF 后再上传。")


def _on_opening(root: DictionaryObject) -> str:
    """The kind of action that opening the document begins; '' for none or a mere place in it."""
    action = root.get("/OpenAction")
    action = action and action.get_object()
    return str(action.get("/S", "")) if isinstance(action, DictionaryObject) else ""
