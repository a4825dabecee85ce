"""The box for a person's e-mail address, on their own page and on the administrator's."""

from wtforms import StringField
from wtforms.validators import ValidationError

from models.rules import particulars
from models.rules.messages import clean


class EmailItem(StringField):
    """An address that mail can be sent to, or nothing."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = clean(valuelist[0]) if valuelist else ""

    def pre_validate(self, form: object) -> None:
        try:
            self.data = particulars.email(self.data or "")
        except ValueError as error:
            raise ValidationError(str(error)) from None
