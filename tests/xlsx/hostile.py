"""Files that nobody should have to open: each as it would be uploaded, with its name."""

import random
import struct
import zlib
from collections.abc import Callable, Iterable
from io import BytesIO
from itertools import repeat
from typing import NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from tests.xlsx.packing import (
    MAIN,
    ROW,
    SHEET,
    STRINGS,
    changed,
    in_pieces,
    sheet,
    swollen,
    with_sheet,
    with_strings,
    workbook,
)

TYPES = "[Content_Types].xml"
BIG = 64 << 20


class Hostile(NamedTuple):
    """A file, its name, and a piece of the sentence it has to get ('': it may also be read)."""

    name: str
    content: bytes
    sentence: str


def with_rows(pieces: Iterable[bytes], data: str = "") -> bytes:
    """A sheet of these rows, which are never in memory together; `data`: those before them."""
    return changed(workbook(), {SHEET: swollen(sheet(data), b"</sheetData>", pieces)})


def with_texts(words: str, at: bytes, pieces: Iterable[bytes]) -> bytes:
    """A sheet whose cells share these texts, with pieces put in before a place."""
    content = with_strings(words)
    with ZipFile(BytesIO(content)) as package:
        part = package.read(STRINGS)
    return changed(content, {STRINGS: swollen(part, at, pieces)})


def noise(length: int) -> str:
    """Text that cannot be packed to nothing."""
    return random.Random(length).randbytes(length // 2).hex()


def lying(checksum: bool) -> bytes:
    """64 MB of which the list owns up to the first hundred bytes only; the checksum may lie too."""
    whole = sheet(ROW).ljust(BIG, b" ")
    content = bytearray(changed(workbook(), {SHEET: whole}))
    at = content.rfind(b"PK\x01\x02")
    while content[at + 46 : at + 46 + len(SHEET)] != SHEET.encode():
        at = content.rfind(b"PK\x01\x02", 0, at)
    if checksum:
        content[at + 16 : at + 20] = struct.pack("<I", zlib.crc32(whole[:100]))
    content[at + 24 : at + 28] = struct.pack("<I", 100)
    return bytes(content)


def twice() -> bytes:
    content = workbook()
    file = BytesIO(content)
    with ZipFile(file, "a") as package:
        info = ZipInfo(SHEET.upper())
        package.writestr(info, sheet(ROW))
    return file.getvalue()


def encrypted_entries() -> bytes:
    """Every entry says that it has a password."""
    content = bytearray(workbook())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(mark)
        while at >= 0:
            content[at + place] |= 1
            at = content.find(mark, at + 4)
    return bytes(content)


def ole2(*streams: str) -> bytes:
    """As much of a compound file as its head and its directory of streams."""
    names = b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in streams)
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0") + names.ljust(4096, b"\0")


def archive(**parts: bytes) -> bytes:
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as package:
        for name, words in parts.items():
            package.writestr(name.replace("__", "/"), words)
    return file.getvalue()


def macros() -> bytes:
    return changed(workbook(), {"xl/vbaProject.bin": b"\0" * 100})


def macro_kind() -> bytes:
    with ZipFile(BytesIO(workbook())) as package:
        types = package.read(TYPES)
    main = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    return changed(
        workbook(), {TYPES: types.replace(main, b"application/vnd.ms-excel.sheet.macroEnabled.main+xml")}
    )


def entities(encoding: str = "utf-8") -> bytes:
    words = f"""<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">
    <!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>
    <worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&c;</t></is>
    </c></row></sheetData></worksheet>"""
    return changed(workbook(), {SHEET: words.encode(encoding)})


def entity_far_in() -> bytes:
    """Between two chunks, behind a long comment."""
    late = sheet(ROW, before=f"<!--{noise(300_000)}-->")
    at = (1 << 18) - 5
    return changed(workbook(), {SHEET: late[:at] + b'<!ENTITY a "b">' + late[at:]})


def deep() -> bytes:
    dice = random.Random(1)
    return with_sheet("".join(f"<a{dice.randrange(500)}>" for _ in range(900_000)))


def many_names() -> bytes:
    return with_rows(in_pieces(lambda n: f'<row r="{n + 1}" a{n}="1"/>', range(900_000)))


