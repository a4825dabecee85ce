"""Every move tells whom it concerns, on their home page, and nobody else."""

import pytest

from tests import pages
from tests.builders import ACCOUNT, GROUP, NOT_OPEN_YET

TITLE = "平院信工快报"


@pytest.fixture
def address(sign_in) -> str:
    """A filing that waits for its unit's head."""
    return pages.filed_by(sign_in("linxiao"), ACCOUNT)


@pytest.fixture
def told(sign_in):
    """`told("zhoumin")`: what that person is told of the filing and has not read."""

    def unread(username: str, about: str = TITLE) -> list[str]:
        page = sign_in(username).open("/pdsu/notices?unread=1")
        found = [one.get_text(" ", strip=True) for one in page.soup.select(".notices li")]
        return [one for one in found if about in one]

    return unread


def test_who_is_to_sign_is_told_and_settled_once_signed(sign_in, told, address):
    assert "等您签署“单位意见”（信息工程学院）" in told("zhoumin")[0]
    assert told("wutong") == told("linxiao") == []
    head = sign_in("zhoumin")
    head.open("/pdsu/desk")
    head.submit("同意所选", filing=[address.rpartition("/")[2]])
    assert told("zhoumin") == []
    for office in ("wutong", "suyi"):
        assert "等您签署“宣传部意见”" in told(office)[0]
    pages.decide(sign_in("wutong"), address, "同意备案")
    assert told("suyi") == told("wutong") == []


def test_the_unit_is_told_that_it_is_filed_with_its_number(sign_in, told, address):
    pages.decide(sign_in("zhoumin"), address, "同意")
    page = pages.decide(sign_in("wutong"), address, "同意备案")
    number = page.find(".steps").get_text(" ", strip=True).partition("编号 ")[2].split()[0]
    assert f"已备案，编号 {number}" in told("linxiao")[0]


@pytest.mark.parametrize(("button", "words"), [("退回修改", "已退回修改"), ("不予备案", "未予备案")])
def test_the_unit_is_told_the_reason(sign_in, told, address, button, words):
    pages.decide(sign_in("zhoumin"), address, button, "请写明更新频率。")
    (sentence,) = told("linxiao")
    assert words in sentence
    assert "周敏：请写明更新频率。" in sentence
    assert told("zhoumin") == []


def test_withdrawing_tells_those_who_were_to_sign(sign_in, told, address):
    reporter = sign_in("linxiao")
    reporter.open(address)
    reporter.submit("确认撤回")
    (sentence,) = told("zhoumin")
    assert "已由信息工程学院撤回，不必再签署" in sentence
    assert told("linxiao") == []


def test_completing_tells_the_office(sign_in, told):
    reporter = sign_in("linxiao")
    address = pages.filed_by(reporter, ACCOUNT | NOT_OPEN_YET)
    pages.decide(sign_in("zhoumin"), address, "同意")
    pages.decide(sign_in("wutong"), address, "同意备案")
    page = reporter.open(address)
    within = f"form[action='{address}/complete']"
    reporter.submit("保存补充内容", **pages.answered(page, {"账号或网址": "pdsu_kuaibao"}, within))
    for office in ("wutong", "suyi"):
        assert any("已补充账号或网址" in one for one in told(office))


def test_only_the_nearest_reporters_are_told(sign_in, told):
    address = pages.filed_by(sign_in("suyi"), ACCOUNT | {"创建单位": "软件工程2101班"})
    pages.decide(sign_in("zhoumin"), address, "退回修改", "请补充。")
    assert len(told("linxiao")) == len(told("suyi")) == 1
    assert told("sunli") == told("xuyan") == []


def test_whoever_did_it_is_not_told(sign_in, told):
    address = pages.filed_by(sign_in("suyi"), ACCOUNT | {"创建单位": "党委宣传部"})
    pages.decide(sign_in("gaoyuan"), address, "同意")
    office = sign_in("wutong")
    office.open("/pdsu/desk")
    office.submit("同意所选", filing=[address.rpartition("/")[2]])
    assert "已备案" in told("suyi")[0]
    assert told("wutong") == []


def test_a_list_of_many_rows_is_told_once(sign_in, told):
    reporter = sign_in("dingyi")
    page = reporter.open("/pdsu/lists/group")
    groups = [GROUP | {"群名称": f"{number}班群"} for number in ("一", "二", "三")]
    reporter.submit("提交清单", **pages.lines(page, *groups))
    (sentence,) = told("fengning", "音乐学院的清单")
    assert "等您签署" in sentence
    assert "件" in sentence
    head = sign_in("fengning")
    head.open("/pdsu/notices?unread=1")
    assert head.follow("音乐学院的清单").address == "/pdsu/desk"


def test_opening_a_notice_leads_to_its_filing_and_it_is_read(sign_in, address):
    head = sign_in("zhoumin")
    home = head.open("/pdsu/")
    before = pages.waiting(home, "待办")
    page = head.follow(f"“{TITLE}”等您签署")
    assert page.address == address
    assert pages.waiting(page, "待办") == before - 1
    assert TITLE not in head.open("/pdsu/notices?unread=1").find("main").text
    assert TITLE in head.open("/pdsu/notices").find(".notices").text


def test_opening_the_filing_reads_what_was_told_of_it(sign_in, told, address):
    sign_in("zhoumin").open(address)
    assert told("zhoumin") == []


def test_everything_is_marked_read_at_once_and_kept(sign_in, address):
    head = sign_in("zhoumin")
    head.open("/pdsu/notices")
    page = head.submit("全部标为已读")
    assert pages.waiting(page, "待办") == 0
    assert TITLE in page.find(".notices").text
    assert not page.soup.select(".notices .unread")
    assert "没有未读的消息" in head.open("/pdsu/notices?unread=1").text


def test_a_notice_is_its_persons_own(sign_in, address):
    head = sign_in("zhoumin")
    link = head.open("/pdsu/notices").find(".notices a")["href"]
    for other in ("linxiao", "wutong", "guanyiming"):
        assert sign_in(other).open(link).status == 404
    assert sign_in("jiangfan", "ahbc").open(link).status == 404
    assert head.open("/pdsu/notices/99999999999999999999").status == 404


def test_a_deed_that_was_refused_tells_nobody(sign_in, told, address):
    page = pages.decide(sign_in("zhoumin"), address, "退回修改", "")
    assert page.status == 422
    assert told("linxiao") == []


def test_many_notices_come_in_pages(sign_in, app):
    from models.database import db
    from models.messaging import notices
    from models.people.person import Person

    with app.app_context():
        person = db.session.scalar(db.select(Person).filter_by(username="shenzhi"))
        for number in range(45):
            notices.notify("pdsu", [person.id], f"第 {number} 条")
        db.session.commit()
    browser = sign_in("shenzhi")
    page = browser.open("/pdsu/notices")
    assert "第 44 条" in page.text
    assert "共 45 条" in page.text
    browser.follow("下一页")
    assert "第 0 条" in browser.follow("下一页").text
