"""An account approved before it exists: its opening paper, and what is completed afterwards."""

from datetime import timedelta

import pytest

from blueprints.web.presentation import day
from models import clock
from models.clock import campus_now
from tests import builders, pages
from tests.builders import ACCOUNT, NOT_OPEN_YET

COMPLETE = "form[action$=complete]"
OPENING = {"文号": "平宣开〔2026〕3号", "出具日期": "2026-11-20"}
BOXES = "form[action$=opening]"
LATER = {"账号或网址": "pdsu_new", "创建时间": "2026年11月", "关注人数": "12"}
TODAY = day(campus_now())


@pytest.fixture
def address(sign_in) -> str:
    """The approved filing of an account that is not open yet."""
    found = pages.filed_by(sign_in("linxiao"), ACCOUNT | NOT_OPEN_YET)
    pages.decide(sign_in("zhoumin"), found, "同意")
    pages.decide(sign_in("wutong"), found, "同意备案")
    return found


def record(office, address: str, said=OPENING):
    page = office.open(address)
    return office.submit("登记开设手续", **pages.answered(page, said, BOXES))


def channel_of(browser, address: str):
    browser.open(address)
    return browser.follow("查看平台")


def complete(browser, address: str, said):
    page = browser.open(address)
    return browser.submit("保存补充内容", **pages.answered(page, said, COMPLETE))


def test_the_office_prints_and_records_the_paper_and_the_unit_prints_it_then(address, sign_in):
    office, reporter = sign_in("wutong"), sign_in("linxiao")
    page = reporter.open(address)
    assert "尚未出具开设手续" in page.text
    assert reporter.client.get(f"{address}/opening.pdf").status_code == 404
    assert office.client.get(f"{address}/opening.pdf").data.startswith(b"%PDF-")

    page = record(office, address)
    assert "开设手续已登记" in pages.sentences(page)
    assert "平宣开〔2026〕3号" in page.find("#opening").text
    assert "“平院信工快报”的开设手续已经出具" in reporter.open("/pdsu/").text
    page = reporter.open(address)
    assert "11月20日" in page.find("#opening").text
    assert not page.soup.select(BOXES)
    answer = reporter.client.get(page.find("#opening a")["href"])
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF-")
    page = channel_of(reporter, address)
    assert "平宣开〔2026〕3号" in page.text
    assert reporter.follow("打印开设手续").response.mimetype == "application/pdf"


@pytest.mark.parametrize(
    ("said", "item", "sentence"),
    [
        ({"文号": ""}, "opening_number", "请填写文号"),
        ({"文号": "号" * 101}, "opening_number", "最多100个字"),
        ({"出具日期": ""}, "opening_on", "请填写出具日期"),
        ({"出具日期": "2026-02-30"}, "opening_on", "不存在"),
        ({"出具日期": "昨天"}, "opening_on", "请写成"),
        ({"出具日期": str(clock.today() + timedelta(days=1))}, "opening_on", "不能晚于今天"),
    ],
)
def test_a_slip_is_named_beside_its_box_and_nothing_is_recorded(address, sign_in, said, item, sentence):
    office = sign_in("wutong")
    page = record(office, address, OPENING | said)
    assert page.status == 422
    assert sentence in page.error_at(item)
    assert office.open(address).soup.select_one("#opening dl") is None


def test_of_two_who_record_the_second_is_told_and_a_slip_can_be_mended(address, sign_in):
    first, second = sign_in("wutong"), sign_in("suyi")
    second.open(address)
    typed = pages.answered(second.page, OPENING | {"文号": "另一号"}, BOXES)
    record(first, address)
    page = second.submit("登记开设手续", **typed)
    assert page.status == 422
    assert "吴桐在" in pages.sentences(page)
    assert "平宣开〔2026〕3号" in pages.sentences(page)
    page = record(second, address, {"文号": "平宣开〔2026〕4号"})
    assert "平宣开〔2026〕4号" in page.find("#opening dl").text


def test_an_account_that_was_open_already_asks_for_no_paper(sign_in):
    office = sign_in("wutong")
    pages.find(office, "平院信工")
    assert not office.page.soup.select("#opening")
    assert office.client.get(f"{office.page.address}/opening.pdf").status_code == 404
    page = office.page
    token = page.find("[name=csrf_token]")["value"]
    sent = {"csrf_token": token, "opening_number": "1", "opening_on": "2026-11-01", "seen": ""}
    answer = office.client.post(f"{page.address}/opening", data=sent)
    assert answer.status_code == 422


def test_only_the_office_records_it(address, sign_in):
    for username in ("linxiao", "zhoumin"):
        browser = sign_in(username)
        page = browser.open(address)
        assert not page.soup.select(BOXES)
        token = page.find("[name=csrf_token]")["value"]
        assert browser.client.post(f"{address}/opening", data={"csrf_token": token}).status_code == 403


def test_what_is_still_lacking_is_asked_for_at_home_and_on_the_channels_page(address, sign_in):
    reporter = sign_in("linxiao")
    home = reporter.open("/pdsu/").find("main").get_text(" ", strip=True)
    assert f"{TODAY}批准" in home
    assert "还缺账号或网址、创建时间、关注人数。" in home
    assert reporter.follow("去补充").address == address
    page = channel_of(reporter, address)
    assert f"还缺账号或网址、创建时间、关注人数。{TODAY}已批准" in page.find("aside").text
    assert reporter.follow("去补充").address == address


def test_id_qr_and_opening_time_are_given_after_the_account_was_opened(address, sign_in):
    reporter = sign_in("linxiao")
    said = LATER | {"二维码": builders.file(builders.png(), "码.png")}
    page = complete(reporter, address, said)
    assert pages.state(page) == "已备案"
    picture = page.find(".sheet img")["src"]
    assert reporter.client.get(picture).data.startswith(b"\x89PNG")
    assert "去补充" not in channel_of(reporter, address).text
    assert "pdsu_new" in sign_in("wutong").open("/pdsu/register?q=快报").text


def test_nobody_needs_to_give_a_qr_picture(address, sign_in):
    page = complete(sign_in("linxiao"), address, LATER)
    assert pages.state(page) == "已备案"


def test_a_picture_beside_a_slip_is_not_kept_and_says_so(address, sign_in):
    reporter = sign_in("linxiao")
    picture = {"二维码": builders.file(builders.png(), "码.png")}
    page = complete(reporter, address, LATER | picture | {"账号或网址": "me@163.com"})
    assert page.status == 422
    assert "不填登录邮箱" in page.error_at("account")
    assert "请重新选择" in page.error_at("qr")
    assert not page.soup.select(f"{COMPLETE} img")
    assert pages.held(page, "关注人数", COMPLETE) == "12"
    page = reporter.submit("保存补充内容", **pages.answered(page, LATER, COMPLETE))
    assert pages.state(page) == "已备案"


def test_what_was_given_once_cannot_be_completed_again(address, sign_in):
    reporter = sign_in("linxiao")
    complete(reporter, address, {"创建时间": "2026年11月"})
    page = complete(reporter, address, {"账号或网址": "pdsu_new"})
    assert "2026年11月" in page.find(".sheet").text
    labels = [pages.words(one) for one in page.soup.select(f"{COMPLETE} label.label")]
    assert labels == ["二维码", "关注人数"]
