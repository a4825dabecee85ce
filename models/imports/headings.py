"""Which row of a sheet is its header, which column answers what, and which rows are data."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from models.imports.target import PASSED_OVER, Heading
from models.rules.row_key import KEY_HEADING
from models.rules.typed_text import folded
from models.xlsx.worksheet import Sheet, SheetRow

KEY_PATH = "key"
# A name that is remembered has to fit its column; longer texts head nothing.
LONGEST_NAME = 200
_OPENED = str.maketrans("【】〔〕", "[][]")
_DUTY = re.compile(r"[(\[]\s*(?:必填|选填|可不填|非必填)[^)\]]*[)\]]|必填项?$")
_BRACKETS = re.compile(r"[(\[][^()\[\]]*[)\]]")
# 关注人数（万） is another number than 关注人数.
_TELLING = re.compile("[千万亿%]")


class Label(NamedTuple):
    """How a column is headed: `upper` is '' in a header of one row."""

    upper: str
    lower: str

    @property
    def whole(self) -> str:
        """Both lines in one; of a cell that reaches over both, the one."""
        if not self.upper or not self.lower or self.upper == self.lower:
            return self.lower or self.upper
        return f"{self.upper} {self.lower}"


_Spellings = dict[str, list[str]]


class Names:
    """Finds the columns that a target knows; what a person said once goes before its own names."""

    def __init__(self, headings: Iterable[Heading], remembered: Mapping[str, str]):
        self._exact: _Spellings = defaultdict(list)
        self._vague: _Spellings = defaultdict(list)
        self._loose: _Spellings = defaultdict(list)
        known = {PASSED_OVER, KEY_PATH}
        self._add(KEY_PATH, KEY_HEADING, self._exact)
        for heading in headings:
            known.add(heading.path)
            for name in heading.names:
                # Under a group 电话 alone says little: others may be meant as well.
                alone = self._vague if heading.group and name == heading.label else self._exact
                self._add(heading.path, name, alone)
                if heading.group:
                    self._add(heading.path, f"{heading.group}{name}", self._exact)
        self._remembered = {name: path for name, path in remembered.items() if path in known}

    def paths(self, labels: Sequence[Label]) -> list[str]:
        """What each column answers, '' when nobody knows; the surest spellings choose first.

        Two columns that mean the same: the first has it.
        """
        paths = [""] * len(labels)
        for find in self._ways():
            for at, label in enumerate(labels):
                if not paths[at]:
                    before = labels[at - 1].whole if at else ""
                    free = (path for path in find(label, before) if _is_free(path, paths))
                    paths[at] = next(free, "")
        return paths

    def _ways(self) -> list[Callable[[Label, str], Sequence[str]]]:
        return [
            lambda label, _: self._known(label.whole),
            lambda label, _: self._only(label.lower),
            # 负责老师 and beside it 电话 is the teacher's phone.
            lambda label, before: self._known(before + label.lower) if label.lower else (),
            lambda label, _: self._known(label.lower),
            lambda label, _: self._vague.get(normalised(label.lower), ()),
            lambda label, _: self._loose.get(bare(label.whole), ()),
            lambda label, _: self._loose.get(bare(label.lower), ()),
            lambda label, _: self._known(label.upper),
            lambda label, _: self._loose.get(bare(label.upper), ()),
        ]

    def _known(self, name: str) -> Sequence[str]:
        spelling = normalised(name)
        path = self._remembered.get(spelling)
        return (path,) if path else self._exact.get(spelling, ())

    def _only(self, name: str) -> Sequence[str]:
        paths = self._known(name)
        return paths if len(paths) == 1 else ()

    def _add(self, path: str, name: str, exact: _Spellings) -> None:
        for names, spelling in ((exact, normalised(name)), (self._loose, bare(name))):
            if spelling and path not in names[spelling]:
                names[spelling].append(path)


# Titles and remarks above a header are fewer.
LOOKED_AT = 30
LEAST_KNOWN = 2
SILENT = (PASSED_OVER, KEY_PATH)

_NOTE = re.compile(
    r"(?:[备附]\s*注|注|注\s*意(?:\s*事\s*项)?|说\s*明|填[表报写]\s*(?:说\s*明|须\s*知|要\s*求))"
    r"\s*(?:[:：]|$|[0-9０-９一]\s*[.．、])"
)
_SIGNATURE = re.compile(
    r"(?:填[表报]|制表|审核|报送|汇总|联系|主管|分管|单位|负责)(?:人|时间|日期|单位|领导|负责人)?"
    r"[^:：]{0,20}[:：]"
)
_TOTAL = re.compile(r"(?:合|总|小|共)\s*计\s*[:：]?")


@dataclass(frozen=True)
class Match:
    """What was found of a sheet.

    `head`: the number of the header's last row, 0 when there is none; `headings`: how the sheet
    heads each column, `paths`: what the column answers (PASSED_OVER, KEY_PATH, '' when nobody
    knows); `rows`: the rows of data below, as Excel numbers them.
    """

    head: int = 0
    headings: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    rows: list[SheetRow] = field(default_factory=list)


class _Header(NamedTuple):
    """A row, or two, taken for the header; `below` is the index of the first row under it."""

    labels: list[Label]
    paths: list[str]
    below: int

    @property
    def known(self) -> int:
        return sum(path != "" for path in self.paths)


def match(sheet: Sheet, headings: Sequence[Heading], remembered: Mapping[str, str]) -> Match:
    """Find the header and what stands under it.

    In: the sheet, the target's columns, and by normalised spelling the paths that a person once
    gave. Out: an empty Match when no row names two known columns, or a needed one.
    Left out of the rows: notes and all that follows them, repeated headers, totals and signatures,
    and rows that say nothing but a serial number.
    """
    header = _header(sheet.rows, Names(headings, remembered))
    needed = {heading.path for heading in headings if heading.needed}
    if header is None or not _is_header(header, needed):
        return Match()
    rows = list(_data(sheet.rows[header.below :], header))
    paths = [
        path or (PASSED_OVER if not label.whole and _is_unused(at, rows) else "")
        for at, (path, label) in enumerate(zip(header.paths, header.labels, strict=True))
    ]
    names = [re.sub(r"\s*\n\s*", "", label.whole) for label in header.labels]
    return Match(sheet.rows[header.below - 1].number, names, paths, rows)


def _is_header(header: _Header, needed: set[str]) -> bool:
    telling = {path for path in header.paths if path not in ("", PASSED_OVER)}
    return bool(telling) and (header.known >= LEAST_KNOWN or not telling.isdisjoint(needed))


def _header(rows: Sequence[SheetRow], names: Names) -> _Header | None:
    """The row or pair of rows that names the most columns; of equals the first."""
    best = None
    singles = [_single(row, at, names) for at, row in enumerate(rows[:LOOKED_AT])]
    for at, single in enumerate(singles):
        candidates = [single]
        if at + 1 < len(singles):
            pair = _pair(rows[at], rows[at + 1], at, names)
            alone = max(single.known, singles[at + 1].known)
            if pair.known > alone or (pair.known == alone and _are_two(rows[at], rows[at + 1])):
                candidates = [pair, single]
        for candidate in candidates:
            if best is None or candidate.known > best.known:
                best = candidate
    return best


def _single(row: SheetRow, at: int, names: Names) -> _Header:
    labels = [Label("", _name(cell)) for cell in row.cells]
    return _Header(labels, names.paths(labels), at + 1)


def _pair(upper: SheetRow, lower: SheetRow, at: int, names: Names) -> _Header:
    """A name above several columns stands in the first of them only."""
    labels, last = [], ""
    for above, below in zip(map(_name, upper.cells), map(_name, lower.cells), strict=True):
        last = above or last
        labels.append(Label(last if below else above, below))
    return _Header(labels, names.paths(labels), at + 2)


def _are_two(upper: SheetRow, lower: SheetRow) -> bool:
    """Whether cells reach over both rows, as they do in a header of two."""
    return any(upper.cells[at] and upper.cells[at] == lower.cells[at] for at in lower.copied)


def _name(cell: str) -> str:
    return cell if len(cell) <= LONGEST_NAME else ""


def _data(rows: Iterable[SheetRow], header: _Header) -> Iterator[SheetRow]:
    names = [
        {normalised(name) for name in (label.upper, label.lower, label.whole) if name}
        for label in header.labels
    ]
    noted = False
    for row in rows:
        if _repeats(row, names):
            noted = False
            continue
        noted = noted or _begins(row, _NOTE)
        aside = row.wide or _begins(row, _SIGNATURE) or _begins(row, _TOTAL)
        if not noted and not aside and _says_something(row, header.paths):
            yield row


def _repeats(row: SheetRow, names: Sequence[set[str]]) -> bool:
    """A header again, as a table of several pages has it."""
    filled = [at for at, cell in enumerate(row.cells) if cell]
    same = sum(normalised(row.cells[at]) in names[at] for at in filled)
    return same >= LEAST_KNOWN and same * 2 > len(filled)


def _begins(row: SheetRow, words: re.Pattern) -> bool:
    first = next((cell for cell in row.cells if cell), "")
    return words.match(first) is not None


def _says_something(row: SheetRow, paths: Sequence[str]) -> bool:
    return any(
        (cell or at in row.damage) and paths[at] not in SILENT and at not in row.copied
        for at, cell in enumerate(row.cells)
    )


def _is_unused(column: int, rows: Sequence[SheetRow]) -> bool:
    return not any(row.cells[column] or column in row.damage for row in rows)


def missing(sheet: dict, headings: Iterable[Heading]) -> list[str]:
    """The labels of the columns that a sheet cannot do without and has not."""
    return [heading.label for heading in headings if heading.needed and heading.path not in sheet["paths"]]


def is_unknown(sheets: Iterable[dict]) -> bool:
    """Whether somebody has to say what a column is."""
    return any("" in sheet["paths"] for sheet in sheets)


def usable(sheets: Sequence[dict], headings: Sequence[Heading]) -> list[int]:
    """The numbers of the sheets whose rows can be read."""
    return [number for number, sheet in enumerate(sheets) if not why_left_out(sheet, headings)]


def why_left_out(sheet: dict, headings: Sequence[Heading]) -> str:
    """Why a sheet is passed over; '' when its rows are read."""
    if not sheet["head"]:
        return "没有找到表头（各列的名称）。"
    if lacking := missing(sheet, headings):
        return f"缺少{_quoted(lacking)}列。"
    return ""


def lacking_everywhere(sheets: Sequence[dict], headings: Sequence[Heading]) -> str:
    """The sentence when no sheet can be read; '' when one can."""
    if usable(sheets, headings):
        return ""
    headed = [sheet for sheet in sheets if sheet["head"]]
    if not headed:
        needed = [heading.label for heading in headings if heading.needed]
        return f"没有找到表头。请保留写有列名的那一行（要有{_quoted(needed)}），再上传一次。"
    lacking = min((missing(sheet, headings) for sheet in headed), key=len)
    return f"文件里没有{_quoted(lacking)}列，没有它无法导入。请补上这一列，或核对列名后再上传。"


@lru_cache(maxsize=5000)
def normalised(heading: str) -> str:
    """What two spellings of one name share: width, case, spaces, punctuation, （必填） left out."""
    plain = _DUTY.sub("", _plain(heading))
    return "".join(sign for sign in plain if sign.isalnum())[:LONGEST_NAME]


@lru_cache(maxsize=5000)
def bare(heading: str) -> str:
    """The same without explanations in brackets (创建时间（年月）), a unit of count excepted."""
    plain = _BRACKETS.sub(lambda bracket: bracket[0] if _TELLING.search(bracket[0]) else "", _plain(heading))
    return normalised(plain)


def _plain(heading: str) -> str:
    return folded(heading[: 2 * LONGEST_NAME]).translate(_OPENED).strip()


def _is_free(path: str, paths: Sequence[str]) -> bool:
    return path == PASSED_OVER or path not in paths


def _quoted(labels: Sequence[str]) -> str:
    return "、".join(f"“{label}”" for label in labels)
