"""Heads and the office decide: with reasons, one after the other, never over their own filing."""

import pytest

from tests import pages
from tests.builders import ACCOUNT


@pytest.fixture
def address(sign_in) -> str:
    """A filing that waits for its unit's head."""
    return pages.filed_by(sign_in("linxiao"), ACCOUNT)


def test_what_a_verb_changes_comes_back_in_place(sign_in, address):
    head = sign_in("zhoumin")
    before = pages.waiting(head.open(address))
    part = head.submit("同意", htmx=True, opinion="情况属实。")
    assert pages.state(part) == "待宣传部意见"
    assert pages.waiting(part) == before - 1
    assert pages.steps(part)["单位意见"] == "done"
    assert "情况属实。" in part.find("#status .steps").text
    assert "情况属实。" in part.find("#sheet").text
    assert not part.soup.select("textarea[name=opinion]")


def test_the_parts_that_come_back_are_parts_of_the_page(sign_in, address):
    head = sign_in("zhoumin")
    head.open(address)
    part = head.submit("退回修改", htmx=True, opinion="")
    head.open(address)
    whole = head.submit("退回修改", opinion="")
    for selector in ("#status", "#sheet", "#state", "#places"):
        assert pages.piece(part, selector) == pages.piece(whole, selector)


@pytest.mark.parametrize("button", ["退回修改", "不予备案"])
@pytest.mark.parametrize("opinion", ["", "  　\u200b "])
def test_sending_back_needs_a_reason(sign_in, address, button, opinion):
    head = sign_in("zhoumin")
    page = pages.decide(head, address, button, opinion)
    assert page.status == 422
    assert "理由" in pages.sentences(page)
    assert page.find("#opinion")["aria-invalid"] == "true"
    assert pages.state(page) == "待单位意见"


def test_a_returned_filing_goes_home_with_its_reason_and_comes_back_with_its_changes(sign_in, address):
    head, reporter = sign_in("zhoumin"), sign_in("linxiao")
    page = pages.decide(head, address, "退回修改", "请写明更新频率。")
    assert pages.state(page) == "已退回"
    home = reporter.open("/pdsu/")
    assert "周敏：请写明更新频率。" in home.text
    assert "请写明更新频率。" in reporter.open(f"{address}/edit").find(".notice").text
    page = pages.hand_in(reporter, {"更新频率": "1次/日", "负责人联系电话": "2657111"})
    assert pages.state(page) == "待单位意见"
    changes = page.find("#status .diff").get_text(" ", strip=True)
    assert "更新频率 2-3次/周 1次/日" in changes
    assert "2657*** 2657***" in changes
    assert pages.steps(page)["单位意见"] == "current"


def test_a_rejected_account_may_be_filed_again(sign_in, address):
    head, reporter = sign_in("zhoumin"), sign_in("linxiao")
    page = pages.decide(head, address, "不予备案", "与学院公众号重复。")
    assert pages.state(page) == "不予备案"
    assert not reporter.open(address).soup.select("textarea[name=opinion]")
    assert "继续填写" not in reporter.page.text
    again = pages.filed_by(reporter, ACCOUNT)
    assert pages.state(pages.decide(head, again, "同意")) == "待宣传部意见"


def test_nobody_signs_what_they_handed_in(sign_in):
    office, other, head = sign_in("wutong"), sign_in("suyi"), sign_in("gaoyuan")
    address = pages.filed_by(office, ACCOUNT | {"创建单位": "党委宣传部"})
    pages.decide(head, address, "同意")
    assert not office.open(address).soup.select("textarea[name=opinion]")
    assert "快报" not in office.open("/pdsu/desk").text
    assert "快报" in other.open("/pdsu/desk").text
    page = pages.decide(other, address, "同意备案")
    assert pages.state(page) == "已备案"


def test_a_decision_that_the_page_does_not_offer_is_refused_all_the_same(sign_in):
    office, head = sign_in("wutong"), sign_in("gaoyuan")
    address = pages.filed_by(office, ACCOUNT | {"创建单位": "党委宣传部"})
    pages.decide(head, address, "同意")
    page = office.open(address)
    token = page.find("input[name=csrf_token]")["value"]
    revision = sign_in("suyi").open(address).find("#status input[name=revision]")["value"]
    answer = office.client.post(f"{address}/approve", data={"csrf_token": token, "revision": revision})
    assert answer.status_code == 422
    assert "这件备案是您提交的，“宣传部意见”请由宣传部的其他审核员签署" in answer.text


