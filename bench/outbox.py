"""A full outbox drains while people sign in: how long it keeps the database, and who is kept out."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from threading import Event, Thread
from time import perf_counter
from urllib.parse import urlencode

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import func, insert, select

from app import HOUSE, create_app
from bench.measuring import Result
from bench.scale import Scale
from bench.serving import the_app
from blueprints.cli.demo import load_demo
from blueprints.cli.mail import empty
from models.clock import utcnow
from models.database import MIGRATIONS, db
from models.messaging.notices import Notice, Topic
from models.messaging.outbox import Delivery, Mail
from models.people.person import Person
from models.rules.settings.mail import read_settings
from tests.post_office import HOST, Letters, free_port, post_office

CLIENTS = 4
TOKEN = re.compile(rb'name="csrf_token"[^>]*value="([^"]+)"')
WRITES = ("INSERT", "UPDATE", "DELETE", "BEGIN IMMEDIATE")


def measured(scale: Scale) -> list[Result]:
    """What a mail costs those who want to write, and how signing in goes meanwhile."""
    return [*_locked(scale.outbox_mails // 10 or 1), *_signing_in(scale.outbox_mails)]


class _Watch(sqlite3.Connection):
    """Adds up the time from a transaction's first write to its end."""

    spent = 0.0
    since = 0.0

    def cursor(self, *_: object) -> sqlite3.Cursor:
        return super().cursor(_Cursor)

    def commit(self) -> None:
        super().commit()
        self.ended()

    def rollback(self) -> None:
        super().rollback()
        self.ended()

    def ended(self) -> None:
        if self.since:
            _Watch.spent += perf_counter() - self.since
            self.since = 0.0


class _Cursor(sqlite3.Cursor):
    def execute(self, statement: str, *given: object) -> sqlite3.Cursor:
        result = super().execute(statement, *given)
        connection = self.connection
        if isinstance(connection, _Watch) and not connection.since and statement.startswith(WRITES):
            connection.since = perf_counter()
        return result


def _locked(mails: int) -> Iterator[Result]:
    with _full_outbox(mails, {"connect_args": {"factory": _Watch}}) as (app, _), app.app_context():
        _Watch.spent = 0.0
        start = perf_counter()
        sent = empty(app.extensions["mail"]).sent
        taken = perf_counter() - start
    assert sent == mails, f"{sent} of {mails} mails left"
    yield Result("o  database kept by a mail", _Watch.spent / mails * 1000, "ms", 5)
    yield Result("o  part of the time in which it is kept", _Watch.spent / taken * 100, "%", 15)


def _signing_in(mails: int) -> Iterator[Result]:
    with _full_outbox(mails) as (app, passwords), app.app_context(), the_app(app) as port:
        drained = Event()
        clients = [_Client(port, passwords[number::CLIENTS], drained) for number in range(CLIENTS)]
        start = perf_counter()
        for client in clients:
            client.start()
        left = _wait(clients, drained)
        taken = perf_counter() - start
    times = sorted(time for client in clients for time in client.times)
    yield Result("o  mails sent while people sign in", (mails - left) / taken, "/s", None, f"{left} left")
    refused = [status for client in clients for status in client.refused]
    note = f"of {len(times)}; {sorted(set(refused))}"
    yield Result("o  sign-ins that failed meanwhile", len(refused), "", 0, note)
    yield Result("o  a sign-in meanwhile: median", median(times) * 1000, "ms")
    slowest = quantiles(times, n=20)[-1] if len(times) > 1 else times[0]
    yield Result("o  a sign-in meanwhile: 95 of 100 within", slowest * 1000, "ms", 2000)


def _wait(clients: list["_Client"], drained: Event, longest: float = 300) -> int:
    """How many mails are left when none waits any more, or after so many seconds."""
    waiting = select(func.count()).where(Mail.state == Delivery.waiting)
    end = perf_counter() + longest
    while (left := db.session.scalar(waiting)) and perf_counter() < end:
        db.session.rollback()
        drained.wait(1)
    drained.set()
    for client in clients:
        client.join()
    return left


class _Client(Thread):
    """People who sign in one after the other, each in a new browser."""

    def __init__(self, port: int, people: list[tuple[str, str, str]], enough: Event) -> None:
        super().__init__()
        self.port, self.people, self.enough = port, people, enough
        self.times: list[float] = []
        self.refused: list[int] = []

    def run(self) -> None:
        while not self.times or not self.enough.is_set():
            for person in self.people:
                start = perf_counter()
                if (status := self._enter(*person)) != 303:
                    self.refused.append(status)
                self.times.append(perf_counter() - start)
                if self.enough.wait(0.5):
                    return

    def _enter(self, school: str, username: str, password: str) -> int:
        browser = HTTPConnection(HOST, self.port)
        browser.request("GET", f"/sign-in?school={school}")
        page = browser.getresponse()
        token = TOKEN.search(page.read())
        assert token is not None
        fields = {"csrf_token": token[1].decode(), "school": school, "username": username}
        heads = {
            "Cookie": "; ".join(line.partition(";")[0] for line in page.headers.get_all("Set-Cookie", [])),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        browser.request("POST", "/sign-in", urlencode(fields | {"password": password}), heads)
        status = browser.getresponse().status
        browser.close()
        return status


@contextmanager
def _full_outbox(mails: int, engine: dict | None = None) -> Iterator[tuple[Flask, list[tuple]]]:
    """A deployment with so many mails to send and a mail server; school, name and password of all."""
    table = {
        "server": HOST,
        "port": free_port(),
        "tls": "none",
        "from": "beian@example.cn",
        "base_url": "https://beian.example.cn",
    }
    with TemporaryDirectory() as folder:
        lines = [f"{name} = {value!r}" for name, value in table.items()]
        Path(folder, "config.toml").write_text("\n".join(["SECRET_KEY = 'bench'", "[MAIL]", *lines]), "utf-8")
        app = create_app({"INSTANCE_PATH": folder, "SQLALCHEMY_ENGINE_OPTIONS": engine or {}})
        assert app.extensions["mail"] == read_settings(table)
        with app.app_context():
            upgrade(directory=str(MIGRATIONS))
            people = [
                (code, username, password)
                for code, school in app.extensions["institutions"].items()
                for _, username, password, _ in load_demo(school, Path(HOUSE, "blueprints", code)).accounts
            ]
            _fill(mails)
        with post_office(Letters(), table["port"]):
            yield app, people


def _fill(mails: int) -> None:
    """All of one notice: only the outbox is measured."""
    person, now = db.session.scalars(select(Person)).first(), utcnow()
    person.email = "bench@example.cn"
    about = {"institution": person.institution, "person_id": person.id, "topic": Topic.news, "at": now}
    notice = Notice(text="一件事", **about)
    db.session.add(notice)
    db.session.flush()
    mail = {"institution": person.institution, "notice_id": notice.id, "address": person.email,
            "created_at": now, "not_before": now}  # fmt: skip
    db.session.execute(insert(Mail), [mail] * mails)
    db.session.commit()
