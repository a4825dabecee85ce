"""Reading what was signed: one paper's tables, or a register over all papers of a year or a campaign."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select

from models.campaigns.report import Report
from models.campaigns.signed_paper import LINES, SignedPaper, SignedRow, SignedTable, read
from models.campaigns.snapshot import Row, Table
from models.database import db
from models.people.unit import tree
from models.reports.summary import NOTHING, WHOLE_FORMAT, SummaryRow
from models.rules.definitions.register import SERIAL, Register
from models.rules.fields import Condition

SLICE = 500


def tables_in(paper: SignedPaper) -> list[Table]:
    """Every table of a paper, as it was signed."""
    return [
        Table(table.code, table.register, [_row(row) for row in _rows_of(table)]) for table in paper.tables
    ]


def _rows_of(table: SignedTable) -> list[SignedRow]:
    query = select(SignedRow).where(SignedRow.table_id == table.id)
    return list(db.session.scalars(query.order_by(SignedRow.serial)))


def _row(row: SignedRow) -> Row:
    return Row(
        row.serial,
        row.channel_id,
        row.filing_id,
        row.edition,
        row.unit_id,
        row.form,
        row.title,
        row.closed,
        {heading: read(kept) for heading, kept in row.cells.items()},
        row.worksheets,
    )


def papers_of_year(institution: str, year: int) -> list[int]:
    """Ids of the papers that answer for a year: of each report, of the unit and its campaign, the newest."""
    return _newest(SignedPaper.institution == institution, SignedPaper.year == year)


def papers_of_campaign(campaign_id: int) -> list[int]:
    """The same of one campaign."""
    return _newest(Report.campaign_id == campaign_id)


def _newest(*where: Any) -> list[int]:
    query = (
        select(func.max(SignedPaper.id))
        .join(Report, Report.id == SignedPaper.report_id)
        .where(SignedPaper.returned_at.is_(None), *where)
        .group_by(SignedPaper.report_id)
    )
    return sorted(db.session.scalars(query))


def years(institution: str) -> list[int]:
    """The years of which something was signed, the newest first."""
    query = select(SignedPaper.year).where(SignedPaper.institution == institution).distinct()
    return sorted(db.session.scalars(query), reverse=True)


def tally(campaign_id: int) -> dict[int, Counter]:
    """By the unit of a channel, how many of each form stand on the papers of a campaign."""
    query = (
        select(SignedRow.unit_id, SignedRow.form, func.count())
        .join(SignedTable, SignedTable.id == SignedRow.table_id)
        .where(SignedTable.paper_id.in_(papers_of_campaign(campaign_id)), SignedTable.code == LINES)
        .group_by(SignedRow.unit_id, SignedRow.form)
    )
    counts: dict[int, Counter] = defaultdict(Counter)
    for unit_id, form, number in db.session.execute(query):
        counts[unit_id][form] += number
    return counts


@dataclass(frozen=True)
class SignedSummary:
    """One register over some papers, as they were signed; `unit_ids`: only rows of these (None: all).

    The rows are counted from 1 through all of it, which leaves a single paper its own numbers.
    """

    institution: str
    code: str
    papers: Collection[int]
    unit_ids: Collection[int] | None = None

    @property
    def register(self) -> Register | None:
        """As the newest of the papers has it; None when none of them has such a table."""
        query = (
            select(SignedTable)
            .where(SignedTable.paper_id.in_(self.papers), SignedTable.code == self.code)
            .order_by(SignedTable.id.desc())
        )
        table = db.session.scalars(query.limit(1)).first()
        return table.register if table is not None else None

    def count(self) -> dict[str, int]:
        """How many rows are of channels in force, and of closed ones."""
        query = self._rows(SignedRow.closed, func.count()).group_by(SignedRow.closed)
        counted = {bool(closed): number for closed, number in db.session.execute(query)}
        return {"in_force": counted.get(False, 0), "closed": counted.get(True, 0)}

    def rows(self, condition: Condition | None = None, on_read: Any = None) -> Iterator[SummaryRow]:
        """Its rows; `condition` is the filter of one of the register's worksheets."""
        register = self.register
        if register is None:
            return
        worksheet = next((sheet.name for sheet in register.sheets if sheet.filter == condition), None)
        serial = 0
        ids = self._ids()
        for start in range(0, len(ids), SLICE):
            chosen = ids[start : start + SLICE]
            query = select(*SignedRow.__table__.c).where(SignedRow.id.in_(chosen))
            known = {row.id: row for row in db.session.execute(query)}
            if on_read:
                on_read(start + len(chosen))
            for number in chosen:
                row = known[number]
                if condition is None or worksheet in row.worksheets:
                    serial += 1
                    yield self._summary_row(row, serial, register)

    @property
    def day(self) -> date | None:
        """The day of the last signature, for the head line; None where nothing was signed."""
        return db.session.scalar(select(func.max(SignedPaper.day)).where(SignedPaper.id.in_(self.papers)))

    def page(self, number: int, size: int) -> list[SummaryRow]:
        """One page of the rows, from page 1."""
        register, first = self.register, (number - 1) * size
        chosen = self._ids()[first : first + size]
        query = select(*SignedRow.__table__.c).where(SignedRow.id.in_(chosen))
        known = {row.id: row for row in db.session.execute(query)}
        return [
            self._summary_row(known[key], serial, register)
            for serial, key in enumerate(chosen, first + 1)
            if register is not None
        ]

    def _ids(self) -> list[int]:
        """In the order of the tree; within a unit as they were signed."""
        order = {node.id: at for at, (node, _) in enumerate(tree(self.institution).ordered())}
        query = self._rows(SignedRow.id, SignedRow.unit_id, SignedTable.paper_id, SignedRow.serial)
        if len(self.papers) == 1:
            return [row.id for row in db.session.execute(query.order_by(SignedRow.serial))]
        rows = db.session.execute(query.order_by(SignedTable.paper_id, SignedRow.serial)).all()
        return [row.id for row in sorted(rows, key=lambda row: order.get(row.unit_id, len(order)))]

    def _rows(self, *columns: Any) -> Select:
        query = (
            select(*columns)
            .join(SignedTable, SignedTable.id == SignedRow.table_id)
            .where(SignedTable.paper_id.in_(self.papers), SignedTable.code == self.code)
        )
        return query if self.unit_ids is None else query.where(SignedRow.unit_id.in_(self.unit_ids))

    @staticmethod
    def _summary_row(row: Any, serial: int, register: Register) -> SummaryRow:
        """A row counted anew; what an earlier wording of the register did not print stays empty."""
        cells = {heading: read(kept) for heading, kept in row.cells.items()}
        own = {
            column.heading: (str(serial), serial, WHOLE_FORMAT)
            if column.value == SERIAL
            else cells.get(column.heading, NOTHING)
            for column in register.columns
        }
        return SummaryRow(
            serial, own, row.closed, row.filing_id, row.channel_id, "", row.title, row.unit_id, row.edition
        )
