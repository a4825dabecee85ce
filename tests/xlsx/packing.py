"""Workbooks as bytes, put together part by part."""

from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook

SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
ROW = '<row r="1"><c r="A1" t="inlineStr"><is><t>账号名称</t></is></c></row>'


def workbook(*rows: list) -> bytes:
    """A plain workbook of one sheet."""
    book = Workbook()
    for row in rows or (["账号名称", "群人数"], ["信工之声", 350]):
        book.active.append(row)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def changed(content: bytes, parts: dict[str, bytes | Iterable[bytes]] | None = None, drop: str = "") -> bytes:
    """The same package with parts put in its place or beside them, and one left out.

    A part that is large comes piece by piece: it is never in memory whole.
    """
    parts, file = dict(parts or {}), BytesIO()
    with ZipFile(BytesIO(content)) as old, ZipFile(file, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name != drop:
                _write(new, name, parts.pop(name, old.read(name)))
        for name, words in parts.items():
            _write(new, name, words)
    return file.getvalue()


def _write(package: ZipFile, name: str, words: bytes | Iterable[bytes]) -> None:
    if isinstance(words, bytes):
        package.writestr(name, words)
        return
    with package.open(name, "w") as part:
        for piece in words:
            part.write(piece)


def swollen(part: bytes, at: bytes, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """A part with pieces put in before a place."""
    before, after = part.split(at)
    yield before
    yield from pieces
    yield at + after


def in_pieces(make: Callable[[int], str], numbers: range) -> Iterator[bytes]:
    """What is made of each number, some thousand at a time."""
    for start in range(0, len(numbers), 4096):
        yield "".join(map(make, numbers[start : start + 4096])).encode()


def sheet(data: str, before: str = "", after: str = "") -> bytes:
    """A worksheet part around rows."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="{MAIN}">{before}'
        f"<sheetData>{data}</sheetData>{after}</worksheet>"
    ).encode()


def with_sheet(data: str, before: str = "", after: str = "") -> bytes:
    return changed(workbook(), {SHEET: sheet(data, before, after)})


def with_strings(words: str, data: str = ROW) -> bytes:
    """A sheet whose cells share texts, as Excel writes them."""
    with ZipFile(BytesIO(workbook())) as package:
        relations = package.read(RELATIONS).decode()
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    one = f'<Relationship Type="{kind}" Target="sharedStrings.xml" Id="rId9"/></Relationships>'
    part = f'<?xml version="1.0"?><sst xmlns="{MAIN}">{words}</sst>'
    return changed(
        with_sheet(data),
        {RELATIONS: relations.replace("</Relationships>", one).encode(), STRINGS: part.encode()},
    )
