"""The office's form for a campaign, and what next year's begins with."""

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from flask import g
from flask_wtf import FlaskForm
from sqlalchemy import select
from wtforms import Field, HiddenField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, ValidationError
from wtforms.widgets import CheckboxInput, DateTimeLocalInput, ListWidget, TextInput

from blueprints.institution.components.form_fields import at_most
from models.campaigns.campaign import LABELS, Campaign, Wording, campaigns, last_of
from models.clock import CAMPUS_ZONE, campus_now, campus_time
from models.database import db
from models.rules.definitions.institution import Notice
from models.rules.messages import clean, say
from models.rules.particulars import tidy
from models.rules.typed_text import normalised

LONGEST_NOTICE = 10000
YEARS = range(2000, 2100)
WRITTEN = re.compile(
    r"([0-9]{4})[年./-]([0-9]{1,2})[月./-]([0-9]{1,2})日?[T ]*"
    r"([0-9]{1,2})(?:[:时点]([0-9]{1,2})?分?)(?::[0-9.]+)?"
)
YEAR_IN_WORDS = re.compile(r"20[0-9]{2}")


def read_moment(typed: str, label: str) -> datetime:
    """2026-02-25T17:00, 2026-02-25 17:00 and 2026年2月25日17时 all give that minute on the campus.

    Raises ValueError with a sentence that names the `label`.
    """
    plain = normalised("NFKC", clean(typed)).strip()
    written = WRITTEN.fullmatch(plain)
    if written is None:
        raise ValueError(f"{label}请写到几时几分，例如 2026-02-25 17:00。")
    try:
        moment = datetime(*(int(part or 0) for part in written.groups()), tzinfo=CAMPUS_ZONE)
    except ValueError:
        raise ValueError(f"{label}填的是{plain}，没有这个时间，请核对。") from None
    if moment.year not in YEARS:
        raise ValueError(f"{label}的年份请填 {YEARS[0]} 至 {YEARS[-1]}。")
    return moment


class MomentField(Field):
    """A moment on the campus clock, to the minute; what cannot be read stays in the box."""

    widget = DateTimeLocalInput()

    def __init__(self, label: str, **settings: Any) -> None:
        # Not DataRequired: that would put its own sentence in the place of what was wrong.
        needed = InputRequired(say("required", label=label))
        super().__init__(label, validators=[needed], **settings)

    def process_formdata(self, values: list[str]) -> None:
        self.data, typed = None, values[0] if values else ""
        if not clean(typed).strip():
            raise ValueError(say("required", label=self.label.text))
        try:
            self.data = read_moment(typed, self.label.text)
        except ValueError:
            self.widget = TextInput()  # a box for times would come back empty
            raise

    def _value(self) -> str:
        if self.data is None:
            return self.raw_data[0] if self.raw_data else ""
        return f"{campus_time(self.data):%Y-%m-%dT%H:%M}"


def required(name: str) -> DataRequired:
    return DataRequired(say("required", label=LABELS[name]))


def line(name: str, limit: int, *validators: Callable) -> StringField:
    """One line of text."""
    return StringField(LABELS[name], filters=[tidy], validators=[*validators, at_most(limit)])


