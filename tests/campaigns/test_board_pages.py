"""The office's board: who has reported, narrowed, handed round, and merged into the tables."""

from io import BytesIO

import pdfplumber
import pytest
from openpyxl import load_workbook

from models.campaigns.report import Report
from models.database import db
from models.people.unit import Unit
from models.rules.report_workflow import ReportState
from tests import pages
from tests.campaigning import ask, sign_as_it_is, unit_id


@pytest.fixture
def campaign(app) -> str:
    """The address of a running campaign's board."""
    return f"/pdsu/campaigns/{ask(app)}"


@pytest.fixture
def office(sign_in):
    return sign_in("wutong")


def units(page) -> list[str]:
    """The units of the lines shown."""
    return [one.get_text(strip=True) for one in page.soup.select("table.board td:first-child > a")]


def test_the_board_counts_what_is_below_a_unit_with_it(office, campaign):
    page = office.open(campaign)
    assert "青年志愿者协会" not in units(page), "校团委 reports for it"
    row = page.find("table.board a:-soup-contains('校团委')").find_parent("tr")
    assert "含下属 1 个" in row.text
    assert "待核实" in page.find("table.board thead").text
    assert row.select("td.num")[2].text == "1", "平院青年志愿者 has been silent"
    page = office.submit("查询", below="1")
    assert "归口校团委" in page.find("table.board").text


def test_the_board_is_narrowed_by_name_pinyin_state_and_lateness(office, campaign):
    assert units(office.open(f"{campaign}?q=xxgc")) == ["信息工程学院"]
    assert units(office.open(f"{campaign}?q=青年志愿者")) == ["校团委"]
    assert units(office.open(f"{campaign}?state=received")) == []
    assert "没有符合条件的单位" in office.page.text
    assert units(office.open(f"{campaign}?late=1")) == []
    everything = units(office.open(campaign))
    assert units(office.open(f"{campaign}?state=not_started")) == everything
    assert "未开始" in office.page.find(".chips").text


def test_it_asks_for_itself_anew_and_gets_its_own_part(office, campaign):
    whole = office.open(f"{campaign}?q=校团委")
    part = whole.find("#board")
    assert "every" in part["hx-trigger"]
    assert pages.piece(office.open(part["hx-get"], htmx=True), "#board") == pages.piece(whole, "#board")


def test_a_unit_sees_its_own_line_and_no_exports(sign_in, campaign):
    reporter = sign_in("linxiao")
    assert units(reporter.open(campaign)) == ["信息工程学院"]
    assert "通报" not in reporter.page.find(".page-actions").text
    assert reporter.open(f"{campaign}/bulletin.xlsx").status == 403
    assert reporter.open(f"{campaign}/merged/accounts.xlsx").status == 403
    assert sign_in("jiangfan", "ahbc").open(campaign).status == 404


def test_the_bulletin_names_those_who_are_missing(office, campaign):
    book = load_workbook(BytesIO(office.open(f"{campaign}/bulletin.xlsx").response.data))
    assert book.sheetnames == ["通报", "各单位"]
    named = {row[0] for row in book["通报"].iter_rows(min_row=5, values_only=True)}
    assert {"信息工程学院", "校团委"} <= named
    paper = office.open(f"{campaign}/bulletin.pdf").response.data
    with pdfplumber.open(BytesIO(paper)) as document:
        text = document.pages[0].extract_text()
    assert "本年备案工作情况通报" in text
    assert "信息工程学院" in text
    assert "未开始" in text


def test_the_whole_board_goes_on_paper_however_long_the_names(app, office, campaign):
    with app.app_context():
        unit = db.session.get(Unit, unit_id(app, "文学院"))
        unit.rename("汉语言文学与文化传播研究" * 16)
        report = db.session.scalars(db.select(Report).filter_by(unit_id=unit.id)).one()
        report.state = ReportState.received
        db.session.commit()
    office.open(campaign)
    assert "汉语言" not in paper_text(office.follow("通报 PDF"))
    office.open(campaign)
    text = paper_text(office.follow("看板 PDF"))
    assert "本年备案工作报送情况一览" in text
    assert "汉语言" in text
    assert "信息工程学院" in text


def test_before_anybody_reports_the_merged_table_is_empty_and_on_paper(office, campaign):
    page = office.open(f"{campaign}/merged/accounts.pdf")
    assert page.status == 200
    assert "平院信工" not in paper_text(page)


def test_only_those_who_reported_are_merged_into_the_schools_own_table(app, office, campaign):
    merged = f"{campaign}/merged/accounts.xlsx"
    assert "平院信工" not in sheet_text(office.open(merged))
    sign_as_it_is(app, "信息工程学院")
    said = sheet_text(office.open(merged))
    assert "平院信工" in said
    assert "青春平院" not in said
    assert "党委宣传部" in said, "the office reports the merged table"
    assert office.open(f"{campaign}/merged/accounts.pdf").response.mimetype == "application/pdf"


def paper_text(page) -> str:
    with pdfplumber.open(BytesIO(page.response.data)) as document:
        return "".join(one.extract_text() for one in document.pages)


def sheet_text(page) -> str:
    book = load_workbook(BytesIO(page.response.data))
    return "\n".join(str(cell) for row in book.active.iter_rows(values_only=True) for cell in row)
