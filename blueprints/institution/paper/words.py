"""Words that every paper says alike: days, its short name at the foot, room for ink."""

from datetime import date, datetime

from models.clock import campus_time
from models.filings.filing import Filing
from models.rules.answer_columns import unit_item
from models.rules.definitions.definition import Form
from models.rules.filing_kind import FilingKind

ROOM_TO_WRITE = "\u00a0" * 16


def day_words(day: date) -> str:
    """A day as it is written on paper: 2022年2月20日."""
    return f"{day.year}年{day.month}月{day.day}日"


def date_words(moment: datetime) -> str:
    """The day of a moment, on the clock of the campus."""
    return day_words(campus_time(moment))


def kind_of(filing) -> str:
    """What is filed, in the words for people; '' for a first filing, whose sheet says so itself."""
    kind = FilingKind(filing.kind)
    return "" if kind is FilingKind.first else kind.label


def code_of(filing) -> str:
    """The short name of a filing at the foot of its paper; '' while it has none."""
    return f"备案件 {filing.id}" if filing.id else ""


def title_of(definition: Form, filing) -> str:
    """What the account is called on this paper."""
    return definition.text(definition.channel.title, filing.answers)


def owner_of(definition: Form, filing) -> str:
    """Whose filing it is, by the name the unit had when it was written."""
    item = unit_item(definition, FilingKind.first)
    return definition.text(item, filing.answers) if item else filing.unit.name


def paper_name(definition: Form, filing: Filing) -> str:
    """What the file is called: the form, the account, and what is filed after the first time."""
    kind = "" if filing.kind is FilingKind.first else filing.kind.label
    about = "，".join(word for word in (filing.title, kind) if word)
    return f"{definition.title}（{about}）" if about else definition.title
