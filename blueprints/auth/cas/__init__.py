"""Signing in through the school's CAS server, where the [CAS] table names one.

The `client` brings requests along, so it is imported when somebody first signs in this way.
"""

import logging
from xml.etree.ElementTree import ParseError

import click
from defusedxml.ElementTree import fromstring
from flask import Blueprint, Flask, Response, abort, redirect, request
from flask_login import current_user
from sqlalchemy import select

from blueprints.auth import session
from blueprints.auth.cas import visits
from blueprints.auth.cas_offer import cas_settings
from blueprints.auth.pages import go_on
from blueprints.web import security_log
from blueprints.web.access import requires
from blueprints.web.page import page
from blueprints.web.schools import institutions
from models.auth import attempts, sessions
from models.database import db, will_write
from models.people.person import Person
from models.rules.definitions.institution import Contact
from models.rules.policy import Action
from models.rules.settings.cas import CasSettings, read_settings

PROTOCOL = "{urn:oasis:names:tc:SAML:2.0:protocol}"


log = logging.getLogger(__name__)
cas = Blueprint("cas", __name__, url_prefix="/cas")

LONGEST_TICKET = 300
MOST_OF_A_LOGOUT = 16 * 1024

ASTRAY = "登录页面已过期，或不是从本窗口打开的。请重新登录；一直如此时，请让浏览器允许 Cookie。"
NO_TICKET = "统一身份认证没有确认您的身份。请重新登录。"
REFUSED = "统一身份认证的凭证已失效：可能已用过、已过期，或不是为本系统签发的。请重新登录。"
SILENT = "统一身份认证服务器暂时没有回应。请稍后再试；一直如此时，请联系本校系统管理员。"
UNREADABLE = "统一身份认证服务器的回答无法识别。请稍后再试；一直如此时，请联系本校系统管理员。"
WAIT = "尝试次数过多，请在 {} 分钟后再试。"
UNKNOWN = "您的统一身份认证账号（{}）尚未开通。请联系本校系统管理员开通后再登录。"


def init_app(app: Flask) -> None:
    """Read the [CAS] table and open its pages; without it there are none.

    Raises click.ClickException with every mistake in the table.
    """
    hosts_are_known = bool(app.config.get("TRUSTED_HOSTS"))
    try:
        settings = read_settings(app.config.get("CAS"), app.extensions["institutions"], hosts_are_known)
    except ValueError as mistakes:
        sentence = f"config.toml 的 [CAS] 有误，程序没有启动：\n{mistakes}"
        raise click.ClickException(sentence) from None
    app.extensions["cas"] = settings
    if settings:
        # The server that posts here has no page of ours, and no session to be misused.
        app.extensions["csrf"].exempt(end_ticket)
        app.register_blueprint(cas)


@cas.get("/<school>/sign-in")
@requires(Action.OPEN)
def begin(school: str) -> Response:
    """Off to the CAS server, to come back with a ticket."""
    from blueprints.auth.cas import client

    settings = _settings(school)
    visit = visits.begin(school, request.args.get("next", ""))
    return redirect(client.login_url(settings, _service(settings, visit.school, visit.state)))


@cas.get("/<school>/callback")
@requires(Action.OPEN)
def come_back(school: str) -> Response:
    """Back with a ticket: signed in, if the server stands by it and we know the person."""
    settings, ticket = _settings(school), request.args.get("ticket", "")
    visit = visits.finish(school, request.args.get("state", ""))
    if visit is None and current_user.is_authenticated:
        return go_on(None)  # the same address loaded once more
    if visit is None:
        return _refuse(school, 400, ASTRAY)
    if not (0 < len(ticket) <= LONGEST_TICKET and ticket.isascii() and ticket.isprintable()):
        return _refuse(school, 400, NO_TICKET)
    will_write()
    # Counted per address: each ticket stands for an account of its own.
    attempt = attempts.begin(school, f"ticket {ticket}", request.remote_addr or "")
    db.session.commit()
    if attempt.minutes:
        security_log.kept_out(school)
        return _refuse(school, 429, WAIT.format(attempt.minutes))
    return _prove(settings, visit, ticket)


def _prove(settings: CasSettings, visit: visits.Visit, ticket: str) -> Response:
    """No transaction is open while the server is asked: nobody waits for it but who came."""
    from blueprints.auth.cas import client

    school = visit.school
    try:
        username = client.prove(settings, _service(settings, school, visit.state), ticket)
    except client.NotProven as refusal:
        log.warning("The CAS server said %s", refusal)
        security_log.kept_out(school)
        return _refuse(school, 403, REFUSED)
    except client.Unanswered as problem:
        log.warning("The CAS server gave no answer: %s", problem)
        will_write()
        attempts.forgive(school, f"ticket {ticket}")
        db.session.commit()
        return _refuse(school, problem.status, SILENT if problem.status == 503 else UNREADABLE)
    will_write()
    attempts.forgive(school, f"ticket {ticket}")
    person = db.session.scalar(select(Person).filter_by(institution=school, username=username, active=True))
    if person is not None:
        session.remember(person, ticket)
    db.session.commit()
    if person is not None:
        return go_on(None, visit.wanted)
    # Who is disabled learns no more than who never was here.
    security_log.kept_out(school)
    return _unknown(school, username)


@cas.post("/<school>/callback")
@requires(Action.OPEN)
def end_ticket(school: str) -> tuple[str, int]:
    """The server says that a ticket's sign-in is over; it never learns whether there was one."""
    _settings(school)
    request.max_content_length = request.max_form_memory_size = MOST_OF_A_LOGOUT
    ticket = ticket_in(request.form.get("logoutRequest", ""))
    if ticket is None:
        abort(400)
    will_write()
    sessions.close_ticket(school, ticket)
    db.session.commit()
    return "", 204


@cas.get("/<school>/signed-out")
@requires(Action.OPEN)
def signed_out(school: str) -> Response:
    """After signing out here: the CAS server may still have its own session."""
    _settings(school)
    return page("auth/cas_signed_out.html", school=school)


@cas.get("/<school>/sign-out")
@requires(Action.OPEN)
def leave(school: str) -> Response:
    """On to the CAS server, to sign out there too."""
    from blueprints.auth.cas import client

    settings = _settings(school)
    return redirect(client.logout_url(settings, f"{_root(settings)}/sign-in"))


def _settings(school: str) -> CasSettings:
    return cas_settings(school) or abort(404)


def _service(settings: CasSettings, school: str, state: str) -> str:
    """The address that a ticket is for, the same when it is asked for and when it is proved."""
    return f"{_root(settings)}/cas/{school}/callback?state={state}"


def _root(settings: CasSettings) -> str:
    # A request's own host only where TRUSTED_HOSTS vouches for it (checked at the start).
    return settings.base_url or request.url_root.rstrip("/")


def _unknown(school: str, username: str) -> Response:
    return _refuse(school, 403, UNKNOWN.format(username), institutions()[school].contact)


def _refuse(school: str, status: int, sentence: str, contact: Contact | None = None) -> Response:
    return page("auth/cas_refused.html", status=status, school=school, sentence=sentence, contact=contact)


def ticket_in(logout_request: str) -> str | None:
    """The ticket that a logoutRequest names; None when it is not a sound one."""
    try:
        root = fromstring(logout_request.encode("utf-8", "replace"), forbid_dtd=True)
    except (ParseError, ValueError, LookupError):
        return None
    named = root.findall(f"{PROTOCOL}SessionIndex")
    if root.tag != f"{PROTOCOL}LogoutRequest" or len(named) != 1:
        return None
    return (named[0].text or "").strip() or None
