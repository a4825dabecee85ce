"""Confirmed rows become drafts, all of them or none."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import insert, inspect, select

from models.channels.channel import Channel, ChannelState
from models.clock import utcnow
from models.database import Model, db, lock
from models.events import history
from models.filings.filing import Filing
from models.filings.for_channel import preview
from models.filings.starting import draft, planned
from models.imports.filer_units import FilerUnits
from models.imports.matching import Identity, KnownChannels
from models.imports.target import WRITTEN, Line, Overtaken, RowState
from models.people.person import Person
from models.people.unit import Unit
from models.rules.answer_columns import unit_answer
from models.rules.definitions.definition import Form
from models.rules.definitions.institution import Institution
from models.rules.filing_kind import FilingKind
from models.rules.workflow import Refused


class Beginning(NamedTuple):
    """One draft to be. `channel`: None for one that nobody has filed yet."""

    kind: FilingKind
    unit: Unit
    channel: Channel | None
    answers: dict[str, Any]
    opened: bool


def write(institution: Institution, form: Form, person: Person, lines: Sequence[Line]) -> dict[str, Any]:
    """Drafts of all lines of state add and change, with one event.

    Raises Overtaken when a row is no longer what it was judged to be, Refused when two rows are
    about one channel.
    """
    # Two who confirm the same file: the second sees what the first has written.
    lock(f"imports of {institution.code}")
    known = KnownChannels(institution.code, form)
    written = [(at, line) for at, line in enumerate(lines) if line.state in WRITTEN]
    channels = {line.payload["channel"] for _, line in written if line.payload["channel"]}
    for channel in sorted(channels):
        # As `start` does: nobody begins a filing about it between the look and the writing.
        lock(f"channel {channel}")
    known.load_by_ids(channels)
    known.load(Identity(*line.payload["who"]) for _, line in written)
    _check(known, FilerUnits(person), written)
    start_many(institution, form, _beginnings(known, written), person)
    counts = {
        "added": sum(line.state is RowState.add for _, line in written),
        "changed": sum(line.state is RowState.change for _, line in written),
    }
    history.record(
        institution.code,
        "import",
        person,
        opinion=(f"{form.short}：新增 {counts['added']} 件、变更 {counts['changed']} 件草稿"),
    )
    return counts


def _check(known: KnownChannels, units: FilerUnits, written: Sequence[tuple[int, Line]]) -> None:
    """Raises Overtaken with every row that would be judged otherwise by now."""
    overtaken = [
        at
        for at, line in written
        if not _may_write(known, units, line) or _seen(known, line) != line.payload["seen"]
    ]
    if overtaken:
        raise Overtaken(overtaken)
    first: dict[int, Line] = {}
    for _, line in written:
        channel = line.payload["channel"]
        if channel and first.setdefault(channel, line) is not line:
            raise Refused(
                f"第{first[channel].number}行和第{line.number}行是同一个{known.form.noun}"
                f"（{line.title}），请留下一行，另一行选“不导入”。"
            )


def _may_write(known: KnownChannels, units: FilerUnits, line: Line) -> bool:
    """Whether the person still files for the row's unit, and for the one it is to leave."""
    channel = known.channels.get(line.payload["channel"])
    return line.payload["unit"] in units.ids and (channel is None or channel.unit_id in units.ids)


def _seen(known: KnownChannels, line: Line) -> list:
    """What the row is about as the register says now."""
    if line.payload["channel"]:
        return known.fingerprint(known.channels.get(line.payload["channel"]))
    channels = known.find(Identity(*line.payload["who"]))
    return known.fingerprint(channels[0]) if channels else []


def _beginnings(known: KnownChannels, written: Sequence[tuple[int, Line]]) -> list[Beginning]:
    wanted = {line.payload["unit"] for _, line in written}
    units = {unit.id: unit for unit in db.session.scalars(select(Unit).where(Unit.id.in_(wanted)))}
    return [
        Beginning(
            FilingKind(line.payload["kind"]),
            units[line.payload["unit"]],
            known.channels.get(line.payload["channel"]),
            line.payload["answers"],
            line.payload["opened"],
        )
        for _, line in written
    ]


def start_many(
    institution, form, beginnings: Sequence[Beginning], actor: Person, now: datetime | None = None
) -> list[int]:
    """The ids of the new drafts, written with their answers.

    In: what the caller has checked as `start` would: the actor files for each unit, each kind
    suits its channel, and nothing else about it is open.
    """
    now = now or utcnow()
    filings = []
    for beginning in beginnings:
        channel = beginning.channel or planned(institution, form, beginning.unit, now)
        answers = beginning.answers | unit_answer(form, beginning.kind, beginning.unit)
        filing = draft(form, beginning.kind, beginning.unit, actor, channel, answers, beginning.opened, now)
        if channel.state is ChannelState.planned:
            preview(channel, filing, form, now)
        filings.append(filing)
    db.session.flush()
    new = [filing.channel for filing in filings if filing.channel.id is None]
    for channel, channel_id in zip(new, _insert(Channel, new), strict=True):
        channel.id = channel_id
    for filing in filings:
        filing.channel_id = filing.channel.id
    return _insert(Filing, filings)


def _insert(kind: type[Model], rows: Sequence[Model]) -> list[int]:
    """Write new rows that are not in the session, and give their ids.

    Everybody else waits while an import is written, and the session takes twice the time.
    """
    if not rows:
        return []
    names = inspect(kind).column_attrs.keys()
    values = [{name: vars(row)[name] for name in names if name in vars(row)} for row in rows]
    statement = insert(kind).returning(kind.id, sort_by_parameter_order=True)
    return list(db.session.scalars(statement, values))
