"""The WTForms inputs that choose: radio buttons, check boxes and the list of units."""

from collections.abc import Callable, Mapping
from typing import Any

import wtforms
from wtforms.fields.choices import Choice as Option  # type: ignore[attr-defined]  # stubs are of 3.2
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.form import BaseForm

from models.rules.fields.base import LONGEST_INPUT, codes_of
from models.rules.messages import clean, say

OTHER = "other"
_OTHER_MAX = 50


class ChoiceInput(wtforms.RadioField):
    """Radio buttons; accepts a code or a label, so that a workbook can be read the same way.

    Behind 其他 stands a text box: its input name is the field's name and `-other`.
    """

    choices: list[SelectChoice]

    def __init__(
        self,
        label: str,
        validators: list[Any],
        *,
        code_for: Callable[[str], str | None],
        allow_other: bool = False,
        draft: bool = False,
        **options: Any,
    ) -> None:
        self.code_for, self.allow_other, self.draft = code_for, allow_other, draft
        self.other = ""
        super().__init__(label, validators, validate_choice=False, **options)

    @property
    def choices_list(self) -> list[tuple[str, str]]:
        """Pairs of code and label."""
        return [(choice.value, choice.label) for choice in self.choices]

    @property
    def other_name(self) -> str:
        """The input name of the text box."""
        return f"{self.name}-{OTHER}"

    def process(self, formdata: Any, *args: Any, **options: Any) -> None:
        sent = formdata.getlist(self.other_name) if formdata is not None else []
        self.other = clean(sent[0][:LONGEST_INPUT]) if sent else ""
        super().process(formdata, *args, **options)

    def process_data(self, value: Any) -> None:
        self.data = value or None
        if isinstance(value, dict) and not self.other:
            self.other = value.get(OTHER, "")

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        if valuelist and clean(valuelist[0]):
            self.data = self.chosen(valuelist[0])

    def chosen(self, typed: str) -> Any:
        """The value of one sent code or label. Raises ValueError with a sentence."""
        code = self.code_for(typed)
        if code is None:
            raise ValueError(say("choice", label=self.label.text, typed=clean(typed)[:30]))
        if code != OTHER or not self.allow_other:
            return code
        if len(self.other) > _OTHER_MAX:
            raise ValueError(say("too_long", label=self.label.text, max=_OTHER_MAX, now=len(self.other)))
        return {OTHER: self.other}

    def pre_validate(self, form: BaseForm) -> None:
        self.require_other_text(self.data)

    def require_other_text(self, value: Any) -> None:
        """其他 needs its words, except while it is a draft."""
        if value == {OTHER: ""} and not self.draft:
            label = dict(self.choices_list)[OTHER]
            raise wtforms.ValidationError(say("choice_other", label=self.label.text, other=label))

    def iter_choices(self) -> list[Option]:  # type: ignore[override]  # as WTForms 3.3 itself
        chosen = codes_of(self.data)
        return [Option(value, label, value in chosen, {}) for value, label in self.choices_list]


class ChoicesInput(ChoiceInput):
    """Check boxes."""

    widget = wtforms.widgets.ListWidget(prefix_label=False)
    option_widget = wtforms.widgets.CheckboxInput()

    def process_data(self, value: Any) -> None:
        self.data = value or None
        for choice in value or []:
            if isinstance(choice, dict) and not self.other:
                self.other = choice.get(OTHER, "")

    def process_formdata(self, valuelist: list[str]) -> None:
        sent = dict.fromkeys(choice for choice in map(clean, valuelist[:100]) if choice)
        self.data = [self.chosen(choice) for choice in sent] or None

    def pre_validate(self, form: BaseForm) -> None:
        for choice in self.data or []:
            self.require_other_text(choice)


class UnitInput(wtforms.SelectField):
    """A list of the units one may file for; the unit chosen earlier stays on offer."""

    def __init__(
        self, label: str, validators: list[Any], *, units: Mapping[str, str], **options: Any
    ) -> None:
        super().__init__(label, validators, validate_choice=False, **options)
        self.units = dict(units)

    def process_data(self, value: Any) -> None:
        self.data = value or None
        if self.data:
            self.units.setdefault(self.data["id"], self.data["name"])

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data, typed = None, clean(valuelist[0]) if valuelist else ""
        if not typed:
            return
        by_name = {name: unit for unit, name in self.units.items()}
        unit = typed if typed in self.units else by_name.get(typed)
        if unit is None:
            raise ValueError(say("unit", label=self.label.text))
        self.data = {"id": unit, "name": self.units[unit]}

    def iter_choices(self) -> list[Option]:  # type: ignore[override]  # as WTForms 3.3 itself
        chosen = self.data["id"] if self.data else ""
        options = [Option("", "请选择", not chosen, {})]
        return options + [Option(key, name, key == chosen, {}) for key, name in self.units.items()]
