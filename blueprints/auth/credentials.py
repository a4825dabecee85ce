"""Proving who one is: so many tries, then a wait; nobody learns from it who has an account."""

import logging
from datetime import timedelta

from flask import flash, request
from sqlalchemy import select

from blueprints.auth.cas_offer import cas_settings, may_use_password
from blueprints.auth.sign_in_page import SignInForm
from blueprints.web import security_log
from models.auth import attempts
from models.auth.attempts import Try
from models.auth.sessions import authenticate
from models.clock import utcnow
from models.database import db, will_write
from models.deployment import sign_in_settings
from models.events import history
from models.people.person import Person

log = logging.getLogger(__name__)

WRONG = "学校、用户名或密码不正确，请核对后重试。"
LEFT_TO_ADMINISTRATORS = "请用“{}”登录。用户名和密码只供系统管理员使用，请核对后重试。"
WAIT = "尝试次数过多，请在 {} 分钟后再试。"
OVER = "这个一次性密码已过期，请联系本校系统管理员重置。"
WARN_BEFORE = timedelta(days=7)


def prove(form: SignInForm) -> Person | None:
    """The person whom a valid form names and proves; None with the sentence beside the password.

    The try is counted and committed first; then a lock holds for the right password too. That it
    failed is committed before it is said: where that cannot be, nothing is said of the password.
    """
    school, username, address = form.school.data, form.username.data, request.remote_addr or ""
    will_write()
    attempt = attempts.begin(school, username, address)
    db.session.commit()
    if attempt.minutes:
        security_log.kept_out(school)
        form.password.errors = [WAIT.format(attempt.minutes)]
        return None
    person = authenticate(school, username, form.password.data)
    if person is None or not may_use_password(person):
        form.password.errors = [_failed(form, attempt)]
        return None
    if person.one_time_is_over(utcnow()):
        will_write()
        attempts.fail(attempt)
        db.session.commit()
        security_log.kept_out(school)
        form.password.errors = [OVER]
        return None
    will_write()
    attempts.forgive(school, username)
    return person


def _failed(form: SignInForm, attempt: Try) -> str:
    """What to say after a failure; one that brings a wait is written down."""
    will_write()
    attempts.fail(attempt)
    db.session.commit()
    security_log.kept_out(form.school.data)
    if attempt.address:
        log.warning("too many failed sign-ins from %s", request.remote_addr)
    if attempt.account:
        _write_down(form.school.data, form.username.data, attempt.account)
    minutes = max(attempt.account, attempt.address)
    return WAIT.format(minutes) if minutes else _wrong(form.school.data)


def _wrong(school: str) -> str:
    """The same for a wrong password and for a right one that is not enough."""
    settings = cas_settings(school)
    required = settings and settings.required
    return LEFT_TO_ADMINISTRATORS.format(settings.label) if required else WRONG


def _write_down(school: str, username: str, minutes: int) -> None:
    """The event of a lock, where there is such a person."""
    will_write()
    person = db.session.scalar(select(Person).filter_by(institution=school, username=username))
    if person is not None:
        sentence = f"{person.name}的账号连续登录失败，暂停 {minutes} 分钟"
        history.record(school, "lock", person, opinion=sentence)
    db.session.commit()


def warn(person: Person) -> None:
    """Say some days before that a password will have to be changed."""
    end = person.password_ends(sign_in_settings().rules)
    left = end and end - utcnow()
    if left and timedelta(0) < left <= WARN_BEFORE:
        flash(f"密码还有 {left.days + 1} 天到期，请在右上角“修改密码”更换。", "warning")
