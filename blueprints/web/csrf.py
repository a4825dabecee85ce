"""The token of a form, different in every answer that carries the same secret.

Compressed, a page that held the secret itself would tell it by its length to whoever may put
guesses beside it (BREACH). So what a page holds is a pad of chance and the token under it.
"""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode

from flask import Flask, g
from flask_wtf.csrf import CSRFProtect, generate_csrf

MASKED = "masked_csrf_token"


def masked_csrf() -> str:
    """What a form carries: the same wherever it stands in one answer, new in the next."""
    token = generate_csrf()
    kept = g.get(MASKED)
    # Signing in begins a new secret in the middle of a request.
    if kept is None or kept[0] != token:
        kept = token, mask(token)
        setattr(g, MASKED, kept)
    return kept[1]


def mask(token: str) -> str:
    """The token under a pad of its own length, the pad before it."""
    plain = token.encode()
    pad = secrets.token_bytes(len(plain))
    return urlsafe_b64encode(pad + _xor(pad, plain)).decode().rstrip("=")


def unmask(sent: str) -> str:
    """The token of a form; what is not masked, or is nonsense, as it came."""
    # A signed token has points between its parts, a masked one has none.
    if "." in sent:
        return sent
    try:
        both = urlsafe_b64decode(sent + "=" * (-len(sent) % 4))
        half = len(both) // 2
        return _xor(both[:half], both[half:]).decode()
    except ValueError:
        return sent


def _xor(pad: bytes, text: bytes) -> bytes:
    return bytes(left ^ right for left, right in zip(pad, text, strict=True))


class MaskedCSRF(CSRFProtect):
    """Flask-WTF's protection, whose tokens are masked in pages and unmasked when they come back."""

    def init_app(self, app: Flask) -> None:
        super().init_app(app)
        app.jinja_env.globals["csrf_token"] = masked_csrf
        app.context_processor(lambda: {"csrf_token": masked_csrf})

    def _get_csrf_token(self) -> str | None:
        sent = super()._get_csrf_token()
        return sent and unmask(sent)
