"""PDF files that people hand in: whether they are whole, and lie still.

Runs in the examiner's process alone. A PDF is kept as it came, so that a signature in it stays
valid; hence every object is searched for what a reader program would run, open or send.
"""

import io
import re
import zlib
from collections.abc import Iterator

from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from models.examining.examined import LARGEST_FILE, BadFile

MOST_PAGES = 50
START, END = b"%PDF-", b"%%EOF"
# Where a reader program looks for the end of the file.
TAIL = 1024
# What a document may do by itself when it is opened.
HARMLESS = {"/GoTo", ""}
# All object streams together, unpacked: a hundred times what 50 pages need.
MOST_UNPACKED = 32 * 1024 * 1024
CHUNK = 1 << 16
# Objects that begin and do not end lie in each other; so often may every byte be looked at.
MOST_OVERLAP = 4

ANEW = "请打印成新的 PDF 后再上传。"
ACTIVE = f"这个 PDF 里有会自动执行的操作或程序，{ANEW}"
DAMAGED = "这个 PDF 不完整或已损坏，请重新导出或扫描后再上传。"
LOCKED = "这个 PDF 设了密码或使用限制，里面的内容无法检查。请去掉密码和限制，或重新扫描后再上传。"
SWOLLEN = f"这个 PDF 解开后太大，{ANEW}"
ODD = f"这个 PDF 的内部写法少见，无法检查，{ANEW}"
# By the name that gives a thing away, wherever it stands.
FORBIDDEN = {
    "Encrypt": LOCKED,
    **dict.fromkeys(("JavaScript", "JS", "Launch", "AA", "GoToR", "Rendition"), ACTIVE),
    **dict.fromkeys(("EmbeddedFile", "EmbeddedFiles", "EF", "GoToE"), f"这个 PDF 里夹带了别的文件，{ANEW}"),
    **dict.fromkeys(("XFA", "SubmitForm", "ImportData"), f"这个 PDF 是会收发数据的电子表单，{ANEW}"),
    "RichMedia": f"这个 PDF 里夹带了音视频或动画，{ANEW}",
}
# Every writer packs its object streams by the first of them alone; what is packed otherwise is refused.
FILTERS = {
    "FlateDecode", "Fl", "LZWDecode", "LZW", "ASCIIHexDecode", "AHx", "ASCII85Decode", "A85",
    "RunLengthDecode", "RL", "Crypt", "DCTDecode", "DCT", "JBIG2Decode", "JPXDecode", "CCITTFaxDecode", "CCF",
}  # fmt: skip

SPACE, DELIMITERS = rb"\x00\t\n\x0c\r ", rb"()<>\[\]{}/%"
# Wherever a reader program may begin to read an object: whether its table leads there is not asked.
BEGINNING = re.compile(rb"(?<=[0-9" + SPACE + rb"])obj|trailer")
NAME = re.compile(rb"/([^" + SPACE + DELIMITERS + rb"]*)")
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
TOKEN = re.compile(rb"%[^\r\n]*|<<|>>|<[^<>]*>?|[^" + SPACE + DELIMITERS + rb"]+|[" + DELIMITERS + rb"]")
IN_STRING = re.compile(rb"\\.|[()]", re.DOTALL)
LINE_ENDS = b"\r\n", b"\n", b"\r"


def is_pdf(content: bytes) -> bool:
    """Whether a file claims to be a PDF; its name does not count."""
    return content.startswith(START)


def check_pdf(content: bytes) -> None:
    """Raises BadFile when a PDF is too large, cut off, locked, empty, too long, or active."""
    if len(content) > LARGEST_FILE:
        raise BadFile("文件超过 10 MB，请压缩后再上传。")
    if END not in content[-TAIL:]:
        raise BadFile(DAMAGED)
    _search(content)
    try:
        _look_inside(PdfReader(io.BytesIO(content)))
    except (BadFile, MemoryError):
        raise
    except Exception as error:
        # The library raises whatever a damaged file makes it stumble over.
        raise BadFile(DAMAGED) from error


def _look_inside(reader: PdfReader) -> None:
    pages = len(reader.pages)
    if not 1 <= pages <= MOST_PAGES:
        raise BadFile(f"这个 PDF 有 {pages} 页，证明材料请控制在 1 至 {MOST_PAGES} 页。")
    if _on_opening(reader.root_object) not in HARMLESS:
        raise BadFile(ACTIVE)


