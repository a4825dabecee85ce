"""What the office writes down about one report: a later deadline, the paper that came."""

from datetime import date

from flask_wtf import FlaskForm
from wtforms import FileField, StringField, TextAreaField
from wtforms.validators import DataRequired, ValidationError
from wtforms.widgets import DateInput

from blueprints.institution.campaigns.setup_form import MomentField
from blueprints.institution.components.form_fields import at_most
from blueprints.institution.components.uploads import Files
from models import clock
from models.campaigns.report import Report
from models.campaigns.transitions import Scan
from models.rules.dates import read_day
from models.rules.messages import clean, say
from models.rules.particulars import tidy


class ExtensionForm(FlaskForm):
    """A later deadline for one unit."""

    until = MomentField("延期至")
    reason = TextAreaField(
        "理由",
        filters=[lambda typed: clean(typed or "").strip()],
        validators=[DataRequired(say("required", label="延期的理由")), at_most(500)],
    )


class PaperForm(FlaskForm):
    """纸质件已收: the day, the place, and a scan where there is one."""

    day = StringField(
        "收到日期",
        filters=[tidy],
        widget=DateInput(),
        validators=[DataRequired(say("required", label="收到日期"))],
    )
    place = StringField("存放地点", filters=[tidy], validators=[at_most(200)])
    scan = FileField("扫描件（PDF 或图片，可以不传）")

    def __init__(self, report: Report, files: Files | None = None, **settings) -> None:
        held = report.paper_on or clock.today()
        super().__init__(
            data={"day": held.isoformat(), "place": report.paper_place or report.campaign.place}, **settings
        )
        self.on: date | None = None
        self.sent = (files or {}).get("scan")
        self.taken: Scan | None = None

    def validate_day(self, field: StringField) -> None:
        try:
            self.on = read_day(field.data, "收到日期", clock.today())
        except ValueError as problem:
            raise ValidationError(str(problem)) from None

    def validate_scan(self, _field: FileField) -> None:
        """A PDF byte for byte, a picture painted anew; it was examined before."""
        if self.sent is not None and self.sent.file is None:
            raise ValidationError(self.sent.problem)
        if self.sent is not None and self.sent.file is not None:
            self.taken = Scan(self.sent.file.content, self.sent.name, self.sent.file.mime)
