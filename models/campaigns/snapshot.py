"""The tables of a report as they stand now: what a signature freezes, and is compared with later."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from models.campaigns.answers import answered_by_paper, channels_of, papers_of, units_of
from models.campaigns.report import Report
from models.campaigns.signed_paper import LINES, Cell
from models.channels.channel import Channel
from models.clock import campus_time
from models.database import db
from models.filings.filing import Filing
from models.people.unit import tree
from models.reports import summary
from models.reports.summary import SummaryRow
from models.rules.definitions.institution import Institution
from models.rules.definitions.register import Register
from models.rules.filing_kind import FilingKind
from models.rules.workflow import State

# For whom a list row waits that its unit has signed: somebody of the office, or its head.
DECIDING = ("office", "office_head")
NEW = "新备案"
# The columns of LINES: what stands in them stays when all about people is erased, but for two.
TITLE, PLATFORM, ACCOUNT, PERSON, UNIT, ANSWER = "名称", "平台", "账号", "负责人", "单位", "填报"
OF_PEOPLE = (ACCOUNT, PERSON)
WIDTHS = {"序号": 6.0, UNIT: 18.0, TITLE: 24.0, PLATFORM: 14.0, ACCOUNT: 18.0, PERSON: 10.0, ANSWER: 10.0}


@dataclass(frozen=True)
class Row:
    """One row: `worksheets` are those of the register's workbook on which it stands."""

    serial: int
    channel_id: int
    filing_id: int
    edition: str
    unit_id: int
    form: str
    title: str
    closed: bool
    cells: dict[str, Cell]
    worksheets: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Table:
    """A table's code, how it is drawn, and its rows in order."""

    code: str
    register: Register
    rows: list[Row]


def tables_of(report: Report, institution: Institution, now: datetime) -> list[Table]:
    """Every table of a report: the list of its channels, and the school's registers over them.

    What is signed as a list stands there as soon as its unit's head has approved it.
    """
    pending = list(db.session.scalars(awaiting(report, institution)))
    day = campus_time(now).date()
    registers = [
        register for register in institution.registers.values() if register.form in report.campaign.forms
    ]
    return [
        _lines(report, pending),
        *(
            _table(register, report, institution, day, [filing.id for filing in pending])
            for register in registers
        ),
    ]


def awaiting(report: Report, institution: Institution):
    """The rows of the report's lists that the unit has signed and the office has not decided yet."""
    codes = [form.code for form in institution.forms.values() if form.route.signed_as == "list"]
    return papers_of(report, State.in_review).where(
        Filing.form.in_(codes), Filing.kind == FilingKind.first, Filing.waits_for.in_(DECIDING)
    )


def lines_register(title: str) -> Register:
    """How the list of channels is drawn; no school's own."""
    columns = [
        {"label": label, "value": "serial" if label == "序号" else label, "width": width}
        for label, width in WIDTHS.items()
    ]
    head = {"left": "报送单位：", "right": "报送时间：", "fill_left": "unit", "fill_right": "date"}
    return Register.model_validate(
        {"code": LINES, "title": title, "short": "报送清单", "form": LINES, "columns": columns, "head": head}
    )


def _lines(report: Report, pending: Iterable[Filing]) -> Table:
    answers, units = _answers(report), tree(report.institution)
    in_force = channels_of(report).join(Filing, Filing.id == Channel.current_id)
    known: list[tuple[Channel | Filing, int, str]] = [
        (channel, filing_id, edition)
        for channel, filing_id, edition in db.session.execute(
            in_force.with_only_columns(Channel, Filing.id, Filing.edition_digest)
        )
    ]
    known += [(filing, filing.id, filing.edition_digest) for filing in pending]
    order = {node.id: at for at, (node, _) in enumerate(units.ordered())}
    known.sort(key=lambda line: order.get(line[0].unit_id, 0))  # and within a unit as they came
    rows = []
    for serial, (about, filing_id, edition) in enumerate(known, 1):
        channel_id = about.channel_id if isinstance(about, Filing) else about.id
        texts = {
            "序号": str(serial),
            UNIT: units.nodes[about.unit_id].name,
            TITLE: about.title,
            PLATFORM: about.platform,
            ACCOUNT: about.account,
            PERSON: about.person,
            ANSWER: NEW if isinstance(about, Filing) else answers.get(channel_id, ""),
        }
        cells = {heading: (text, text, "@") for heading, text in texts.items()}
        rows.append(
            Row(serial, channel_id, filing_id, edition, about.unit_id, about.form, about.title, False, cells)
        )
    return Table(LINES, lines_register(f"{report.campaign.title}报送清单"), rows)


def _answers(report: Report) -> dict[int, str]:
    """By channel's id what the report says of it, in words."""
    answers = {line.channel_id: line.answer.label for line in report.lines}
    papers = answered_by_paper(report, db.session.scalars(channels_of(report)).all())
    return answers | {channel_id: paper.kind.label for channel_id, paper in papers.items()}


def _table(
    register: Register, report: Report, institution: Institution, day: date, pending: list[int]
) -> Table:
    question = (register, institution, units_of(report), day)
    standing = list(summary.rows(*question, pending=pending))
    worksheets = {
        sheet.name: {row.channel_id for row in summary.rows(*question, sheet.filter, pending=pending)}
        for sheet in register.sheets
    }
    return Table(register.code, register, list(_rows(standing, register.form, worksheets)))


def _rows(rows: Iterable[SummaryRow], form: str, worksheets: dict[str, set[int]]) -> Iterator[Row]:
    for row in rows:
        yield Row(
            row.serial,
            row.channel_id,
            row.filing_id,
            row.edition,
            row.unit_id,
            form,
            row.title,
            row.closed,
            row.cells,
            [name for name, ids in worksheets.items() if row.channel_id in ids],
        )