def _on_opening(root: DictionaryObject) -> str:
    """The kind of action that opening the document begins; '' for none or a mere place in it."""
    action = root.get("/OpenAction")
    action = action and action.get_object()
    if not isinstance(action, DictionaryObject):
        return ""
    return "/Next" if "/Next" in action else str(action.get("/S", ""))


def _search(content: bytes) -> None:
    """Raises BadFile for what stands in any object, referred to or not, in an object stream or not."""
    packed = []
    for text, streams in _objects(content):
        names = _names(text)
        _refuse(set(names))
        if "ObjStm" in names or {"N", "First"} <= set(names):
            packed += [(names, stream) for stream in streams]
    left = MOST_UNPACKED
    # Last, for in a locked file nothing can be unpacked.
    for names, stream in packed:
        text = _unpacked(content, names, stream, left)
        left -= len(text)
        _refuse(set(_names(text)))


def _objects(content: bytes) -> Iterator[tuple[bytes, list[int]]]:
    """The text of each object, and where the bytes of its stream may begin, if it has one."""
    left = MOST_OVERLAP * len(content)
    for beginning in BEGINNING.finditer(content):
        end, streams = _end_of(content, beginning.end())
        left -= end - beginning.end()
        if left < 0:
            raise BadFile(DAMAGED)
        yield content[beginning.end() : end], streams


def _end_of(content: bytes, start: int) -> tuple[int, list[int]]:
    """Where an object ends, read as a reader program does: strings and comments hide what is in them.

    Depth counts brackets of both kinds: where they do not match, more is read rather than less. So a
    stream may begin at several places, of which the last ends the object.
    """
    at, depth, closed, streams = start, 0, False, list[int]()
    while token := TOKEN.search(content, at):
        at, word = token.end(), token[0]
        if word in (b"<<", b"["):
            depth += 1
        elif word in (b">>", b"]"):
            depth = max(depth - 1, 0)
        elif word == b"(":
            at = _end_of_string(content, at)
        elif word.startswith(b"endobj") and not depth:
            return token.start(), streams
        elif word.startswith(b"stream"):
            streams.append(_next_line(content, token.start() + len(b"stream")))
            if closed and not depth:
                return token.start(), streams
        closed = word == b">>" or (closed and word.startswith(b"%"))
    return len(content), streams


def _next_line(content: bytes, at: int) -> int:
    """Where the line begins that follows the end of a line at this place; the place where none ends."""
    return at + next((len(end) for end in LINE_ENDS if content.startswith(end, at)), 0)


def _end_of_string(content: bytes, at: int) -> int:
    depth = 1
    for token in IN_STRING.finditer(content, at):
        if token[0] in b"()":
            depth += 1 if token[0] == b"(" else -1
            if not depth:
                return token.end()
    return len(content)


def _names(text: bytes) -> list[str]:
    """Every name in a text, however it is spelt; what looks like one in a string counts as well."""
    if b"#" in text:
        text = ESCAPED.sub(lambda code: bytes([int(code[1], 16)]), text)
    return [name.decode("latin-1") for name in NAME.findall(text)]


def _refuse(names: set[str]) -> None:
    for name, sentence in FORBIDDEN.items():
        if name in names:
            raise BadFile(sentence)


def _unpacked(content: bytes, names: list[str], stream: int, most: int) -> bytes:
    """What is in an object stream, packed the one way that every writer packs it."""
    filters = [name for name in names if name in FILTERS]
    if filters not in (["FlateDecode"], ["Fl"]) or "Predictor" in names:
        raise BadFile(ODD)
    unpacking, text = zlib.decompressobj(), bytearray()
    try:
        # Piece by piece: what follows the stream is not copied for each.
        for at in range(stream, len(content), CHUNK):
            text += unpacking.decompress(content[at : at + CHUNK], most + 1 - len(text))
            if len(text) > most:
                raise BadFile(SWOLLEN)
            if unpacking.eof:
                break
    except zlib.error as error:
        raise BadFile(DAMAGED) from error
    return bytes(text)
