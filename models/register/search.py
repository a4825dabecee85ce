"""台账: which channels a person finds by which filters."""

from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, exists, false, func, or_, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import contains_eager
from sqlalchemy.sql.functions import GenericFunction

from models.channels.channel import CLOSING, Channel, ChannelState
from models.filings.filing import Filing
from models.filings.queries import scope
from models.people.person import Person
from models.people.unit import tree
from models.register.staleness import stale_condition
from models.rules.definitions.institution import Institution
from models.rules.filing_kind import FilingKind
from models.rules.filters import EVERYTHING, Filters, one_of, year_of
from models.rules.workflow import State

CHANNEL = Channel.__table__.c
CLOSED = CHANNEL.state == ChannelState.closed
# What the register's `state` may ask for; nothing said means 在册. A planned channel is a draft of
# its unit, and no matter of the register yet.
STANDINGS: dict[str, tuple[str, ColumnElement[bool]]] = {
    "in_force": (ChannelState.in_force.label, CHANNEL.state == ChannelState.in_force),
    "closing": (CLOSING, and_(CLOSED, CHANNEL.gone_at.is_(None))),
    "closed": (ChannelState.closed.label, and_(CLOSED, CHANNEL.gone_at.is_not(None))),
    "void": (ChannelState.void.label, CHANNEL.state == ChannelState.void),
    "all": ("全部状态", CHANNEL.state.in_([ChannelState.in_force, ChannelState.closed])),
}


class instr(GenericFunction):  # noqa: N801 - called as the database calls it
    """The place of a text in another, 0 when it is not there: quicker than LIKE, no signs."""

    type = Integer()
    inherit_cache = True


@compiles(instr, "postgresql")
def _strpos(function: instr, compiler: Any, **words: Any) -> str:
    return f"strpos{compiler.function_argspec(function, **words)}"


def channels(institution: Institution, person: Person, filters: Filters = EVERYTHING) -> Select[Channel]:
    """The channels a person may see, with their units. Those in force unless a state is asked for.

    In the register's order: by unit, and within it as they were entered.
    """
    query = select(Channel).join(Channel.unit).options(contains_eager(Channel.unit))
    query = query.where(*conditions(institution, person, filters))
    return query.order_by(Channel.unit_id, Channel.id)


def conditions(institution: Institution, person: Person, filters: Filters) -> list[ColumnElement[bool]]:
    """What a channel must be to be found."""
    _, standing = STANDINGS.get(filters.state or "in_force", ("", false()))
    wanted = [CHANNEL.institution == person.institution, standing]
    units = scope(person, filters.unit)
    if units is not None:
        wanted.append(CHANNEL.unit_id.in_(units))
    chosen = {name: getattr(filters, name) for name in ("form", "platform", "tier")}
    wanted += [CHANNEL[name] == value for name, value in chosen.items() if value]
    if filters.incomplete:
        wanted.append(CHANNEL.incomplete)
    if filters.stale:
        wanted.append(stale_condition(institution))
    if filters.kind or filters.year is not None:
        wanted.append(_filed(filters))
    if filters.q:
        wanted.append(_mentions(institution, filters.q.lower()))
    return wanted


def may_be_number(institution: Institution, words: str) -> bool:
    """Whether lower-case words may be a part of a 编号: else one column less is searched."""
    pattern = institution.number.text.lower()
    return words in pattern or any(sign.isdecimal() for sign in words)


def _mentions(institution: Institution, words: str) -> ColumnElement[bool]:
    """Names, accounts and people stand with the channel; units are looked for where they are."""
    places = [instr(CHANNEL.search, words) > 0]
    if may_be_number(institution, words):
        places.append(instr(func.lower(CHANNEL.number), words) > 0)
    units = tree(institution.code).named_like(words)
    if units:
        places.append(CHANNEL.unit_id.in_(units))
    return or_(*places)


def _filed(filters: Filters) -> ColumnElement[bool]:
    """The channel's own approved filings: of the kind asked for, decided in the year asked for."""
    own = [Filing.channel_id == CHANNEL.id, Filing.state == State.filed]
    if filters.kind:
        own.append(Filing.kind.in_(one_of(FilingKind, filters.kind)))
    if filters.year is not None:
        own.append(Filing.decided_at.between(*year_of(filters.year)))
    return exists().where(*own)
