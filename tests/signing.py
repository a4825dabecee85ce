"""Signing in for tests: typing into the form that is open, and clocks and settings to try."""

from contextlib import nullcontext
from datetime import timedelta

from flask import Flask, has_app_context
from sqlalchemy import select

from blueprints.auth.session import TOKEN, WHO
from models.auth import sessions
from models.auth.attempts import SignInFailure
from models.auth.sessions import SignIn
from models.database import db
from models.people.person import Person
from models.rules.settings.sign_in import read_settings
from tests.client import Browser, Page


def let_in(app: Flask, username: str, school: str = "pdsu") -> Browser:
    """A browser that stands before a person's first page, signed in as by the right password."""
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie.update(opened_session(app, username, school))
    return Browser(client, start=f"/{school}/")


def opened_session(app: Flask, username: str, school: str) -> dict:
    """What the cookie of a new session of this person holds; its row is in the database."""
    # Within a context of the test's own, what it has begun to read holds the database.
    with nullcontext() if has_app_context() else app.app_context():
        named = select(Person).filter_by(institution=school, username=username)
        person = db.session.scalars(named).one()
        cookie = {WHO: person.id, TOKEN: sessions.open_session(person)}
        db.session.commit()
    return cookie


def browser_of(app: Flask, address: str = "127.0.0.1") -> Browser:
    """A browser at an address; like a real one it says which page sends a form."""
    client = app.test_client()
    client.environ_base |= {"REMOTE_ADDR": address, "HTTP_ORIGIN": "http://localhost"}
    return Browser(client)


def enter(browser: Browser, username: str, password: str, school: str = "pdsu") -> Page:
    """Fill in the sign-in form that is open and press its button."""
    browser.page.soup.header.decompose()  # it may have a button of that word: 退出登录
    return browser.submit("登录", school=school, username=username, password=password)


def try_to_enter(app: Flask, username: str, password: str, address: str = "127.0.0.1") -> Page:
    """Open the sign-in page in a new browser and try."""
    browser = browser_of(app, address)
    browser.open("/sign-in?school=pdsu")
    return enter(browser, username, password)


def make_older(app: Flask, rows: type[SignIn] | type[SignInFailure], by: timedelta) -> None:
    """Let time pass for sessions or failures."""
    with app.app_context():
        for row in db.session.scalars(select(rows)).unique():
            for name in {"at", "open_until", "created_at", "seen_at"} & set(rows.__table__.columns.keys()):
                if getattr(row, name) is not None:
                    setattr(row, name, getattr(row, name) - by)
        db.session.commit()


def end_sessions(app: Flask) -> None:
    """As if everybody had been away too long; their cookies stay as they are."""
    make_older(app, SignIn, timedelta(hours=3))


def use(app: Flask, **table: object) -> None:
    """Another [SIGN_IN] table."""
    app.extensions["sign_in"] = read_settings(table)
