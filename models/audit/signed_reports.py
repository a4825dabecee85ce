"""Does each report say what its unit's head signed, row by row?

The event of a signature holds the digests (`models.campaigns.signed_paper`); a row that a purge emptied is
taken for what is left of it, where an event of that purge follows.
"""

from collections.abc import Iterator, Sequence

from sqlalchemy import Row, exists, null, select

from models.audit.papers import UNREADABLE, Difference, Look
from models.campaigns.report import Report
from models.campaigns.signed_paper import (
    LINES,
    SignedPaper,
    SignedRow,
    SignedTable,
    content_of,
    parts_of,
    row_digest,
)
from models.database import db
from models.events import history
from models.events.history import PURGE, Event
from models.rules.event_labels import deed_label
from models.rules.report_workflow import ReportState

# About a second's work.
REPORTS = 100
SIGNINGS = ("report_sign", "report_freeze", "supplement_sign")
# Of one paper, so many rows are named one by one.
MOST_NAMED = 5
REPORT = "报送"


def at_reports(institution: str, after: int = 0, most: int | None = None) -> Look:
    """The signed papers after an id, at most so many; with the last, those that are gone."""
    most = most or REPORTS
    query = select(SignedPaper.id).where(SignedPaper.institution == institution, SignedPaper.id > after)
    ids = list(db.session.scalars(query.order_by(SignedPaper.id).limit(most)))
    differences = [difference for number in ids for difference in _compared(number)]
    done = len(ids) < most
    if done:
        differences += _gone(institution)
    return Look(differences, len(ids), ids[-1] if ids else after, done)


def _compared(number: int) -> list[Difference]:
    try:
        return list(_differences(number))
    except UNREADABLE:
        return [Difference(number, "", "", "无法读取：它的内容被改动。", REPORT)]


def _differences(number: int) -> Iterator[Difference]:
    paper = db.session.get_one(SignedPaper, number, populate_existing=True)
    query = select(*Event.__table__.c).where(Event.id == paper.event_id)
    signing = db.session.execute(query).first()
    if signing is None or not signing.signed or signing.report_id != paper.report_id:
        yield _of(paper, "没有签署它的记录，是在系统之外添入的。")
        return
    columns = select(*SignedTable.__table__.c).where(SignedTable.paper_id == number)
    tables = db.session.execute(columns.order_by(SignedTable.id)).all()
    rows = _rows(tables)
    digests = {table.id: [row.digest for row in rows[table.id]] for table in tables}
    standing = history.digests(signing.salt, parts_of(paper, tables, digests))
    parts = {name for name in standing | signing.signed if standing.get(name) != signing.signed.get(name)}
    words = [_part_words(part, tables) for part in sorted(parts)]
    altered = [
        f"{_table_words(table)}第{row.serial}行“{row.title}”"
        for table in tables
        for row in _altered_rows(rows[table.id], signing.id)
    ]
    if len(altered) > MOST_NAMED:
        altered = [*altered[:MOST_NAMED], f"…共{len(altered)}行"]
    if words or altered:
        signature = f"{signing.actor_name}{deed_label(signing.verb)}"
        yield _of(
            paper,
            f"与编号 {signing.id} 的记录（{signature}）所签署的不一致：{'、'.join([*altered, *words])}。",
        )


def _rows(tables: Sequence[Row]) -> dict[int, list[Row]]:
    by_table: dict[int, list[Row]] = {table.id: [] for table in tables}
    query = select(*SignedRow.__table__.c).where(SignedRow.table_id.in_(by_table))
    for row in db.session.execute(query.order_by(SignedRow.table_id, SignedRow.serial)):
        by_table[row.table_id].append(row)
    return by_table


def _altered_rows(rows: Sequence[Row], signing_id: int) -> list[Row]:
    """Those that do not say what they said at the signature."""
    erased = {row.channel_id for row in rows if row.erased}
    purged = select(Event.channel_id).where(
        Event.verb == PURGE, Event.channel_id.in_(erased), Event.id > signing_id
    )
    excused = set(db.session.scalars(purged)) if erased else set()
    return [
        row
        for row in rows
        if (
            row.channel_id not in excused or row.salt
            if row.erased
            else row_digest(row.salt, content_of(row)) != row.digest
        )
    ]


def _part_words(part: str, tables: Sequence[Row]) -> str:
    if part == "paper":
        return "报送单位、签字人、年度等登记信息"
    code = part.removeprefix("table ")
    known = next((table for table in tables if table.code == code), None)
    return f"{_table_words(known)}的行或表头" if known else f"缺少一张表（{code}）"


def _table_words(table: Row) -> str:
    try:
        return "报送清单" if table.code == LINES else SignedTable(definition=table.definition).register.short
    except ValueError:
        return table.code


def _gone(institution: str) -> Iterator[Difference]:
    """Signatures whose paper is not there, and reports that lost theirs."""
    signed = select(Event.id, Event.report_id).where(
        Event.institution == institution,
        Event.verb.in_(SIGNINGS),
        Event.signed.is_not(null()),
        ~exists().where(SignedPaper.event_id == Event.id),
    )
    for event_id, report_id in db.session.execute(signed.order_by(Event.id)):
        sentence = f"编号 {event_id} 的记录签署过它，签署的内容却不见了。"
        yield Difference(report_id or 0, "", "", sentence, REPORT)
    standing = exists().where(SignedPaper.report_id == Report.id, SignedPaper.returned_at.is_(None))
    same_nil = standing.where(SignedPaper.supplement_id.is_(None), SignedPaper.nil == Report.nil)
    signed_once = exists().where(SignedPaper.report_id == Report.id)
    reports = select(Report).where(
        Report.institution == institution,
        Report.state.in_((ReportState.reported, ReportState.received)),
        signed_once,
        ~same_nil,
    )
    for report in db.session.scalars(reports.order_by(Report.id)):
        about = f"{report.campaign.title}，{report.unit.name}"
        yield Difference(report.id, about, "", "签字时的内容被退回或改为另一种报送，而没有记录。", REPORT)


def _of(paper: SignedPaper, sentence: str) -> Difference:
    return Difference(paper.report_id, f"{paper.title}，{paper.unit_name}", "", sentence, REPORT)
