"""A real SMTP server on a port of its own, that keeps what it takes and can refuse."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from socket import socket
from threading import Condition

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509

from tests.certificates import write_certificate
from tests.parts import PATIENCE

HOST = "127.0.0.1"


class Letters:
    """What arrived, in order, over which connections.

    `refused` are addresses that the server does not take; `refuse_once`, how it refuses the next.
    """

    def __init__(self) -> None:
        self.arrived: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.peers: set[tuple] = set()
        self.refused: dict[str, str] = {}
        self.refuse_once = ""
        self.signed_in: list[bytes] = []
        self.change = Condition()

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:
        refusal, self.refuse_once = self.refuse_once or self.refused.get(address, ""), ""
        if refusal:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    def answer(self) -> str:
        """What the server says to the next letter."""
        return "250 taken"

    async def handle_DATA(self, server, session, envelope) -> str:
        if (answer := self.answer()) != "250 taken":
            return answer
        with self.change:
            self.arrived.append(message_from_bytes(envelope.content, policy=policy.default))
            self.recipients.append(envelope.rcpt_tos)
            self.peers.add(session.peer)
            self.change.notify_all()
        return answer

    def sign_in(self, server, session, envelope, mechanism, data) -> AuthResult:
        self.signed_in.append(data.login)
        return AuthResult(success=(data.login, data.password) == (b"beian", b"secret"))

    def wait_for(self, number: int) -> list[EmailMessage]:
        """The letters, once so many have arrived."""
        with self.change:
            assert self.change.wait_for(lambda: len(self.arrived) >= number, timeout=PATIENCE)
        return self.arrived


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket() as one:
        one.bind((HOST, 0))
        return one.getsockname()[1]


@contextmanager
def post_office(letters: Letters, port: int, **settings) -> Iterator[None]:
    """The server, open while the context lasts."""
    controller = Controller(letters, hostname=HOST, port=port, ready_timeout=PATIENCE, **settings)
    controller.start()
    yield
    controller.stop()


def certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate for this machine alone: its file, to be trusted, and the server's context."""
    file, secret = folder / "certificate.pem", folder / "key.pem"
    of_this_machine = x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))])
    trusted = x509.BasicConstraints(ca=True, path_length=None)
    write_certificate(file, secret, "tests", (of_this_machine, False), (trusted, True))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, secret)
    return file, context
