"""What was signed, as a report's page shows it: its rows for ever, what changed since, its supplements."""

from dataclasses import dataclass

from flask import g, request
from flask_login import current_user

from blueprints.institution.filtering import page_number
from models.campaigns.differences import Difference, since
from models.campaigns.freezing import paper_of
from models.campaigns.report import Report
from models.campaigns.signed_paper import LINES, SignedPaper, SignedTable
from models.campaigns.signed_reading import SignedSummary
from models.campaigns.supplement import Supplement, supplements_of
from models.campaigns.supplementing import not_signed, objection
from models.clock import utcnow
from models.filings.queries import Page
from models.rules.report_workflow import ReportState, reports_for

PAGE_SIZE = 50
SIGNED = (ReportState.reported, ReportState.received)


@dataclass(frozen=True)
class SignedPart:
    """The signed paper of a report.

    `listing`: a page of its list of channels; `tables`: the school's registers on it; `differences`: what is
    not as it was signed, `open_differences` those that no supplement has signed either; `supplements`:
    each with its signed paper. `may_begin`: the person can sign them with a supplement now; `why_not`: what
    a reporter is told instead.
    """

    paper: SignedPaper
    listing: Page
    tables: list[SignedTable]
    differences: list[Difference]
    open_differences: list[Difference]
    supplements: list[Supplement]
    may_begin: bool
    why_not: str


def signed_part(report: Report) -> SignedPart | None:
    """None while nothing is signed that still answers."""
    paper = paper_of(report) if report.state in SIGNED else None
    if paper is None:
        return None
    supplements, now = supplements_of(report), utcnow()
    differences = since(paper, report, g.institution, now)
    left = not_signed(report, g.institution, now) if supplements else differences
    why_not = objection(report, g.institution, current_user) if left else ""
    reports = reports_for(report.unit_id, current_user.actor())
    return SignedPart(
        paper,
        page_of(paper, LINES),
        [table for table in paper.tables if table.code != LINES],
        differences,
        left,
        supplements,
        bool(left) and not why_not,
        why_not if reports else "",
    )


def page_of(paper: SignedPaper, code: str) -> Page:
    """One page of a table of a paper, as the address asks for it."""
    signed = SignedSummary(paper.institution, code, [paper.id])
    total = sum(signed.count().values())
    pages = max(1, -(-total // PAGE_SIZE))
    number = min(page_number(request.args), pages)
    return Page(signed.page(number, PAGE_SIZE), total, number, pages)
