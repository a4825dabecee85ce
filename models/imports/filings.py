"""Lists of accounts and groups: each row becomes a draft on the form that its browser page asks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from models.imports import writing
from models.imports.filer_units import FilerUnits
from models.imports.form_headings import UNIT
from models.imports.judging import Judging
from models.imports.row_reading import RowReader
from models.imports.target import Heading, Line
from models.people.person import Person
from models.people.unit import Unit
from models.rules.definitions.definition import Form
from models.rules.definitions.institution import Institution


class FilingTarget:
    """A form's rows, for one who files. `unit`: whose they are where a row names none."""

    one_whole = False

    def __init__(self, institution: Institution, form: Form, person: Person, unit: Unit | None):
        self.institution, self.form, self.person, self.unit = institution, form, person, unit
        self.code, self.title = f"form:{form.code}", form.short

    @cached_property
    def _reader(self) -> RowReader:
        return RowReader(self.institution, self.form, FilerUnits(self.person))

    def headings(self) -> list[Heading]:
        """The columns of the school's own tables first, then whatever else the form asks."""
        units = tuple(self._reader.units.names.values())
        own = {self._reader.unit_item, UNIT}
        return [
            replace(column.heading, choices=units) if column.path in own else column.heading
            for column in self._reader.every
        ]

    def prepare(self, words: Iterable[Mapping[str, str]]) -> None:
        """Each line stands alone."""

    def judge(self, lines: Sequence[Line]) -> None:
        """See `models.imports.target.Target`."""
        Judging(self.institution, self.form, self._reader, self.unit).judge(lines)

    def get_ready(self, most: int) -> None:
        """Nothing of it takes time."""

    def confirm(self, lines: Sequence[Line]) -> dict[str, Any]:
        """See `models.imports.target.Target`. Out: how many were `added` and `changed`."""
        return writing.write(self.institution, self.form, self.person, lines)
