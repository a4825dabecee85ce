"""The box for a person's e-mail address, on their own page and on the administrator's."""

from wtforms import StringField
from wtforms.validators import ValidationError

from models.fields.text import Email
from models.messages import clean, say

LONGEST = 200
EMAIL = Email(type="email", name="email", label="邮箱")


class EmailItem(StringField):
    """An address that mail can be sent to, or nothing."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = clean(valuelist[0]) if valuelist else ""

    def pre_validate(self, form: object) -> None:
        if not self.data:
            return
        try:
            self.data = EMAIL.parse(self.data, EMAIL.label)
        except ValueError as error:
            raise ValidationError(str(error)) from None
        # Many mail servers take no other letters before the @.
        if not self.data.isascii() or len(self.data) > LONGEST:
            raise ValidationError(say("email", label=EMAIL.label))
