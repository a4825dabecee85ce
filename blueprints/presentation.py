"""What every template can use: the words, dates and security headers of all pages."""

from datetime import date, datetime

from flask import Flask, Response
from jinja2 import StrictUndefined

from models.database import campus_time, utcnow

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def init_app(app: Flask) -> None:
    """Register the filters, the macros that blocks may use without importing, and the headers."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.add_template_filter(when)
    app.add_template_filter(day)
    app.add_template_filter(waited)
    app.add_template_filter(masked)
    app.after_request(guard_response)
    with app.app_context():
        app.jinja_env.globals["ui"] = app.jinja_env.get_template("macros/ui.html").module


def campus_now() -> datetime:
    """Now, on the clock of the campus."""
    return campus_time(utcnow())


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
    days = (campus_now().date() - campus_time(moment).date()).days
    return "今天" if days < 1 else f"{days} 天"


def masked(phone: str | None) -> str:
    """A phone number for lists: 138****5678, 2657***; '—' when there is none."""
    if not phone:
        return "—"
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 11 else f"{phone[:4]}***"


def guard_response(response: Response) -> Response:
    """Put the security headers on every answer; pages of people are never stored."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if response.mimetype == "text/html":
        response.headers.setdefault("Cache-Control", "no-store")
    return response
