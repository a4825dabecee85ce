"""What the office hands round of a campaign: the bulletin (通报) and the merged summary tables."""

from collections.abc import Iterable
from io import BytesIO

from flask import Response, g, request
from flask_login import current_user

from blueprints.institution.campaigns.loading import load_campaign
from blueprints.institution.campaigns.words import late_by, report_words
from blueprints.institution.components import circulars
from blueprints.institution.components.summary_files import Export, made
from blueprints.institution.components.summary_scope import load_register
from blueprints.institution.components.tables import Cell, Table, number, words
from blueprints.institution.download import download
from blueprints.institution.paper.summary_texts import file_name
from blueprints.institution.paper.words import date_words
from blueprints.institution.routing import mould
from blueprints.web.access import requires
from blueprints.web.page import go
from blueprints.web.presentation import when
from models import clock
from models.campaigns import board
from models.campaigns.board import Board, Line
from models.campaigns.campaign import Campaign
from models.campaigns.signed_reading import papers_of_campaign
from models.clock import campus_time, utcnow
from models.database import db, will_write
from models.events import history
from models.findings.sanction import Sanction
from models.findings.sanction import circulars as circulars_of
from models.reports.summary import TEXT_FORMAT, SummaryRow
from models.rules.definitions.register import Column, Head, Register
from models.rules.policy import Action

HEADS = ("单位", "负责人", "经办人", "平台", "群聊", "待核实", "待补充", "发现未答复", "报送", "逾期")
WIDTHS = (18, 10, 12, 6, 6, 7, 7, 8, 12, 14)


@mould.get("/campaigns/<int:campaign_id>/bulletin.xlsx")
@requires(Action.OVERSEE)
def bulletin_xlsx(campaign_id: int) -> Response:
    """Two sheets: who is missing or late, and the whole board."""
    from blueprints.institution.components.table_workbook import write  # brings openpyxl along

    campaign, drawn = _noted(campaign_id, "通报，Excel")
    facts = [f"截止：{when(campaign.closes_at)}", f"统计：{when(utcnow())}"]
    tables = [
        Table("通报", HEADS, [_cells(line) for line in drawn.lines if is_named(line)]),
        Table("各单位", HEADS, [_cells(line) for line in drawn.lines]),
    ]
    if sanctions := _circulars(campaign):
        tables.append(circulars.table(sanctions))
    return download(write(campaign.title, facts, tables), f"{campaign.title}通报.xlsx")


@mould.get("/campaigns/<int:campaign_id>/bulletin.pdf")
@requires(Action.OVERSEE)
def bulletin_pdf(campaign_id: int) -> Response:
    """On paper, the units that are missing, late, or owe an answer; with `?all=1` every unit."""
    from blueprints.institution.paper import summary_pdf  # brings reportlab along

    everybody = request.args.get("all") == "1"
    campaign, drawn = _noted(campaign_id, "看板，PDF" if everybody else "通报，PDF")
    title = f"{campaign.title}{'报送情况一览' if everybody else '情况通报'}"
    paper = summary_pdf.draw(
        _sheet(campaign, title, "统计单位：" if everybody else "通报单位："),
        g.institution,
        _rows(line for line in drawn.lines if everybody or is_named(line)),
        g.institution.office,
        clock.today(),
    )
    if not everybody and (sanctions := _circulars(campaign)):
        paper = _with_circulars(paper, title, campaign, sanctions)
    return download(BytesIO(paper), f"{title}.pdf")


def _circulars(campaign: Campaign) -> list[Sanction]:
    """What was made known to the whole school in the campaign's year."""
    return list(db.session.scalars(circulars_of(g.institution.code, campaign.year)))


def _with_circulars(paper: bytes, title: str, campaign: Campaign, sanctions: list[Sanction]) -> bytes:
    """The bulletin with 全校通报 on pages of its own behind it."""
    from blueprints.institution.paper import summary_pdf  # brings reportlab along
    from blueprints.institution.paper.batch_printing import bind_files

    sheet = circulars.sheet(f"{campaign.title}全校通报")
    rows = circulars.rows(sanctions)
    behind = summary_pdf.draw(sheet, g.institution, rows, g.institution.office, clock.today())
    return bind_files(((title, paper), (sheet.title, behind)), title)


def _rows(lines: Iterable[Line]) -> list[SummaryRow]:
    """The lines of the board as a summary table prints them."""
    return [
        SummaryRow(
            n,
            dict(zip(HEADS, ((cell.text, cell.text, TEXT_FORMAT) for cell in cells), strict=True)),
            False,
            0,
            0,
        )
        for n, cells in enumerate(map(_cells, lines), 1)
    ]


@mould.get("/campaigns/<int:campaign_id>/merged/<register>.xlsx")
@requires(Action.OVERSEE)
def merged_xlsx(campaign_id: int, register: str) -> Response:
    """The school's own table over all units that have reported, as their heads signed it."""
    return _merged(campaign_id, register, ".xlsx")


@mould.get("/campaigns/<int:campaign_id>/merged/<register>.pdf")
@requires(Action.OVERSEE)
def merged_pdf(campaign_id: int, register: str) -> Response:
    """The same on paper."""
    return _merged(campaign_id, register, ".pdf")


def is_named(line: Line) -> bool:
    """Whether the bulletin names a unit: missing, late, or silent about a found account."""
    return line.missing or bool(late_by(line.report)) or bool(line.counts["owed"])


def _noted(campaign_id: int, what: str) -> tuple[Campaign, Board]:
    """The campaign and its board; that it was exported is an event."""
    will_write()
    campaign = load_campaign(campaign_id)
    history.record(g.institution.code, "export", current_user, opinion=f"{campaign.title}（{what}）")
    db.session.commit()
    # What is read and drawn from here on keeps nobody from writing.
    return campaign, board.draw(campaign, g.institution, current_user)


def _cells(line: Line) -> list[Cell]:
    people = [words("、".join(line.people.get(role, []))) for role in ("head", "reporter")]
    counts = [number(line.counts[name]) for name in board.COUNTED]
    return [
        words(line.unit.name),
        *people,
        *counts,
        words(report_words(line.report)[0]),
        words(late_by(line.report)),
    ]


def _sheet(campaign: Campaign, title: str, left: str) -> Register:
    columns = [
        Column(label=head, value=head, width=float(width)) for head, width in zip(HEADS, WIDTHS, strict=True)
    ]
    head = Head(left=left, right="统计时间：", fill_left="unit", fill_right="date")
    return Register(
        code="bulletin",
        title=title,
        short="通报",
        form="board",
        head=head,
        columns=columns,
        notes=f"截止时间：{date_words(campaign.closes_at)} {campus_time(campaign.closes_at):%H:%M}。",
    )


def _merged(campaign_id: int, code: str, ending: str) -> Response:
    campaign, register = load_campaign(campaign_id), load_register(code)
    # What was signed stays as it was signed, in the school's table too.
    papers = papers_of_campaign(campaign.id)
    about = f"已报送{len(papers)}个单位"
    export = Export(
        register.code,
        ending,
        clock.today(),
        None,
        g.institution.office,
        f"{campaign.title}，{about}",
        file_name(register, about, ending),
        papers=papers,
    )
    return made(export) or go(".campaign", campaign_id=campaign_id)
