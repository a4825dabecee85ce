"""汇总表 over HTTP: whose accounts it sums up, on screen and as files."""

from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from models.database import db
from models.events.history import Event
from models.people.unit import Unit

PAGE, PDF, XLSX = (f"/pdsu/summaries/accounts{ending}" for ending in ("", ".pdf", ".xlsx"))


def unit_id(app, name):
    with app.app_context():
        return db.session.scalar(select(Unit.id).where(Unit.name == name, Unit.institution == "pdsu"))


def names_in(workbook: bytes) -> list[str]:
    """What stands under 账号名称, down to the notes."""
    sheet = load_workbook(BytesIO(workbook)).worksheets[0]
    return [row[4] for row in sheet.iter_rows(min_row=4, values_only=True) if row[4]]


def test_every_register_of_the_school_has_a_card_with_its_count(sign_in) -> None:
    page = sign_in("linxiao").open("/pdsu/summaries/")
    assert page.heading == "汇总表"
    assert "平顶山学院新媒体账号信息汇总表" in page.text
    assert "平顶山学院即时群聊工具备案汇总表" in page.text


def test_a_unit_sees_its_own_accounts_and_the_units_below(sign_in) -> None:
    page = sign_in("linxiao").open(PAGE)
    assert "平院信工" in page.text
    assert "报送单位（负责人签字加盖公章）：信息工程学院" in page.text
    managed_by = {row.select("td")[2].get_text(strip=True) for row in page.soup.select("tbody tr")}
    assert managed_by <= {"信息工程学院", "软件工程2101班"}


def test_who_signs_the_paper_reads_whole_phone_numbers_and_the_office_masked_ones(sign_in) -> None:
    assert "13800000004" in sign_in("linxiao").open(PAGE).text
    office = sign_in("wutong").open(PAGE).text
    assert "138****0004" in office
    assert "13800000004" not in office


def test_the_office_sums_up_the_whole_school_or_one_unit(app, sign_in) -> None:
    office = sign_in("suyi")
    assert "：平顶山学院" in office.open(PAGE).text
    page = office.submit("查看", unit=str(unit_id(app, "文学院")))
    assert "：文学院" in page.text
    assert "平院信工" not in page.find("main").get_text()


@pytest.mark.parametrize("address", [PAGE, PDF, XLSX])
def test_another_units_table_is_not_there(app, sign_in, address) -> None:
    browser = sign_in("linxiao")
    assert browser.open(f"{address}?unit={unit_id(app, '文学院')}").status == 404
    for nonsense in ("999999", "²", "-1", "abc", "9" * 400):
        assert browser.open(f"{address}?unit={nonsense}").status == 404


def test_an_unknown_register_is_not_there(sign_in) -> None:
    browser = sign_in("suyi")
    for ending in ("", ".pdf", ".xlsx"):
        assert browser.open(f"/pdsu/summaries/nothing{ending}").status == 404


def test_the_workbook_holds_what_the_page_shows_and_is_an_event(app, sign_in) -> None:
    browser = sign_in("linxiao")
    response = browser.open(XLSX).response
    assert "attachment" in response.headers["Content-Disposition"]
    assert "平院信工" in names_in(response.data)
    with app.app_context():
        event = db.session.scalars(select(Event).where(Event.verb == "export")).one()
        assert event.actor_name == "林晓"
        assert "平顶山学院新媒体账号信息汇总表（信息工程学院" in event.opinion


def test_the_pdf_opens_in_the_browser(sign_in) -> None:
    response = sign_in("linxiao").open(PDF).response
    assert response.mimetype == "application/pdf"
    assert response.data.startswith(b"%PDF-")
    assert response.headers["Content-Disposition"].startswith("inline")


def test_a_blank_sheet_holds_nobodys_data_and_is_no_event(app, sign_in) -> None:
    browser = sign_in("suyi")
    assert names_in(browser.open(f"{XLSX}?blank=1").response.data) == []
    assert browser.open(f"{PDF}?blank=1").response.data.startswith(b"%PDF-")
    with app.app_context():
        assert db.session.scalars(select(Event).where(Event.verb == "export")).all() == []


def test_an_administrator_who_files_nothing_may_not_read_it(sign_in) -> None:
    assert sign_in("guanyiming").open(PAGE).status == 403


def test_a_register_without_paper_is_a_list_on_screen_and_in_excel_alone(sign_in) -> None:
    office = sign_in("taoran", school="ahbc")
    page = office.open("/ahbc/summaries/accounts")
    assert "导出 Excel" in page.text
    assert "PDF" not in page.find("main").get_text()
    assert office.open("/ahbc/summaries/accounts.pdf").status == 404
    assert office.open("/ahbc/summaries/accounts.xlsx").status == 200
