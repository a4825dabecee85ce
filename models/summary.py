"""The rows of a summary table (汇总表): the channels in force, in the words a register asks for."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from models.channel import Channel, ChannelState
from models.database import db, institutions
from models.definitions.definition import Form
from models.definitions.institution import Institution
from models.definitions.register import Register
from models.fields.base import FILING_KIND, OWNER_KIND
from models.filing import Filing
from models.filters import year_of
from models.people import tree

Cell = tuple[str, Any, str]
TEXT_FORMAT, WHOLE_FORMAT = "@", "0"


@dataclass(frozen=True)
class SummaryRow:
    """`cells`: a column's label -> (text on paper, value in a workbook, number format)."""

    serial: int
    cells: dict[str, Cell]
    closed: bool
    filing_id: int
    channel_id: int

    @property
    def texts(self) -> list[str]:
        """What the row says on paper, column by column."""
        return [text for text, _, _ in self.cells.values()]


def rows(register: Register, institution: Institution, unit_ids: Collection[int] | None,
         today: date) -> list[SummaryRow]:
    """What a register prints for some units (None: the whole school) on a day.

    Each channel answers with its latest approved filing, read by the edition it was signed
    under. Channels closed in the year of `today` stay, marked, where the register says how.
    """
    found = []
    for channel in _in_order(_channels(register, institution, unit_ids, today)):
        filing = channel.current
        if _belongs(register, filing):
            found.append(_row(register, institution, len(found) + 1, channel, filing))
    return found


def _channels(register: Register, institution: Institution, unit_ids: Collection[int] | None,
              today: date) -> list[Channel]:
    shown = [Channel.state == ChannelState.in_force]
    if register.closed is not None:
        shown.append((Channel.state == ChannelState.closed)
                     & Channel.closed_at.between(*year_of(today.year)))
    asked = select(Channel).options(joinedload(Channel.current), joinedload(Channel.unit)).where(
        Channel.institution == institution.code, Channel.form == register.form, or_(*shown)
    )
    if unit_ids is not None:
        asked = asked.where(Channel.unit_id.in_(unit_ids))
    return list(db.session.scalars(asked))


def _in_order(channels: list[Channel]) -> list[Channel]:
    """A unit before those below it, then by title: the order people look things up in."""
    if not channels:
        return []
    ordered = tree(channels[0].institution).ordered()
    place = {node.id: number for number, (node, _) in enumerate(ordered)}
    return sorted(channels, key=lambda channel: (place[channel.unit_id], channel.title, channel.id))


def _belongs(register: Register, filing: Filing) -> bool:
    facts = {**filing.answers, FILING_KIND: str(filing.kind), OWNER_KIND: filing.owner_kind}
    return register.filter is None or register.filter.holds(facts)


def _row(register: Register, institution: Institution, serial: int, channel: Channel,
         filing: Filing) -> SummaryRow:
    form, closed = filing.definition(institutions()), channel.state is ChannelState.closed
    own, cells = _own_cells(institution, serial, channel), {}
    for column in register.columns:
        cell = own.get(column.value) or _answer(form, column.value, filing.answers)
        if not cell[0] and column.fallback:
            cell = own.get(column.fallback) or _answer(form, column.fallback, filing.answers)
        cells[column.label] = cell
    if closed:
        text = cells[register.closed.column][0] + register.closed.mark
        cells[register.closed.column] = (text, text, TEXT_FORMAT)
    return SummaryRow(serial, cells, closed, filing.id, channel.id)


def _own_cells(institution: Institution, serial: int, channel: Channel) -> dict[str, Cell]:
    """What a column may show besides an item: see `register.COLUMN_SOURCES`."""
    words = {
        "unit": channel.unit.name,
        "tier": institution.tiers.get(channel.tier, channel.tier),
        "number": channel.number,
        "state": channel.state_label,
    }
    return {"serial": (str(serial), serial, WHOLE_FORMAT)} | {
        name: (text, text, TEXT_FORMAT) for name, text in words.items()
    }


def _answer(form: Form, path: str, answers: dict[str, Any]) -> Cell:
    """An item's answer; empty when the edition it was signed under did not ask for it."""
    try:
        item, value = form.field(path), form.value(path, answers)
    except KeyError:
        return "", "", TEXT_FORMAT
    content, number_format = item.cell(value)
    return item.scaled_text(value), content, number_format
