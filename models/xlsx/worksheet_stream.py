"""One worksheet as a stream: its rows with what stands in them, and its merged areas."""

from typing import NamedTuple

from openpyxl.utils.cell import column_index_from_string, get_column_letter, range_boundaries

from models.xlsx import cell_text
from models.xlsx.cell_text import Text
from models.xlsx.package import LONGEST_TEXT, Package
from models.xlsx.worksheet import BadWorkbook, damaged
from models.xlsx.xml_stream import Attributes, XmlReader

MOST_ROWS, MOST_COLUMNS = 5000, 80
MOST_MERGES = 20_000
# A word typed by mistake at the foot of the sheet: a million rows lie between it and the table.
LAST_ROW = 20_000


class Area(NamedTuple):
    """A merged area; columns count from 0."""

    left: int
    top: int
    right: int
    bottom: int


class StreamedRow(NamedTuple):
    """A row with something in it, by column from 0."""

    number: int
    cells: dict[int, Text]


class Words:
    """The texts and formats that the cells of all sheets share."""

    def __init__(self, package: Package):
        self._texts = package.texts()
        self._known: dict[int, Text] = {}
        self._formats = package.formats()
        self._from_1904 = package.book.from_1904

    def shared(self, words: str) -> Text:
        number = int(words) if words.isascii() and words.isdigit() and len(words) < 10 else -1
        if number not in self._known:
            if not 0 <= number < len(self._texts):
                raise damaged()
            self._known[number] = cell_text.of_words(self._texts[number])
        return self._known[number]

    def number(self, words: str, style: str) -> Text:
        if not words:
            return Text("")
        at = int(style) if style.isascii() and style.isdigit() and len(style) < 10 else 0
        code = self._formats[at] if at < len(self._formats) else "General"
        return cell_text.of_number(words, code, self._from_1904)


class SheetReader(XmlReader):
    """Gathers `rows` (the reader takes them out while reading goes on) and `areas`."""

    longest_text = LONGEST_TEXT

    def __init__(self, name: str, words: Words):
        super().__init__()
        self.rows: list[StreamedRow] = []
        self.areas: list[Area] = []
        self._name, self._words = name, words
        self._number = 0
        self._cells: dict[int, Text] = {}
        self._column = -1
        self._attributes: Attributes = {}
        self._value: str | None = None
        self._runs: list[str] = []
        self._formula = self._reading = False
        self.opening = {
            "row": self._open_row,
            "c": self._open_cell,
            "v": self.listen,
            "t": self._open_run,
            "f": self._open_formula,
            "rPh": self._open_reading,
            "mergeCell": self._merge,
        }
        self.closing = {
            "row": self._close_row,
            "c": self._close_cell,
            "v": self._close_value,
            "t": self._close_run,
            "rPh": self._close_reading,
        }

    def _open_row(self, attributes: Attributes) -> None:
        before, written = self._number, attributes.get("r")
        self._number = _row_number(written) if written else before + 1
        if self._number <= before:
            raise damaged()
        self._column, self._cells = -1, {}

    def _close_row(self) -> None:
        if self._cells:
            if self._number > LAST_ROW:
                raise BadWorkbook(
                    f"“{self._name}”第{self._number}行还有内容，离表头太远（最多读到第"
                    f"{LAST_ROW}行）。请删去表格下方多余的内容后再上传。"
                )
            self.rows.append(StreamedRow(self._number, self._cells))
            self._cells = {}

    def _open_cell(self, attributes: Attributes) -> None:
        self._attributes, self._value, self._formula = attributes, None, False

    def _close_cell(self) -> None:
        written = self._attributes.get("r")
        self._column = _column(written) if written else self._column + 1
        if self._value is None and not self._runs and not self._formula:
            return  # only a border or a colour
        text = self._text()
        if text.text or text.damage:
            if self._column >= MOST_COLUMNS:
                raise BadWorkbook(
                    f"“{self._name}”第{self._number}行的 {get_column_letter(self._column + 1)} 列"
                    f"还有内容，一张表最多读{MOST_COLUMNS}列。请删去右侧多余的内容后再上传。"
                )
            self._cells[self._column] = text

    def _text(self) -> Text:
        value, kind = self._value, self._attributes.get("t", "n")
        if kind == "inlineStr":
            return cell_text.of_words("".join(self._take_runs()))
        # A program that does not reckon leaves the number out, or empty.
        if value is None or (kind == "n" and not value.strip()):
            return Text("", cell_text.UNRECKONED if self._formula else "")
        if kind == "s":
            return self._words.shared(value.strip())
        if kind == "n":
            return self._words.number(value.strip(), self._attributes.get("s", "0"))
        read = {"b": cell_text.of_boolean, "e": cell_text.of_error, "d": cell_text.of_iso}
        return read.get(kind, cell_text.of_words)(value)

    def _take_runs(self) -> list[str]:
        runs, self._runs = self._runs, []
        return runs

    def _open_formula(self, _: Attributes) -> None:
        self._formula = True

    def _close_value(self) -> None:
        self._value = self.heard()

    def _open_reading(self, _: Attributes) -> None:
        self._reading = True

    def _close_reading(self) -> None:
        self._reading = False

    def _open_run(self, _: Attributes) -> None:
        if not self._reading:
            self.listen()

    def _close_run(self) -> None:
        if self.listening:
            self._runs.append(self.heard())

    def _merge(self, attributes: Attributes) -> None:
        if len(self.areas) >= MOST_MERGES:
            raise BadWorkbook(
                f"“{self._name}”的合并单元格太多（超过{MOST_MERGES}处），"
                "请选中整张表，取消合并单元格，补全内容后再上传。"
            )
        try:
            left, top, right, bottom = range_boundaries(attributes.get("ref", ""))
        except (ValueError, TypeError):
            raise damaged() from None
        if left is not None and top is not None and right is not None and bottom is not None:
            self.areas.append(Area(left - 1, top, right - 1, bottom))


def _row_number(written: str) -> int:
    if not (written.isascii() and written.isdigit() and len(written) <= 7):
        raise damaged()
    return int(written)


def _column(place: str) -> int:
    """The column of a cell's place (B12), from 0."""
    letters = place.rstrip("0123456789")
    try:
        return column_index_from_string(letters) - 1
    except (ValueError, KeyError):
        raise damaged() from None
