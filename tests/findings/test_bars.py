"""取消下一年度认证备案资格: handing in asks, the desk marks, the office decides by itself and says why."""

import pytest
from sqlalchemy import select, update

from models.clock import campus_time, utcnow
from models.database import db
from models.events.history import Event, verify
from models.findings.sanction import Sanction
from tests import builders, pages
from tests.findings.test_sanctions import LABEL, recorded

THIS_YEAR = campus_time(utcnow()).year
UNIT = "信息工程学院"
KNOWING = "知悉处理，仍要提交"


@pytest.fixture
def barred(sign_in, app):
    """The unit may file nothing anew this year: recorded last year, as the notice says."""
    recorded(sign_in("wutong"), UNIT)
    with app.app_context():
        db.session.execute(update(Sanction).values(year=THIS_YEAR - 1, effect_year=THIS_YEAR))
        db.session.commit()


@pytest.fixture
def address(sign_in, barred) -> str:
    """A filing that was handed in all the same and waits for the office."""
    reporter = sign_in("linxiao")
    pages.new_filing(reporter)
    page = pages.hand_in(reporter, builders.ACCOUNT)
    assert (page.status, "仍要提交的，请先勾选" in pages.sentences(page)) == (422, True)
    address = reporter.submit("提交", despite="1").address
    pages.decide(sign_in("zhoumin"), address, "同意")
    return address


def notes(app) -> list[str]:
    with app.app_context():
        query = select(Event.opinion).where(Event.verb == "despite").order_by(Event.id)
        assert verify("pdsu") is None
        return list(db.session.scalars(query))


def test_handing_in_asks_and_keeps_what_was_confirmed(sign_in, address, app):
    page = sign_in("linxiao").open(address)
    assert pages.state(page) == "待宣传部意见"
    assert KNOWING in page.find(".history").text
    assert len(notes(app)) == 1


def test_the_desk_marks_the_row_and_deciding_many_leaves_it_out(sign_in, address):
    office = sign_in("wutong")
    page = office.open("/pdsu/desk")
    name = builders.ACCOUNT["平台名称"]
    row = next(row for row in page.soup.select("#results tbody tr") if name in row.text)
    assert LABEL in row.text
    marked = {
        tr.select_one("[data-label=单位]").text: LABEL in tr.text for tr in page.soup.select("tbody tr")
    }
    assert marked.pop(UNIT)
    assert set(marked.values()) == {False}
    page = office.submit("同意所选", filing=[row.select_one("[name=filing]")["value"]], opinion="")
    assert "没有一并同意" in page.find("section[role=status]").text
    assert pages.state(office.open(address)) == "待宣传部意见"


@pytest.mark.parametrize("sent", [{}, {"go_on": "1", "despite": " "}, {"despite": "主要账号。"}])
def test_the_office_does_not_approve_without_saying_why(sent, sign_in, address, app):
    page = pages.decide(sign_in("wutong"), address, "同意备案", **sent)
    assert (page.status, "选“仍予备案”并写明理由" in pages.sentences(page)) == (422, True)
    assert len(notes(app)) == 1


def test_the_office_approves_with_its_reason_in_the_history_and_not_on_the_paper(sign_in, address, app):
    sent = {"go_on": "1", "despite": "本学院唯一对外账号，已整改。"}
    page = pages.decide(sign_in("wutong"), address, "同意备案", "同意备案。", **sent)
    assert pages.state(page) == "已备案"
    assert "仍予备案：本学院唯一对外账号，已整改。" in notes(app)[1]
    assert "唯一对外账号" in page.find(".history").text
    assert "唯一对外账号" not in page.find(".sheet").text


def test_the_office_returns_without_a_reason_for_the_sanction(sign_in, address):
    assert pages.state(pages.decide(sign_in("wutong"), address, "退回", "不予受理。")) == "已退回"


@pytest.mark.parametrize(
    ("kind", "said", "asks"),
    [
        ("年审", {}, True),
        ("变更", {"最近一次认证时间": "2026-01"}, True),
        ("变更", {"简要介绍": "换了新的简介，内容更全。"}, False),
        ("注销", {}, False),
    ],
)
def test_it_covers_what_the_school_says(kind, said, asks, sign_in, barred):
    reporter = sign_in("linxiao")
    pages.find_channel(reporter, "平院信工")
    reporter.submit(kind)
    page = pages.hand_in(reporter, said)
    assert ("被登记处理" in pages.sentences(page)) is asks, pages.sentences(page)


def test_a_lifted_one_bars_nothing(sign_in, barred):
    office = sign_in("wutong")
    office.open("/pdsu/sanctions")
    office.submit("确认撤销", reason="已整改。")
    reporter = sign_in("linxiao")
    pages.new_filing(reporter)
    assert pages.state(pages.hand_in(reporter, builders.ACCOUNT)) == "待单位意见"
