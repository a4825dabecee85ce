"""The rows of a summary table (汇总表): the channels in force, in the words a register asks for.

A register may hold a hundred thousand rows. Which they are and in which order is asked first, as
mere ids; what they say is then read some hundred at a time, so that memory does not grow with them.
"""

from array import array
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from json import loads
from math import ceil
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Label, Select, Text, and_, bindparam, cast, func, select, true

from models.channels.channel import CLOSING, Channel, ChannelState
from models.database import db
from models.filings.edition import form_of
from models.filings.filing import Filing
from models.filings.queries import Page
from models.people.unit import tree
from models.rules.definitions.definition import Form
from models.rules.definitions.institution import Institution
from models.rules.definitions.register import COLUMN_SOURCES, Register
from models.rules.fields import Condition, Field
from models.rules.fields.base import FILING_KIND, OWNER_KIND
from models.rules.filters import year_of
from models.rules.row_key import RowKey, mark_of, write_key
from models.wording import by_pinyin

Cell = tuple[str, Any, str]
TEXT_FORMAT, WHOLE_FORMAT = "@", "0"
NOTHING: Cell = ("", "", TEXT_FORMAT)
__all__ = ["TEXT_FORMAT", "WHOLE_FORMAT", "Cell", "Counted", "SummaryRow", "count", "page", "rows"]

CHANNEL, FILING = Channel.__table__.c, Filing.__table__.c
# Read and turned into words at once: nothing stays open in the database while a file is written.
SLICE = 500
LINE = select(
    CHANNEL.id,
    CHANNEL.unit_id,
    CHANNEL.title,
    CHANNEL.tier,
    CHANNEL.number,
    CHANNEL.state,
    CHANNEL.gone_at,
    FILING.id.label("filing_id"),
    FILING.edition_digest,
    FILING.answers,
)
OF_THESE = CHANNEL.id.in_(bindparam("ids", expanding=True))
IN_FORCE = CHANNEL.current_id == FILING.id
LINES = LINE.join_from(Channel.__table__, Filing.__table__, IN_FORCE).where(OF_THESE)
# What is signed as a list while it is not in force yet: see `_Lines.pending`.
PENDING = and_(
    CHANNEL.current_id.is_(None),
    CHANNEL.id == FILING.channel_id,
    FILING.id.in_(bindparam("pending", expanding=True)),
)
PENDING_LINES = LINE.join_from(Channel.__table__, Filing.__table__, PENDING).where(OF_THESE)

Ids = Collection[int] | Select | None


@dataclass(frozen=True)
class SummaryRow:
    """`cells`: a column's heading -> (text on paper, value in a workbook, number format).

    `key`: what a workbook hides in the row, to know it again when it comes back. `title`, `unit_id`,
    `edition`: of the channel, and the form's text under which its filing was signed.
    """

    serial: int
    cells: dict[str, Cell]
    closed: bool
    filing_id: int
    channel_id: int
    key: str = ""
    title: str = ""
    unit_id: int = 0
    edition: str = ""

    @property
    def texts(self) -> list[str]:
        """What the row says on paper, column by column."""
        return [text for text, _, _ in self.cells.values()]


class Counted(NamedTuple):
    """How many rows a register has: of channels in force, and of closed ones that it marks."""

    in_force: int
    closed: int

    @property
    def total(self) -> int:
        return self.in_force + self.closed


def rows(
    register: Register,
    institution: Institution,
    unit_ids: Collection[int] | None,
    today: date,
    condition: Condition | None = None,
    channel_ids: Ids = None,
    on_read: Callable[[int], object] | None = None,
    pending: Collection[int] = (),
) -> Iterator[SummaryRow]:
    """What a register prints for some units (None: the whole school) on a day, row by row.

    Each channel answers with its latest approved filing, read by the edition it was signed
    under. Channels closed in the year of `today` stay, marked, where the register says how.
    `condition`: only the rows for which it holds. `channel_ids`: only these channels, by their ids
    or a select of them, in whichever year they were closed. A unit stands before those below it,
    and within it one goes by the title: the order people look things up in.
    `on_read` hears how many rows were read, each time nothing is being read: it may end the
    transaction, so that whoever writes need not wait for a long file. `pending`: first filings that
    stand there too, though they are not in force yet.
    """
    lines = _Lines(register, institution, unit_ids, today, condition, channel_ids, pending)
    ids = lines.ids()
    for start in range(0, len(ids), SLICE):
        rows_read = lines.read(ids[start : start + SLICE], start + 1)
        if on_read:
            on_read(start + len(rows_read))
        yield from rows_read


