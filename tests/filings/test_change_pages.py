"""A channel in force is changed by a paper of its own: prefilled, marked, compared, approved."""

import pytest
from sqlalchemy.exc import IntegrityError

from models.filings import transitions
from tests import builders, pages
from tests.client import Browser, Page

CHANGED = {"管理员2姓名": "白帆", "管理员2联系电话": "13900000001", "变更日期": "2026-11-20"}


def begun(browser: Browser, deed: str = "办理变更", title: str = "平院信工") -> Page:
    """The form of a filing about a channel, just opened."""
    pages.find_channel(browser, title)
    return browser.submit(deed)


def marked(page: Page) -> dict[str, str]:
    """The items that are marked as changed, each with what it says of before."""
    return {
        item["id"].removeprefix("item-"): " ".join(
            one.get_text(" ", strip=True) for one in item.select(".before")
        )
        for item in page.soup.select(".item-changed")
    }


def compared(page: Page) -> list[list[str]]:
    """The rows of 变更对照, or of what two papers differ in."""
    return [
        [cell.get_text(" ", strip=True) for cell in row.select("th, td")]
        for row in page.soup.select(".changes tbody tr")
    ]


@pytest.fixture
def reporter(sign_in) -> Browser:
    return sign_in("linxiao")


def test_a_change_of_a_manager_is_compared_approved_and_only_then_in_force(sign_in, reporter):
    head, office = sign_in("zhoumin"), sign_in("wutong")
    channel = pages.find_channel(office, "平院信工").address
    page = begun(reporter)
    assert pages.held(page, "管理员2姓名") == "陈𬭎"
    page = pages.hand_in(reporter, CHANGED)
    assert pages.state(page) == "待单位意见"
    assert compared(page) == [["管理员2", "姓名 陈𬭎 联系电话 13800000003", "姓名 白帆 联系电话 13900000001"]]
    pages.decide(head, page.address, "同意")
    assert "陈𬭎" in office.open(channel).find(".sheet").text, "not in force before the last hand"
    pages.decide(office, page.address, "同意变更")
    assert "白帆" in office.open(channel).find(".sheet").text
    assert "白帆" not in compared(office.open(page.address))[0][1]


def test_what_is_untouched_is_unmarked_and_a_change_needs_a_change(reporter):
    page = begun(reporter)
    assert marked(page) == {}
    assert "还没有变更" in page.find("#standing").text
    page = pages.hand_in(reporter, {"变更日期": "2026-11-20"})
    assert page.status == 422
    assert "没有变更可报" in pages.sentences(page)


def test_each_changed_item_says_what_it_was(reporter):
    begun(reporter)
    page = pages.keep(reporter, CHANGED | {"平台名称": "平院信工新名", "负责学生": ""})
    assert marked(page) == {
        "name": "变更前：平院信工",
        "team": "变更前 管理员2：陈𬭎 学生 13800000003",
        "student": "变更前：陈𬭎",
    }
    cells = {box.input["name"] for box in page.soup.select("[data-changed]")}
    assert cells == {"team-admin2-name", "team-admin2-phone"}
    assert "已变更 3 项" in page.find("#standing").text
    assert marked(pages.keep(reporter, {"平台名称": "平院信工", "负责学生": "陈𬭎"})).keys() == {"team"}


def test_a_change_is_marked_on_leaving_the_item_and_counted(reporter):
    form = begun(reporter)
    typed = pages.answered(form, CHANGED)
    part = reporter.trigger("#item-team", **typed)
    assert "陈𬭎" in marked(part)["team"]
    assert "已变更 1 项" in part.find("#standing").text
    reporter.page = form
    part = reporter.trigger("[data-keeper]", **typed)
    assert "已变更 1 项" in part.find("#standing").text
    assert not part.soup.select(".item"), "the boxes being typed in are left alone"
    reporter.page = form
    whole = pages.keep(reporter, {})
    assert whole.status == 409  # the page is older than what was kept by itself
    whole = reporter.open(form.address)
    assert pages.piece(part, "#standing") == pages.piece(whole, "#standing")


def test_another_picture_is_shown_beside_the_one_before(sign_in, reporter):
    begun(reporter)
    picture = {"二维码": builders.file(builders.png(), "码.png")}
    assert marked(pages.keep(reporter, picture))["qr"] == "变更前：（空）"
    address = pages.hand_in(reporter, {"变更日期": "2026-11-20"}).address
    pages.decide(sign_in("zhoumin"), address, "同意")
    pages.decide(sign_in("wutong"), address, "同意变更")
    page = begun(reporter)
    before = page.find("#item-qr .picture")["src"]
    assert marked(page) == {}
    other = {"二维码": builders.file(builders.png(80, 80), "码.png"), "变更日期": "2026-11-20"}
    page = pages.keep(reporter, other)
    assert page.find("#item-qr .before img")["src"] == before
    page = pages.hand_in(reporter, {})
    pictures = [one["src"] for one in page.soup.select("#changes img")]
    assert pictures[0] == before != pictures[1]
    assert [reporter.client.get(one).status_code for one in pictures] == [200, 200]


def test_of_two_reporters_the_second_is_led_to_what_the_first_began(sign_in, reporter):
    colleague, office = sign_in("linxiao"), sign_in("suyi")
    pages.find_channel(colleague, "平院信工")
    pages.find_channel(office, "平院信工")
    first = begun(reporter)
    second = colleague.submit("办理变更")
    assert second.address == first.address
    assert "林晓已在" in pages.sentences(second)
    assert "变更备案（草稿）" in pages.sentences(second)
    # A draft opens to its own unit alone: the office is told, and stays.
    page = office.submit("年审")
    assert page.heading == "平院信工"
    assert "林晓已在" in pages.sentences(page)
    assert "变更备案草稿" in page.find(".page-title").text
    assert not page.soup.select("form[method=post] button[formaction*=change]")


