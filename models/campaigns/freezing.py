"""At the signature the rows of a report are written down for ever. Nothing commits."""

import secrets
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import insert

from models.campaigns.report import Report
from models.campaigns.signed_paper import SignedPaper, SignedRow, SignedTable, parts_of, row_digest, written
from models.campaigns.snapshot import Table, tables_of
from models.campaigns.supplement import Supplement
from models.clock import campus_time, utcnow
from models.database import db
from models.events import history
from models.people.person import Person
from models.rules.definitions.institution import Institution
from models.rules.report_workflow import ReportState

FREEZE = "report_freeze"


def freeze(
    report: Report,
    institution: Institution,
    signed_by: Person,
    now: datetime,
    supplement: Supplement | None = None,
    at_upgrade: bool = False,
) -> tuple[SignedPaper, dict]:
    """Writes the tables of a report as they stand now; flushed.

    Out: the paper, and what the event of the signature holds digests of. The caller writes that event and
    puts its id on the paper.
    """
    paper = SignedPaper(
        institution=report.institution,
        report_id=report.id,
        supplement_id=supplement and supplement.id,
        unit_id=report.unit_id,
        unit_name=report.unit.name,
        year=report.campaign.year,
        title=report.campaign.title,
        nil=report.nil and supplement is None,
        day=campus_time(now).date(),
        signed_by_id=signed_by.id,
        signed_by_name=signed_by.name if at_upgrade else signed_by.name_as_head(report.unit_id),
        signed_at=report.reported_at if at_upgrade else now,
        at_upgrade=at_upgrade,
    )
    db.session.add(paper)
    db.session.flush()
    digests = {}
    for table in tables_of(report, institution, now):
        kept = SignedTable(
            paper=paper, code=table.code, definition=table.register.model_dump_json(by_alias=True)
        )
        db.session.add(kept)
        db.session.flush()
        digests[kept.id] = _write_rows(kept.id, table)
    return paper, parts_of(paper, paper.tables, digests)


def _write_rows(table_id: int, table: Table) -> list[str]:
    """Writes a table's rows; their digests, in order."""
    rows = []
    for row in table.rows:
        content = asdict(row) | {"cells": {heading: written(cell) for heading, cell in row.cells.items()}}
        salt = secrets.token_hex(16)
        digest = row_digest(salt, content)
        rows.append(content | {"table_id": table_id, "salt": salt, "digest": digest, "erased": False})
    if rows:
        db.session.execute(insert(SignedRow), rows)
    return [row["digest"] for row in rows]


def send_back(report: Report, now: datetime, supplement: Supplement | None = None) -> None:
    """The office sent the signed paper back: it stays as it was signed, and answers no more."""
    paper = paper_of(report, supplement)
    if paper is not None:
        paper.returned_at = now
        db.session.flush()


def paper_of(report: Report, supplement: Supplement | None = None) -> SignedPaper | None:
    """The signed paper that answers for a report, or for a supplement; None while it is not signed."""
    query = db.select(SignedPaper).where(
        SignedPaper.report_id == report.id,
        SignedPaper.supplement_id == (supplement.id if supplement else None),
        SignedPaper.returned_at.is_(None),
    )
    return db.session.scalars(query.order_by(SignedPaper.id.desc()).limit(1)).first()


def unfrozen(institution: str) -> list[Report]:
    """Reports that were signed before papers were kept."""
    kept = db.select(SignedPaper.report_id)
    query = db.select(Report).where(
        Report.institution == institution,
        Report.state.in_((ReportState.reported, ReportState.received)),
        Report.signed_by_id.is_not(None),
        Report.id.not_in(kept),
    )
    return list(db.session.scalars(query.order_by(Report.id)))


def freeze_at_upgrade(
    report: Report, institution: Institution, actor: Person, now: datetime | None = None
) -> SignedPaper:
    """Freezes what is in force now for a report that was signed before; said to be so for ever."""
    now = now or utcnow()
    signed_by = report.signed_by or actor
    paper, parts = freeze(report, institution, signed_by, now, at_upgrade=True)
    entry = history.record(
        report.institution,
        FREEZE,
        actor,
        now,
        signed=parts,
        report_id=report.id,
        from_state=report.state,
        to_state=report.state,
    )
    paper.event_id = entry.id
    db.session.flush()
    return paper
