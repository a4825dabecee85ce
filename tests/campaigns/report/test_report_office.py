"""What the office does with one report, whose report it is, and who else may look at it."""

from datetime import UTC, datetime, timedelta

from models.campaigns.campaign import Campaign
from models.campaigns.report import Report
from models.clock import utcnow
from models.database import db
from models.filings.filing import Filing
from models.people.person import Person
from models.people.unit import Unit
from tests.builders import file, pdf
from tests.campaigning import file_since, report_state, unit_id
from tests.pages import sentences


def test_a_unit_with_nothing_reports_nil(sign_in, address):
    office = sign_in("wutong")
    office.open(address("图书馆"))
    office.submit("作零报告")
    office.submit("提交签字")
    head = sign_in("zhenghao")
    head.open(address("图书馆"))
    assert report_state(head.submit("签字报送")) == "零报告"


def test_a_report_is_late_by_the_minute_and_an_extension_says_why(app, reporter, sign_in, address, campaign):
    with app.app_context():
        db.session.get(Campaign, campaign).closes_at = utcnow() - timedelta(hours=2, minutes=3)
        db.session.commit()
    assert "逾期 2 小时" in reporter.open(address()).find("#state").text
    office = sign_in("suyi")
    office.open(address())
    page = office.submit("给予延期", extension__until="2020-01-01 10:00", extension__reason="出差")
    assert page.status == 422
    assert "晚于统一的截止时间" in sentences(page)
    page = office.submit("给予延期", extension__until="2099-01-01 10:00", extension__reason="")
    assert "请填写延期的理由" in sentences(page)
    page = office.submit("给予延期", extension__until="2099年1月1日10时", extension__reason="经办人出差")
    assert page.status == 200, sentences(page)
    page = reporter.open(address())
    assert "逾期" not in page.find("#state").text
    assert "经办人出差" in page.find("#due").text


def test_the_paper_is_noted_with_its_scan_which_is_saved_not_shown(signed, reporter, address):
    day = signed.page.find("[name=day]")["value"]
    page = signed.submit("登记", day="2099-01-01")
    assert page.status == 422
    assert "还没有到" in sentences(page)
    page = signed.submit("登记", day=day, scan=file(b"MZ", "a.exe"))
    assert (page.status, bool(page.error_at("scan"))) == (422, True)
    page = signed.submit("登记", day=day, place="档案柜", scan=file(pdf(), "报送.pdf"))
    assert "档案柜" in page.text
    saved = reporter.open(address() + "/scan").response
    assert saved.mimetype == "application/pdf"
    assert saved.headers["Content-Disposition"].startswith("attachment")


def test_others_reports_are_not_there(sign_in, address):
    assert sign_in("linxiao").open(address()).status == 404
    assert sign_in("linxiao").open(address() + "/scan").status == 404
    assert sign_in("xuyan").open(address("青年志愿者协会")).address == address("校团委")


def test_a_society_is_led_to_whoever_reports_for_it(app, sign_in, address):
    with app.app_context():
        society = db.session.get(Unit, unit_id(app, "青年志愿者协会"))
        person = db.session.scalars(db.select(Person).filter_by(username="dingyi")).one()
        person.grants.clear()
        person.grant("reporter", society)
        db.session.commit()
    browser = sign_in("dingyi")
    assert "由“校团委”统一报送" in browser.open("/pdsu/").text
    assert "由“校团委”统一报送" in browser.open(address("青年志愿者协会")).text
    assert browser.open(address("校团委")).status == 404


def hours_pass(app, campaign: int, signed: int, ended: int) -> None:
    """The report was signed first so many hours ago, and the deadline lies so many back."""
    now = utcnow()
    with app.app_context():
        db.session.get(Campaign, campaign).closes_at = now - timedelta(hours=ended)
        for report in db.session.scalars(db.select(Report).where(Report.first_reported_at.is_not(None))):
            report.first_reported_at = now - timedelta(hours=signed)
        db.session.commit()


def test_a_paper_that_the_office_sent_back_was_in_time_if_it_came_in_time(
    app, signed, reporter, sign_in, address, campaign
):
    signed.submit("整份退回", reason="附件2漏了一行")
    hours_pass(app, campaign, signed=6, ended=5)
    board = address().rpartition("/reports/")[0]
    assert "逾期" not in reporter.open(address()).find("#state").text
    assert "逾期" not in signed.open(f"{board}?q=文学院").find("table.board tbody").text
    reporter.submit("提交签字")
    head = sign_in("qinling")
    head.open(address())
    page = head.submit("签字报送")
    assert report_state(page) == "已报送"
    assert "迟报" not in page.find("#state").text


def test_what_was_signed_late_stays_late_by_as_much_though_it_was_sent_back(
    app, signed, reporter, sign_in, address, campaign
):
    signed.submit("整份退回", reason="附件2漏了一行")
    hours_pass(app, campaign, signed=3, ended=5)
    reporter.open(address())
    reporter.submit("提交签字")
    head = sign_in("qinling")
    head.open(address())
    assert "迟报 2 小时" in head.submit("签字报送").find("#state").text


def test_who_never_signs_again_what_was_sent_back_is_late_once_all_is_closed(app, signed, address, campaign):
    signed.submit("整份退回", reason="附件2漏了一行")
    hours_pass(app, campaign, signed=6, ended=5)
    with app.app_context():
        db.session.get(Campaign, campaign).ended_at = utcnow()
        db.session.commit()
    assert "逾期" in signed.open(address()).find("#state").text


def test_a_years_only_closing_is_no_nil_report(app, sign_in, address, campaign):
    """It stands on the school's tables, marked as closed, though it was decided before the campaign."""
    for title in ("文学院青年之声", "文学院教研室群"):
        file_since(app, "文学院", "close", title)
    with app.app_context():
        year = db.session.get(Campaign, campaign).year
        for closing in db.session.scalars(db.select(Filing).filter_by(kind="close", state="filed")):
            closing.decided_at = datetime(year, 1, 15, tzinfo=UTC)
        db.session.commit()
    reporter = sign_in("sunli")
    page = reporter.open(address())
    assert "作零报告" not in page.text
    assert "注销" in page.find("#report-body h2.after-list + .list-box").text
    reporter.submit("提交签字")
    head = sign_in("qinling")
    head.open(address())
    page = head.submit("签字报送")
    assert report_state(page) == "已报送"
    assert "零报告" not in page.find("#state").text


def test_a_closing_of_a_year_before_leaves_a_nil_report(app, sign_in, address, campaign):
    for title in ("文学院青年之声", "文学院教研室群"):
        file_since(app, "文学院", "close", title)
    with app.app_context():
        year = db.session.get(Campaign, campaign).year
        for closing in db.session.scalars(db.select(Filing).filter_by(kind="close", state="filed")):
            closing.decided_at = datetime(year - 1, 6, 15, tzinfo=UTC)
        db.session.commit()
    assert "作零报告" in sign_in("sunli").open(address()).text
