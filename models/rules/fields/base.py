"""What every field type has in common: its YAML keys and its faces."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self

import wtforms
from pydantic import BaseModel, ConfigDict, StringConstraints
from pydantic import Field as Key
from wtforms.fields.core import UnboundField
from wtforms.validators import StopValidation

from models.rules.fields.cell_words import CROSSED_OUT
from models.rules.filing_kind import FilingKind
from models.rules.messages import clean, say

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Words = Annotated[str, StringConstraints(min_length=1)]
Required = bool | list[FilingKind]
# A class of WTForms. (Inside a Field, `type` is the field's own.)
InputClass = type[wtforms.Field]
FILING_KIND, OWNER_KIND = "filing_kind", "owner_kind"
# More than any form can hold; longer input is refused before a parser sees it.
LONGEST_INPUT = 20_000


class Definition(BaseModel):
    """A piece of YAML: frozen, strict, and without unknown keys."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


class Condition(Definition):
    """The one condition there is: an earlier choice equals one of these codes."""

    field: Words
    codes: list[Words] = Key(alias="in", min_length=1)

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Whether it holds for answers keyed by item name.

        The caller adds `filing_kind` and `owner_kind` to the answers where they are known.
        """
        return not set(codes_of(values.get(self.field))).isdisjoint(self.codes)


def codes_of(value: Any) -> list[str]:
    """The codes chosen in a stored answer of any choosing type; [] when there are none."""
    chosen = value if isinstance(value, list) else [value]
    return [
        str(choice) if isinstance(choice, str) else next(iter(choice))
        for choice in chosen
        if (isinstance(choice, str) and choice) or (isinstance(choice, dict) and choice)
    ]


@dataclass(frozen=True)
class Circumstances:
    """In which situation a form is asked. `opened`: the account exists already."""

    kind: FilingKind = FilingKind.first
    opened: bool = True
    units: Mapping[str, str] = field(default_factory=dict)
    draft: bool = False


class Needed:
    """WTForms validator: an answer must be given. Leaves a parser's own sentence alone."""

    field_flags: ClassVar = {"required": True}

    def __init__(self, key: str = "required") -> None:
        self.key = key

    def __call__(self, form: wtforms.Form, box: wtforms.Field) -> None:
        if box.process_errors:
            raise StopValidation
        if box.data in (None, "", [], {}):
            raise StopValidation(say(self.key, label=box.label.text))


class TypedInput(wtforms.StringField):
    """A text box whose text a parser turns into data; what was typed is kept for redrawing.

    `parse` takes cleaned text and a label, returns the value, and raises ValueError with a
    sentence. `show` turns stored data back into text.
    """

    def __init__(
        self,
        label: str,
        validators: list[Any],
        *,
        parse: Callable[[str, str], Any],
        show: Callable[[Any], str] = str,
        **options: Any,
    ) -> None:
        super().__init__(label, validators, **options)
        self.parse, self.show = parse, show

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        if not valuelist:
            return
        if len(valuelist[0]) > LONGEST_INPUT:
            raise ValueError(say("too_long_to_read", label=self.label.text))
        typed = clean(valuelist[0])
        if typed:
            self.data = self.parse(typed, self.label.text)

    def _value(self) -> str:
        if self.raw_data:
            return clean(self.raw_data[0])
        return "" if self.data is None else self.show(self.data)


class TypedArea(TypedInput):
    """The same over several lines."""

    widget = wtforms.widgets.TextArea()


