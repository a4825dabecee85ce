"""Who is signed in: Flask-Login over a session row, so that signing out ends it on the server."""

from flask import Flask, session
from flask_login import LoginManager

from models import sign_in
from models.database import db, will_write
from models.people import Person

TOKEN = "sign_in"

login = LoginManager()
# The cookie is bound to our own session row; a changed address on campus Wi-Fi is no theft.
login.session_protection = None


def init_app(app: Flask) -> None:
    """Let every request know its person."""
    login.init_app(app)


@login.request_loader
def find_person(_request: object) -> Person | None:
    """The person of the token in the cookie, if its session row still lives."""
    found = sign_in.find(session.get(TOKEN))
    if found is not None and found.needs_mark():
        found = _mark(session[TOKEN])
    return found.person if found else None


def _mark(token: str) -> sign_in.SignIn | None:
    """Note that the person is still here, in a transaction of its own before the page's."""
    will_write()
    found = sign_in.find(token)
    if found is not None:
        found.mark()
        db.session.commit()
    return found


def remember(person: Person) -> None:
    """Open a session for a person who has proved who they are; the caller commits."""
    session.clear()
    session[TOKEN] = sign_in.open_session(person)


def forget() -> None:
    """End the session on the server and in the browser; the caller commits."""
    sign_in.close(session.pop(TOKEN, None))
    session.clear()
