"""The forms about people without a unit: who applies, what they file, how long a link lives."""

from flask_wtf import FlaskForm
from wtforms import Form, StringField
from wtforms.validators import DataRequired, ValidationError

from blueprints.institution.components.form_fields import Listed, at_most, options, unit_options
from blueprints.institution.filtering import whole_number
from models.filings.applicant import Applicant, Identity
from models.rules.definitions.definition import Form as Definition
from models.rules.messages import say
from models.rules.particulars import PHONE, tidy

LONGEST_LIFE = 90
LONGEST = 50


def one_line(label: str, required: bool = True) -> StringField:
    """A short line of text, which may have to be there."""
    needed = [DataRequired(say("required", label=label))] if required else []
    return StringField(label, filters=[tidy], validators=[*needed, at_most(LONGEST)])


def one_of(label: str) -> Listed:
    return Listed(label, validators=[DataRequired(say("required_choice", label=label))])


class ApplicantForm(Form):
    """How to reach the applicant, and what they are to the school."""

    identity = one_of("身份")
    phone = one_line("联系电话")
    note = one_line("学号或说明", required=False)

    def __init__(self, *args, **settings) -> None:
        super().__init__(*args, **settings)
        identities = {identity: identity.label for identity in Identity}
        self.identity.choices = options({"": "请选择", **identities})

    def validate_phone(self, field: StringField) -> None:
        if field.data:
            try:
                field.data = PHONE.parse(field.data, field.label.text)
            except ValueError as error:
                raise ValidationError(str(error)) from None

    def write(self, applicant: Applicant) -> None:
        """Put what could be read into the applicant's row; a wrong answer changes nothing."""
        for name in ("phone", "note"):
            if not self[name].errors:
                setattr(applicant, name, self[name].data)
        if not self.identity.errors:
            applicant.identity = Identity(self.identity.data)


class FilesOneForm:
    """Which form an applicant files, and under which unit. Mixed into the two forms below."""

    form = one_of("备案表")
    unit = one_of("所属单位")

    def offer(self, forms: dict[str, Definition]) -> None:
        names = {code: form.short for code, form in forms.items()}
        self.form.choices = options(names if len(names) == 1 else {"": "请选择", **names})
        self.unit.choices = options({"": "请选择"}) + unit_options(set())


class OnBehalfForm(FilesOneForm, FlaskForm, ApplicantForm):
    """The office writes for somebody who came to its desk."""

    name = one_line("申请人姓名")


class RenewForm(FlaskForm):
    """For how long a link is sent anew."""

    days = StringField("有效天数", filters=[tidy])

    def validate_days(self, field: StringField) -> None:
        if not 1 <= (whole_number(field.data or "") or 0) <= LONGEST_LIFE:
            raise ValidationError(f"有效天数请填写 1 至 {LONGEST_LIFE} 的整数。")

    @property
    def life(self) -> int:
        return whole_number(self.days.data)


class InviteForm(FilesOneForm, RenewForm):
    """The office sends somebody a link."""

    name = one_line("申请人姓名")