def count(
    register: Register,
    institution: Institution,
    unit_ids: Collection[int] | None,
    today: date,
    condition: Condition | None = None,
    channel_ids: Ids = None,
) -> Counted:
    """How many rows `rows` would give."""
    return _Lines(register, institution, unit_ids, today, condition, channel_ids).count()


def page(
    register: Register,
    institution: Institution,
    unit_ids: Collection[int] | None,
    today: date,
    number: int,
    size: int,
) -> Page:
    """One page of them; a number beyond the last gives the last."""
    lines = _Lines(register, institution, unit_ids, today, None, None)
    ids = lines.ids()
    pages = max(1, ceil(len(ids) / size))
    number = min(number, pages)
    start = (number - 1) * size
    return Page(lines.read(ids[start : start + size], start + 1), len(ids), number, pages)


class _Lines:
    """The rows of one register for one question."""

    def __init__(
        self,
        register: Register,
        institution: Institution,
        unit_ids: Collection[int] | None,
        today: date,
        condition: Condition | None,
        channel_ids: Ids,
        pending: Collection[int] = (),
    ):
        self.register, self.institution = register, institution
        self.pending = list(pending)
        self.shown = _shown(register, today, channel_ids is not None)
        self.where = [CHANNEL.institution == institution.code, CHANNEL.form == register.form]
        if unit_ids is not None:
            self.where.append(CHANNEL.unit_id.in_(unit_ids))
        if channel_ids is not None:
            self.where.append(CHANNEL.id.in_(channel_ids))
        self.conditions = [rule for rule in (register.filter, condition) if rule is not None]
        # A condition is judged once for each answer that occurs, and there are few.
        self.holds = lru_cache(maxsize=1024)(self._holds)
        self.units = tree(institution.code)
        self.editions = Editions(register, institution)

    def ids(self) -> array:
        """The channels' ids in the order of the rows: eight bytes for each."""
        of_unit: dict[int, array] = defaultdict(lambda: array("q"))
        columns = CHANNEL.unit_id, CHANNEL.id
        queries = [self._query(*columns)]
        if self.pending:
            queries.append(self._query(*columns, joined=PENDING, shown=true()))
        for query in queries:
            ordered_query = query.order_by(by_pinyin(CHANNEL.title), CHANNEL.id)
            lines = db.session.execute(
                ordered_query.execution_options(yield_per=1000), {"pending": self.pending}
            )
            for unit_id, channel_id, *facts in lines:
                if self.holds(*facts):
                    of_unit[unit_id].append(channel_id)
        ordered = array("q")
        for node, _ in self.units.ordered():
            ordered.extend(of_unit.get(node.id, ()))
        return ordered

    def count(self) -> Counted:
        names = [label.name for label in self._facts()]
        query = self._query(CHANNEL.state, func.count()).group_by(CHANNEL.state, *names)
        counted: dict[ChannelState, int] = defaultdict(int)
        for state, number, *facts in db.session.execute(query):
            counted[state] += number * self.holds(*facts)
        return Counted(counted[ChannelState.in_force], counted[ChannelState.closed])

    def read(self, ids: Sequence[int], first: int) -> list[SummaryRow]:
        """The rows of these channels; the first has this serial number."""
        lines = {line.id: line for line in db.session.execute(LINES, {"ids": list(ids)})}
        if self.pending:
            both = {"ids": list(ids), "pending": self.pending}
            lines |= {line.id: line for line in db.session.execute(PENDING_LINES, both)}
        return [
            self._row(serial, lines[channel_id])
            for serial, channel_id in enumerate(ids, first)
            if channel_id in lines
        ]

    def _query(
        self, *columns: Any, joined: ColumnElement[bool] = IN_FORCE, shown: ColumnElement[bool] | None = None
    ) -> Select:
        """The select of these columns, and of what the conditions look at."""
        return (
            select(*columns, *self._facts())
            .join_from(Channel.__table__, Filing.__table__, joined)
            .where(*self.where, self.shown if shown is None else shown)
        )

    def _facts(self) -> list[Label]:
        return [_fact(rule.field).label(f"fact_{n}") for n, rule in enumerate(self.conditions)]

    def _holds(self, *facts: str | None) -> bool:
        return all(
            condition.holds({condition.field: _read(condition.field, fact)})
            for condition, fact in zip(self.conditions, facts, strict=True)
        )

    def _row(self, serial: int, line: Any) -> SummaryRow:
        closed = line.state is ChannelState.closed
        words = self.editions.of(line.edition_digest)
        cells = words.cells(line.answers, self._own(serial, line, closed))
        if closed:
            mark = self.register.closed
            text = cells[mark.column][0] + mark.mark
            cells[mark.column] = (text, text, TEXT_FORMAT)
        key = words.key(line.id, line.filing_id, line.answers)
        return SummaryRow(
            serial, cells, closed, line.filing_id, line.id, key, line.title, line.unit_id, line.edition_digest
        )

    def _own(self, serial: int, line: Any, closed: bool) -> dict[str, Cell]:
        """What a column may show besides an item: see `register.COLUMN_SOURCES`."""
        state = CLOSING if closed and line.gone_at is None else line.state.label
        tier = self.institution.tiers.get(line.tier, line.tier)
        unit = self.units.nodes[line.unit_id].name
        return {
            "serial": (str(serial), serial, WHOLE_FORMAT),
            "unit": (unit, unit, TEXT_FORMAT),
            "tier": (tier, tier, TEXT_FORMAT),
            "number": (line.number, line.number, TEXT_FORMAT),
            "state": (state, state, TEXT_FORMAT),
        }