def test_of_two_who_decide_at_once_the_second_is_told_who_decided(sign_in, address):
    pages.decide(sign_in("zhoumin"), address, "同意")
    first, second = sign_in("wutong"), sign_in("suyi")
    first.open(address)
    second.open(address)
    assert pages.state(first.submit("同意备案", opinion="准予备案。")) == "已备案"
    page = second.submit("退回修改", opinion="请补充材料清单。")
    assert page.status == 409
    assert "吴桐在" in pages.sentences(page)
    assert "已“同意”" in pages.sentences(page)
    assert "请补充材料清单。" in page.find("#status").text
    assert pages.state(page) == "已备案"


def test_what_was_typed_is_kept_where_the_decision_is_still_open(sign_in, address):
    reporter, head = sign_in("linxiao"), sign_in("zhoumin")
    head.open(address)
    reporter.open(address)
    reporter.submit("确认撤回")
    reporter.open(f"{address}/edit")
    pages.hand_in(reporter, {})
    page = head.submit("退回修改", opinion="请补充材料清单。", htmx=True)
    assert page.status == 409
    assert "林晓在" in pages.sentences(page)
    assert page.find("#opinion").get_text().strip() == "请补充材料清单。"


def test_many_are_decided_at_once_with_a_result_for_each(sign_in):
    reporter, head, other = sign_in("linxiao"), sign_in("zhoumin"), sign_in("zhoumin")
    accounts = {name: f"pdsu_{number}" for number, name in enumerate(("甲号", "乙号", "丙号"))}
    made = {
        name: pages.filed_by(reporter, ACCOUNT | {"平台名称": name, "账号或网址": account})
        for name, account in accounts.items()
    }
    page = head.open("/pdsu/desk")
    before = pages.waiting(page)
    pages.decide(other, made["乙号"], "退回修改", "请先核对。")
    numbers = [address.rpartition("/")[2] for address in made.values()]
    part = head.submit("同意所选", htmx=True, opinion="情况属实。", filing=numbers)
    results = [one.get_text(" ", strip=True) for one in part.soup.select("[role=status] li")]
    assert len(results) == 3
    assert "待宣传部意见" in results[0]
    assert "周敏在" in results[1]
    assert "待宣传部意见" in results[2]
    assert pages.waiting(part) == before - 3
    assert not {"甲号", "乙号", "丙号"} & set(pages.titles(part))


@pytest.mark.parametrize(
    ("ticked", "button", "opinion", "sentence"),
    [
        (False, "同意所选", "", "请先勾选"),
        (True, "退回所选", "", "理由"),
        (True, "不予备案所选", " ", "理由"),
    ],
)
def test_deciding_over_many_says_what_it_lacks(sign_in, address, ticked, button, opinion, sentence):
    head = sign_in("zhoumin")
    head.open("/pdsu/desk")
    chosen = [address.rpartition("/")[2]] if ticked else []
    page = head.submit(button, opinion=opinion, filing=chosen)
    assert page.status == 422
    assert sentence in pages.sentences(page)
    boxes = page.soup.select("input[name=filing][checked]")
    assert [box["value"] for box in boxes] == chosen
    assert "平院信工快报" in pages.titles(page)


def test_a_unit_below_is_signed_by_the_nearest_head_above(sign_in):
    reporter, head = sign_in("linxiao"), sign_in("zhoumin")
    address = pages.filed_by(reporter, ACCOUNT | {"创建单位": "软件工程2101班"})
    assert pages.state(pages.decide(head, address, "同意")) == "待宣传部意见"


def test_an_office_that_files_for_somebody_leaves_the_opinion_to_others(sign_in):
    office = sign_in("suyi")
    address = pages.filed_by(office, ACCOUNT | {"创建单位": "文学院"})
    assert pages.state(pages.decide(sign_in("qinling"), address, "同意")) == "待宣传部意见"
    assert not office.open(address).soup.select("textarea[name=opinion]")


def test_a_channel_is_closed_by_a_filing_of_its_own(sign_in):
    reporter, head, office = sign_in("linxiao"), sign_in("zhoumin"), sign_in("wutong")
    channel = pages.find_channel(reporter, "平院信工").address
    page = reporter.submit("注销")
    page = pages.hand_in(reporter, {"停用日期": "2026-11-01", "注销原因": "已停止使用"})
    address = page.address
    assert pages.state(page) == "待单位意见"
    assert "在册" in reporter.open(channel).find(".page-title").text
    assert "注销审核中" in reporter.page.find(".page-title").text
    pages.decide(head, address, "同意")
    pages.decide(office, address, "同意注销")
    assert "待核实销号" in reporter.open(channel).find(".page-title").text
    assert "（已注销）" in reporter.open("/pdsu/summaries/accounts").text