def empty_rows(count: int) -> bytes:
    dice = random.Random(count)
    return with_rows(
        in_pieces(
            lambda n: f'<row r="{n}" ht="{dice.randrange(99)}"><c r="A{n}" s="1"/></row>', range(2, count)
        ),
        ROW,
    )


def long_parts() -> bytes:
    """More than may be unpacked, in parts that are no bombs."""
    parts = {
        f"xl/a{number}.xml": in_pieces(lambda n: f"<!--{'a' * 90}{n}-->", range(300_000))
        for number in range(3)
    }
    return changed(with_sheet(ROW), parts)


def empty_cells() -> bytes:
    dice = random.Random(3)
    cells = [f'<c s="{number}"/>' for number in range(400)]
    return with_rows(in_pieces(lambda _: f"<row>{''.join(dice.choices(cells, k=100))}</row>", range(22_000)))


def merges(count: int) -> bytes:
    refs = "".join(f'<mergeCell ref="A{n}:A{n + 1}"/>' for n in range(2, 2 * count, 2))
    return with_sheet(ROW, after=f"<mergeCells>{refs}</mergeCells>")


def overlapping() -> bytes:
    data = "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(1, 4001))
    refs = "".join(f'<mergeCell ref="A1:B{n}"/>' for n in range(1_000_000, 1_019_000))
    wide = '<row r="5000"><c r="H5000"><v>1</v></c></row>'
    return with_sheet(data + wide, after=f"<mergeCells>{refs}</mergeCells>")


def bomb() -> bytes:
    return with_rows(repeat(b" " * (1 << 20), BIG >> 20), ROW)


def long_string(megabytes: int) -> bytes:
    return with_texts("<si><t></t></si>", b"</t>", repeat(b"a" * (1 << 20), megabytes))


def short_strings() -> bytes:
    return with_texts("", b"</sst>", in_pieces(lambda n: f"<si><t>{n}</t></si>", range(1_500_000)))


def one_text_everywhere() -> bytes:
    cells = '<c t="s"><v>0</v></c>' * 80
    rows = "".join(f'<row r="{n}">{cells}</row>' for n in range(1, 5001))
    return with_strings(f"<si><t>{'长' * 32_000}</t></si>", rows)


def many_styles() -> bytes:
    part = f'<?xml version="1.0"?><styleSheet xmlns="{MAIN}"><cellXfs></cellXfs></styleSheet>'.encode()
    xfs = in_pieces(lambda n: f'<xf numFmtId="{n % 300}" fontId="{n}"/>', range(1_200_000))
    return changed(workbook(), {"xl/styles.xml": swollen(part, b"</cellXfs>", xfs)})


CSV = "账号名称,群人数\n信工之声,350\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 100

