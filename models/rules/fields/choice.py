"""Types that choose among listed codes: choice, choices, yes_no, unit."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator
from pydantic import Field as Key
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs are of 3.2

from models.rules.fields.base import Circumstances, Field, InputClass, Needed, Words, codes_of
from models.rules.fields.cell_words import (
    CROSSED_OUT,
    NO,
    NOTHING,
    YES,
    behind_other,
    is_other,
    likeliest,
    listed,
    narrow,
)
from models.rules.fields.inputs import OTHER, ChoiceInput, ChoicesInput, UnitInput
from models.rules.messages import clean, say


def _distinct_labels(choices: dict[str, str]) -> dict[str, str]:
    if len(set(choices.values())) < len(choices):
        raise ValueError("same_label")
    return choices


Choices_ = Annotated[dict[Words, Words], Key(min_length=1), AfterValidator(_distinct_labels)]


class _Choosing(Field):
    """What choice, choices and yes_no share. `choices` keeps the order of the boxes on paper."""

    choices: Choices_
    unsaid: ClassVar = NOTHING

    @property
    def input_class(self) -> InputClass:
        return ChoiceInput

    def validators(self, circumstances: Circumstances) -> list[Needed]:
        needed = self.is_required(circumstances) and not circumstances.draft
        return [Needed("required_choice")] if needed else []

    def input_options(self, circumstances: Circumstances) -> dict[str, Any]:
        return {
            "choices": [SelectChoice(code, label) for code, label in self.choices.items()],
            "code_for": self.code_for,
            "allow_other": self.has_other,
            "draft": circumstances.draft,
        }

    @property
    def has_other(self) -> bool:
        """Whether 其他 takes a text."""
        return False

    def code_for(self, typed: str) -> str | None:
        """The code of a code or a label; None when there is no such choice."""
        typed = clean(typed)
        if typed in self.choices:
            return typed
        return next((code for code, label in self.choices.items() if label == typed), None)

    def likened(self, typed: str) -> str | None:
        """The code that a cell's words mean, though they are not the choice's own."""
        if OTHER in self.choices and is_other(typed):
            return OTHER
        return self.code_for(typed) or likeliest(typed, self.choices)

    def from_cell(self, text: str) -> dict[str, list[str]]:
        code = self.likened(text)
        if code is not None:
            return {"": [code]}
        sent = super().from_cell(text)
        return {"": [OTHER], f"-{OTHER}": [behind_other(text)]} if sent and self.has_other else sent

    def doubt(self, text: str) -> str:
        code = None if self.code_for(text) else self.likened(text)
        if code is None:
            return ""
        return say("likened", label=self.label, typed=clean(text), choice=self.choices[code])

    def missing(self, value: Any, circumstances: Circumstances) -> list[str]:
        unnamed = OTHER in codes_of(value) and self.has_other and not self.other(value)
        return [self.label] if unnamed else super().missing(value, circumstances)

    def code(self, value: Any) -> str:
        """The (first) code of a stored value; '' when empty."""
        return next(iter(codes_of(value)), "")

    def other(self, value: Any) -> str:
        """The text written behind 其他; '' when there is none."""
        for choice in value if isinstance(value, list) else [value]:
            if isinstance(choice, dict):
                return str(choice.get(OTHER) or "")
        return ""

    def text(self, value: Any) -> str:
        words = [self.choices.get(code, code) for code in codes_of(value)]
        text = "、".join(words)
        return f"{text}：{self.other(value)}" if self.other(value) else text

    def scaled_text(self, value: Any) -> str:
        """A summary table has no boxes: what was written behind 其他 stands for itself."""
        words = [self.choices.get(code, code) for code in codes_of(value)]
        return (
            self.text(value)
            if not self.other(value)
            else "、".join(self.other(value) if self.choices.get(OTHER) == word else word for word in words)
        )

    def typed(self, value: Any) -> dict[str, list[str]]:
        sent = {"": codes_of(value)}
        return sent | ({f"-{OTHER}": [self.other(value)]} if self.other(value) else {})

    def example(self, seed: int) -> Any:
        code = list(self.choices)[seed % len(self.choices)]
        return {OTHER: f"示例{seed}"} if code == OTHER and self.has_other else code


class Choice(_Choosing):
    """One of several; with `allow_other` the code `other` takes a text."""

    type: Literal["choice"]
    allow_other: bool = False

    @property
    def has_other(self) -> bool:
        return self.allow_other


class Choices(Choice):
    """Any number of several."""

    type: Literal["choices"]  # type: ignore[assignment]  # in all else it is a Choice

    @property
    def input_class(self) -> InputClass:
        return ChoicesInput

    def restore(self, value: Any) -> Any:
        return [value] if isinstance(value, str) else value

    def from_cell(self, text: str) -> dict[str, list[str]]:
        words = [text] if self.code_for(text) else listed(text)
        words_sent = [super(Choices, self).from_cell(word) for word in words]
        others = [word for sent in words_sent for word in sent.get(f"-{OTHER}", [])]
        codes = dict.fromkeys(word for sent in words_sent for word in sent.get("", []))
        sent = {"": list(codes)} if codes else {}
        return sent | ({f"-{OTHER}": ["、".join(others)]} if others else {})

    def doubt(self, text: str) -> str:
        words = [] if self.code_for(text) else listed(text)
        return "".join(super(Choices, self).doubt(word) for word in words)

    def example(self, seed: int) -> list[Any]:
        return [super().example(seed)]


class YesNo(_Choosing):
    """Yes or no; `choices` may word and order the two codes otherwise."""

    type: Literal["yes_no"]
    choices: Choices_ = {"yes": "是", "no": "否"}
    unsaid: ClassVar = CROSSED_OUT

    def likened(self, typed: str) -> str | None:
        """Also √ and ×, 有 and 无, as long as the two labels do not speak of something else."""
        word = narrow(typed).casefold()
        for code, words in (("yes", YES), ("no", NO)):
            if word in words and self.choices.get(code, "").casefold() in words:
                return self.code_for(typed) or code
        return super().likened(typed)

    def doubt(self, text: str) -> str:
        return ""


class Unit(Field):
    """A unit of the school, kept with the name it had when it was written."""

    type: Literal["unit"]
    default: None = None

    @property
    def input_class(self) -> InputClass:
        return UnitInput

    def input_options(self, circumstances: Circumstances) -> dict[str, Any]:
        return {"units": circumstances.units, "choices": []}

    def text(self, value: Any) -> str:
        name = value.get("name") if isinstance(value, dict) else value
        return name if isinstance(name, str) else ""

    def typed(self, value: Any) -> dict[str, list[str]]:
        return {"": [value["id"]]} if value else {}

    def example(self, seed: int) -> dict[str, str]:
        return {"id": str(seed + 1), "name": f"信息工程学院{seed}"}
