"""Who is signed in: Flask-Login over a session row, so that signing out ends it on the server."""

import click
from flask import Flask, Response, after_this_request, current_app, g, request, session
from flask_login import LoginManager, current_user

from blueprints.web import security_log
from blueprints.web.schools import institutions
from models.auth import sessions
from models.clock import utcnow
from models.database import db, if_not_busy
from models.deployment import sign_in_settings
from models.people.person import Person
from models.rules.settings.sign_in import read_settings

TOKEN = "sign_in"
# Whose browser this was, and the secret of the forms it has open: both outlive a session, so that
# a page left open goes on when the same person signs in again (docs/decisions).
WHO, CSRF = "person", "csrf_token"

# The school last signed in to, kept by the browser for the next time; it says nothing of the person.
SCHOOL = "school"
SCHOOL_KEPT = 365 * 24 * 3600  # seconds

# Said by what a page asks by itself, again and again: that keeps nobody signed in.
BY_ITSELF = "X-By-Itself"

login = LoginManager()
# The cookie is bound to our own session row; a changed address on campus Wi-Fi is no theft.
login.session_protection = None


def init_app(app: Flask) -> None:
    """Read the [SIGN_IN] table and let every request know its person.

    Raises click.ClickException with every mistake in the table.
    """
    try:
        app.extensions["sign_in"] = read_settings(app.config.get("SIGN_IN"))
    except ValueError as mistakes:
        sentence = f"config.toml 的 [SIGN_IN] 有误，程序没有启动：\n{mistakes}"
        raise click.ClickException(sentence) from None
    login.init_app(app)
    app.jinja_env.globals["came_by_cas"] = came_by_cas


@login.request_loader
def find_person(_request: object) -> Person | None:
    """The person of the token in the cookie, if its session row still lives.

    Whose school is none of this deployment's (any more) has no page to stand on: they are nobody.
    """
    sign_in = sessions.find(session.get(TOKEN))
    if sign_in is not None and sign_in.person.institution not in institutions():
        return None
    if sign_in is not None and sign_in.needs_mark() and BY_ITSELF not in request.headers:
        sign_in = _mark(session[TOKEN])
    if sign_in is None:
        return None
    g.entered, g.by_cas = sign_in.created_at, sign_in.ticket_hash is not None
    return sign_in.person


def _mark(token: str) -> sessions.SignIn | None:
    """Note that the person is still here, in a transaction of its own before the page's."""
    with if_not_busy():
        sign_in = sessions.find(token)
        if sign_in is not None:
            sign_in.mark()
            db.session.commit()
    return sessions.find(token)


def password_owed() -> str:
    """Why the person who is signed in must choose a password before anything else; '' when not."""
    if came_by_cas():
        return ""
    return current_user.must_choose(sign_in_settings().rules, g.entered)


def came_by_cas() -> bool:
    """Whether the person who is signed in was proved by the CAS server, not by a password."""
    return current_user.is_authenticated and g.by_cas


def remember(person: Person, ticket: str = "") -> None:
    """Open a session for a person who has proved who they are; the caller commits.

    `ticket`: the CAS ticket that proved them, '' where a password did.
    """
    kept = _kept() if session.get(WHO) == person.id else {}
    session.clear()
    # Drawn earlier in this request, it would be that of the secret that has just gone.
    g.pop(CSRF, None)
    session.update(kept | {WHO: person.id, TOKEN: sessions.open_session(person, ticket=ticket)})
    g._login_user, g.entered, g.by_cas = person, utcnow(), bool(ticket)
    security_log.signed_in(person)
    _remember_school(person.institution)


def _remember_school(code: str) -> None:
    """Unlike the session it outlives signing out and the browser's being closed."""

    @after_this_request
    def keep(response: Response) -> Response:
        config = current_app.config
        response.set_cookie(
            SCHOOL,
            code,
            max_age=SCHOOL_KEPT,
            path=current_app.session_interface.get_cookie_path(current_app),
            secure=config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite=config["SESSION_COOKIE_SAMESITE"],
        )
        return response


def forget() -> None:
    """End the session on the server and in the browser; the caller commits."""
    if current_user.is_authenticated:
        security_log.signed_out(current_user)
    sessions.close(session.get(TOKEN))
    kept = _kept()
    session.clear()
    session.update(kept)


def _kept() -> dict:
    return {name: session[name] for name in (WHO, CSRF) if name in session}