def _shown(register: Register, today: date, chosen: bool) -> ColumnElement[bool]:
    """In force; and closed, of this year or `chosen` one by one, where the register marks it."""
    in_force = CHANNEL.state == ChannelState.in_force
    if register.closed is None:
        return in_force
    closed = CHANNEL.state == ChannelState.closed
    if not chosen:
        closed &= CHANNEL.closed_at.between(*year_of(today.year))
    return in_force | closed


def _fact(field: str) -> ColumnElement:
    """What a condition looks at: the kind of the filing, of the owner, or an answer as JSON."""
    if field == FILING_KIND:
        return FILING.kind
    if field == OWNER_KIND:
        return FILING.owner_kind
    return cast(FILING.answers[field], Text)


def _read(field: str, fact: str | None) -> Any:
    if field in (FILING_KIND, OWNER_KIND) or fact is None:
        return fact
    return loads(fact)


def item_paths(register: Register) -> list[str]:
    """The items that a register's rows are made of, each once."""
    sources = [path for column in register.columns for path in (column.value, column.fallback)]
    return [path for path in dict.fromkeys(sources) if path and path not in COLUMN_SOURCES]


class Editions:
    """The editions of a register's form, each looked up once."""

    def __init__(self, register: Register, institution: Institution):
        self.register, self.institution = register, institution
        self.known: dict[str, EditionWords] = {}

    def of(self, digest: str) -> "EditionWords":
        """The words of an edition."""
        if digest not in self.known:
            current = self.institution.forms.get(self.register.form)
            form = form_of(self.institution.code, digest, current)
            self.known[digest] = EditionWords(self.register, form)
        return self.known[digest]


class EditionWords:
    """What one edition says under each column. Items are looked up once, not once a row."""

    def __init__(self, register: Register, form: Form):
        self.columns = [(column.heading, column.value, column.fallback) for column in register.columns]
        self.items = {
            path: ItemWords(item, path)
            for path in item_paths(register)
            if (item := _item(form, path)) is not None
        }

    def cells(self, answers: dict[str, Any], own: Mapping[str, Cell]) -> dict[str, Cell]:
        """A row's cells by heading. `own`: what is no item (see `register.COLUMN_SOURCES`)."""
        cells = {}
        for heading, value, fallback in self.columns:
            cell = own.get(value) or self._cell(value, answers)
            if not cell[0] and fallback:
                cell = own.get(fallback) or self._cell(fallback, answers)
            cells[heading] = cell
        return cells

    def key(self, channel_id: int, filing_id: int, answers: dict[str, Any]) -> str:
        """The text of a row's hidden cell."""
        return write_key(RowKey(channel_id, filing_id, mark_of(self, self.items, answers)))

    def text(self, path: str, answers: Mapping[str, Any]) -> str:
        """As `Form.text`."""
        return self.items[path].worded(answers)[0]

    def _cell(self, path: str, answers: dict[str, Any]) -> Cell:
        """An item's answer; empty when the edition did not ask for it."""
        return self.items[path].worded(answers)[1] if path in self.items else NOTHING


class ItemWords:
    """An item's text and cell. Most answers occur again and again: the last ones are kept."""

    def __init__(self, item: Field, path: str):
        self.item, self.keys = item, path.split(".")
        self._kept = lru_cache(maxsize=2048, typed=True)(self._worded)

    def worded(self, answers: Mapping[str, Any]) -> tuple[str, Cell]:
        value: Any = answers
        for key in self.keys:
            value = value.get(key) if isinstance(value, dict) else None
        return self._worded(value) if isinstance(value, dict | list) else self._kept(value)

    def _worded(self, value: Any) -> tuple[str, Cell]:
        content, number_format = self.item.cell(value)
        return self.item.text(value), (self.item.scaled_text(value), content, number_format)


def _item(form: Form, path: str) -> Field | None:
    try:
        return form.field(path)
    except KeyError:
        return None
