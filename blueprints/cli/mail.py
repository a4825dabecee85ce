"""Empties the outbox through the deployment's mail server, after the deeds are committed.

`flask send-mail` does it once, for a timer; `flask serve` has a job that does it all the time.
Nothing is sent within a transaction, for it would keep the whole database waiting.
"""

import logging
import ssl
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as MAIL_POLICY
from email.utils import format_datetime, parseaddr
from smtplib import SMTP, SMTP_SSL, SMTPDataError, SMTPException, SMTPRecipientsRefused

import click
from flask import Flask, current_app

from blueprints.cli.workers import Job
from blueprints.web.schools import institutions
from models.clock import utcnow
from models.database import db
from models.messaging import outbox
from models.messaging.outbox import Held, Mail
from models.rules.settings.mail import MailSettings, read_settings

log = logging.getLogger(__name__)

LOOK_EVERY = 10.0  # seconds
PATIENCE = 30  # seconds, for each answer of the mail server
LONGEST_SUBJECT = 60


@dataclass
class Tally:
    """What became of the mails of one emptying."""

    sent: int = 0
    failed: int = 0


def init_app(app: Flask) -> None:
    """Read the [MAIL] table of the settings and add the command.

    Raises click.ClickException with every mistake in it.
    """
    try:
        app.extensions["mail"] = read_settings(app.config.get("MAIL"))
    except ValueError as mistakes:
        sentence = f"config.toml 的 [MAIL] 有误，程序没有启动：\n{mistakes}"
        raise click.ClickException(sentence) from None
    app.cli.add_command(send_mail)


@click.command("send-mail")
def send_mail() -> None:
    """Send the mail that waits; ends with 1 when some could not be sent."""
    if current_app.extensions["mail"] is None:
        raise click.ClickException("还没有设置邮件服务器：请在 config.toml 中写 [MAIL]。")
    tally = empty(current_app.extensions["mail"])
    click.echo(f"已发送 {tally.sent} 封，未能发送 {tally.failed} 封。")
    if tally.failed:
        raise SystemExit(1)


def jobs(app: Flask) -> list[Job]:
    """Emptying the outbox, where mail is configured."""
    settings = app.extensions["mail"]
    return [Job("mail", LOOK_EVERY, lambda: empty(settings))] if settings is not None else []


def empty(settings: MailSettings) -> Tally:
    """Send what is due. A mail server that cannot be reached ends the round."""
    tally, server = Tally(), None
    while (due := _next(settings, tally)) is not None:
        held, message = due
        try:
            server = server or _connect(settings)
        except (OSError, SMTPException) as problem:
            _failed(held, f"连不上邮件服务器：{_said(problem)}", tally)
            return tally
        try:
            server.send_message(message)
        except (OSError, SMTPException) as problem:
            _failed(held, f"邮件服务器没有接收：{_said(problem)}", tally, _is_final(problem))
            server = _hang_up(server)
        else:
            outbox.sent(held, utcnow())
            db.session.commit()
            tally.sent += 1
    _hang_up(server)
    return tally


def _next(settings: MailSettings, tally: Tally) -> tuple[Held, EmailMessage] | None:
    """The next mail that is due, held and written; the transaction is over."""
    while (held := outbox.claim(utcnow())) is not None:
        try:
            message = _written(db.session.get(Mail, held.mail_id), settings)
        except (ValueError, LookupError) as problem:
            _failed(held, f"写不成邮件：{_said(problem)}", tally, for_good=True)
            continue
        db.session.commit()
        return held, message
    db.session.commit()
    return None


def _failed(held: Held, problem: str, tally: Tally, for_good: bool = False) -> None:
    outbox.failed(held, problem, utcnow(), for_good)
    db.session.commit()
    tally.failed += 1
    log.warning("Mail %s was not sent: %s", held.mail_id, problem)


def _connect(settings: MailSettings) -> SMTP:
    """A connection that is encrypted and signed in as the settings say."""
    trust = ssl.create_default_context()
    if settings.tls == "ssl":
        server = SMTP_SSL(settings.server, settings.reached_at, timeout=PATIENCE, context=trust)
    else:
        server = SMTP(settings.server, settings.reached_at, timeout=PATIENCE)
    try:
        if settings.tls == "starttls":
            server.starttls(context=trust)
        if settings.username:
            server.login(settings.username, settings.password)
    except (OSError, SMTPException):
        server.close()
        raise
    return server


def _hang_up(server: SMTP | None) -> None:
    if server is not None:
        try:
            server.quit()
        except (OSError, SMTPException):
            server.close()


def _written(mail: Mail, settings: MailSettings) -> EmailMessage:
    """The mail: one sentence and a link. Reasons and messages are read after signing in.

    Raises LookupError when the person has left, or is reached elsewhere by now.
    """
    notice, school = mail.notice, institutions()[mail.institution]
    if not notice.person.active or notice.person.email != mail.address:
        raise LookupError("收件人已停用，或已更换邮箱")
    sentence = " ".join(notice.text.split())
    name, address = parseaddr(settings.sender)
    message = EmailMessage(MAIL_POLICY)
    message["From"] = Address(name or school.system, addr_spec=address)
    message["To"] = Address(addr_spec=mail.address)
    message["Subject"] = f"[{school.name}] {_short(sentence)}"
    message["Date"] = format_datetime(mail.created_at)
    message["Message-ID"] = f"<mail-{mail.id}-{mail.created_at:%Y%m%d%H%M%S}@{settings.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    link = f"{settings.base_url}/{mail.institution}/notices/{notice.id}"
    foot = f"{school.name}{school.system}自动发送，请勿回复。不想再收到，可在“个人设置”中清空邮箱。"
    text = f"{sentence}\n\n打开查看：{link}\n\n{foot}\n"
    message.set_content(text, cte="base64")
    return message


def _short(sentence: str) -> str:
    return sentence if len(sentence) <= LONGEST_SUBJECT else sentence[:LONGEST_SUBJECT] + "…"


def _is_final(problem: Exception) -> bool:
    """Whether trying again would not help: the server refused the address or the mail for good."""
    if isinstance(problem, SMTPRecipientsRefused):
        return all(500 <= code < 600 for code, _ in problem.recipients.values())
    return isinstance(problem, SMTPDataError) and 500 <= problem.smtp_code < 600


def _said(problem: Exception) -> str:
    """What the mail server answered, as far as it makes one readable line."""
    if isinstance(problem, SMTPRecipientsRefused):
        problem = next(iter(problem.recipients.values()))
    return " ".join(str(problem).split())[:300]
