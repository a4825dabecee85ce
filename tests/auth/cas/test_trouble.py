"""A CAS server that is down, mute, or talks nonsense: a sentence, never a broken page."""

import gzip
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import pytest
from sqlalchemy import select

from blueprints.auth.cas import client
from models.auth.attempts import SignInFailure
from models.auth.sessions import SignIn
from models.database import db

SILENT = "统一身份认证服务器暂时没有回应"
UNREADABLE = "统一身份认证服务器的回答无法识别"
NS = 'xmlns:cas="http://www.yale.edu/tp/cas"'
SUCCESS = (
    f"<cas:serviceResponse {NS}><cas:authenticationSuccess><cas:user>linxiao</cas:user>"
    "</cas:authenticationSuccess></cas:serviceResponse>"
)
LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
BOMB = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "ha">{LAUGHS}]>' + SUCCESS.replace("linxiao", "&a9;")
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]>' + SUCCESS.replace(
    "linxiao", "&f;"
)


def http(body: str | bytes, status: str = "200 OK", more: str = "") -> bytes:
    content = body.encode() if isinstance(body, str) else body
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(content)}\r\n{more}\r\n".encode() + content


@contextmanager
def saying(answer: bytes | None) -> Iterator[str]:
    """A server that gives every caller this answer and hangs up; with None it never says a word."""
    held = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def talk() -> None:
            while True:
                try:
                    caller, _ = listening.accept()
                except OSError:
                    return
                held.append(caller)
                if answer is None:
                    continue
                with caller:
                    caller.recv(65536)
                    caller.sendall(answer)

        thread = Thread(target=talk)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)
        thread.join()
        for caller in held:
            caller.close()


def coming_back(app, ticket="ST-1") -> tuple[int, str]:
    """Return from the CAS server with a ticket, in a new browser: status and words of the page."""
    browser = app.test_client()
    away = browser.get("/cas/pdsu/sign-in").headers["Location"]
    state = away.rpartition("state%3D")[2]
    answer = browser.get(f"/cas/pdsu/callback?state={state}&ticket={ticket}")
    return answer.status_code, answer.get_data(as_text=True)


def nobody_came_in(app) -> bool:
    with app.app_context():
        return not [*db.session.scalars(select(SignIn)), *db.session.scalars(select(SignInFailure))]


class Talking:
    """The [CAS] table names the server of the parameter `answer`."""

    @pytest.fixture
    def table(self, answer):
        with saying(answer) as address:
            yield {"server_url": address, "schools": ["pdsu"]}


@pytest.mark.parametrize(
    "answer",
    [
        http("<html><body>维护中</body></html>"),
        http(""),
        http("not XML at all"),
        http("yes\nlinxiao\n"),
        http("<x/>"),
        http(SUCCESS.replace("http://www.yale.edu/tp/cas", "urn:else")),
        http(SUCCESS.replace("serviceResponse", "otherResponse")),
        http(SUCCESS.replace("cas:auth", "cas:no_auth")),
        http(SUCCESS.replace("cas:user", "cas:nobody")),
        http(SUCCESS.replace("linxiao", "")),
        http(SUCCESS.replace("linxiao", "x" * 101)),
        http(f"<cas:serviceResponse {NS}/>"),
        http(SUCCESS.replace("linxiao", "linxiao" + " " * client.MOST_BYTES)),
        http("<!DOCTYPE x>" + SUCCESS),
        http(BOMB),
        http(OUTSIDE),
        http('<?xml version="1.0" encoding="x-none"?>' + SUCCESS),
        http(gzip.compress(SUCCESS.encode()), more="Content-Encoding: gzip\r\n"),
        http(SUCCESS, status="500 Internal Server Error"),
        http(SUCCESS, status="302 Found", more="Location: http://127.0.0.1:9/\r\n"),
    ],
    ids=[
        "html",
        "empty",
        "words",
        "version 1",
        "other XML",
        "other namespace",
        "other response",
        "neither",
        "no user",
        "empty user",
        "long user",
        "no outcome",
        "too long",
        "document type",
        "bomb",
        "entity",
        "encoding",
        "compressed",
        "500",
        "redirect",
    ],
)
class TestNonsense(Talking):
    def test_it_is_a_sentence(self, app):
        status, words = coming_back(app)
        assert (status, UNREADABLE in words) == (502, True), words
        assert nobody_came_in(app)


@pytest.mark.parametrize(
    "answer",
    [b"", b"SSH-2.0-OpenSSH_9.2\r\n", http(SUCCESS)[:-20]],
    ids=["hangs up", "no HTTP", "half an answer"],
)
class TestBrokenOff(Talking):
    def test_it_is_a_sentence(self, app):
        status, words = coming_back(app)
        assert (status, SILENT in words) == (503, True), words
        assert nobody_came_in(app)


@pytest.mark.parametrize("answer", [None])
class TestMute(Talking):
    def test_it_is_not_waited_for_for_ever(self, app, monkeypatch):
        monkeypatch.setattr(client, "PATIENCE", 0.2)
        status, words = coming_back(app)
        assert (status, SILENT in words) == (503, True)
        assert nobody_came_in(app)


@pytest.mark.parametrize("answer", [http(SUCCESS)])
class TestSound(Talking):
    """So that the answers above are refused for what they are."""

    def test_the_same_server_with_a_sound_answer_lets_in(self, app):
        assert coming_back(app)[0] == 303

    def test_it_may_not_take_longer_than_so_long(self, app, monkeypatch):
        monkeypatch.setattr(client, "LONGEST", -1)
        status, words = coming_back(app)
        assert (status, SILENT in words) == (503, True)
        assert nobody_came_in(app)


class TestDown:
    @pytest.fixture
    def table(self):
        with saying(b"") as address:
            pass
        return {"server_url": address, "schools": ["pdsu"]}

    def test_it_is_a_sentence_and_costs_no_try(self, app):
        for _ in range(31):
            status, words = coming_back(app)
            assert (status, SILENT in words) == (503, True)
        assert nobody_came_in(app)
