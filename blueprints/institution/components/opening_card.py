"""What pages show of an account approved before it was opened: its paper, and what it lacks."""

from datetime import date
from typing import Any

import wtforms
from flask import g
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from models.channels.channel import Channel
from models.filings.filing import Filing
from models.register.opening import approval_before_opening, needs_opening
from models.rules.fields import Circumstances, Field
from models.rules.fields.text import Text
from models.rules.fields.time import Date
from models.rules.filing_kind import FilingKind
from models.rules.policy import Action, may
from models.rules.workflow import State

ITEMS: tuple[Field, ...] = (
    Text(name="opening_number", type="text", label="文号", required=True, max_length=100),
    Date(name="opening_on", type="date", label="出具日期", required=True),
)


def opening_form(sent: MultiDict | None = None, **stored: Any) -> wtforms.Form:
    """The two boxes, filled from a request or from what is recorded."""
    inputs = {item.name: item.input(Circumstances()) for item in ITEMS}
    return type("OpeningForm", (wtforms.Form,), inputs)(sent, data=stored)


def opening_card(
    filing: Filing, typed: wtforms.Form | None = None, errors: dict[str, str] | None = None
) -> dict | None:
    """What the filing's page shows of the 开设手续; None where there is nothing to show."""
    if not needs_opening(filing):
        return None
    channel, records = filing.channel, may(current_user, Action.OVERSEE)
    form = typed or opening_form(
        opening_number=channel.opening_number, opening_on=_stored(channel.opening_on)
    )
    return {
        "items": ITEMS,
        "form": form,
        "errors": errors or {},
        "records": records,
        "prints": bool(g.institution.opening and (records or channel.opening_number)),
    }


def gives_letter(filing: Filing) -> bool:
    """Whether the school gives a paper for this change, 年审 or closing now that it is approved."""
    opening, later = g.institution.opening, filing.kind is not FilingKind.first
    return bool(opening and later and filing.state is State.filed and opening.is_for(filing.kind))


def missing(filing: Filing | None) -> list[Field]:
    """What a filing in force still lacks since its account was opened (待补充)."""
    if filing is None or not filing.incomplete:
        return []
    return filing.definition(g.institution).missing_later(filing.answers, filing.kind)


def _stored(day: date | None) -> str | None:
    """A day as the date item stores it."""
    return day and day.isoformat()


def card(channel: Channel) -> dict:
    """What the channel's page shows of its opening, and of what is still to be completed."""
    approval, lacking = approval_before_opening(channel), missing(channel.current)
    if approval is None and not lacking:
        return {"opening": None}
    return {
        "opening": {
            "approval": approval,
            "lacking": [item.label for item in lacking],
            "completes": current_user.files_for(channel.unit),
            "prints": bool(approval and channel.opening_number and g.institution.opening),
        }
    }