class Field(Definition):
    """One thing that is asked. Subclasses add a `type`, their own keys, and override faces."""

    # Its answer is a stored file, which no text of a form can give.
    is_upload: ClassVar[bool] = False
    # Words of a workbook's cell that are no answer.
    unsaid: ClassVar[frozenset[str]] = CROSSED_OUT

    if TYPE_CHECKING:
        # Every field type says its own, as a Literal.
        type: str
    name: Name
    label: Words
    required: Required = False
    optional_when: Condition | None = None
    help: str = ""
    help_individual: str = ""
    placeholder: str = ""
    default: str | None = None
    visible_when: Condition | None = None
    print: bool = True
    later: bool = False
    aliases: list[Words] = []

    def is_required(self, circumstances: Circumstances) -> bool:
        """Whether an empty answer is refused in this situation.

        A `later` item cannot be known before the account is opened: schools approve before opening.
        """
        return self._needs(self.required, circumstances)

    def for_individual(self) -> Self:
        """The item as whoever files in their own name is asked it, without a unit."""
        return self.model_copy(update={"help": self.help_individual}) if self.help_individual else self

    def is_optional(self, answers: Mapping[str, Any]) -> bool:
        """Whether the answers before it say that it may be left empty (an app without address)."""
        return self.optional_when is not None and self.optional_when.holds(answers)

    def against(self, value: Any, answers: Mapping[str, Any]) -> str:
        """A sentence against a valid value beside the answers before it; '' when there is none."""
        return ""

    def _needs(self, required: Required, circumstances: Circumstances) -> bool:
        if self.later and circumstances.kind is FilingKind.first and not circumstances.opened:
            return False
        return circumstances.kind in required if isinstance(required, list) else required

    def input(self, circumstances: Circumstances) -> "UnboundField[Any]":
        """The WTForms field that parses and validates this item."""
        return UnboundField(
            self.input_class,
            self.label,
            self.validators(circumstances),
            description=self.help,
            default=self.restore(self.default),
            render_kw={"placeholder": self.placeholder} if self.placeholder else None,
            **self.input_options(circumstances),
        )

    @property
    def input_class(self) -> InputClass:
        """Which WTForms class draws it."""
        return TypedInput

    def validators(self, circumstances: Circumstances) -> list[Needed]:
        """WTForms validators; a draft never enforces `required`."""
        return [Needed()] if self.is_required(circumstances) and not circumstances.draft else []

    def input_options(self, circumstances: Circumstances) -> dict[str, Any]:
        """Further arguments of the WTForms class."""
        return {"parse": self.parse, "show": self.text}

    def parse(self, typed: str, label: str) -> Any:
        """Cleaned, non-empty text to a value. Raises ValueError with a sentence."""
        return typed

    def store(self, data: Any) -> Any:
        """WTForms data to a JSON value; None when there is no answer."""
        return None if data in (None, "", [], {}) else data

    def restore(self, value: Any) -> Any:
        """A JSON value to WTForms data."""
        return value

    def is_empty(self, value: Any) -> bool:
        """Whether a stored value is no answer."""
        return value in (None, "", [], {})

    def text(self, value: Any) -> str:
        """How people read a stored value; '' when empty. Never raises."""
        return value if isinstance(value, str) else ""

    def scaled_text(self, value: Any) -> str:
        """How a summary table prints it: as `text`, but numbers in their larger unit, and so on."""
        return self.text(value)

    def cell(self, value: Any) -> tuple[Any, str]:
        """A workbook cell: value and number format."""
        return self.text(value), "@"

    def typed(self, value: Any) -> dict[str, list[str]]:
        """What a browser would send for a value, keyed by the tail after the item's name."""
        return {} if self.is_empty(value) else {"": [self.text(value)]}

    def from_cell(self, text: str) -> dict[str, list[str]]:
        """What a browser would send for a workbook's cell, keyed by the tail after the item's name.

        Never raises: what cannot be understood is sent as it stands, for the input to refuse.
        """
        words = clean(text)
        return {"": [words]} if words and words not in self.unsaid else {}

    def doubt(self, text: str) -> str:
        """A sentence for a cell that was understood but may mean something else; '' when clear."""
        return ""

    def missing(self, value: Any, circumstances: Circumstances) -> list[str]:
        """Labels of what an answer still lacks before it may be handed in."""
        return [self.label] if self.is_required(circumstances) and self.is_empty(value) else []

    def warning(self, value: Any) -> str:
        """A sentence for a valid value that is probably a slip; '' when there is none."""
        return ""

    def parts(self) -> dict[str, "Field"]:
        """The fields inside a compound one, by dotted path tail."""
        return {}

    def example(self, seed: int) -> Any:
        """A valid value for previews, demonstrations and tests."""
        raise NotImplementedError
