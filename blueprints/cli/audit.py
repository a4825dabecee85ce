"""`flask seal` and `flask verify-history`: is history still what was written down?

`flask serve` has a job that seals once a day; where another server runs the app, cron does.
"""

import logging

import click
from flask import Flask, current_app

from blueprints.cli.workers import Job
from blueprints.web.schools import institutions
from models.audit import check, comparing
from models.audit.papers import Difference
from models.audit.seal import Seal, SealBook, Spoilt
from models.clock import utcnow
from models.database import db

log = logging.getLogger(__name__)

LOOK_EVERY = 600.0  # seconds
MOST_SHOWN = 20


class Broken(Exception):
    """History does not fit; the sentence says where."""


def init_app(app: Flask) -> None:
    """Add the two commands to the `flask` command line."""
    app.cli.add_command(seal)
    app.cli.add_command(verify_history)


def seal_today(school: str) -> Seal | None:
    """Seals what happened since the last seal, if it fits; None when today has its seal.

    Raises Broken.
    """
    book = SealBook.of(school, current_app.instance_path)
    try:
        seals, torn, other = book.read(), book.torn(), book.other_database()
        trouble = check.emptied(book) or _to_the_end(
            school, seals, check.since_last_seal(school, seals, check.SLICE)
        )
        if trouble:
            raise Broken(trouble)
        made = book.add(utcnow())
        if made and torn:
            log.warning("The last line of %s was torn; it was cut and sealed again", book.file.name)
        if made and other:
            aside = book.kept(other).name
            log.warning("%s was of another database; it is kept as %s", book.file.name, aside)
        return made
    except Spoilt as spoilt:
        raise Broken(str(spoilt)) from None
    finally:
        db.session.rollback()


@click.command()
def seal() -> None:
    """Seal the history of every school for today; ends with 1 when one does not fit."""
    failed = False
    for code, school in institutions().items():
        try:
            torn, exchanged = _torn(code), _exchanged(code)
            made = seal_today(code)
        except Broken as trouble:
            click.echo(f"{school.name}：没有封存。{trouble}")
            failed = True
            continue
        if made is None:
            click.echo(f"{school.name}：今天已经封存，或还没有记录。")
        else:
            click.echo(f"{school.name}：已封存 {made.events} 条记录，摘要 {made.digest}")
            if torn:
                click.echo(f"  {torn}已去掉它并重新封存。")
            if exchanged:
                click.echo(f"  {exchanged}")
    if failed:
        raise SystemExit(1)


@click.command("verify-history")
def verify_history() -> None:
    """Check chain, seals and filings of every school; ends with 1 when something does not fit."""
    failed = False
    for code, school in institutions().items():
        trouble, looked = _history_trouble(code), _Looked()
        looked.at_everything(code)
        torn, exchanged = ("", "") if trouble else (_torn(code), _exchanged(code))
        failed = failed or bool(trouble or looked.differences)
        if not trouble and not looked.differences:
            click.echo(f"{school.name}：{check.total(code)} 条记录完整，与封存相符，{looked}。")
        else:
            click.echo(f"{school.name}：" + (trouble or "记录完整，但有备案或报送与记录不符。"))
        for line in looked.lines():
            click.echo(f"  {line}")
        if torn:
            click.echo(f"  {torn}下次封存时会去掉它并重新封存。")
        if exchanged:
            click.echo(f"  {exchanged}")
    if failed:
        raise SystemExit(1)


class _Looked:
    """What comparing every paper and every file showed."""

    def __init__(self) -> None:
        self.differences: list[Difference] = []
        self.checked = dict.fromkeys(comparing.LOOKS, 0)
        self.undigested = 0

    def at_everything(self, school: str) -> None:
        """Slice by slice: nobody who writes has to wait for long."""
        for look_at, look in comparing.looks(school):
            self.differences += look.differences
            self.checked[look_at] += look.checked
            self.undigested += look.undigested
            db.session.rollback()

    def __str__(self) -> str:
        filings, files, reports = self.checked.values()
        return (
            f"{filings} 件备案的状态和内容都与记录、签署相符，{files} 个附件与上传时相同，"
            f"{reports} 份报送与签字时相同"
        )

    def lines(self) -> list[str]:
        """What does not fit, the first of it; and what could not be compared."""
        lines = [str(difference) for difference in self.differences[:MOST_SHOWN]]
        if len(self.differences) > MOST_SHOWN:
            lines.append(f"…共 {len(self.differences)} 处与记录不符。")
        if self.undigested:
            lines.append(f"其中 {self.undigested} 件在有签署摘要之前提交，只核对了状态、人员和时间。")
        return lines


def _history_trouble(school: str) -> str:
    book = SealBook.of(school, current_app.instance_path)
    try:
        seals = book.read()
    except Spoilt as spoilt:
        return str(spoilt)
    return check.emptied(book) or _to_the_end(school, seals, check.examine(school, seals, most=check.SLICE))


def _torn(school: str) -> str:
    """What is to be said of a last line that was not written to its end. Raises Broken."""
    try:
        return SealBook.of(school, current_app.instance_path).torn()
    except Spoilt as spoilt:
        raise Broken(str(spoilt)) from None


def _exchanged(school: str) -> str:
    """What is to be said of the seals of another database. Raises Broken."""
    try:
        return SealBook.of(school, current_app.instance_path).exchanged()
    except Spoilt as spoilt:
        raise Broken(str(spoilt)) from None


def _to_the_end(school: str, seals: list[Seal], verdict: check.Verdict) -> str:
    """What does not fit, looked for slice by slice: nobody who writes has to wait for long."""
    while not verdict.done:
        db.session.rollback()
        verdict = check.examine(school, seals, verdict.last_id, check.SLICE)
    db.session.rollback()
    return verdict.trouble


def seal_what_is_due() -> None:
    """Seals the schools that have no seal today; what does not fit is logged, and tried again."""
    for school in current_app.extensions["institutions"]:
        try:
            if not SealBook.of(school, current_app.instance_path).is_done(utcnow()):
                seal_today(school)
        except (Broken, Spoilt) as trouble:
            log.error("History of %s was not sealed: %s", school, trouble)
        except Exception:
            # One school's trouble keeps no other from being sealed.
            log.exception("History of %s could not be sealed", school)


JOB = Job("seal", LOOK_EVERY, seal_what_is_due)
