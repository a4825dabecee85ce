"""One page of the register: keyset paging in one fixed order, with an exact total.

The order is by unit, and within it as the channels were entered: the keys (unit_id, id) are moved
by no renaming and no new paper, so that nobody sees a line twice or misses one while others work.
A page begins after a known line, which costs the same on the first page and on the thousandth.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, Row, Select, bindparam, func, select, true, union_all

from models.channels.channel import Channel, ChannelState
from models.channels.count_triggers import ChannelPair
from models.database import db
from models.filings.filing import Filing
from models.filings.queries import scope
from models.people.person import Person
from models.people.unit import tree
from models.register.counts import total
from models.register.search import conditions, instr, may_be_number
from models.rules.definitions.institution import Institution
from models.rules.filters import Cursor, Filters
from models.rules.workflow import State

CHANNEL, FILING, PAIR = Channel.__table__.c, Filing.__table__.c, ChannelPair.__table__.c
SHOWN = (
    CHANNEL.id,
    CHANNEL.institution,
    CHANNEL.unit_id,
    CHANNEL.title,
    CHANNEL.platform,
    CHANNEL.account,
    CHANNEL.tier,
    CHANNEL.person,
    CHANNEL.phone,
    CHANNEL.followers,
    CHANNEL.number,
    CHANNEL.state,
    CHANNEL.incomplete,
    CHANNEL.gone_at,
    CHANNEL.last_update_on,
    CHANNEL.quiet_since,
)

# Made once: to put a statement together costs more than to run it.
IDS = bindparam("ids", expanding=True)
LINES = select(*SHOWN).where(CHANNEL.id.in_(IDS))
OPEN_FILINGS = select(FILING.channel_id, FILING.kind, FILING.state).where(
    FILING.channel_id.in_(IDS), FILING.state.in_([State.in_review, State.returned])
)

Keys = tuple[int, int]
Where = Callable[[ColumnElement, ColumnElement], ColumnElement[bool]]


@dataclass(frozen=True)
class RegisterPage:
    """The lines shown, the number of the first of them, and of how many in all.

    `before` and `after` lead to the neighbouring pages, None where there is none.
    """

    items: list[Row]
    total: int
    first: int
    before: Cursor | None
    after: Cursor | None

    @property
    def last(self) -> int:
        return self.first + len(self.items) - 1


def find(
    institution: Institution, person: Person, filters: Filters, cursor: Cursor | None, size: int
) -> RegisterPage:
    """The page at a cursor; the first page when there is none, or nothing stands there any more."""
    sources = _sources(institution, person, filters)
    keys = _keys(sources, cursor, size + 1) if cursor else []
    if cursor and (not keys or (cursor.backwards and len(keys) <= size)):
        cursor = None
    if cursor is None:
        keys = _first(sources, size + 1)
    more, keys = len(keys) > size, keys[:size]
    everything = len(keys) if cursor is None and not more else _total(person, filters, sources)
    if cursor and cursor.backwards:
        keys.reverse()
    return _page(keys, everything, cursor, more, size)


def by_phone(person: Person, ending: str, most: int) -> tuple[list[Row], bool]:
    """Channels of any standing with a phone that ends so; and whether there are more than `most`.

    In: digits alone.
    """
    query = select(*SHOWN).where(
        CHANNEL.institution == person.institution,
        CHANNEL.state != ChannelState.planned,
        instr(CHANNEL.phones, f"{ending}\n") > 0,
    )
    units = scope(person)
    if units is not None:
        query = query.where(CHANNEL.unit_id.in_(units))
    rows = db.session.execute(query.order_by(CHANNEL.unit_id, CHANNEL.id).limit(most + 1)).all()
    return rows[:most], len(rows) > most


def open_filing_labels(channels: list[Row]) -> dict[int, str]:
    """What is on its way about each of the channels: 变更备案审核中, 注销已退回; by channel id."""
    ids = [channel.id for channel in channels]
    rows = db.session.execute(OPEN_FILINGS, {"ids": ids}) if ids else ()
    return {channel: f"{kind.label.removesuffix('备案')}{state.label}" for channel, kind, state in rows}


def _sources(institution: Institution, person: Person, filters: Filters) -> list[Select]:
    """Selects of (unit_id, id) that have no line in common."""
    words = filters.q.lower()
    if (
        len(words) != 2
        or words.isascii()
        or replace(filters, q="", unit=None) != Filters()
        or may_be_number(institution, words)
    ):
        return [select(CHANNEL.unit_id, CHANNEL.id).where(*conditions(institution, person, filters))]
    return _of_pair(person, words, scope(person, filters.unit))


def _of_pair(person: Person, pair: str, units: set[int] | None) -> list[Select]:
    """Two characters, most often Chinese: their channels are known by the pair, at once.

    Units that are themselves called so are taken whole; the pair is then asked of the others.
    """
    school, named = person.institution, tree(person.institution).named_like(pair)
    pairs = select(PAIR.unit_id, PAIR.channel_id.label("id")).where(
        PAIR.institution == school, PAIR.state == ChannelState.in_force, PAIR.pair == pair
    )
    if units is not None:
        pairs, named = pairs.where(PAIR.unit_id.in_(units - named)), named & units
    elif named:
        pairs = pairs.where(PAIR.unit_id.not_in(named))
    if not named:
        return [pairs]
    whole = select(CHANNEL.unit_id, CHANNEL.id).where(
        CHANNEL.institution == school, CHANNEL.state == ChannelState.in_force, CHANNEL.unit_id.in_(named)
    )
    return [pairs, whole]


def _first(sources: list[Select], count: int) -> list[Keys]:
    return _lines(sources, lambda unit, channel: true(), False, count)


def _keys(sources: list[Select], cursor: Cursor, count: int) -> list[Keys]:
    """The lines from a cursor on: the rest of its unit, and then the units after it.

    In two steps, for each is a plain range of an index.
    """
    back = cursor.backwards
    keys = _lines(
        sources,
        lambda unit, channel: (
            (unit == cursor.unit) & (channel < cursor.channel if back else channel > cursor.channel)
        ),
        back,
        count,
    )
    if len(keys) < count:
        keys += _lines(
            sources,
            lambda unit, channel: unit < cursor.unit if back else unit > cursor.unit,
            back,
            count - len(keys),
        )
    return keys


def _lines(sources: list[Select], where: Where, back: bool, count: int) -> list[Keys]:
    parts = [source.where(where(*source.selected_columns)) for source in sources]
    query = union_all(*parts) if len(parts) > 1 else parts[0]
    order = [key.desc() if back else key for key in query.selected_columns]
    return [(unit, channel) for unit, channel in db.session.execute(query.order_by(*order).limit(count))]


def _total(person: Person, filters: Filters, sources: list[Select]) -> int:
    known = total(person, filters)
    if known is not None:
        return known
    counts = [select(func.count()).select_from(source.subquery()) for source in sources]
    return sum(db.session.scalar(count) for count in counts)


def _page(keys: list[Keys], everything: int, cursor: Cursor | None, more: bool, size: int) -> RegisterPage:
    """The lines of these keys, and the way on. `more`: in the direction the cursor looks."""
    ids = [channel for _, channel in keys]
    rows = {row.id: row for row in (db.session.execute(LINES, {"ids": ids}) if ids else ())}
    items = [rows[channel] for _, channel in keys if channel in rows]
    back = cursor is not None and cursor.backwards
    first = 1 if cursor is None else min(cursor.first, everything - len(keys) + 1)
    if cursor and not back and not more:
        first = everything - len(keys) + 1
    before = after = None
    if cursor and (more or not back):
        before = Cursor(*keys[0], backwards=True, first=max(1, first - size))
    if more or back:
        after = Cursor(*keys[-1], first=first + len(keys))
    return RegisterPage(items, everything, max(1, first), before, after)
