"""A full outbox leaves in batches, over one connection, and people come first all the while."""

import os
import signal
import sqlite3
import subprocess
import sys
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.exc import OperationalError

from app import HOUSE
from blueprints.cli import mail as mail_command
from blueprints.cli.mail import LEAST_REST, YIELDED, empty
from models.clock import utcnow
from models.database import db
from models.messaging import notices, outbox
from models.messaging.outbox import BATCH, HELD, Delivery, Mail
from models.people.person import Person
from tests.lending import DATABASE
from tests.post_office import HOST, Letters, free_port, post_office

ADDRESS = "zhoumin@school.example.cn"


@pytest.fixture
def settings(app) -> object:
    """This deployment's [MAIL], read."""
    table = {"server": HOST, "port": free_port(), "tls": "none", "from": "beian@school.example.cn"}
    app.extensions["mail"] = mail_command.read_settings(table | {"base_url": "https://beian.example.cn"})
    return app.extensions["mail"]


@pytest.fixture
def rests(monkeypatch) -> list[float]:
    """The pauses between batches, which nobody waits for."""
    rests: list[float] = []
    monkeypatch.setattr(mail_command, "rest", lambda seconds: bool(rests.append(seconds)))
    return rests


def fill(app, number: int) -> None:
    """So many mails wait, all to one address."""
    with app.app_context():
        person = db.session.scalars(select(Person).filter_by(username="zhoumin")).one()
        person.email = ADDRESS
        for each in range(number):
            notices.notify("pdsu", [person.id], f"第 {each} 件事")
        db.session.commit()


def emptied(app) -> mail_command.Tally:
    with app.app_context():
        return empty(app.extensions["mail"])


def states(app) -> dict[tuple[str, int], int]:
    """How many mails are in which state after how many tries."""
    with app.app_context():
        counted = select(Mail.state, Mail.tries, func.count()).group_by(Mail.state, Mail.tries)
        return {(str(state), tries): number for state, tries, number in db.session.execute(counted)}


def test_many_leave_over_one_connection_with_two_transactions_a_batch(app, settings, rests):
    fill(app, 2 * BATCH + 1)
    written, letters = [], Letters()
    with app.app_context():
        engine = db.engine

    def count(_connection, _cursor, statement, *_) -> None:
        written.append(statement.split()[0])

    event.listen(engine, "before_cursor_execute", count)
    try:
        with post_office(letters, settings.reached_at):
            tally = emptied(app)
    finally:
        event.remove(engine, "before_cursor_execute", count)
    assert (tally.sent, tally.failed) == (2 * BATCH + 1, 0)
    assert len({letter["Message-ID"] for letter in letters.arrived}) == 2 * BATCH + 1
    assert len(letters.peers) == 1
    # Each batch is claimed and marked; with the last claim there is nothing left.
    assert written.count("UPDATE") == 3 * 2 + 1


@pytest.mark.sqlite("holds the lock of the file")
def test_people_may_write_while_a_mail_is_being_sent(app, settings, tmp_path, rests):
    fill(app, 3)
    wrote = []

    class Writing(Letters):
        def answer(self) -> str:
            other = sqlite3.connect(tmp_path / DATABASE, timeout=0)
            other.execute("BEGIN IMMEDIATE")
            wrote.append(True)
            other.close()
            return super().answer()

    with post_office(Writing(), settings.reached_at):
        assert emptied(app).sent == 3
    assert wrote == [True] * 3


def test_between_batches_it_rests_many_times_as_long_as_it_kept_the_database(
    app, settings, rests, monkeypatch
):
    fill(app, 2 * BATCH)
    ticks = iter(range(100))
    monkeypatch.setattr(mail_command, "perf_counter", lambda: next(ticks) / 100)
    with post_office(Letters(), settings.reached_at):
        emptied(app)
    between = [seconds for seconds in rests if seconds]
    # By this clock to claim and to mark take a hundredth of a second each.
    assert between == pytest.approx([YIELDED * 0.02] * 2)
    assert min(between) >= LEAST_REST


def test_it_ends_after_a_batch_when_the_server_stops(app, settings, monkeypatch):
    fill(app, 2 * BATCH)
    monkeypatch.setattr(mail_command, "rest", lambda seconds: seconds > 0)
    with post_office(Letters(), settings.reached_at):
        assert emptied(app).sent == BATCH
    assert states(app) == {("sent", 1): BATCH, ("waiting", 0): BATCH}


def test_within_a_batch_it_ends_after_the_mail_it_is_at(app, settings, monkeypatch):
    fill(app, 3)
    letters = Letters()
    monkeypatch.setattr(mail_command, "rest", lambda _seconds: bool(letters.arrived))
    with post_office(letters, settings.reached_at):
        assert emptied(app).sent == 1
    assert states(app) == {("sent", 1): 1, ("waiting", 0): 2}


