"""What a file is that is no workbook, and what to do with it."""

from models.xlsx.damaged import SAVE_ANEW

OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*")
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
OTHER_ARCHIVES = (b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")
# OLE2 keeps the names of its streams in UTF-16.
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")

SAVE_AS = "请用 Excel 或 WPS 打开它，选“另存为”，类型选“Excel 工作簿（*.xlsx）”，再上传新文件。"
CUT_OFF = f"文件不完整，可能没有下载完或保存时中断了。{SAVE_ANEW}"


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
        return (
            "这是苹果 Numbers 表格，读不了。"
            "请在 Numbers 里选“文件—导出为—Excel”，再上传导出的 .xlsx。"
        )
    for folder, kind in (("word/", "Word 文档"), ("ppt/", "演示文稿")):
        if any(name.startswith(folder) for name in names):
            return f"这是{kind}，不是表格。请上传 .xlsx 表格。"
    if "[content_types].xml" not in names:
        if any(name.endswith((".xlsx", ".xls", ".et")) for name in names):
            return "这是压缩包。请先解压，再上传里面的 .xlsx 文件。"
        return f"这不是 .xlsx 表格。{SAVE_AS}"
    return ""
