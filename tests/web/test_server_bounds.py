"""The server itself: nobody holds a place, a thread or the disk by sending slowly."""

import os
import re
import resource
import select
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from threading import Event, Thread
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from flask import request
from waitress import wasyncore

from app import HOUSE
from blueprints.web.server import Bounds, Server, bounds_here, create_server
from tests.lending import app_on

LARGEST = 200_000
HALF = b"POST /kept HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n"


class Listening:
    """A server in a thread of its own, which does what is asked of it between two requests."""

    def __init__(self, app, bounds: Bounds) -> None:
        self.server: Server = create_server(app, bounds, host="127.0.0.1", port=0, threads=2)
        self.address = ("127.0.0.1", self.server.effective_port)
        self.thread = Thread(target=self.server.run)
        self.thread.start()

    def connect(self, *sent: bytes) -> socket.socket:
        client = socket.create_connection(self.address)
        for part in sent:
            client.sendall(part)
        return client

    def here(self, work: Callable) -> object:
        """What some work gives that is done in the server's own thread."""
        done, given = Event(), []
        self.server.trigger.pull_trigger(lambda: (given.append(work()), done.set()))
        done.wait()
        return given[0]

    def until(self, holds: Callable[[], bool]) -> None:
        """Let the server read until this holds."""
        while not self.here(holds):
            pass

    def held(self, count: int) -> None:
        self.until(lambda: self.server.bodies.held == count)

    def connected(self, count: int) -> None:
        self.until(lambda: len(self.server.active_channels) == count)

    def later(self, seconds: float) -> None:
        """Let the server look after its connections as it would in so many seconds."""
        self.here(lambda: self.server.maintenance(time.time() + seconds))

    def get(self, path: str) -> tuple[int, str]:
        return answered(self.connect(f"GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode()))

    def close(self) -> None:
        self.server.trigger.pull_trigger(lambda: wasyncore.close_all(self.server._map))
        self.thread.join()
        self.server.task_dispatcher.shutdown()


def channels(server: Listening) -> list:
    return list(server.server.active_channels.values())


def answered(client: socket.socket) -> tuple[int, str]:
    """Status and text of what the server says before it closes; (0, "") when it says nothing."""
    with client, client.makefile("rb") as stream:
        head, _, body = stream.read().partition(b"\r\n\r\n")
    return (int(head.split()[1]), body.decode()) if head else (0, "")


@pytest.fixture
def listening(tmp_path) -> Iterator[Callable[..., Listening]]:
    """`listening(in_flight=…)` is a small application under a server with these bounds."""
    app = app_on(tmp_path, MAX_CONTENT_LENGTH=LARGEST)

    @app.post("/kept")
    def kept():
        return str(len(request.get_data()))

    app.extensions["csrf"].exempt(kept)
    with ExitStack() as open_servers:

        def listen(**bounds) -> Listening:
            running = Listening(app, replace(Bounds(LARGEST), **bounds))
            open_servers.callback(running.close)
            return running

        yield listen


def test_a_form_that_comes_in_time_is_taken(listening):
    server = listening()
    assert answered(server.connect(HALF.replace(b"1.1", b"1.0"), b"a" * 100_000)) == (200, "100000")
    server.held(0)


@pytest.mark.parametrize(
    ("sent", "more", "status"),
    [(b"G", b"E", 408), (b"GET / HTTP/1.1\r\nHost: loc", b"a", 408), (b"\r\n\r\n", b"\r\n\r\n", 0)],
    ids=["a letter", "half a head", "blank lines"],
)
def test_a_head_that_takes_too_long_is_ended(listening, sent, more, status):
    server = listening(head=20)
    client = server.connect(sent)
    server.until(lambda: any(each.latest for each in channels(server)))
    server.later(19)
    server.connected(1)
    # Another byte makes it no younger.
    (connection,) = channels(server)
    before = connection.last_activity
    client.sendall(more)
    server.until(lambda: connection.last_activity > before)
    server.later(21)
    code, sentence = answered(client)
    assert (code, sentence.startswith("网络太慢")) == (status, status == 408)
    server.connected(0)


def test_a_body_has_a_time_that_grows_with_what_came(listening):
    server = listening(body=60, rate=10_000)
    client = server.connect(HALF, b"a" * 50_000)
    server.held(50_000)
    # Of the silence between two bytes another bound takes care.
    server.server.adj.channel_timeout = 1_000
    server.later(64)
    server.connected(1)
    server.later(66)
    assert answered(client)[0] == 408
    server.held(0)


def test_a_body_that_stops_is_ended(listening):
    server = listening()
    client = server.connect(HALF, b"a" * 50_000)
    server.held(50_000)
    server.later(31)
    assert answered(client)[0] == 408
    server.held(0)


def test_a_body_too_large_is_not_kept_and_the_application_says_so(listening):
    server = listening()
    length = LARGEST + 1
    head = f"POST /kept HTTP/1.0\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n".encode()
    client = server.connect(head, b"a" * LARGEST)
    server.until(
        lambda: any(c.request and c.request.body_bytes_received == LARGEST for c in channels(server))
    )
    server.held(0)
    client.sendall(b"a")
    status, page = answered(client)
    assert status == 413
    assert "提交的内容太大" in page
    assert "<h1>" in page


def test_a_body_without_a_length_is_dropped_when_it_grows_too_large(listening):
    server = listening()
    head = (
        b"POST /kept HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    )
    chunk = b"%x\r\n%s\r\n" % (LARGEST // 2, b"a" * (LARGEST // 2))
    client = server.connect(head, chunk, chunk, chunk)
    client.sendall(b"0\r\n\r\n")
    status, page = answered(client)
    assert status == 413
    assert "提交的内容太大" in page
    server.held(0)


@pytest.mark.parametrize(
    ("sent", "status", "sentence"),
    [
        (b"POST /kept HTTP/1.1\r\nContent-Length: 900000000\r\n\r\n", 413, "提交的内容太大"),
        ((b"GET / HTTP/1.1\r\nCookie: ").ljust(64 * 1024, b"a"), 431, "请求头太长"),
        (b"nonsense\r\n\r\n", 400, "没有看懂"),
    ],
)
def test_what_no_application_sees_is_answered_in_a_chinese_sentence(listening, sent, status, sentence):
    code, text = answered(listening().connect(sent))
    assert code == status
    assert sentence in text
    assert text.endswith("。")


def test_bodies_in_flight_are_bounded_together_and_the_newest_goes_first(listening):
    server = listening(in_flight=120_000)
    first = server.connect(HALF, b"a" * 80_000)
    server.held(80_000)
    second = server.connect(HALF, b"a" * 80_000)
    server.until(lambda: any(c.request and not c.request.kept for c in channels(server)))
    server.held(80_000)
    first.sendall(b"a" * 20_000)
    second.sendall(b"a" * 20_000)
    first.shutdown(socket.SHUT_WR)
    assert answered(first) == (200, "100000")
    code, sentence = answered(second)
    assert code == 503
    assert "没有收下" in sentence
    server.held(0)


def test_of_bodies_that_had_their_time_the_slowest_goes_first(listening):
    server = listening(in_flight=120_000)
    slow = server.connect(HALF, b"a" * 50_000)
    server.held(50_000)
    quick = server.connect(HALF, b"a" * 60_000)
    server.held(110_000)
    server.server.bounds = replace(server.server.bounds, in_flight=100_000)
    server.here(lambda: server.server.drop_bodies(time.time() + 11))
    server.held(60_000)
    for client in (slow, quick):
        client.close()
    server.held(0)


def test_a_full_house_makes_room_for_who_comes(listening):
    server = listening(places=12)
    drips = [server.connect(b"GET / HTTP/1.1\r\nHos") for _ in range(40)]
    assert server.get("/healthz")[0] == 200
    assert len(channels(server)) < 12
    for client in drips:
        client.close()


def test_the_full_house_keeps_a_body_longer_than_a_head(listening):
    server = listening(places=12)
    upload = server.connect(HALF.replace(b"1.1", b"1.0"), b"a" * 50_000)
    server.held(50_000)
    drips = [server.connect(b"GET / HTTP/1.1\r\nHos") for _ in range(40)]
    upload.sendall(b"a" * 50_000)
    assert answered(upload) == (200, "100000")
    for client in drips:
        client.close()


def test_where_there_is_no_poll_there_are_fewer_places_than_select_takes(monkeypatch):
    monkeypatch.delattr(select, "poll")
    assert bounds_here(LARGEST).places < 512


@pytest.mark.parametrize(("files", "places"), [(1_024, 256), (20_000, 2_000)])
def test_places_are_as_many_as_files_may_be_open(monkeypatch, files, places):
    monkeypatch.setattr(resource, "getrlimit", lambda of: (files, files))
    monkeypatch.setattr(resource, "setrlimit", lambda *of: None)
    assert bounds_here(LARGEST).places == places


@contextmanager
def flask_serve(folder, files: int) -> Iterator[str]:
    """`flask serve` in a process of its own that may open so many files; its address."""
    command = [sys.executable, "-m", "flask", "--app", "app", "serve", "--port", "0"]
    with subprocess.Popen(
        command,
        cwd=HOUSE,
        env=os.environ | {"BEIAN_INSTANCE": str(folder), "PYTHONUTF8": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (files, files)),
    ) as process:
        try:
            lines = (re.search(r"http://127\.0\.0\.1:\d+", line) for line in process.stdout)
            address = next((match[0] for match in lines if match), "")
            assert address, "the server did not start"
            yield address
            assert process.poll() is None, "the server has ended"
        finally:
            process.terminate()


@pytest.fixture
def many_files() -> Iterator[int]:
    """As many files in this process as the test's clients need."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < 8_000:
        pytest.skip("this machine lets nobody open 8000 files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 8_000), hard))
    yield 8_000
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.long
def test_half_sent_bodies_and_drips_leave_the_server_to_others(empty_app, many_files):
    with flask_serve(empty_app.instance_path, many_files) as address, ExitStack() as clients:
        where = (urlsplit(address).hostname, urlsplit(address).port)

        def connect(sent: bytes) -> None:
            client = clients.enter_context(socket.create_connection(where))
            client.sendall(sent)

        half = b"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n" + b"a" * 540_000
        for _ in range(600):
            connect(half)
        for _ in range(900):
            connect(b"GET /sign-in HTTP/1.1\r\nHos")
        for path in ("/healthz", "/sign-in"):
            with urlopen(address + path) as page:
                assert page.status == 200