def test_while_one_is_in_review_others_are_led_to_look_at_it(sign_in, reporter):
    colleague = sign_in("linxiao")
    pages.find_channel(colleague, "平院信工")
    begun(reporter)
    address = pages.hand_in(reporter, CHANGED).address
    page = colleague.submit("注销")
    assert page.address == address
    assert "变更备案（审核中）" in pages.sentences(page)
    tag = pages.find_channel(colleague, "平院信工").find(".page-title a:has(.tag)")
    assert (tag.get_text(strip=True), tag["href"]) == ("变更备案审核中", address)


def test_of_two_at_the_same_moment_the_database_lets_one_through(reporter, monkeypatch, sign_in):
    colleague = sign_in("linxiao")
    pages.find_channel(colleague, "平院信工")
    first = begun(reporter)
    # As if the other's draft had come between looking for one and writing one's own.
    monkeypatch.setattr(transitions, "open_about", lambda channel_id: None)
    assert colleague.submit("办理变更").address == first.address


def test_another_broken_rule_of_the_database_is_not_taken_for_that(reporter, monkeypatch):
    pages.find_channel(reporter, "平院信工")

    def broken(*_args):
        raise IntegrityError("", {}, Exception())

    monkeypatch.setattr("blueprints.institution.channels.channel_page.start", broken)
    with pytest.raises(AssertionError, match="500"):
        reporter.submit("办理变更")


def test_a_yearly_review_without_changes_says_so(sign_in, reporter):
    page = begun(reporter, "年审")
    assert "无变更" in page.find("#standing").text
    page = pages.hand_in(reporter, {})
    assert pages.state(page) == "待单位意见"
    assert "无变更。" in page.find("#changes").text


def test_a_closing_asks_only_for_itself_beside_the_sheet_in_force(reporter):
    page = begun(reporter, "注销")
    labels = [pages.words(one) for one in page.soup.select("#filing-form .card > h2")]
    assert labels == ["注销信息"]
    assert "在册的内容" in page.find("#preview").text
    assert "pdsu_xg" in page.find("#preview .sheet").text
    assert marked(page) == {}


def test_a_closing_of_what_has_no_sheet_shows_what_is_in_force(reporter):
    page = begun(reporter, "注销", "信工学院教工群")
    assert "日常工作通知" in page.find("#preview").text
    page = pages.hand_in(reporter, {"停用日期": "2026-11-20", "注销原因": "已解散"})
    assert "日常工作通知" in page.find("#sheet").text
    assert "已解散" in page.find("#sheet").text
    assert not page.soup.select("#changes")


def test_what_was_closed_is_filed_again_on_the_same_channel(sign_in):
    reporter = sign_in("zhaozhuo")
    channel = pages.find_channel(reporter, "化工青年", state="closing").address
    page = reporter.submit("再次备案")
    assert pages.held(page, "平台名称") == "化工青年"
    page = pages.hand_in(reporter, {})
    pages.decide(sign_in("qianke"), page.address, "同意")
    pages.decide(sign_in("wutong"), page.address, "同意备案")
    assert "在册" in reporter.open(channel).find(".page-title").text


def test_only_who_files_for_the_unit_is_offered_anything(sign_in):
    page = pages.find_channel(sign_in("zhoumin"), "平院信工")
    assert not page.soup.select(".page-actions button")
    stranger = sign_in("sunli")
    token = stranger.open("/pdsu/").find("[name=csrf_token]")["value"]
    answer = stranger.client.post(f"{page.address}/change", data={"csrf_token": token})
    assert answer.status_code == 404


@pytest.mark.parametrize(("kind", "status"), [("first", 422), ("delete", 404), ("²", 404)])
def test_what_does_not_suit_the_channel_is_refused(reporter, kind, status):
    page = pages.find_channel(reporter, "平院信工")
    token = page.find("[name=csrf_token]")["value"]
    answer = reporter.client.post(f"{page.address}/{kind}", data={"csrf_token": token})
    assert answer.status_code == status
    if status == 422:
        assert "不能办理“初次备案”" in answer.text


def test_of_two_who_write_one_change_the_second_loses_nothing(sign_in, reporter):
    second = sign_in("linxiao")
    second.open(begun(reporter).address)
    pages.keep(reporter, {"平台名称": "先来的"})
    page = pages.keep(second, CHANGED | {"平台名称": "后到的"})
    assert page.status == 409
    assert pages.held(page, "平台名称") == "后到的"
    assert "陈𬭎" in marked(page)["team"], "the marks are those of what is on the page"
    assert pages.held(pages.keep(second, {}), "管理员2姓名") == "白帆"


def test_an_account_that_is_another_channels_already_leads_there(sign_in, reporter):
    said = builders.ACCOUNT | {"账号或网址": " PDSU_XG "}
    pages.new_filing(reporter)
    page = pages.hand_in(reporter, said)
    link = page.find(".notice a[href*='/channels/']")
    assert reporter.open(link["href"]).heading == "平院信工"
    stranger = sign_in("sunli")
    pages.new_filing(stranger)
    page = pages.hand_in(stranger, said)
    assert "已由“信息工程学院”备案" in pages.sentences(page)
    assert not page.soup.select(".notice a[href*='/channels/']")
