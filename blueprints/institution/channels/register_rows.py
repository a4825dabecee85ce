"""How the channels of a page read, line by line: their tags, units and silence, what was sought."""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from flask import g
from markupsafe import Markup
from sqlalchemy import Row

from blueprints.institution.components.progress import CHANNEL_TONES
from blueprints.web.presentation import day, masked
from models import clock
from models.channels.channel import CLOSING, ChannelState
from models.people.person import tree
from models.register.staleness import stale_before

NOTHING = "—"


class Line(NamedTuple):
    """A channel in words. `below`: its society, when `unit` is the unit above; `late`: is stale."""

    id: int
    title: str
    number: str
    platform: str
    account: str
    unit: str
    below: str
    tier: str
    person: str
    phone: str
    followers: str
    heard: str
    late: bool
    tags: list[tuple[str, str]]


def lines(rows: list[Row], under_way: Mapping[int, str], words: str) -> list[Line]:
    """The lines of a page. `under_way`: by channel id, what is on its way; `words`: the search."""
    units, tiers = tree(g.institution.code).nodes, g.institution.tiers
    limit, marked = stale_before(g.institution.code), _marker(words)
    found = []
    for row in rows:
        stale = bool(limit and row.quiet_since and row.quiet_since < limit
                     and row.state is ChannelState.in_force)
        unit, above = units[row.unit_id], units.get(units[row.unit_id].parent_id)
        is_society = above is not None and above.parent_id is not None
        found.append(Line(
            row.id, marked(row.title), marked(row.number), marked(row.platform),
            marked(row.account), marked(above.name if is_society else unit.name),
            marked(unit.name) if is_society else "", tiers.get(row.tier, row.tier) or NOTHING,
            marked(row.person), masked(row.phone),
            NOTHING if row.followers is None else f"{row.followers:,}",
            _silence(row) if stale else day(row.last_update_on), stale,
            _tags(row, stale, under_way.get(row.id, "")),
        ))
    return found


def _tags(row: Row, stale: bool, under_way: str) -> list[tuple[str, str]]:
    """What is to be said of a channel, each with its tone; 在册 only when nothing else is."""
    found = [("待核实", "amber")] if stale else []
    if row.incomplete:
        found.append(("待补充", "blue"))
    if row.state is ChannelState.closed and row.gone_at is None:
        found.append((CLOSING, "amber"))
    found = found or [(row.state.label, CHANNEL_TONES[row.state])]
    return [*found, (under_way, "amber")] if under_way else found


def _silence(row: Row) -> str:
    """For how long nothing was heard of a stale one: 7个月前."""
    today, then = clock.today(), row.quiet_since
    months = (today.year - then.year) * 12 + today.month - then.month - (today.day < then.day)
    return f"{months}个月前" if months < 24 else f"{months // 12}年前"


def _marker(words: str) -> Callable[[str], str]:
    """A function that marks in a text what was searched for; an empty one is a dash."""
    sought = re.compile(f"({re.escape(words)})", re.IGNORECASE) if words else None

    def marked(text: str) -> str:
        pieces = sought.split(text) if sought else [text]
        if len(pieces) == 1:
            return text or NOTHING
        # Every second piece is what was found.
        return Markup("").join(Markup("<mark>{}</mark>").format(piece) if at % 2 else piece
                               for at, piece in enumerate(pieces))

    return marked
