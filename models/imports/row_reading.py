"""One row of a sheet, read by the rules of the browser's form over what is on file already."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import MultiDict

from models.imports.filer_units import FilerUnits
from models.imports.form_headings import SCALED, Column, columns_of
from models.imports.target import Line
from models.rules.answer_columns import account_key, unit_item
from models.rules.answers import Reader, formdata_of
from models.rules.definitions.definition import Form
from models.rules.definitions.institution import Institution
from models.rules.fields import Circumstances
from models.rules.filing_kind import FilingKind
from models.rules.messages import clean, say

# So many missing items are named; of more it is enough to know how many.
_NAMED = 6


@dataclass
class RowReading:
    """What a row says. `values`: whole answers; `filled`: the items' paths that its cells answer."""

    values: dict[str, Any]
    errors: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    filled: set[str] = field(default_factory=set)


class RowReader:
    """Reads many rows of one form; what all rows share is made once."""

    def __init__(self, institution: Institution, form: Form, units: FilerUnits):
        self.form, self.units = form, units
        self.unit_item = unit_item(form, FilingKind.first)
        self.every = columns_of(institution, form)
        self.columns = {
            column.heading.path: column
            for column in self.every
            if column.item is not None and column.path != self.unit_item
        }
        self.tiers = {label: code for code, label in institution.tiers.items()}
        self._readers: dict[FilingKind, Reader] = {}

    def read(self, line: Line, kind: FilingKind, base: Mapping[str, Any], erases: bool = False) -> RowReading:
        """The answers of `base` with those of the row in their place.

        `base`: what is on file, or what a new filing begins with, its unit included. `erases`: an
        empty cell empties the answer; otherwise it says nothing.
        """
        reading = RowReading({})
        sent = self._overlaid(line, base, erases, reading)
        given = self._reader(kind).read(sent, base)
        names = {item.name for item in self._reader(kind).items}
        kept = {name: value for name, value in base.items() if name not in names}
        reading.values = kept | given.values
        self._settle_fallbacks(line, base, reading)
        self._take_errors(line, kind, base, given.errors, reading)
        self._look_for_hidden(line, kind, reading)
        self._doubt(line, reading)
        return reading

    def says_only(self, line: Line, base: Mapping[str, Any], erases: bool = False) -> bool:
        """Whether every cell says what is on file, so that nothing needs to be read."""
        return all(
            self._is_on_file(column, line.words[path], base)
            or (
                path not in line.damage
                and not clean(line.words[path])
                and (not erases or value_at(base, column.path) is None)
            )
            for path, column in self.columns.items()
            if path in line.words
        )

    def missing(self, kind: FilingKind, reading: RowReading, opened: bool) -> str:
        """A note on what is to be filled in before the filing may be handed in; '' for nothing."""
        circumstances = Circumstances(kind=kind, opened=opened)
        wrong = {path.split(".")[0].removesuffix(SCALED) for path in reading.errors}
        labels = [
            label
            for item in self.form.visible(reading.values, kind)
            if item.name not in wrong and not item.is_optional(reading.values)
            for label in item.missing(reading.values.get(item.name), circumstances)
        ]
        words = "、".join(labels[:_NAMED]) + " 等" * (len(labels) > _NAMED)
        return f"尚缺 {len(labels)} 项：{words}（提交前补齐）。" if labels else ""

    def where(self, path: str, line: Line) -> str:
        """The column of the line that answers an item; '' where it has none."""
        for own_path in (path + SCALED, path):
            if own_path in line.words:
                return own_path
        answering = (
            heading_path
            for heading_path in line.words
            if heading_path in self.columns and self.columns[heading_path].fallback == path
        )
        return next(answering, "")

    def _reader(self, kind: FilingKind) -> Reader:
        if kind not in self._readers:
            circumstances = Circumstances(kind=kind, units=self.units.names, draft=True)
            self._readers[kind] = Reader(self.form, kind, circumstances)
        return self._readers[kind]

    def _overlaid(self, line: Line, base: Mapping[str, Any], erases: bool, reading: RowReading) -> MultiDict:
        """What a browser would send for the answers of `base` and the row's cells over them."""
        sent = formdata_of(self.form, base)
        for path, column in self.columns.items():
            text = line.words.get(path, "")
            # What is on file may look like a fault of Excel's: a name may be #N/A.
            if self._is_on_file(column, text, base):
                continue
            if path in line.damage:
                reading.filled.add(column.path)
                reading.errors[path] = line.damage[path]
            elif path in line.words:
                self._put(line, column, erases, sent, reading)
        return sent

    def _put(self, line: Line, column: Column, erases: bool, sent: MultiDict, reading: RowReading) -> None:
        words = self._sent(column, line.words[column.heading.path])
        if not words and not erases:
            return
        # A fallback that has a column of its own is answered there.
        own = column.fallback and column.fallback not in line.words
        for path in (column.path, column.fallback) if own else (column.path,):
            reading.filled.add(path)
            prefix = path.replace(".", "-")
            for tail in ("", "-other"):
                sent.poplist(prefix + tail)
            for tail, texts in words.items():
                sent.setlist(prefix + tail, texts)

    def _sent(self, column: Column, text: str) -> dict[str, list[str]]:
        if column.scaled:
            return column.item.from_cell(text, scaled=True)
        return column.item.from_cell(self._in_own_words(column, text))

    def _in_own_words(self, column: Column, text: str) -> str:
        """A register prints tiers as the school calls them, not as the form does."""
        is_tier = column.path == self.form.channel.tier
        return self.tiers.get(clean(text), text) if is_tier else text

    def _is_on_file(self, column: Column, text: str, base: Mapping[str, Any]) -> bool:
        """Whether the cell says what a register prints of the answer: it is left as it was filed.

        So nothing changes by being written out and read back.
        """
        value = value_at(base, column.path)
        if value is None and column.fallback:
            value = value_at(base, column.fallback)
        item, words = column.item, clean(text)
        if value is None or not words:
            return False
        if getattr(item, "scale", 1) > 1:
            return words == (item.scaled_text(value) if column.scaled else item.text(value))
        if words in (clean(item.text(value)), clean(item.scaled_text(value))):
            return True
        return column.path == self.form.channel.account and self._is_same_account(words, base)

    def _is_same_account(self, typed: str, base: Mapping[str, Any]) -> bool:
        """Whether it is the account on file in another spelling."""
        name, key = self.form.channel.account, account_key(self.form, base)
        return bool(key) and name in base and account_key(self.form, {**base, name: typed}) == key

    def _settle_fallbacks(self, line: Line, base: Mapping[str, Any], reading: RowReading) -> None:
        """A cell that may answer either of two items answers the first one that is asked."""
        for path, column in self.columns.items():
            if column.fallback and path in line.words and column.fallback not in base:
                given = value_at(reading.values, column.path) is not None
                if given and value_at(reading.values, column.fallback) is not None:
                    del reading.values[column.fallback]

    def _take_errors(
        self,
        line: Line,
        kind: FilingKind,
        base: Mapping[str, Any],
        errors: Mapping[str, str],
        reading: RowReading,
    ) -> None:
        """What is wrong with the row; what was wrong on file already stays as it was filed."""
        before: Mapping[str, str] | None = None
        for path, sentence in errors.items():
            if path not in reading.filled:
                if before is None:
                    before = self._reader(kind).read(formdata_of(self.form, base), base).errors
                if before.get(path) == sentence:
                    _restore(reading.values, base, path)
                    continue
            reading.errors.setdefault(self.where(path, line), sentence)
        title = self.form.channel.title
        if value_at(reading.values, title) is None and not reading.errors.get(self.where(title, line)):
            label = self.form.field(title).label
            reading.errors[self.where(title, line)] = say("required", label=label)

    def _look_for_hidden(self, line: Line, kind: FilingKind, reading: RowReading) -> None:
        """Cells that these answers do not ask for are not read, and it is said so."""
        lost = [
            column
            for path, column in self.columns.items()
            if column.path in reading.filled
            and path in line.words
            and path not in reading.errors
            and self._sent(column, line.words[path])
            and value_at(reading.values, column.path) is None
            and (not column.fallback or value_at(reading.values, column.fallback) is None)
        ]
        if lost:
            words = "、".join(f"“{column.heading.label}”" for column in lost)
            reading.notes.append(f"{words}在这一行不用填，没有读入。")

    def _doubt(self, line: Line, reading: RowReading) -> None:
        """Notes on what was understood but may have been meant otherwise."""
        for path, column in self.columns.items():
            if path not in line.words or column.path not in reading.filled or path in reading.errors:
                continue
            text, value = line.words[path], value_at(reading.values, column.path)
            if value is None:
                continue
            words = self._in_own_words(column, text)
            notes = [column.item.doubt(words), self._too_many(column, text, value)]
            reading.notes += [note for note in notes if note]

    def _too_many(self, column: Column, text: str, value: Any) -> str:
        warning, item = column.item.warning(value), column.item
        if not warning or not column.scaled:
            return warning
        return say(
            "scaled_in_doubt",
            label=column.heading.label,
            scale_unit=item.scale_unit,
            typed=clean(text),
            value=value,
            unit=item.unit,
        )


def value_at(values: Mapping[str, Any], path: str) -> Any:
    """The stored value at a path; None when there is none."""
    value: Any = values
    for key in path.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _restore(values: dict[str, Any], base: Mapping[str, Any], path: str) -> None:
    """Put an answer back as it was filed."""
    value, (*above, last) = value_at(base, path), path.split(".")
    if value is None:
        return
    for key in above:
        values[key] = dict(values.get(key) or {})
        values = values[key]
    values[last] = value