# Made when asked for: some take a second.
FILES: dict[str, Callable[[], Hostile]] = {
    "an empty file": lambda: Hostile("a.xlsx", b"", "文件是空的"),
    "an .xls": lambda: Hostile("a.xls", ole2("Workbook"), ".xls 格式"),
    "an .xls renamed": lambda: Hostile("a.xlsx", ole2("Workbook"), "另存为"),
    "an .et": lambda: Hostile("a.et", ole2("Workbook"), ".et 格式"),
    "a password": lambda: Hostile("a.xlsx", ole2("EncryptionInfo", "EncryptedPackage"), "去掉密码"),
    "a zip with a password": lambda: Hostile("a.xlsx", encrypted_entries(), "去掉密码"),
    "a .csv in GBK": lambda: Hostile("a.csv", CSV.encode("gbk"), "文本格式"),
    "a .csv in GBK renamed": lambda: Hostile("a.xlsx", CSV.encode("gbk"), "文本格式"),
    "a .csv in UTF-8": lambda: Hostile("a.csv", CSV.encode(), "文本格式"),
    "a .csv in UTF-16": lambda: Hostile("a.xlsx", CSV.encode("utf-16"), "文本格式"),
    "a page named .xls": lambda: Hostile("a.xls", b"\n<html><table>", "网页"),
    "a picture renamed": lambda: Hostile("a.xlsx", PNG, "图片"),
    "a PDF renamed": lambda: Hostile("a.xlsx", b"%PDF-1.7", "PDF"),
    "an .ods": lambda: Hostile("a.ods", archive(mimetype=b"x", **{"content.xml": b"<x/>"}), ".ods"),
    "a .numbers": lambda: Hostile("a.numbers", archive(Index__Tables=b""), "Numbers"),
    "a .docx": lambda: Hostile("a.xlsx", archive(word__document=b""), "Word"),
    "an .xlsb": lambda: Hostile("a.xlsb", changed(workbook(), {"xl/workbook.bin": b""}), ".xlsb"),
    "a zip around a workbook": lambda: Hostile("a.zip", archive(**{"a.xlsx": workbook()}), "解压"),
    "noise": lambda: Hostile("a.xlsx", random.Random(1).randbytes(5000), "不是 .xlsx"),
    "half a file": lambda: Hostile("a.xlsx", workbook()[:3000], "不完整"),
    "six megabytes": lambda: Hostile("a.xlsx", workbook() + bytes(6 << 20), "最多 5 MB"),
    "two thousand parts": lambda: Hostile(
        "a.xlsx", changed(workbook(), {f"xl/media/{n}": b"" for n in range(2000)}), "部分"
    ),
    "a bomb": lambda: Hostile("a.xlsx", bomb(), "太大"),
    "a bomb beside the sheet": lambda: Hostile(
        "a.xlsx", changed(workbook(), {"xl/media/a.png": bytes(BIG)}), "太大"
    ),
    "ninety megabytes": lambda: Hostile("a.xlsx", long_parts(), "太大"),
    "a string of 300 MB": lambda: Hostile("a.xlsx", long_string(300), "太大"),
    "a string of 8 MB": lambda: Hostile("a.xlsx", with_strings(f"<si><t>{noise(8 << 20)}</t></si>"), "太长"),
    "a million and a half strings": lambda: Hostile("a.xlsx", short_strings(), "太多"),
    "one long text in every cell": lambda: Hostile("a.xlsx", one_text_everywhere(), "太多"),
    "an entity": lambda: Hostile("a.xlsx", entities(), "实体"),
    "an entity in UTF-16": lambda: Hostile("a.xlsx", entities("utf-16"), "文件已损坏"),
    "an entity far in": lambda: Hostile("a.xlsx", entity_far_in(), "实体"),
    "macros": lambda: Hostile("a.xlsx", macros(), "宏"),
    "an .xlsm": lambda: Hostile("a.xlsm", macro_kind(), ".xlsm"),
    "another file's cells": lambda: Hostile(
        "a.xlsx", changed(workbook(), {"xl/externalLinks/externalLink1.xml": b"<x/>"}), "其他文件"
    ),
    "an embedded object": lambda: Hostile(
        "a.xlsx", changed(workbook(), {"xl/embeddings/oleObject1.bin": b"x"}), "嵌有"
    ),
    "a part that is there twice": lambda: Hostile("a.xlsx", twice(), "文件已损坏"),
    "a size that is too small": lambda: Hostile("a.xlsx", lying(False), "不完整"),
    "a size and a checksum that lie": lambda: Hostile("a.xlsx", lying(True), "文件已损坏"),
    "no sheet": lambda: Hostile("a.xlsx", changed(workbook(), drop=SHEET), "文件已损坏"),
    "elements in elements": lambda: Hostile("a.xlsx", deep(), "文件已损坏"),
    "a million names": lambda: Hostile("a.xlsx", many_names(), "文件已损坏"),
    "a lying dimension": lambda: Hostile(
        "a.xlsx", with_sheet(ROW, before='<dimension ref="A1:XFD1048576"/>'), ""
    ),
    "a cell in the last corner": lambda: Hostile(
        "a.xlsx", with_sheet(ROW + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'), "最多读80列"
    ),
    "a cell nowhere": lambda: Hostile(
        "a.xlsx", with_sheet('<row r="1"><c r="12"><v>1</v></c></row>'), "文件已损坏"
    ),
    "half a million empty rows": lambda: Hostile("a.xlsx", empty_rows(500_000), ""),
    "a million empty rows": lambda: Hostile(
        "a.xlsx", with_rows(in_pieces(lambda n: f'<row r="{n}" s="1"/>', range(2, 1_000_000)), ROW), ""
    ),
    "three million empty cells": lambda: Hostile("a.xlsx", empty_cells(), "空白"),
    "a hundred thousand merges": lambda: Hostile("a.xlsx", merges(100_000), "合并单元格太多"),
    "merges over merges": lambda: Hostile("a.xlsx", overlapping(), "重叠"),
    "a million styles": lambda: Hostile("a.xlsx", many_styles(), "格式太多"),
}
