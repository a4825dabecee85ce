"""The board as time goes on, and for those who have no report of their own."""

from datetime import timedelta
from io import BytesIO

import pdfplumber
import pytest

from models.campaigns.campaign import Campaign
from models.clock import campus_time
from models.database import db
from models.people.person import Person
from models.people.unit import Unit
from tests.campaigning import ask, unit_id


@pytest.fixture
def campaign(app) -> int:
    return ask(app)


def test_the_countdown_comes_along_with_the_board(app, sign_in, campaign):
    office, board = sign_in("wutong"), f"/pdsu/campaigns/{campaign}"
    assert "还剩 2 天 23 小时" in office.open(board).find("#clock").text
    part = office.page.find("#board")["hx-get"]
    with app.app_context():
        db.session.get(Campaign, campaign).closes_at -= timedelta(days=4)
        db.session.commit()
    clock = office.open(part, htmx=True).find("#clock")
    assert "已过" in clock.text
    assert "late" in clock["class"]
    assert clock["hx-swap-oob"] == "true"


def test_an_ended_campaign_asks_for_nothing_anew(sign_in, campaign):
    office, board = sign_in("wutong"), f"/pdsu/campaigns/{campaign}"
    office.open(f"{board}/edit")
    office.submit("结束")
    page = office.open(board)
    assert not page.find("#board").has_attr("hx-get")
    assert page.soup.select_one("#clock") is None
    assert "已结束" in page.find(".sub").text


def test_who_reports_through_a_unit_above_is_told_so(app, sign_in, campaign):
    with app.app_context():
        society = db.session.get(Unit, unit_id(app, "青年志愿者协会"))
        person = db.session.scalars(db.select(Person).filter_by(username="dingyi")).one()
        person.set_grants({("reporter", society.id)})
        db.session.commit()
    page = sign_in("dingyi").open(f"/pdsu/campaigns/{campaign}")
    assert "归口报送" in page.find("#board .empty").text
    assert "没有符合条件" not in page.text


def test_the_bulletin_says_the_deadline_to_the_minute(app, sign_in, campaign):
    with app.app_context():
        closes = campus_time(db.session.get(Campaign, campaign).closes_at)
    paper = sign_in("wutong").open(f"/pdsu/campaigns/{campaign}/bulletin.pdf").response.data
    with pdfplumber.open(BytesIO(paper)) as document:
        assert f"{closes.day}日 {closes:%H:%M}。" in document.pages[-1].extract_text()
