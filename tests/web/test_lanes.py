"""While many wait for their password to be hashed, everybody else is answered."""

import re
from contextlib import ExitStack
from http.client import HTTPConnection
from threading import Event, Thread
from urllib.parse import urlsplit

import pytest

from app import HOUSE
from blueprints.auth.pages import HASHING
from models.rules import passwords
from tests.live import served
from tests.parts import PATIENCE

ASKS = re.compile(r"\bhashing\.\w+\(|\bauthenticate\(")


class Held(passwords.Hasher):
    """Nothing is hashed before it may be."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.begun, self.may = Event(), Event()

    def verify(self, password_hash: str, password: str) -> bool:
        self.begun.set()
        assert self.may.wait(PATIENCE)
        return super().verify(password_hash, password)


@pytest.fixture
def held(monkeypatch):
    hasher = Held()
    monkeypatch.setattr(passwords, "HASHER", hasher)
    yield hasher
    hasher.may.set()


def connected(address: str) -> HTTPConnection:
    return HTTPConnection(urlsplit(address).netloc, timeout=PATIENCE)


class Visitor(Thread):
    """Somebody who opens the sign-in page and then waits to be let in."""

    def __init__(self, address: str, username: str, password: str) -> None:
        super().__init__()
        self.browser, self.typed, self.status = connected(address), (username, password), 0
        self.browser.request("GET", "/sign-in?school=pdsu")
        page = self.browser.getresponse()
        self.cookie = page.headers["Set-Cookie"].partition(";")[0]
        self.token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.read().decode())[1]
        self.start()

    def run(self) -> None:
        username, password = self.typed
        body = f"csrf_token={self.token}&school=pdsu&username={username}&password={password}"
        heads = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        self.browser.request("POST", "/sign-in", body, heads)
        self.status = self.browser.getresponse().status


def test_readers_keep_their_threads_while_a_crowd_signs_in(app, demo, held):
    with served(app) as address, ExitStack() as ended:
        password = demo.passwords["pdsu", "linxiao"]
        crowd = [Visitor(address, "linxiao", password)]
        assert held.begun.wait(PATIENCE)
        crowd += [Visitor(address, f"nobody{number}", "wrong") for number in range(20)]
        for visitor in crowd:
            ended.callback(visitor.browser.close)
        reader = connected(address)
        for path in ("/healthz", "/sign-in"):
            reader.request("GET", path)
            answer = reader.getresponse()
            assert (answer.status, bool(answer.read())) == (200, True)
        reader.close()
        assert {visitor.status for visitor in crowd} == {0}
        held.may.set()
        for visitor in crowd:
            visitor.join()
    assert [visitor.status for visitor in crowd] == [303] + [422] * 20


def test_whoever_hashes_for_a_page_queues_apart(app):
    pages = [file for file in (HOUSE / "blueprints").rglob("*.py") if file.parent.name != "cli"]
    ask = {file.relative_to(HOUSE).as_posix() for file in pages if ASKS.search(file.read_text("utf-8"))}
    assert ask == {"blueprints/auth/pages.py", "blueprints/auth/credentials.py"}
    assert {app.view_functions[name].__module__ for name in HASHING} == {"blueprints.auth.pages"}