def test_an_address_that_is_refused_is_one_line_and_keeps_no_other_mail(app, settings, rests, caplog):
    fill(app, 5)
    letters = Letters()
    letters.refuse_once = "550 no such user"
    with post_office(letters, settings.reached_at):
        tally = emptied(app)
    assert (tally.sent, tally.failed) == (4, 1)
    [line] = [entry for entry in caplog.records if entry.name == mail_command.log.name]
    assert "no such user" in line.getMessage()
    assert line.exc_info is None
    assert len(letters.peers) == 1


def test_a_server_that_goes_away_is_one_line_and_the_rest_of_the_batch_was_not_tried(
    app, settings, rests, caplog
):
    fill(app, BATCH)

    class Closing(Letters):
        def answer(self) -> str:
            return "421 closing" if len(self.arrived) == 3 else super().answer()

    with post_office(Closing(), settings.reached_at):
        tally = emptied(app)
    assert (tally.sent, tally.failed) == (3, 1)
    assert states(app) == {("sent", 1): 3, ("waiting", 1): 1, ("waiting", 0): BATCH - 4}
    assert len([entry for entry in caplog.records if entry.name == mail_command.log.name]) == 1
    letters = Letters()
    with post_office(letters, settings.reached_at):
        assert emptied(app).sent == BATCH - 4


def test_what_a_slow_server_leaves_of_a_batch_is_held_anew_before_it_is_sent(
    app, settings, rests, monkeypatch
):
    fill(app, 5)
    later, claimed, claim = [timedelta(0)], [], outbox.claim

    class Slow(Letters):
        def answer(self) -> str:
            later[0] = HELD - timedelta(minutes=1)
            return super().answer()

    monkeypatch.setattr(mail_command, "utcnow", lambda: utcnow() + later[0])
    monkeypatch.setattr(
        outbox, "claim", lambda now, schools: claimed.append(claim(now, schools)) or claimed[-1]
    )
    letters = Slow()
    with post_office(letters, settings.reached_at):
        assert emptied(app).sent == 5
    assert [len(batch) for batch in claimed] == [5, 4, 0]
    assert len({letter["Message-ID"] for letter in letters.arrived}) == len(letters.arrived) == 5


def test_what_was_sent_is_written_down_however_long_the_database_is_locked(app, settings, rests, monkeypatch):
    fill(app, 3)
    outcomes, sent = iter([True, True, False]), outbox.sent

    def locked(*arguments) -> None:
        if next(outcomes):
            raise OperationalError("UPDATE mail", {}, sqlite3.OperationalError("database is locked"))
        sent(*arguments)

    monkeypatch.setattr(outbox, "sent", locked)
    letters = Letters()
    with post_office(letters, settings.reached_at):
        assert emptied(app).sent == 3
    assert states(app) == {(str(Delivery.sent), 1): 3}
    assert len(letters.arrived) == 3


@pytest.mark.skipif(sys.platform == "win32", reason="no signals")
def test_a_sender_that_is_killed_sends_again_later_under_the_same_names(app, settings, tmp_path, rests):
    fill(app, 5)
    config = f"""
        SECRET_KEY = "for tests only"
        [MAIL]
        server = "{HOST}"
        port = {settings.reached_at}
        tls = "none"
        from = "beian@school.example.cn"
        base_url = "https://beian.example.cn"
    """
    (tmp_path / "config.toml").write_text(config, "utf-8")
    sending: list[subprocess.Popen] = []

    class Killing(Letters):
        def answer(self) -> str:
            if len(self.arrived) == 3:
                os.kill(sending[0].pid, signal.SIGKILL)
            return super().answer()

    letters = Killing()
    with post_office(letters, settings.reached_at):
        command = [sys.executable, "-m", "flask", "--app", "app", "send-mail"]
        sending.append(
            subprocess.Popen(command, cwd=HOUSE, env=os.environ | {"BEIAN_INSTANCE": str(tmp_path)})
        )
        assert sending[0].wait() == -signal.SIGKILL
    assert states(app) == {("waiting", 1): 5}
    again = Letters()
    with post_office(again, settings.reached_at):
        assert emptied(app).sent == 0
        with app.app_context():
            db.session.execute(db.update(Mail).values(not_before=utcnow()))
            db.session.commit()
        assert emptied(app).sent == 5
    named = [letter["Message-ID"] for letter in letters.arrived]
    # What was under way when it died may have arrived too.
    assert named[:3] == [letter["Message-ID"] for letter in again.arrived][:3]
