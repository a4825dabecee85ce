"""What guards every request and every answer: limits, known hosts, headers, a number to ask by."""

import logging
import secrets
from urllib.parse import urlsplit

import click
from flask import Flask, Request, Response, g, got_request_exception, request
from werkzeug.exceptions import RequestEntityTooLarge, UnprocessableEntity
from werkzeug.formparser import FormDataParser

from blueprints.web.static_files import STATIC, keep_in_cache
from models.rules.typed_text import LONGEST_TYPED

log = logging.getLogger(__name__)

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; font-src 'self'; connect-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
# Two years, as browsers ask of a host that will speak HTTPS from now on.
HTTPS_ONLY = "max-age=63072000"
# Sealed by us, never typed: a whole form that was interrupted by the end of a session.
SEALED = "carried"


def init_app(app: Flask) -> None:
    """Put the guards around the application's requests.

    Raises click.ClickException when TRUSTED_HOSTS is no list of names.
    """
    _check_hosts(app.config.get("TRUSTED_HOSTS"))
    app.request_class = GuardedRequest
    app.jinja_env.globals["request_number"] = request_number
    app.before_request(_number_request)
    app.after_request(guard_response)
    got_request_exception.connect(_log_failure, app)


def _check_hosts(hosts: object) -> None:
    listed = isinstance(hosts, list) and hosts and all(isinstance(host, str) for host in hosts)
    if hosts is not None and not listed:
        raise click.ClickException(
            "config.toml 的 TRUSTED_HOSTS 有误，程序没有启动：写成一列域名，"
            '例如 TRUSTED_HOSTS = ["beian.example.edu.cn"]。'
        )


class _BoundedParser(FormDataParser):
    """Werkzeug bounds multipart bodies only; url-encoded ones get the same two limits here."""

    def _parse_urlencoded(self, stream, mimetype, content_length, options):
        most = self.max_form_memory_size
        if most is not None and (content_length or 0) > most:
            raise RequestEntityTooLarge
        body = stream.read() if most is None else stream.read(most + 1)
        too_long = most is not None and len(body) > most
        parts = self.max_form_parts
        if too_long or (parts is not None and body.count(b"&") >= parts):
            raise RequestEntityTooLarge
        return super()._parse_urlencoded(_Read(body), mimetype, len(body), options)


class _Read:
    """A body that was read already, as a stream."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    def read(self) -> bytes:
        return self.body


class GuardedRequest(Request):
    """A request whose form is bounded however it is encoded, and whose addresses can be read."""

    form_data_parser_class = _BoundedParser

    def _load_form_data(self) -> None:
        """Read the form within the view's own bounds; no box of it holds more than a reader takes.

        What a reader would have to cut is refused whole, and said so.
        """
        read_before = "form" in self.__dict__
        super()._load_form_data()
        if read_before:
            return
        for name, typed in self.form.items(multi=True):
            if len(typed) > LONGEST_TYPED and name != SEALED:
                raise UnprocessableEntity

    @property
    def referrer(self) -> str | None:  # type: ignore[override]
        """Which page asked, as the browser says; None also for what is no address at all."""
        return _address(self.headers.get("Referer"))

    @property
    def origin(self) -> str | None:  # type: ignore[override]
        """The same of a POST, without the path."""
        return _address(self.headers.get("Origin"))


def _address(header: str | None) -> str | None:
    try:
        urlsplit(header or "")
    except ValueError:
        return None
    return header


def request_number() -> str:
    """The number of this request, which its error page and its line in the log share."""
    # A request refused before it was let in (an unknown host) gets its number here.
    return g.setdefault("request_number", secrets.token_hex(6))


def _number_request() -> None:
    request_number()


def _log_failure(_app: Flask, exception: BaseException, **_: object) -> None:
    # Not the address: it may hold a name that was searched for, or the token of a link.
    log.error("request %s failed: %s %s", request_number(), request.method, request.endpoint)


def guard_response(response: Response) -> Response:
    """Put the security headers on an answer; what is of people is never stored by a browser."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers["X-Request-ID"] = request_number()
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", HTTPS_ONLY)
    if request.endpoint == STATIC:
        keep_in_cache(response)
    else:
        response.headers["Cache-Control"] = "no-store"
    return response
