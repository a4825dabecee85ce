"""The office sees what a unit withdrew before it reported nothing."""

from models.campaigns.campaign import Campaign
from models.database import db
from tests import pages
from tests.builders import ACCOUNT
from tests.campaigning import ask, unit_id


def test_what_was_withdrawn_before_a_nil_report_is_shown_to_the_office(app, sign_in):
    campaign = ask(app)
    with app.app_context():
        # The demo's unit closed an account this year, which is something to report.
        db.session.get(Campaign, campaign).year += 1
        db.session.commit()
    place = f"/pdsu/campaigns/{campaign}/reports/{unit_id(app, '化学与环境工程学院')}"
    reporter, head, office = sign_in("zhaozhuo"), sign_in("qianke"), sign_in("wutong")
    pages.new_filing(reporter)
    pages.hand_in(reporter, ACCOUNT | {"平台名称": "化院之声"})
    reporter.submit("确认撤回")
    reporter.open(place)
    reporter.submit("作零报告")
    assert not reporter.page.soup.select("#withdrawn")
    reporter.submit("提交签字")
    head.open(place)
    head.submit("签字报送")
    shown = office.open(place).find("#withdrawn").text
    assert "化院之声" in shown
    assert "这份是零报告，请核对" in shown
    asked = office.open(f"{place}/receipt").find("p.late").text
    assert "撤回了 1 件" in asked
    assert "化院之声" in asked
