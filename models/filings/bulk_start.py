"""Many drafts at once, as `models.filings.filing.start` and `keep` would leave each of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import insert, inspect

from models.channels.channel import Channel, ChannelState
from models.clock import utcnow
from models.database import db
from models.filings import outcome
from models.filings.filing import Filing, draft, planned
from models.people.person import Person, Unit
from models.rules.answer_columns import unit_answer
from models.rules.filing_kind import FilingKind


class Beginning(NamedTuple):
    """One draft to be. `channel`: None for one that nobody has filed yet."""

    kind: FilingKind
    unit: Unit
    channel: Channel | None
    answers: dict[str, Any]
    opened: bool


def start_many(institution, form, beginnings: Sequence[Beginning], actor: Person,
               now: datetime | None = None) -> list[int]:
    """The ids of the new drafts, written with their answers.

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
    db.session.flush()
    new = [filing.channel for filing in filings if filing.channel.id is None]
    for channel, channel_id in zip(new, _insert(Channel, new), strict=True):
        channel.id = channel_id
    for filing in filings:
        filing.channel_id = filing.channel.id
    return _insert(Filing, filings)


def _insert(kind: type[db.Model], rows: Sequence[db.Model]) -> list[int]:
    """Write new rows that are not in the session, and give their ids.

    Everybody else waits while an import is written, and the session takes twice the time.
    """
    if not rows:
        return []
    names = inspect(kind).column_attrs.keys()
    said = [{name: vars(row)[name] for name in names if name in vars(row)} for row in rows]
    asked = insert(kind).returning(kind.id, sort_by_parameter_order=True)
    return list(db.session.scalars(asked, said))
