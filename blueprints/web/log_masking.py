"""No phone number, password or token in any log, whichever library writes it.

Every record is made safe where it is made, so that no handler, ours or a server's, sees more.
What is bound to a statement stays out of SQLAlchemy's errors by `hide_parameters`.
"""

import logging
import re
import traceback
from typing import Any

from models.rules.masking import mask_text

SECRET_NAMES = "password|passwd|pwd|secret|token|ticket|session|cookie|authorization|密码|口令|令牌"
# password=…, 'token': '…', Cookie: …; up to the end of the value. What is looked for after the name
# is bounded: a long word that somebody sent must not keep the process busy for minutes.
NAMED = re.compile(
    rf"""(?i)((?:{SECRET_NAMES})[\w-]{{0,40}}["']?\s{{0,9}}[=:：]\s*)("[^"]*"|'[^']*'|[^\s,;&"')\]}}]+)"""
)
# The links that are keys by themselves.
LINK = re.compile(r"/apply/[\w-]{8,}")


def init_app() -> None:
    """Make every log record of this process safe."""
    logging.setLogRecordFactory(SafeRecord)


def safe(text: str) -> str:
    """A text for a log."""
    text = LINK.sub("/apply/…", NAMED.sub(r"\1…", text))
    return mask_text(text)


class SafeRecord(logging.LogRecord):
    """A record whose words and traceback are already masked."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        try:
            self.msg, self.args = safe(self.getMessage()), ()
        except (TypeError, ValueError):
            # Its words and values do not go together: the handler says so, without the values.
            self.msg, self.args = f"{self.msg!s:.200} (arguments do not fit)", ()
        if self.exc_info and self.exc_info[0] is not None:
            # A formatter takes these words instead of formatting the exception itself.
            self.exc_text = safe("".join(traceback.format_exception(*self.exc_info)).rstrip())
