"""Asks the CAS server whom a ticket proves; whatever it answers, and whether or not it does."""

import logging
from dataclasses import dataclass
from time import monotonic
from xml.etree.ElementTree import ParseError

from cas import CASClient
from defusedxml.ElementTree import fromstring
from requests import RequestException, Session
from urllib3.exceptions import HTTPError

from models.rules.messages import clean
from models.rules.settings.cas import CasSettings

log = logging.getLogger(__name__)

PATIENCE = 5  # seconds, for the connection and for each piece of the answer
LONGEST = 10  # seconds, for the answer
MOST_BYTES = 64 * 1024
LONGEST_NAME = 100
NAMESPACE = "{http://www.yale.edu/tp/cas}"


class Unanswered(Exception):
    """The server is down or too slow (503), or what it says is no answer (502)."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class NotProven(Exception):
    """The server does not stand by the ticket: used, too old, unknown, or another service's."""


def login_url(settings: CasSettings, service: str) -> str:
    """Where people prove themselves, to be sent on to the service with a ticket."""
    return _client(settings, service).get_login_url()


def logout_url(settings: CasSettings, back: str) -> str:
    """Where people leave the CAS server itself; it may offer a way back to us."""
    return _client(settings, back).get_logout_url(back)


def prove(settings: CasSettings, service: str, ticket: str) -> str:
    """Our username of the person whom a ticket for a service proves.

    Raises NotProven when the server refuses it and Unanswered when it gives no usable answer.
    """
    client = _client(settings, service)
    try:
        content = client.get_verification_response(ticket)
    except (RequestException, HTTPError, OSError) as problem:
        raise Unanswered(503, type(problem).__name__) from None
    try:
        _look_at(content)
        user, attributes, _ = client.verify_response(content)
    except (ParseError, ValueError, LookupError, AttributeError, TypeError) as problem:
        raise Unanswered(502, f"unreadable answer: {type(problem).__name__}") from None
    return _username(settings, user, attributes or {})


def _client(settings: CasSettings, service: str) -> CASClient:
    return CASClient(
        version=settings.version,
        server_url=f"{settings.server_url}/",
        service_url=service,
        verify_ssl_certificate=settings.trust,
        session=_Bounded(),
    )


def _look_at(content: bytes) -> None:
    """Before python-cas reads an answer: no bombs in it, and is it one at all?"""
    root = fromstring(content, forbid_dtd=True)
    outcome = root[0]
    if root.tag != f"{NAMESPACE}serviceResponse":
        raise ValueError("no service response")
    if outcome.tag == f"{NAMESPACE}authenticationFailure":
        code = outcome.get("code", "")
        # What the server has against us is for the administrator to know: it is in the log.
        raise NotProven(code if code.isidentifier() else "no code")
    if outcome.tag != f"{NAMESPACE}authenticationSuccess":
        raise ValueError("neither success nor failure")


def _username(settings: CasSettings, user: str | None, attributes: dict) -> str:
    value = attributes.get(settings.attribute) if settings.attribute else user
    name = clean(value) if isinstance(value, str) else ""
    if not 0 < len(name) <= LONGEST_NAME:
        raise Unanswered(502, f"no single value of {settings.attribute or 'user'}")
    return name


@dataclass(frozen=True)
class _Answer:
    """As much of a response as python-cas looks at."""

    content: bytes

    def close(self) -> None:
        """It is closed already."""


class _Bounded(Session):
    """What python-cas asks with: it waits so long, reads so much, and follows nobody elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        # Neither a .netrc nor a proxy of the account that the app runs under has a say.
        self.trust_env = False

    def get(self, url: str, **settings: object) -> _Answer:
        self.headers["Accept-Encoding"] = "identity"
        with (
            self,
            super().get(url, timeout=PATIENCE, stream=True, allow_redirects=False, **settings) as response,
        ):
            if response.status_code != 200:
                raise Unanswered(502, f"status {response.status_code}")
            return _Answer(_read(response.raw))


def _read(stream) -> bytes:
    """All of a response, as it was sent: what is compressed all the same is not unpacked."""
    body, end = b"", monotonic() + LONGEST
    while piece := stream.read1(8192, decode_content=False):
        body += piece
        if len(body) > MOST_BYTES:
            raise Unanswered(502, "too long an answer")
        if monotonic() > end:
            raise Unanswered(503, "too slow an answer")
    return body
