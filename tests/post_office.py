"""A real SMTP server on a port of its own, that keeps what it takes and can refuse."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from socket import socket
from threading import Condition

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

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
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tests")])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "certificate.pem"
    file.write_bytes(built.public_bytes(serialization.Encoding.PEM))
    secret = folder / "key.pem"
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, secret)
    return file, context
