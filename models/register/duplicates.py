"""Which other channels and filings an account could be mistaken for. All by index: asked as typed.

What counts is on the register or in review: a draft is nobody's business but its unit's.
"""

import re
from collections.abc import Iterable

from sqlalchemy import Select, and_, or_, select

from models.channels.channel import Channel, ChannelState
from models.database import db, like
from models.filings.filing import OPEN, Filing
from models.rules.answer_columns import account_key
from models.rules.definitions.institution import Institution
from models.rules.fields.account_key import title_key
from models.rules.similar_names import beginning, core, one_slip_apart, spellings
from models.rules.workflow import State

# How many rows with one beginning are compared; of more than these nothing would be learnt.
ENOUGH = 100
# Behind every character there is: closes a range over beginnings, which the index can answer.
_LAST = "\U0010ffff"
_IS_IN_REVIEW = (
    select(Filing.id).where(Filing.channel_id == Channel.id, Filing.state == State.in_review).exists()
)
_COUNTS = or_(
    Channel.state == ChannelState.in_force, and_(Channel.state == ChannelState.planned, _IS_IN_REVIEW)
)


def named_alike(
    filing: Filing, title: str, unit_id: int, platform: str, names: Iterable[str]
) -> list[Channel]:
    """Channels of the same form whose names people could take for this one, the same name first.

    In: the name, unit and platform as they are typed, and the school's names, which tell no
    names apart. A unit's own account of that name on another platform is not a likeness.
    """
    names, key = list(names), title_key(title)
    middle, start = core(title, names), beginning(title, names)
    if not key:
        return []
    alike = list(
        db.session.scalars(
            _others(filing).where(Channel.title_key.in_(spellings(title, names))).limit(ENOUGH)
        )
    )
    if start:
        near = _others(filing).where(Channel.title_key >= start, Channel.title_key < start + _LAST)
        alike += [
            other
            for other in db.session.scalars(near.limit(ENOUGH))
            if one_slip_apart(middle, core(other.title, names))
        ]
    own = (unit_id, platform)
    alike = [other for other in dict.fromkeys(alike) if other.unit_id != own[0] or other.platform == own[1]]
    return sorted(alike, key=lambda other: (other.title_key != key, other.id))


def on_same_platform(filing: Filing, unit_id: int, platform: str) -> Channel | None:
    """The unit's account on this platform that is on the register already."""
    query = select(Channel).where(
        Channel.institution == filing.institution,
        Channel.state == ChannelState.in_force,
        Channel.unit_id == unit_id,
        Channel.form == filing.form,
        Channel.platform == platform,
        Channel.id != filing.channel_id,
    )
    return db.session.scalar(query.order_by(Channel.id).limit(1))


def typed_elsewhere(filing: Filing, institution: Institution, platform: str, key: str) -> Filing | None:
    """Another open filing with this account: accounts are claimed only when handed in.

    In: the platform's name and the account's key. A draft that spells the account in full width
    is not found before one of the two is handed in.
    """
    if not key:
        return None
    words = max(re.split(r"[/?&=#]", key), key=len)
    query = select(Filing).where(
        Filing.institution == filing.institution,
        Filing.state.in_(OPEN),
        Filing.search.like(like(words), escape="\\"),
        Filing.platform == platform,
        Filing.channel_id != filing.channel_id,
    )
    forms = institution.forms
    return next(
        (
            other
            for other in db.session.scalars(query.limit(ENOUGH))
            if other.form in forms and account_key(forms[other.form], other.answers) == key
        ),
        None,
    )


def _others(filing: Filing) -> Select[Channel]:
    return select(Channel).where(
        Channel.institution == filing.institution,
        Channel.form == filing.form,
        Channel.id != filing.channel_id,
        _COUNTS,
    )
