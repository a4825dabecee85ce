"""How long a channel may be silent (半年以上未更新), and which ones have been silent longer."""

from datetime import date

from sqlalchemy import ColumnElement, and_, false

from models import clock
from models.channels.channel import Channel, ChannelState
from models.rules.deadlines import months_before
from models.rules.definitions.institution import Institution


def stale_before(institution: Institution, today: date | None = None) -> date | None:
    """A channel not heard of since before this day is stale; None where the school has no limit.

    半年以上未更新 (a notice's 二.2) is counted by the calendar: six months before 8月31日 is
    2月28日 (or 29日), and a channel last heard of on that very day is not stale yet.
    """
    months = institution.clocks.stale_months
    return months_before(today or clock.today(), months) if months else None


def is_stale(channel: Channel, institution: Institution, today: date | None = None) -> bool:
    """待核实: on the register and silent for longer than its school allows."""
    limit = stale_before(institution, today)
    return bool(
        limit
        and channel.state is ChannelState.in_force
        and channel.quiet_since
        and channel.quiet_since < limit
    )


def stale_condition(institution: Institution, today: date | None = None) -> ColumnElement[bool]:
    """`is_stale` in SQL."""
    limit = stale_before(institution, today)
    if limit is None:
        return false()
    return and_(Channel.state == ChannelState.in_force, Channel.quiet_since < limit)
