"""Ending a campaign asks with the numbers of those it cuts off, and tells them."""

from datetime import timedelta

import pytest

from models.campaigns.campaign import Campaign
from models.campaigns.report import Report
from models.clock import utcnow
from models.database import db
from models.rules.report_workflow import ReportState
from tests.campaigning import ask, unit_id

CUT = "还有 4 个单位没有报送完（待负责人签字 1 个、已退回 1 个、未开始 2 个），其中 1 个的延期还没有到。"
ENDED, REOPENED = "“本年备案工作”已结束", "“本年备案工作”已重新开放"


def put(app, unit: str, **columns) -> None:
    with app.app_context():
        report = db.session.scalars(db.select(Report).filter_by(unit_id=unit_id(app, unit))).one()
        for name, value in columns.items():
            setattr(report, name, value)
        db.session.commit()


@pytest.fixture
def campaign(app) -> int:
    """Four units have still to report: one waits for its head, one came back, one has longer."""
    number = ask(app)
    with app.app_context():
        for report in db.session.scalars(db.select(Report)):
            report.state, report.reported_at = ReportState.received, utcnow()
        db.session.commit()
    put(app, "信息工程学院", state=ReportState.to_sign)
    put(app, "文学院", state=ReportState.returned)
    put(app, "校团委", state=ReportState.not_started, extended_to=utcnow() + timedelta(days=9))
    put(app, "教务处", state=ReportState.not_started)
    return number


@pytest.fixture
def office(sign_in, campaign):
    browser = sign_in("wutong")
    browser.open(f"/pdsu/campaigns/{campaign}/edit")
    return browser


def ended(app, campaign: int) -> bool:
    with app.app_context():
        return db.session.get(Campaign, campaign).ended_at is not None


def test_the_page_asks_with_the_numbers(office):
    assert CUT in office.page.text


def test_those_cut_off_are_told_and_told_again_when_it_opens(office, sign_in, campaign):
    assert "已结束" in office.submit("确认结束").text
    reporter, done = sign_in("linxiao"), sign_in("dingyi")
    assert f"{ENDED}，没有报送的不能再填报和签字" in reporter.open("/pdsu/notices").text
    assert ENDED in sign_in("xuyan").open("/pdsu/notices").text
    office.open(f"/pdsu/campaigns/{campaign}/edit")
    office.submit("确认开放")
    assert f"{REOPENED}，可以继续填报和签字" in reporter.open("/pdsu/notices").text
    assert ENDED not in done.open("/pdsu/notices").text


def test_other_numbers_than_were_seen_are_shown_before_it_ends(app, office, campaign):
    put(app, "文学院", state=ReportState.to_sign)
    page = office.submit("确认结束")
    assert page.status == 409
    assert "没有结束" in page.find(".notice").text
    assert "待负责人签字 2 个" in page.text
    assert not ended(app, campaign)
    assert "已结束" in office.submit("确认结束").text
    assert ended(app, campaign)


def test_where_all_have_reported_nobody_is_counted(app, sign_in, campaign):
    with app.app_context():
        for report in db.session.scalars(db.select(Report)):
            report.state = ReportState.received
        db.session.commit()
    office = sign_in("wutong")
    assert "各单位都已报送" in office.open(f"/pdsu/campaigns/{campaign}/edit").text
    office.submit("确认结束")
    assert ended(app, campaign)
