"""A form as a school wrote it: what is asked, who signs, and the sheet of paper."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import Field as Key
from pydantic import PrivateAttr

from models.rules.definitions.identifiers import Identifier
from models.rules.definitions.layout import Paper
from models.rules.definitions.route import Route
from models.rules.fields import Condition, Definition, Field, Item
from models.rules.fields.base import FILING_KIND, Words
from models.rules.filing_kind import FilingKind


class Naming(Definition):
    """What a school looks at in names; each only gives a reason for a second look.

    `one_per_platform`: a unit is to have one account on each platform. `official`: kinds of units
    that speak for the school, `personal`: kinds that do not.
    """

    one_per_platform: bool = False
    official: list[Words] = []
    personal: list[Words] = []


class Promoted(Definition):
    """Which items name the channel itself: paths, kept on its row for search and uniqueness.

    `others`: further paths to be searched (the second administrator, the students in charge).
    `happened`: per kind of filing the date item from which the school's clock runs.
    `identifiers`: what names an account, by the code of its platform (or of its nature).
    """

    title: Words
    platform: str = ""
    account: str = ""
    person: str = ""
    phone: str = ""
    tier: str = ""
    nature: str = ""
    followers: str = ""
    others: list[Words] = []
    happened: dict[FilingKind, Words] = {}
    identifiers: dict[Words, Identifier] = {}
    naming: Naming = Naming()


class Section(Definition):
    """Items under one heading."""

    title: Words
    note: str = ""
    kinds: list[FilingKind] = Key(default=list(FilingKind), min_length=1)
    visible_when: Condition | None = None
    items: list[Item] = Key(min_length=1)


class Form(Definition):
    """One form. `source` is its exact YAML text, `digest` the text's sha256 (an Edition).

    `kinds`: what may be filed on it; a first filing always.
    """

    code: str
    order: int = 0
    title: Words
    short: Words
    attachment: str = ""
    noun: Words
    kinds: list[FilingKind] = Key(default=list(FilingKind), min_length=1)
    channel: Promoted
    route: Route
    sections: list[Section] = Key(min_length=1)
    paper: Paper | None = None
    _source: str = PrivateAttr(default="")

    @property
    def source(self) -> str:
        """The YAML text with presets written out: reads back to this very form."""
        return self._source

    @property
    def digest(self) -> str:
        """The name of this edition."""
        return hashlib.sha256(self._source.encode()).hexdigest()

    def with_source(self, source: str) -> "Form":
        """The same form, knowing the text it was read from."""
        form = self.model_copy()
        form._source = source
        return form

    def items(self, kind: FilingKind | str | None = None) -> list[Field]:
        """What is asked in a filing of this kind (of any kind when None), in order."""
        return [
            item
            for section in self.sections
            if kind is None or kind in section.kinds
            for item in section.items
        ]

    def field(self, path: str) -> Field:
        """The item of a path such as `title` or `team.leader.phone`. KeyError when unknown."""
        name, _, tail = path.partition(".")
        # Asked a hundred thousand times in a long list: nothing is gathered for it.
        for section in self.sections:
            for item in section.items:
                if item.name == name:
                    return item.parts()[tail] if tail else item
        raise KeyError(path)

    def value(self, path: str, values: Mapping[str, Any]) -> Any:
        """The stored value at a path; None when there is none. KeyError for an unknown path."""
        self.field(path)
        value: Any = values
        for key in path.split("."):
            value = value.get(key) if isinstance(value, Mapping) else None
        return value

    def text(self, path: str, values: Mapping[str, Any]) -> str:
        """How people read the answer at a path; '' when there is none."""
        return self.field(path).text(self.value(path, values))

    def walk(self, kind: FilingKind | str, values: Mapping[str, Any]) -> Iterator[Field]:
        """The items to be asked, one by one; `values` may grow while walking.

        Conditions look back only, so an item is decided by the answers before it.
        """
        for section in self.sections:
            if kind not in section.kinds:
                continue
            for item in section.items:
                facts = {**values, FILING_KIND: str(kind)}
                conditions = (section.visible_when, item.visible_when)
                if all(condition is None or condition.holds(facts) for condition in conditions):
                    yield item

    def visible(self, values: Mapping[str, Any], kind: FilingKind | str) -> list[Field]:
        """The items these answers ask for, in order."""
        return list(self.walk(kind, values))

    def missing_later(
        self, values: Mapping[str, Any], kind: FilingKind | str = FilingKind.first
    ) -> list[Field]:
        """Visible items that could not be known before opening and are still needed (待补充)."""
        return [
            item for item in self.completable(values, kind) if item.required and not item.is_optional(values)
        ]

    def completable(
        self, values: Mapping[str, Any], kind: FilingKind | str = FilingKind.first
    ) -> list[Field]:
        """The same with those that nobody needs to give (a QR image): what may be given later."""
        return [
            item for item in self.visible(values, kind) if item.later and item.is_empty(values.get(item.name))
        ]
