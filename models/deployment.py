"""What the rows must know of this deployment, as the app read it at start-up; asks Flask for it."""

import hmac

from flask import current_app

from models.rules.settings.sign_in import SignInSettings


def sends_mail() -> bool:
    """Whether this deployment has a mail server: without one nothing is put into the outbox."""
    return current_app.extensions.get("mail") is not None


def sign_in_settings() -> SignInSettings:
    """How people sign in here: the [SIGN_IN] table."""
    return current_app.extensions["sign_in"]


def keyed(text: str) -> str:
    """A digest that nobody can recompute who holds a copy of the database alone."""
    key = str(current_app.secret_key).encode()
    return hmac.new(key, text.encode("utf-8", "replace"), "sha256").hexdigest()
