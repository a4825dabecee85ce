"""Who is signed in: Flask-Login over a session row, so that signing out ends it on the server."""

from flask import Flask, session
from flask_login import LoginManager
from sqlalchemy.exc import OperationalError

from models import sign_in
from models.database import db
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
    if found is None:
        return None
    if found.needs_mark():
        _mark(found)
    return found.person


def _mark(found: sign_in.SignIn) -> None:
    """Note that the person is still here; a busy database may skip it, five minutes are left."""
    try:
        found.mark()
        db.session.commit()
    except OperationalError:
        db.session.rollback()


def remember(person: Person) -> None:
    """Open a session for a person who has proved who they are; the caller commits."""
    session.clear()
    session[TOKEN] = sign_in.open_session(person)


def forget() -> None:
    """End the session on the server and in the browser; the caller commits."""
    sign_in.close(session.pop(TOKEN, None))
    session.clear()
