"""What a page needs to show who wrote what, and what is new to this person."""

import secrets
from dataclasses import dataclass

from flask import g
from flask_login import current_user

from blueprints.institution.loading import load_filing
from models.database import db, if_not_busy
from models.filings.filing import Filing
from models.messaging import messages as filing_messages
from models.messaging import notices
from models.messaging.messages import Message, Side


@dataclass(frozen=True)
class Talk:
    """The messages on a filing: `new` counts those this person had not read.

    `may_write` is false before the filing was handed in. `token` makes one message of one form.
    """

    title: str
    messages: list[Message]
    may_write: bool
    token: str
    new: int = 0
    typed: str = ""
    problem: str = ""

    def is_new(self, message: Message) -> bool:
        """Whether this is one of the newest that others wrote."""
        others = [other.id for other in self.messages if other.author_id != current_user.id]
        return message.id in others[len(others) - self.new :]


def talk_about(filing: Filing, new: int = 0, typed: str = "", problem: str = "") -> Talk:
    """The messages on a filing as this person sees them."""
    side = filing_messages.side_of(filing, current_user)
    other = "申报单位" if side is Side.office else g.institution.office
    return Talk(
        title=f"与{other}沟通",
        messages=filing_messages.on(filing),
        may_write=side is not None and filing.submitted_at is not None,
        token=secrets.token_urlsafe(12),
        new=new,
        typed=typed,
        problem=problem,
    )


def look_at(filing_id: int) -> tuple[Filing, int]:
    """The filing (else 404) and how many messages on it are new; from now on they are read.

    Whoever has read everything makes no writer of this request.
    """
    filing = load_filing(filing_id)
    if not notices.has_unread(current_user, filing_id):
        return filing, 0
    new = notices.unread_messages(current_user, [filing_id]).get(filing_id, 0)
    with if_not_busy():
        notices.read(current_user, filing_id=filing_id)
        db.session.commit()
    return load_filing(filing_id), new
