"""Before anything is read of an uploaded file: is it a workbook, and a harmless one?

Everything is judged from the archive's list and from its parts as plain bytes, with a bound on
each: no parser has seen the file yet.
"""

import re
import struct
import zlib
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from models.xlsx.worksheet import SAVE_ANEW, BadWorkbook, damaged

OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*")
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
OTHER_ARCHIVES = (b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")
# OLE2 keeps the names of its streams in UTF-16.
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
SAVE_AS = "请用 Excel 或 WPS 打开它，选“另存为”，类型选“Excel 工作簿（*.xlsx）”，再上传新文件。"
CUT_OFF = f"文件不完整，可能没有下载完或保存时中断了。{SAVE_ANEW}"
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
    if problem := sentence(content, name):
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
    except (BadZipFile, EOFError, zlib.error):
        raise BadWorkbook(CUT_OFF) from None
    except (ValueError, OSError, NotImplementedError, RuntimeError, struct.error, LookupError):
        raise damaged() from None


def _check_list(parts: list[ZipInfo]) -> None:
    names = {part.filename.lower() for part in parts}
    _check_sizes(parts)
    if problem := other_package(names):
        raise BadWorkbook(problem)
    if len(names) < len(parts):
        raise damaged()
    if any(name.startswith(MACROS) for name in names):
        raise BadWorkbook(f"文件里带有宏，不能上传。{SAVE_AS}")
    if any(name.startswith(EMBEDDED) for name in names):
        raise BadWorkbook(
            "文件里嵌有其他文件或控件，不能上传。请把它们删去，或只复制表格内容粘贴到一个新的工作簿后再上传。"
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
    encoding = _ENCODING.search(chunk.removeprefix(b"\xef\xbb\xbf")[:1000])
    if chunk.startswith((b"\xff\xfe", b"\xfe\xff")) or (
        encoding and encoding[1].lower() not in (b"utf-8", b"utf8", b"us-ascii", b"ascii")
    ):
        raise damaged()


def sentence(content: bytes, name: str) -> str:
    """What a file that is no zip archive is; '' when it is one."""
    ending = name.lower().rpartition(".")[2]
    if not content:
        return "文件是空的。请打开原文件确认有内容，保存后重新上传。"
    if content.startswith(ZIP):
        return ""
    if content.startswith(OLE2):
        return _of_ole2(content, ending)
    if _is_picture(content):
        return "这是一张图片，不是表格。请上传表格的原文件（.xlsx）。"
    if content.startswith(b"%PDF"):
        return "这是 PDF 文件，不是表格。请上传表格的原文件（.xlsx）。"
    if content.startswith(OTHER_ARCHIVES):
        return "这是压缩包。请先解压，再上传里面的 .xlsx 文件。"
    return _of_text(content, ending)


def _is_picture(content: bytes) -> bool:
    # A text may begin with BM; a bitmap has four bytes of nothing after its size.
    return (
        content.startswith(PICTURES)
        or content[8:12] == b"WEBP"
        or content[4:8] == b"ftyp"
        or (content.startswith(b"BM") and content[6:10] == bytes(4))
    )


def _of_ole2(content: bytes, ending: str) -> str:
    if ENCRYPTED in content:
        return (
            "文件设了打开密码，读不了。请用 Excel 或 WPS 打开它，"
            "在“文件—信息—保护工作簿（文件加密）”里去掉密码，保存后再上传。"
        )
    if ending in ("doc", "wps", "ppt", "dps"):
        return f"这不是表格文件（.{ending}）。请上传 .xlsx 表格。"
    kind = "WPS 表格的 .et 格式" if ending in ("et", "ett") else "旧版 Excel 的 .xls 格式"
    return f"这是{kind}，读不了。{SAVE_AS}"


def _of_text(content: bytes, ending: str) -> str:
    start = content[:4096]
    head = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<html", b"<!doctype html", b"<table", b"<?xml", b"mime-version")):
        return f"这是网页或 XML 格式的表格（改了扩展名），读不了。{SAVE_AS}"
    if ending in ("csv", "txt", "tsv") or _is_text(start):
        return f"这是文本格式（如 .csv）的表格，读不了。{SAVE_AS}"
    return f"这不是 .xlsx 表格，或者文件已损坏。{SAVE_AS}"


def _is_text(start: bytes) -> bool:
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    if b"\x00" in start:
        return False
    for encoding in ("utf-8", "gb18030"):
        # The last character may be cut in two.
        if any(_decodes(start[: len(start) - cut], encoding) for cut in range(4)):
            return True
    return False


def _decodes(start: bytes, encoding: str) -> bool:
    try:
        start.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def other_package(names: set[str]) -> str:
    """What a zip archive is that holds no workbook of Excel; '' when it holds one."""
    if "xl/workbook.bin" in names:
        return f"这是 .xlsb 格式，读不了。{SAVE_AS}"
    if "mimetype" in names and "content.xml" in names:
        return f"这是 .ods 格式的表格，读不了。{SAVE_AS}"
    if any(name.startswith("index/") or name == "index.zip" for name in names):
        return "这是苹果 Numbers 表格，读不了。请在 Numbers 里选“文件—导出为—Excel”，再上传导出的 .xlsx。"
    for folder, kind in (("word/", "Word 文档"), ("ppt/", "演示文稿")):
        if any(name.startswith(folder) for name in names):
            return f"这是{kind}，不是表格。请上传 .xlsx 表格。"
    if "[content_types].xml" not in names:
        if any(name.endswith((".xlsx", ".xls", ".et")) for name in names):
            return "这是压缩包。请先解压，再上传里面的 .xlsx 文件。"
        return f"这不是 .xlsx 表格。{SAVE_AS}"
    return ""
