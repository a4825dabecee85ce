"""What every template can use: the words and dates of all pages."""

from datetime import date, datetime

from flask import Flask
from jinja2 import StrictUndefined
from sqlalchemy.exc import SQLAlchemyError

from blueprints.web.idempotency import once_token
from models import clock
from models.clock import campus_now, campus_time
from models.database import db
from models.purpose import is_trial
from models.rules.masking import mask_answer, mask_change, mask_phone


def init_app(app: Flask) -> None:
    """Register the filters, and the macros that blocks may use without importing."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.add_template_filter(when)
    app.add_template_filter(day)
    app.add_template_filter(waited)
    app.add_template_filter(masked)
    app.add_template_filter(mask_change)
    app.jinja_env.globals["mask_answer"] = mask_answer
    app.jinja_env.globals["once_token"] = once_token
    app.jinja_env.globals["is_trial"] = says_trial
    with app.app_context():
        app.jinja_env.globals["ui"] = app.jinja_env.get_template("macros/ui.html").module


def says_trial() -> bool:
    """Whether pages carry the mark of a trial. The page that says the database is away says that alone."""
    try:
        return is_trial()
    except SQLAlchemyError:
        db.session.rollback()
        return False


def when(moment: datetime | None) -> str:
    """A moment as people say it: 2月19日 16:02, with the year when it is not this one."""
    if moment is None:
        return "—"
    local = campus_time(moment)
    return f"{day(local.date())} {local:%H:%M}"


def day(value: date | None) -> str:
    """A day as people say it: 2月19日, with the year when it is not this one."""
    if value is None:
        return "—"
    if isinstance(value, datetime):
        value = campus_time(value).date()
    year = "" if value.year == campus_now().year else f"{value.year}年"
    return f"{year}{value.month}月{value.day}日"


def waited(moment: datetime | None) -> str:
    """How long something has waited, in whole days: 今天, 1 天, 12 天."""
    if moment is None:
        return "—"
    days = (clock.today() - campus_time(moment).date()).days
    return "今天" if days < 1 else f"{days} 天"


def masked(phone: str | None) -> str:
    """A phone number for lists: 138****5678, 2657***; '—' when there is none."""
    return mask_phone(phone or "") or "—"
