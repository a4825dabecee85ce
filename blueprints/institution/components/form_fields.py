"""Boxes and validators that the forms of several rooms share."""

from collections.abc import Callable, Collection, Mapping

from flask import g
from wtforms import Form, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import StopValidation, ValidationError

from models.people.unit import tree
from models.rules import particulars
from models.rules.messages import clean, say


def at_most(limit: int) -> Callable:
    """A validator that says how many characters are too many."""

    def check(_form: Form, field: StringField) -> None:
        if len(field.data) > limit:
            words = {"label": field.label.text, "max": limit, "now": len(field.data)}
            raise ValidationError(say("too_long", **words))

    return check


def read_by(rule: Callable[[str], str]) -> Callable:
    """A validator that keeps what a rule reads, or says what the rule says against it."""

    def check(_form: Form, field: StringField) -> None:
        try:
            field.data = rule(field.data or "")
        except ValueError as error:
            raise StopValidation(str(error)) from None

    return check


def options(labels: Mapping[str, str]) -> list[SelectChoice]:
    return [SelectChoice(str(code), label) for code, label in labels.items()]


def unit_options(kept: Collection[int | None], barred: Collection[int] = ()) -> list[SelectChoice]:
    """The school's units, indented as in the tree; closed ones only if `kept`, `barred` in grey."""
    return [
        SelectChoice(str(node.id), "　" * depth + node.name, {"disabled": node.id in barred})
        for node, depth in tree(g.institution.code).ordered()
        if node.active or node.id in kept
    ]


class Listed(SelectField):
    """A select box that says in Chinese when something else than its options was sent."""

    def pre_validate(self, form: Form) -> None:
        self.data = self.data or ""
        if self.data not in {choice.value for choice in self.choices}:
            raise ValidationError(f"{self.label.text}请从列表中选择。")


class EmailItem(StringField):
    """An address that mail can be sent to, or nothing."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = clean(valuelist[0]) if valuelist else ""

    def pre_validate(self, form: object) -> None:
        try:
            self.data = particulars.email(self.data or "")
        except ValueError as error:
            raise ValidationError(str(error)) from None
