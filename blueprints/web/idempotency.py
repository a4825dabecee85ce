"""Double clicks: a form that makes something carries a token, and makes it once."""

import secrets
from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import Any

from flask import Response, flash, g, make_response, request
from flask_login import current_user
from werkzeug.datastructures import FileStorage

from blueprints.web.page import go_again, led_away
from models import idempotency as sent_forms
from models.database import db, will_write

TOKEN = "once"


def once_token() -> str:
    """What `ui.once()` puts into a form."""
    return secrets.token_urlsafe(12)


class SentBefore(Exception):
    """This form did what it does when it was sent the first time."""


def once(view: Callable) -> Callable:
    """A POST with a token and a content that were sent before does nothing a second time.

    The second of two clicks is the one whose answer a browser shows: it is led to where the
    first one led. Goes below `requires`, so that only what is allowed is written down.
    """

    @wraps(view)
    def made_once(*args: Any, **kwargs: Any) -> Any:
        if request.method != "POST" or not request.form.get(TOKEN):
            return view(*args, **kwargs)
        g.sent_form = _key()
        try:
            response = make_response(view(*args, **kwargs))
        except SentBefore:
            db.session.rollback()
            flash("这一份已经提交过了，没有重复保存。")
            return go_again(sent_forms.address_of(g.sent_form))
        return _remember(response)

    return made_once


def note_sent_form() -> None:
    """Write down that this form was sent, in the transaction that does what it asks for.

    Raises SentBefore when that was done already. Nothing for a form that may be sent again.
    """
    key = g.get("sent_form")
    if key is None:
        return
    # What this request began and rolled back, or has done in part, is no other form.
    if not sent_forms.first_time(key) and not g.get("sent_form_is_ours"):
        raise SentBefore
    g.sent_form_is_ours = True


def _remember(response: Response) -> Response:
    """Write down where the form led. Where it was refused, its key went with the rollback."""
    address = led_away(response)
    if address:
        will_write()
        sent_forms.led_to(g.sent_form, address)
        db.session.commit()
    return response


def _key() -> str:
    """Whose form, where to, and with what in it: something else under one token is no double."""
    fields = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
    files = [(name, file.filename, _content(file)) for name, file in request.files.items(multi=True)]
    whole = repr((current_user.id, request.path, fields, files))
    return sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()


def _content(file: FileStorage) -> str:
    """What is in a file, as a digest; the file is left as it came. Browsers do not say its size."""
    digest = sha256(file.stream.read()).hexdigest()
    file.stream.seek(0)
    return digest
