"""What is asked and written while nobody else may write, counted; how long it takes is measured in bench/."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Connection, event

from models.database import db
from models.embedded_engine import LOCK_AND_READ, LOCK_WHAT_WAS_READ, TAKE_THE_LOCK, sqlite
from tests import pages
from tests.builders import ACCOUNT
from tests.databases import needs_a_log_beside

pytestmark = pytest.mark.sqlite("counts what is asked between SQLite's lock and the commit")

# By what is done: at most so many statements where nobody wrote since it was read, and where somebody did.
BUDGET = {"autosave": (3, 7), "submit": (10, 18), "first opinion": (8, 16), "last opinion": (10, 18)}


class Held:
    """The statements under each lock that was taken, the one that took it first."""

    def __init__(self) -> None:
        self.locks: list[list[str]] = []
        self._is_held = False

    def note(self, _connection: Connection, _cursor, statement: str, *_: object) -> None:
        if statement in TAKE_THE_LOCK:
            self.locks.append([])
            self._is_held = True
        if self._is_held and not statement.startswith("PRAGMA"):
            self.locks[-1].append(statement)

    def let_go(self, *_: object) -> None:
        self._is_held = False

    @property
    def how(self) -> str:
        """The statement that took the last lock."""
        return self.locks[-1][0]

    @property
    def statements(self) -> list[str]:
        """What followed under that lock."""
        return self.locks[-1][1:]


@pytest.fixture
def held(app: Flask) -> Iterator[Held]:
    held = Held()
    with app.app_context():
        engine = db.engine
    event.listen(engine, "after_cursor_execute", held.note)
    event.listen(engine, "checkin", held.let_go)
    yield held
    event.remove(engine, "after_cursor_execute", held.note)
    event.remove(engine, "checkin", held.let_go)


@contextmanager
def somebody_writes(app: Flask) -> Iterator[None]:
    """Between what a request reads and its lock, somebody else commits: once, in another connection."""
    with app.app_context():
        engine = db.engine
    file = Path(app.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///"))
    written = []

    def write(_connection: Connection, _cursor, statement: str, *_: object) -> None:
        if statement == LOCK_WHAT_WAS_READ and not written:
            written.append(statement)
            with closing(sqlite.connect(str(file), isolation_level=None, timeout=5)) as other:
                # Something else than was there: SQLite writes no page that stays the same.
                other.execute("UPDATE unit SET pinyin = pinyin || ' ' WHERE id = 1")

    event.listen(engine, "before_cursor_execute", write)
    yield
    event.remove(engine, "before_cursor_execute", write)
    assert written


def life(sign_in) -> Iterator[tuple[str, Callable[[], object]]]:
    """One filing's life, step by step: what is done, and the doing of it."""
    reporter, head, office = (sign_in(person) for person in ("linxiao", "zhoumin", "wutong"))
    page = pages.new_filing(reporter)
    typed = pages.answered(page, ACCOUNT | {"平台名称": "量锁", "账号或网址": "lock_1"})
    sent = reporter._held_by(page.find(pages.FORM)) | typed
    yield "autosave", lambda: reporter.client.post(page.address.replace("/edit", "/keep"), data=sent)
    reporter.open(page.address)
    yield "submit", lambda: reporter.submit("提交", **typed)
    for signer, what in ((head, "first opinion"), (office, "last opinion")):
        signer.open(reporter.page.address)
        yield what, lambda signer=signer: signer.submit("同意", opinion="同意")
    assert pages.state(office.page) == "已备案"


def test_what_still_holds_is_not_asked_again_under_the_lock(app, sign_in, held):
    for what, do in life(sign_in):
        do()
        assert held.how == LOCK_WHAT_WAS_READ
        assert len(held.statements) <= BUDGET[what][0], (what, held.statements)


@needs_a_log_beside
def test_where_somebody_wrote_meanwhile_it_is_asked_again_and_once(app, sign_in, held):
    for what, do in life(sign_in):
        with somebody_writes(app):
            do()
        assert held.how == LOCK_AND_READ
        assert len(held.statements) <= BUDGET[what][1], (what, held.statements)
