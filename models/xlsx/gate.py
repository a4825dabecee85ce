"""Before anything is read of an uploaded file: is it a workbook, and a harmless one?

Everything is judged from the archive's list and from its parts as plain bytes, with a bound on
each: no parser has seen the file yet.
"""

import re
from io import BytesIO
from struct import error as StructError
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo
from zlib import error as ZlibError

from models.xlsx import foreign
from models.xlsx.damaged import SAVE_ANEW, BadWorkbook, damaged
from models.xlsx.foreign import SAVE_AS

__all__ = ["BadWorkbook", "check"]

MEGABYTE = 1 << 20
MOST_BYTES, MOST_UNPACKED = 5 * MEGABYTE, 60 * MEGABYTE
MOST_PARTS, MOST_RATIO = 1000, 200
# Small parts are made of repetition without harm.
RATIO_FROM = MEGABYTE
CHUNK = 1 << 18
XML = (".xml", ".rels", ".vml")
KINDS = "[Content_Types].xml"
MACROS = ("xl/vbaproject", "xl/macrosheets/", "xl/dialogsheets/")
EMBEDDED = ("xl/embeddings/", "xl/activex/")
ELSEWHERE = ("xl/externallinks/", "xl/connections", "xl/querytables/", "xl/webextensions/")

_DECLARED = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)", re.I)
_LONGEST_DECLARED = 64
_ENCODING = re.compile(rb"^\s*<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']*)[\"']", re.I)

TOO_LARGE = (
    "请删去图片和用不到的工作表，或只复制有内容的区域粘贴到一个新的工作簿，再上传；也可以分成几个文件。"
)
UNPACKED = (
    "文件解开后太大（超过60 MB），多半是表格下方有大量设了格式的空白行。"
    "请只复制有内容的区域，粘贴到一个新的工作簿后再上传。"
)
PASSWORD = "文件设了密码，读不了。请用 Excel 或 WPS 打开它，去掉密码，保存后再上传。"


def check(content: bytes, name: str) -> None:
    """Raise BadWorkbook for whatever is not a plain .xlsx of a size that can be read at once."""
    if problem := foreign.sentence(content, name):
        raise BadWorkbook(problem)
    if len(content) > MOST_BYTES:
        size = len(content) / MEGABYTE
        raise BadWorkbook(f"文件有 {size:.1f} MB，最多 5 MB。{TOO_LARGE}")
    try:
        with ZipFile(BytesIO(content)) as package:
            _check_list(package.infolist())
            for part in package.infolist():
                if part.filename.lower().endswith(XML):
                    _check_xml(package, part)
    except (BadZipFile, EOFError, ZlibError):
        raise BadWorkbook(foreign.CUT_OFF) from None
    except (ValueError, OSError, NotImplementedError, RuntimeError, StructError, LookupError):
        raise damaged() from None


def _check_list(parts: list[ZipInfo]) -> None:
    names = {part.filename.lower() for part in parts}
    _check_sizes(parts)
    if problem := foreign.other_package(names):
        raise BadWorkbook(problem)
    if len(names) < len(parts):
        raise damaged()
    if any(name.startswith(MACROS) for name in names):
        raise BadWorkbook(f"文件里带有宏，不能上传。{SAVE_AS}")
    if any(name.startswith(EMBEDDED) for name in names):
        raise BadWorkbook(
            "文件里嵌有其他文件或控件，不能上传。请把它们删去，"
            "或只复制表格内容粘贴到一个新的工作簿后再上传。"
        )
    if any(name.startswith(ELSEWHERE) for name in names):
        raise BadWorkbook(
            "表格引用了其他文件或外部数据，不能上传。请全选并复制，用“选择性粘贴—数值”"
            "粘贴到一个新的工作簿后再上传。"
        )


def _check_sizes(parts: list[ZipInfo]) -> None:
    if len(parts) > MOST_PARTS:
        raise BadWorkbook(f"文件里的内容太多（{len(parts)}个部分）。{TOO_LARGE}")
    for part in parts:
        if part.flag_bits & 1:
            raise BadWorkbook(PASSWORD)
        if part.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise damaged()
        packed = max(part.compress_size, 1)
        if part.file_size > RATIO_FROM and part.file_size > MOST_RATIO * packed:
            raise BadWorkbook(UNPACKED)
    if sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise BadWorkbook(UNPACKED)


def _check_xml(package: ZipFile, part: ZipInfo) -> None:
    """Refuse what XML can do to its reader. No more is unpacked than the list owned up to."""
    tail = b""
    with package.open(part) as stream:
        while chunk := stream.read(CHUNK):
            if not tail:
                _check_beginning(chunk)
            seen = tail + chunk
            if b"\x00" in chunk or _DECLARED.search(seen):
                raise BadWorkbook(f"文件里有表格不该有的内容（实体声明），不能上传。{SAVE_ANEW}")
            if part.filename == KINDS and b"macroEnabled" in seen:
                raise BadWorkbook(f"这是带宏的文件（.xlsm），不能上传。{SAVE_AS}")
            tail = seen[-_LONGEST_DECLARED:]


def _check_beginning(chunk: bytes) -> None:
    """UTF-8 and nothing else: in another encoding a declaration looks different."""
    found = _ENCODING.search(chunk.removeprefix(b"\xef\xbb\xbf")[:1000])
    if chunk.startswith((b"\xff\xfe", b"\xfe\xff")) or (
        found and found[1].lower() not in (b"utf-8", b"utf8", b"us-ascii", b"ascii")
    ):
        raise damaged()

