"""常用意见: a person's own words, kept, ordered and at hand where opinions are given."""

import pytest

from tests import pages
from tests.builders import ACCOUNT


@pytest.fixture
def address(sign_in) -> str:
    return pages.filed_by(sign_in("linxiao"), ACCOUNT)


@pytest.fixture
def head(sign_in):
    browser = sign_in("zhoumin")
    browser.open("/pdsu/opinions")
    return browser


def kept(browser) -> list[str]:
    page = browser.open("/pdsu/opinions")
    return [one.get_text() for one in page.soup.select(".opinion > .prose")]


def add(browser, *opinions: str):
    for opinion in opinions:
        browser.open("/pdsu/opinions")
        browser.submit("添加", text=opinion)
    return browser.page


def offered(page) -> list[str]:
    return [one["data-text"] for one in page.soup.select("[data-fill='#opinion']")]


def press(browser, label: str, opinion: str, **typed):
    """A button of one opinion's own card."""
    page = browser.open("/pdsu/opinions")
    for card in page.soup.select("main .opinion"):
        if card.p.get_text() != opinion:
            card.decompose()
    return browser.submit(label, **typed)


def test_they_are_added_worded_anew_ordered_and_deleted(head):
    add(head, "甲。", "乙。", "丙。")
    assert kept(head) == ["甲。", "乙。", "丙。"]
    press(head, "上移", "丙。")
    assert kept(head) == ["甲。", "丙。", "乙。"]
    press(head, "保存", "丙。", text="丁。")
    assert kept(head) == ["甲。", "丁。", "乙。"]
    press(head, "确认删除", "甲。")
    assert kept(head) == ["丁。", "乙。"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [(" ", "请填写意见"), ("字" * 201, "最多200个字，现在是201个字"), ("甲。", "已经在常用意见里")],
)
def test_what_cannot_be_kept_says_why_and_stays_in_its_box(head, text, sentence):
    add(head, "甲。", "乙。")
    page = add(head, text)
    assert page.status == 422
    assert sentence in page.find("#opinion-new-error").text
    assert page.find("#opinion-new").get_text().removeprefix("\n") == text
    page = press(head, "保存", "乙。", text=text)
    assert page.status == 422
    assert sentence in page.find("details[open] .error").text
    assert kept(head) == ["甲。", "乙。"]


def test_there_is_an_end_to_them(head):
    page = add(head, *(f"第 {number} 条" for number in range(20)))
    token = page.find("[name=csrf_token]")["value"]
    assert not page.soup.select("#opinion-new")
    answer = head.client.post("/pdsu/opinions", data={"csrf_token": token, "text": "再一条"})
    assert answer.status_code == 422
    assert "最多 20 条" in answer.text


def test_they_stand_under_the_steps_own_suggestions(head, sign_in, address):
    add(head, "情况属实，请审核。")
    page = head.open(address)
    assert offered(page)[-1] == "情况属实，请审核。"
    assert len(offered(page)) > 1
    assert offered(head.open("/pdsu/desk")) == ["情况属实，请审核。"]
    assert "情况属实，请审核。" not in sign_in("qinling").open("/pdsu/desk").text


def test_with_scripts_off_one_is_chosen_from_a_list(head, address):
    add(head, "请写明更新频率。")
    head.open(address)
    page = head.submit("退回修改", opinion="", canned="请写明更新频率。")
    assert pages.state(page) == "已退回"
    assert "请写明更新频率。" in page.find("#status").text


def test_what_is_typed_goes_before_what_is_chosen(head, address):
    add(head, "请写明更新频率。")
    head.open(address)
    page = head.submit("退回修改", opinion="请换一张图。", canned="请写明更新频率。")
    assert "请换一张图。" in page.find("#status").text
    assert "更新频率。" not in page.find("#status").text


@pytest.mark.parametrize("where", ["filing", "desk"])
def test_an_opinion_is_kept_as_it_is_given(head, address, where):
    if where == "filing":
        pages.decide(head, address, "同意", "已核对。", remember="1")
    else:
        head.open("/pdsu/desk")
        number = address.rpartition("/")[2]
        head.submit("同意所选", filing=[number], opinion="已核对。", remember="1")
    assert kept(head) == ["已核对。"]


@pytest.mark.parametrize("htmx", [True, False])
def test_one_that_cannot_be_kept_stops_no_decision(head, address, htmx):
    page = pages.decide(head, address, "同意", "字" * 201, remember="1", htmx=htmx)
    assert pages.state(page) == "待宣传部意见"
    assert "没有存为常用意见" in pages.sentences(page)
    assert kept(head) == []


def test_one_that_is_kept_already_is_no_news(head, address):
    add(head, "已核对。")
    page = pages.decide(head, address, "同意", "已核对。", remember="1")
    assert "没有存为" not in pages.sentences(page)
    assert kept(head) == ["已核对。"]


def test_they_are_a_persons_own(head, sign_in):
    page = add(head, "甲。")
    action = page.find(".opinion form[action$=delete]")["action"]
    other = sign_in("qinling")
    token = other.open("/pdsu/").find("[name=csrf_token]")["value"]
    for address in (action, action.removesuffix("/delete")):
        answer = other.client.post(address, data={"csrf_token": token, "text": "乙。"})
        assert answer.status_code == 404
    assert kept(head) == ["甲。"]
    assert sign_in("guanyiming").open("/pdsu/opinions").status == 403