class CampaignForm(FlaskForm):
    """What is asked of whom, by when. Of a published campaign the fixed items are not read."""

    year = StringField(LABELS["year"], filters=[tidy], validators=[required("year")])
    title = line("title", 200, required("title"))
    document = line("document", 100)
    notice = TextAreaField(
        LABELS["notice"],
        filters=[lambda typed: clean(typed or "").strip()],
        validators=[at_most(LONGEST_NOTICE)],
    )
    forms = SelectMultipleField(
        LABELS["forms"], widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    opens_at = MomentField(LABELS["opens_at"])
    closes_at = MomentField(LABELS["closes_at"])
    contact = line("contact", 200)
    place = line("place", 200)
    revision = HiddenField()

    def __init__(self, campaign: Campaign | None = None, **settings: Any) -> None:
        self.campaign = campaign
        self.published = campaign is not None and campaign.published_at is not None
        super().__init__(data=_held(campaign) if campaign else suggested(), **settings)
        if self.published:
            for name in Wording.FIXED:
                delattr(self, name)
        else:
            self.forms.choices = [(form.code, form.title) for form in g.institution.forms.values()]

    @property
    def wording(self) -> Wording:
        """What a valid form says."""
        values = {name: self[name].data if name in self else getattr(self.campaign, name) for name in LABELS}
        return Wording(**(values | {"year": int(values["year"])}))

    def validate_year(self, field: StringField) -> None:
        digits = normalised("NFKC", field.data)
        if not re.fullmatch("[0-9]{4}", digits) or int(digits) not in YEARS:
            raise ValidationError(f"年度请填 {YEARS[0]} 至 {YEARS[-1]} 的四位数字。")
        field.data = digits

    def validate_forms(self, field: SelectMultipleField) -> None:
        if not field.data:
            raise ValidationError("请至少勾选一种表。")

    def validate_closes_at(self, field: MomentField) -> None:
        opens = self.campaign.opens_at if self.published else self.opens_at.data
        if field.data and opens and field.data <= opens:
            raise ValidationError("截止时间应晚于开始时间，请核对。")

    def validate_title(self, field: StringField) -> None:
        year = str(self.campaign.year) if self.published else tidy(self.year.data)
        query = select(Campaign).where(
            Campaign.institution == g.institution.code,
            Campaign.title == field.data,
            Campaign.id != (self.campaign.id if self.campaign else 0),
        )
        with db.session.no_autoflush:
            twins = db.session.scalars(query)
            if any(str(twin.year) == year for twin in twins):
                raise ValidationError(f"{year} 年已有同名的备案工作，请换一个名称。")


def suggested() -> dict[str, Any]:
    """What a new campaign begins with: last year's, else the notice the school's YAML names."""
    last = last_of(g.institution.code)
    return _from_last(last) if last else _from_notice()


def _from_last(last: Campaign) -> dict[str, Any]:
    year = last.year + 1
    held = _held(last) | {"year": str(year), "document": ""}
    held["title"] = held["title"].replace(str(last.year), str(year))
    held["forms"] = [code for code in last.forms if code in g.institution.forms]
    return held | {name: _next_year(held[name]) for name in ("opens_at", "closes_at")}


def _from_notice() -> dict[str, Any]:
    notice, contact, year = g.institution.notice, g.institution.contact, str(campus_now().year)
    title = YEAR_IN_WORDS.sub(year, notice.title) if notice else f"{year}年备案工作"
    ways = (contact.person, contact.phone, contact.email)
    return {
        "year": year,
        "title": title,
        "document": notice.number if notice and notice.date.startswith(year) else "",
        "forms": list(g.institution.forms),
        "notice": notice.text.strip("\n") if notice else "",
        "closes_at": _due_from(notice),
        "contact": " ".join(part for part in ways if part),
        "place": contact.place,
    }


def _due_from(notice: Notice | None) -> datetime | None:
    """This year's deadline of the notice, the next year's once it has passed; None without one."""
    now = campus_now()
    days = (notice.due_in(year) for year in (now.year, now.year + 1)) if notice else ()
    moments = (day.replace(tzinfo=CAMPUS_ZONE) for day in days if day)
    return next((moment for moment in moments if moment > now), None)


def document_before() -> str:
    """The last document number, as a pattern for the new one; '' when there was none."""
    last, notice = db.session.scalar(campaigns(g.institution.code).limit(1)), g.institution.notice
    return last.document if last else notice.number if notice else ""


def _held(campaign: Campaign) -> dict[str, Any]:
    values = {name: getattr(campaign, name) for name in LABELS}
    return values | {"year": str(campaign.year), "revision": campaign.revision}


def _next_year(moment: datetime) -> datetime:
    """The same minute a year later; 29 February becomes 28."""
    local = campus_time(moment)
    last_day = date(local.year + 1, 3, 1).toordinal() - 1
    if (local.month, local.day) == (2, 29):
        return local.replace(year=local.year + 1, day=date.fromordinal(last_day).day)
    return local.replace(year=local.year + 1)
