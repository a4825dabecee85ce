"""Signing in for tests: typing into the form that is open, and clocks and settings to try."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from models.auth.attempts import SignInFailure
from models.auth.sessions import SignIn
from models.database import db
from models.rules.settings.sign_in import read_settings
from tests.client import Browser, Page


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
            for name in {"at", "created_at", "seen_at"} & set(rows.__table__.columns.keys()):
                setattr(row, name, getattr(row, name) - by)
        db.session.commit()


def end_sessions(app: Flask) -> None:
    """As if everybody had been away too long; their cookies stay as they are."""
    make_older(app, SignIn, timedelta(hours=3))


def use(app: Flask, **table: object) -> None:
    """Another [SIGN_IN] table."""
    app.extensions["sign_in"] = read_settings(table)
