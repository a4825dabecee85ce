"""The inside of an .xlsx: which parts it has, its sheets, shared texts and number formats."""

import posixpath
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import NamedTuple
from zipfile import BadZipFile, ZipFile, ZipInfo

from openpyxl.styles.numbers import BUILTIN_FORMATS

from models.xlsx.worksheet import BadWorkbook, damaged
from models.xlsx.xml_stream import Attributes, XmlReader, local

LONGEST_TEXT = 32_767  # what a cell of Excel can hold
MOST_TEXTS, MOST_CHARACTERS = 400_000, 10_000_000
MOST_STYLES = 200_000  # a cell of Excel has one of 65 490
# Of all parts together: three for every cell that can be read, or a million empty rows.
MOST_ELEMENTS = 1_250_000
ANEW = "请只复制有内容的区域，粘贴（选“数值”）到一个新的工作簿后再上传。"
# A Chinese Excel gives these without writing them down, and openpyxl does not know them.
CHINESE_FORMATS = (
    dict.fromkeys((27, 36, 50, 52, 57), 'yyyy"年"m"月"')
    | dict.fromkeys((28, 29, 51, 53, 54, 58), 'm"月"d"日"')
    | {30: "m-d-yy", 31: 'yyyy"年"m"月"d"日"'}
    | dict.fromkeys((32, 34, 55), "h:mm")
    | dict.fromkeys((33, 35, 56), "h:mm:ss")
)


class Place(NamedTuple):
    """A visible sheet: its name and its part."""

    name: str
    part: str


class Package:
    """A workbook's parts, found by their relations. Raises BadWorkbook while reading any."""

    def __init__(self, content: bytes):
        self._elements = 0
        try:
            self._zip = ZipFile(BytesIO(content))
        except (BadZipFile, ValueError, NotImplementedError, OSError):
            raise damaged() from None
        main = [relation for relation in self._relations("") if relation.kind == "officeDocument"]
        if not main:
            raise damaged()
        self._main = main[0].target
        self._beside = self._relations(self._main)
        self.book = _Book()
        self._read(self._main, self.book)

    def sheets(self) -> list[Place]:
        """The visible worksheets in the order of their tabs."""
        parts = {part.id: part.target for part in self._beside if part.kind == "worksheet"}
        return [Place(name, parts[key]) for name, key in self.book.visible if key in parts]

    def texts(self) -> list[str]:
        """The texts that cells share, by number."""
        reader = _Texts()
        self._read_beside("sharedStrings", reader)
        return reader.texts

    def formats(self) -> list[str]:
        """The number format of every style, by number."""
        reader = _Styles()
        self._read_beside("styles", reader)
        return [reader.codes.get(number, "General") for number in reader.styles]

    def read(self, part: str, reader: XmlReader) -> Iterator[None]:
        """Read a part chunk by chunk."""
        before = self._elements
        try:
            with self._zip.open(self._info(part)) as stream:
                for _ in reader.read(stream):
                    self._elements = before + reader.elements
                    if self._elements > MOST_ELEMENTS:
                        raise BadWorkbook(f"表格里设了格式的空白单元格太多。{ANEW}")
                    yield
        except (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError):
            raise damaged() from None

    def _read(self, part: str, reader: XmlReader) -> None:
        for _ in self.read(part, reader):
            pass

    def _read_beside(self, kind: str, reader: XmlReader) -> None:
        for relation in self._beside:
            if relation.kind == kind:
                self._read(relation.target, reader)
                return

    def _info(self, part: str) -> ZipInfo:
        try:
            return self._zip.getinfo(part)
        except KeyError:
            raise damaged() from None

    def _relations(self, part: str) -> list["_Relation"]:
        folder, name = posixpath.split(part)
        reader = _Relations(folder)
        beside = posixpath.join(folder, "_rels", f"{name}.rels")
        self._read(beside, reader)
        return reader.relations


class _Relation(NamedTuple):
    id: str
    kind: str
    target: str


class _Relations(XmlReader):
    def __init__(self, folder: str):
        super().__init__()
        self.relations: list[_Relation] = []
        self._folder = folder
        self.opening = {"Relationship": self._relation}

    def _relation(self, attributes: Attributes) -> None:
        if attributes.get("TargetMode") != "External":
            target = posixpath.join("/", self._folder, attributes.get("Target", ""))
            self.relations.append(_Relation(
                attributes.get("Id", ""), attributes.get("Type", "").rpartition("/")[2],
                posixpath.normpath(target).lstrip("/"),
            ))  # fmt: skip


class _Book(XmlReader):
    """The sheets' names and states, and where days are counted from."""

    def __init__(self) -> None:
        super().__init__()
        self.visible: list[tuple[str, str]] = []
        self.from_1904 = False
        self.opening = {"sheet": self._sheet, "workbookPr": self._properties}

    def _sheet(self, attributes: Attributes) -> None:
        if attributes.get("state", "visible") == "visible":
            key = next((attributes[name] for name in attributes if local(name) == "id"), "")
            self.visible.append((attributes.get("name", ""), key))

    def _properties(self, attributes: Attributes) -> None:
        self.from_1904 = attributes.get("date1904") in ("1", "true")


class _Texts(XmlReader):
    """Shared strings: the runs of a rich text in one, readings (rPh) left out."""

    longest_text = LONGEST_TEXT

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._runs: list[str] = []
        self._total = 0
        self._reading = False
        self.opening = {"si": self._begin, "t": self._listen, "rPh": self._mute}
        self.closing = {"si": self._end, "t": self._take, "rPh": self._unmute}

    def _begin(self, _: Attributes) -> None:
        self._runs = []

    def _mute(self, _: Attributes) -> None:
        self._reading = True

    def _unmute(self) -> None:
        self._reading = False

    def _listen(self, _: Attributes) -> None:
        if not self._reading:
            self.listen()

    def _take(self) -> None:
        if self.listening:
            self._runs.append(self.heard())

    def _end(self) -> None:
        text = "".join(self._runs)
        self._total += len(text)
        self.texts.append(text)
        if len(self.texts) > MOST_TEXTS or self._total > MOST_CHARACTERS:
            raise BadWorkbook(f"表格里的文字太多。{ANEW}")


class _Styles(XmlReader):
    def __init__(self) -> None:
        super().__init__()
        self.codes = BUILTIN_FORMATS | CHINESE_FORMATS
        self.styles: list[int] = []
        self._inside, self._count = "", 0
        self.opening = {
            "numFmts": lambda _: self._enter("numFmts"),
            "numFmt": self._format,
            "cellXfs": lambda _: self._enter("cellXfs"),
            "xf": self._style,
        }
        self.closing = {"numFmts": self._leave, "cellXfs": self._leave}

    def _enter(self, name: str) -> None:
        self._inside = name

    def _leave(self) -> None:
        self._inside = ""

    def _format(self, attributes: Attributes) -> None:
        if self._inside == "numFmts" and len(self.codes) < MOST_STYLES:
            self.codes[_whole(attributes.get("numFmtId"))] = attributes.get("formatCode", "")

    def _style(self, attributes: Attributes) -> None:
        self._count += 1
        if self._count > MOST_STYLES:
            raise BadWorkbook(f"表格里的单元格格式太多。{ANEW}")
        if self._inside == "cellXfs":
            self.styles.append(_whole(attributes.get("numFmtId")))


def _whole(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0
