"""The tables of a signed report, opened and printed again as they were signed."""

from flask import Response, abort, request

from blueprints.institution.campaigns.loading import load_report
from blueprints.institution.campaigns.signed_part import page_of
from blueprints.institution.campaigns.unit_report import REPORT
from blueprints.institution.components.summary_files import Export, made
from blueprints.institution.components.summary_table import sheet_of
from blueprints.institution.filtering import whole_number
from blueprints.institution.paper.summary_texts import file_name, head_line
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.page import go, page
from models.campaigns.freezing import paper_of
from models.campaigns.report import Report
from models.campaigns.signed_paper import SignedPaper, SignedTable
from models.database import db
from models.rules.policy import Action


@mould.get(f"{REPORT}/signed/<code>")
@requires(Action.READ)
def signed_table(campaign_id: int, unit_id: int, code: str) -> Response:
    """One table on screen; `?paper=` is one of the report's papers, else the one that answers."""
    report = load_report(campaign_id, unit_id)
    table = _load_table(report, code)
    paper, register = table.paper, table.register
    listed = page_of(paper, code)
    return page(
        "institution/campaigns/signed_table.html",
        report=report,
        campaign=report.campaign,
        paper=paper,
        table=table,
        row_page=listed,
        sheet=sheet_of(register, listed.items, head_line(register, paper.unit_name, paper.day)),
    )


@mould.get(f"{REPORT}/signed/<code>.pdf")
@requires(Action.READ)
def signed_pdf(campaign_id: int, unit_id: int, code: str) -> Response:
    """The same on paper."""
    return _file(load_report(campaign_id, unit_id), code, ".pdf")


@mould.get(f"{REPORT}/signed/<code>.xlsx")
@requires(Action.READ)
def signed_xlsx(campaign_id: int, unit_id: int, code: str) -> Response:
    """The same as a workbook."""
    return _file(load_report(campaign_id, unit_id), code, ".xlsx")


def _file(report: Report, code: str, ending: str) -> Response:
    table = _load_table(report, code)
    paper, register = table.paper, table.register
    if ending == ".pdf" and not register.paper:
        abort(404)
    name = file_name(register, f"{paper.unit_name}，{paper.year}年度", ending)
    about = f"{paper.unit_name}，{paper.title}，签字时"
    export = Export(
        code, ending, paper.day, [paper.unit_id], paper.unit_name, about, name, papers=[paper.id], whole=True
    )
    back = go(".report", campaign_id=report.campaign_id, unit_id=report.unit_id)
    return made(export) or back


def _load_table(report: Report, code: str) -> SignedTable:
    """A table of a paper of this report; else 404."""
    number = request.args.get("paper", "")
    paper = load_paper(report, number) if number else paper_of(report)
    table = paper.table(code) if paper else None
    return table or abort(404)


def load_paper(report: Report, number: str) -> SignedPaper:
    """A paper of this report, be it one that was sent back; else 404."""
    paper = db.session.get(SignedPaper, whole_number(number) or 0)
    return paper if paper is not None and paper.report_id == report.id else abort(404)
