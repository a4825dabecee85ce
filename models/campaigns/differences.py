"""What is not as it was signed: channels that came, went, or say something else (自签字以来的变动)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from models.campaigns.report import Report
from models.campaigns.signed_paper import LINES, SignedPaper
from models.campaigns.signed_reading import tables_in
from models.campaigns.snapshot import ANSWER, UNIT, Row, Table, tables_of
from models.people.unit import tree
from models.rules.definitions.institution import Institution
from models.rules.definitions.register import SERIAL

# What the office gives or the app counts: nothing that a unit would sign anew.
NOT_COMPARED = (SERIAL, "number", "state", ANSWER)


class Kind(StrEnum):
    """How a channel differs."""

    added = "新增"
    gone = "不再在册"
    changed = "变更"


@dataclass(frozen=True)
class Difference:
    """One channel. `changes` lists {path, label, before, after} in people's words."""

    kind: Kind
    channel_id: int
    title: str
    unit: str
    changes: list[dict] = field(default_factory=list)


def since(paper: SignedPaper, report: Report, institution: Institution, now: datetime) -> list[Difference]:
    """What is not as it was signed, as things stand at this moment."""
    return between(tables_in(paper), tables_of(report, institution, now), institution.code)


def of_papers(before: SignedPaper, after: SignedPaper) -> list[Difference]:
    """What a later paper says otherwise than an earlier one."""
    return between(tables_in(before), tables_in(after), before.institution)


def between(before: Iterable[Table], after: Iterable[Table], institution: str) -> list[Difference]:
    """The channels that differ, those that came first, in the order of the tables."""
    then, now = ({table.code: _Indexed(table) for table in tables} for tables in (before, after))
    was, known = then[LINES].rows, now[LINES].rows
    units = tree(institution).nodes

    def unit_of(row: Row) -> str:
        return units[row.unit_id].name if row.unit_id in units else row.cells[UNIT][0]

    def difference(kind: Kind, row: Row, changes: list[dict]) -> Difference:
        return Difference(kind, row.channel_id, row.title, unit_of(row), changes)

    added = [difference(Kind.added, row, []) for key, row in known.items() if key not in was]
    gone = [difference(Kind.gone, row, []) for key, row in was.items() if key not in known]
    both = ((row, list(_changes(key, then, now))) for key, row in known.items() if key in was)
    return added + gone + [difference(Kind.changed, row, changes) for row, changes in both if changes]


class _Indexed:
    """A table and its rows of channels in force, by channel's id."""

    def __init__(self, table: Table):
        self.register = table.register
        self.rows = {row.channel_id: row for row in table.rows if not row.closed}


def _changes(key: int, then: Mapping[str, _Indexed], now: Mapping[str, _Indexed]) -> Iterator[dict]:
    """What one channel's rows say otherwise, each thing once: a table of the school's own goes first."""
    given = set()
    for code in [*(code for code in then if code != LINES), LINES]:
        if code not in now:
            continue
        before, after = then[code].rows.get(key), now[code].rows.get(key)
        if before is None and after is None:
            continue
        if before is None or after is None:
            words = ("未列入", "列入") if before is None else ("列入", "未列入")
            yield {"path": code, "label": now[code].register.short, "before": words[0], "after": words[1]}
            continue
        for column in then[code].register.columns:
            texts = _text(before, column.heading), _text(after, column.heading)
            if column.value in NOT_COMPARED or None in texts or texts[0] == texts[1] or texts in given:
                continue
            given.add(texts)
            yield {"path": column.value, "label": column.heading, "before": texts[0], "after": texts[1]}


def _text(row: Row, heading: str) -> str | None:
    """None for what was erased, or is no column any more."""
    return row.cells[heading][0] if heading in row.cells else None
