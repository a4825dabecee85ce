"""The field types, one class each. The registry is read off the union: nothing stands twice."""

from typing import Annotated, get_args

from pydantic import Field as Key

from models.rules.fields.base import Circumstances, Condition, Definition, Field
from models.rules.fields.choice import Choice, Choices, Unit, YesNo
from models.rules.fields.media import File, Image
from models.rules.fields.people import People
from models.rules.fields.text import Account, Email, LongText, Number, Phone, Text, Url
from models.rules.fields.time import Date, Month

Item = Annotated[
    Text
    | LongText
    | Number
    | Date
    | Month
    | Phone
    | Email
    | Url
    | Account
    | Choice
    | Choices
    | YesNo
    | Unit
    | People
    | Image
    | File,
    Key(discriminator="type"),
]

FIELD_TYPES: dict[str, type[Field]] = {
    get_args(kind.model_fields["type"].annotation)[0]: kind for kind in get_args(get_args(Item)[0])
}

__all__ = ["FIELD_TYPES", "Circumstances", "Condition", "Definition", "Field", "Item"]
