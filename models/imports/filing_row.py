"""A row on its way to its judgement."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from models.channels.channel import Channel
from models.imports.filer_units import FilerUnits
from models.imports.form_headings import UNIT, registers_over
from models.imports.matching import Identity
from models.imports.row_reading import RowReader, RowReading
from models.imports.target import Line, RowState
from models.rules.definitions.definition import Form
from models.rules.definitions.institution import Institution
from models.rules.filing_kind import FilingKind
from models.rules.messages import clean
from models.rules.row_key import RowKey, read_key
from models.rules.typed_text import normalised

# Besides what a register says itself (closed.mark).
_MARKS = re.compile(r"[(（]\s*已(?:注销|解散|停用)\s*[)）]$")
NO_UNIT = "请写明单位，或在导入时选定单位。"


@dataclass
class FilingRow:
    """`line` is the row as it is read, its title without the mark of a closed channel; `judged` the
    line that gets the judgement. `answered`: the items' paths that the sheet has columns for.
    """

    judged: Line
    line: Line
    key: RowKey | None
    is_marked: bool
    title_path: str
    unit_path: str
    presets: dict[str, Any]
    answered: set[str]
    unit_id: int | None = None
    says_unit: bool = False
    channel: Channel | None = None
    kind: FilingKind = FilingKind.first
    reading: RowReading = field(default_factory=lambda: RowReading({}))
    who: Identity | None = None
    unit_error: str = ""
    is_settled: bool = False

    @property
    def has_key(self) -> bool:
        return bool(self.line.key.strip())

    @property
    def title(self) -> str:
        return clean(self.line.words.get(self.title_path, ""))

    @property
    def errors(self) -> dict[str, str]:
        """Every fault of the row, its unit's included."""
        own = {self.unit_path: self.unit_error} if self.unit_error else {}
        return own | self.reading.errors

    def find_unit(self, units: FilerUnits, default: int | None, of_channel: Channel | None = None) -> None:
        """Whose row it is. A name under which the channel's unit was exported is its name."""
        typed = clean(self.line.words.get(self.unit_path, ""))
        own = self.line.damage.get(self.unit_path, "")
        self.says_unit, self.unit_error = bool(typed), own
        if not typed or own:
            self.unit_id = default
        elif of_channel is not None and typed in _names_of_unit(of_channel):
            self.unit_id = of_channel.unit_id
        else:
            try:
                self.unit_id = units.find(typed)
            except ValueError as problem:
                self.unit_error = str(problem)
        if self.unit_id is None and not self.unit_error:
            self.unit_error = NO_UNIT

    def unit_answer(self, reader: RowReader, base: dict[str, Any]) -> dict[str, Any]:
        """The unit item's answer; the name as it was written while the unit is the same."""
        name, unit = reader.unit_item, str(self.unit_id)
        if not name or self.unit_id is None or (base.get(name) or {}).get("id") == unit:
            return {}
        return {name: {"id": unit, "name": reader.units.every[self.unit_id]}}

    def refuse(self, sentence: str, path: str = "") -> None:
        """It cannot be read, for a reason that is not in a cell's own words."""
        self.reading.errors.setdefault(path, sentence)
        self.settle(RowState.wrong)

    def settle(self, state: RowState, note: str = "") -> None:
        """Its judgement, when there is nothing to write."""
        self.judged.state, self.is_settled = state, True
        if state is not RowState.wrong:
            self.reading.notes = []
            self.reading.errors = {}
        if note:
            self.reading.notes.append(note)

    def write(self, state: RowState, missing: str, payload: dict[str, Any]) -> None:
        """Its judgement, when confirming writes `payload`; it is wrong if anything in it is."""
        if self.errors:
            self.settle(RowState.wrong)
            return
        self.judged.state, self.judged.payload, self.is_settled = state, payload, True
        if missing:
            self.reading.notes.append(missing)

    def finish(self) -> None:
        """Hands the judgement over to the line."""
        self.judged.title = self.title
        self.judged.identity = self._identity()
        self.judged.notes = list(dict.fromkeys(self.reading.notes))
        self.judged.errors = self.errors if self.judged.state is RowState.wrong else {}

    def _identity(self) -> str:
        """What two rows may not share; two groups of one name are two, where keys tell them."""
        if self.who is None:
            return ""
        named = self.who.key or self.channel is None
        return self.who.text if named else f"channel {self.channel.id}"


def filing_rows(
    lines: Sequence[Line], institution: Institution, form: Form, reader: RowReader
) -> list[FilingRow]:
    """The rows of a slice, not read yet."""
    registers = registers_over(institution, form)
    marks = {_plain(register.closed.mark) for register in registers if register.closed}
    unit_path, rows = reader.unit_item or UNIT, []
    for line in lines:
        title_path, title = form.channel.title, line.words.get(form.channel.title, "")
        bare = _without_mark(title, marks)
        read = replace(line, words={**line.words, title_path: bare}) if bare != title else line
        columns = [reader.columns[path] for path in line.words if path in reader.columns]
        rows.append(
            FilingRow(
                judged=line,
                line=read,
                key=read_key(line.key),
                is_marked=bare != title,
                title_path=title_path,
                unit_path=unit_path,
                presets=_presets(line, registers, form),
                answered={path for column in columns for path in (column.path, column.fallback)}
                | {unit_path},
            )
        )
    return rows


def _names_of_unit(channel: Channel) -> set[str]:
    """What the unit is called, and what its papers called it."""
    answers = channel.current.answers.values() if channel.current else ()
    written = {
        answer.get("name")
        for answer in answers
        if isinstance(answer, dict) and answer.get("id") == str(channel.unit_id)
    }
    return {channel.unit.name} | written


def _presets(line: Line, registers: Sequence, form: Form) -> dict[str, Any]:
    """What the table itself says of all its rows (附件2 holds 新媒体 only), if it has no column."""

    def fitting(register) -> int:
        return sum(column.value in line.words for column in register.columns)

    register = max(registers, key=fitting, default=None)
    if register is None or not fitting(register):
        return {}
    sheets = [sheet.filter for sheet in register.sheets if sheet.name == line.sheet]
    names = {item.name for item in form.items(FilingKind.first)}
    return {
        condition.field: condition.codes[0]
        for condition in (register.filter, *sheets)
        if condition is not None
        and len(condition.codes) == 1
        and condition.field in names
        and condition.field not in line.words
    }


def _without_mark(title: str, marks: set[str]) -> str:
    words = clean(title)
    for mark in marks:
        if mark and _plain(words).endswith(mark):
            return words[: len(words) - len(mark)].rstrip()
    return _MARKS.sub("", words).rstrip() if _MARKS.search(words) else title


def _plain(text: str) -> str:
    """Full-width brackets as narrow ones; nothing gets longer or shorter by it."""
    return "".join(narrow if len(narrow := normalised("NFKC", sign)) == 1 else sign for sign in text)
