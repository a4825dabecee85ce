"""Many drafts at once, as `models.filing.start` and `keep` would leave each of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from models import outcome
from models.channel import Channel, ChannelState
from models.database import db, utcnow
from models.filing import Filing, draft, planned
from models.kinds import FilingKind
from models.people import Person, Unit
from models.promotion import unit_answer


class Beginning(NamedTuple):
    """One draft to be. `channel`: None for one that nobody has filed yet."""

    kind: FilingKind
    unit: Unit
    channel: Channel | None
    answers: dict[str, Any]
    opened: bool


def start_many(institution, form, beginnings: Sequence[Beginning], actor: Person,
               now: datetime | None = None) -> list[Filing]:
    """The new drafts with their answers, flushed together.

    In: what the caller has checked as `start` would: the actor files for each unit, each kind
    suits its channel, and nothing else about it is open.
    """
    now = now or utcnow()
    filings = []
    for one in beginnings:
        channel = one.channel or planned(institution, form, one.unit, now)
        answers = one.answers | unit_answer(form, one.kind, one.unit)
        filing = draft(form, one.kind, one.unit, actor, channel, answers, one.opened, now)
        if channel.state is ChannelState.planned:
            outcome.preview(channel, filing, form, now)
        filings.append(filing)
    db.session.add_all(filings)
    db.session.flush()
    return filings
