"""网络舆情事故: recorded with account, day and what was done; its unit reads it and nobody else's."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from models import clock
from models.database import db
from models.events.history import Event, verify
from tests import pages

LIST = "/ahbc/incidents"
WHAT = "推送内容失实，评论区出现大量质疑。"


@pytest.fixture
def office(sign_in):
    return sign_in("taoran", "ahbc")


def recorded(office, **said):
    pages.find_channel(office, "安商贸会计系", "ahbc")
    office.follow("登记事故")
    return office.submit("登记", **{"what": WHAT, "done": "当日删除并致歉。"} | said)


def test_it_is_recorded_with_account_day_and_what_was_done(office, sign_in, app):
    day = clock.today() - timedelta(days=2)
    page = recorded(office, day=day.isoformat())
    assert page.address == LIST
    row = page.find("#results tbody").get_text(" ", strip=True)
    for words in ("会计系", "安商贸会计系", WHAT, "当日删除并致歉。", f"{day.month}月{day.day}日"):
        assert words in row
    unit = sign_in("jiangfan", "ahbc")
    assert "会计系被登记网络舆情事故" in unit.open("/ahbc/").text
    assert WHAT in unit.open(LIST).text
    assert "没有网络舆情事故" in sign_in("xiayu", "ahbc").open(LIST).text
    with app.app_context():
        assert db.session.scalar(select(Event.opinion).where(Event.verb == "incident")).startswith("会计系：")
        assert verify("ahbc") is None


def test_what_was_done_later_is_added_and_what_was_written_stays(office):
    recorded(office)
    page = office.submit("保存处置", done="约谈负责人，停更一周。")
    row = page.find("#results tbody").text
    assert "当日删除并致歉。" in row
    assert "约谈负责人，停更一周。" in row
    page = office.submit("保存处置", done=" ")
    assert (page.status, "请写明处置情况" in pages.sentences(page)) == (422, True)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"what": " "}, "请写明发生了什么"),
        ({"unit": ""}, "请选择单位"),
        ({"day": "昨天"}, "请填写发生的日期"),
        ({"day": "2999-01-01"}, "发生的日期还没有到"),
        ({"what": "字" * 2001}, "事故情况最多"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_is_kept(said, sentence, office):
    page = recorded(office, **said)
    assert page.status == 422
    assert sentence in pages.sentences(page)
    assert page.find("#done").get_text().strip() == "当日删除并致歉。"


def test_who_is_responsible_is_recorded_from_it(office):
    recorded(office)
    page = office.follow("登记处理")
    assert "严肃问责" in page.text
    page = office.submit("登记处理", code="accountable", reason=WHAT)
    assert "严肃问责" in page.find("#results tbody").text
