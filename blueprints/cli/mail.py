"""Empties the outbox through the deployment's mail server, after the deeds are committed.

`flask send-mail` does it once, for a timer; `flask serve` has a job that does it all the time.
Nothing is sent within a transaction, for it would keep the whole database waiting.
"""

import logging
import ssl
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as MAIL_POLICY
from email.utils import format_datetime, parseaddr
from smtplib import SMTP, SMTP_SSL, SMTPDataError, SMTPException, SMTPNotSupportedError, SMTPRecipientsRefused
from time import perf_counter

import click
from flask import Flask, current_app
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import joinedload

from blueprints.cli.workers import Job, rest
from blueprints.web.schools import institutions
from models.clock import utcnow
from models.database import db
from models.messaging import outbox
from models.messaging.notices import Notice
from models.messaging.outbox import Held, Mail
from models.rules.settings.mail import MailSettings, read_settings

log = logging.getLogger(__name__)

LOOK_EVERY = 10.0  # seconds
PATIENCE = 30  # seconds, for each answer of the mail server
# Of the time in which anybody may write, the outbox takes a tenth at most.
YIELDED = 9
LEAST_REST, LONGEST_REST = 0.05, 5.0  # seconds
ABOUT_ONE_MAIL = (SMTPRecipientsRefused, SMTPDataError, SMTPNotSupportedError)
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
    """Send what is due, a batch at a time. A mail server that cannot be reached ends the round.

    Between two batches people have the database, many times as long as the outbox had it.
    """
    tally, courier = Tally(), Courier(settings)
    try:
        while batch := _claim(settings):
            try:
                courier.carry(batch)
            finally:
                _write_down(batch)
            tally.sent += len(batch.sent)
            tally.failed += len(batch.failed)
            if courier.away or rest(min(max(batch.writing * YIELDED, LEAST_REST), LONGEST_REST)):
                break
    finally:
        courier.hang_up()
    return tally


@dataclass
class Batch:
    """Mails that are held together `until` then, and what becomes of them.

    `writing`: seconds in transactions, with the wait for them. `mails`: each with what is sent, or
    with the reason why nothing can be.
    """

    until: datetime
    writing: float
    mails: list[tuple[Held, EmailMessage | str]] = field(default_factory=list)
    sent: list[Held] = field(default_factory=list)
    failed: list[tuple[Held, str, bool]] = field(default_factory=list)
    left: list[Held] = field(default_factory=list)

    def fail(self, held: Held, problem: str, for_good: bool = False) -> None:
        log.warning("Mail %s was not sent: %s", held.mail_id, problem)
        self.failed.append((held, problem, for_good))


class Courier:
    """A connection to the mail server, opened with the first mail and kept for all."""

    def __init__(self, settings: MailSettings) -> None:
        self.settings = settings
        self.server: SMTP | None = None
        self.away = False

    def carry(self, batch: Batch) -> None:
        """Send what can be sent; what is not tried is left. No transaction is open meanwhile."""
        for held, message in batch.mails:
            if isinstance(message, str):
                batch.fail(held, message, for_good=True)
            elif self.away or rest(0) or not held.may_be_sent(utcnow()):
                batch.left.append(held)
            else:
                self._send(held, message, batch)

    def _send(self, held: Held, message: EmailMessage, batch: Batch) -> None:
        try:
            self.server = self.server or _connect(self.settings)
        except (OSError, SMTPException) as problem:
            self.away = True
            batch.fail(held, f"连不上邮件服务器：{_said(problem)}")
            return
        try:
            self.server.send_message(message)
        except (OSError, SMTPException) as problem:
            # What is not about this mail would meet the next one too.
            self.away = not isinstance(problem, ABOUT_ONE_MAIL) or self.server.sock is None
            batch.fail(held, f"邮件服务器没有接收：{_said(problem)}", _is_final(problem))
        else:
            batch.sent.append(held)

    def hang_up(self) -> None:
        if self.server is not None:
            try:
                self.server.quit()
            except (OSError, SMTPException):
                self.server.close()


def _claim(settings: MailSettings) -> Batch | None:
    """The mails that are due, held and written; the transaction is over."""
    begun = perf_counter()
    claimed = outbox.claim(utcnow(), institutions())
    db.session.commit()
    if not claimed:
        return None
    batch = Batch(claimed[0].until, perf_counter() - begun)
    held = {each.mail_id: each for each in claimed}
    people = joinedload(Mail.notice).joinedload(Notice.person)
    for mail in db.session.scalars(select(Mail).where(Mail.id.in_(held)).options(people).order_by(Mail.id)):
        try:
            message: EmailMessage | str = _written(mail, settings)
        except (ValueError, LookupError) as problem:
            message = f"写不成邮件：{_said(problem)}"
        batch.mails.append((held[mail.id], message))
    db.session.rollback()
    return batch


def _write_down(batch: Batch) -> None:
    """Keep what became of a batch, in one transaction.

    Tried again while it is held: what was sent and is not written down would be sent twice.
    """
    while True:
        begun = perf_counter()
        try:
            now = utcnow()
            outbox.sent(batch.sent, now)
            outbox.let_go(batch.left, now)
            for held, problem, for_good in batch.failed:
                outbox.failed(held, problem, now, for_good)
            db.session.commit()
        except OperationalError:
            db.session.rollback()
            if rest(LONGEST_REST) or utcnow() > batch.until:
                raise
        else:
            batch.writing += perf_counter() - begun
            return


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
