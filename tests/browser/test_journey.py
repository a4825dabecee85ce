"""The work in real Chromium: what changes, changes in place, and nothing complains."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import fill, is_still_the_same_page, mark, photograph
from tests.builders import ACCOUNT, GROUP

pytestmark = pytest.mark.browser


def new_filing(page: Page) -> None:
    page.goto("/pdsu/filings/new")
    page.locator("form", has=page.locator("[value=account]")).get_by_role("button").click()
    expect(page.locator("#filing-form")).to_be_visible()


def badge(page: Page) -> int:
    counts = page.locator("#places a", has_text="审核").locator(".count")
    return int(counts.first.inner_text().split()[0]) if counts.count() else 0


def hand_in(page: Page) -> None:
    page.locator(".page-actions").get_by_role("button", name="提交").click()
    expect(page.locator("#status")).to_be_visible()


def test_a_filing_goes_from_reporter_to_head_to_office_in_place(person):
    reporter = person("linxiao")
    new_filing(reporter)
    mark(reporter)
    fill(reporter, ACCOUNT)
    expect(reporter.locator("#saved")).to_contain_text("草稿已于")
    expect(reporter.locator("#preview")).to_contain_text("平院信工快报")
    photograph(reporter, "form")
    assert is_still_the_same_page(reporter)
    hand_in(reporter)
    expect(reporter.locator("#state")).to_contain_text("待单位意见")
    address = reporter.url

    head = person("zhoumin")
    head.goto(address)
    before = badge(head)
    mark(head)
    head.get_by_role("button", name="退回修改").click()
    expect(head.locator("#status [role=alert]")).to_contain_text("理由")
    head.fill("#opinion", "情况属实，同意备案。")
    head.get_by_role("button", name="同意", exact=True).click()
    expect(head.locator("#state")).to_contain_text("待宣传部意见")
    expect(head.locator("#status .step-done")).to_have_count(2)
    expect(head.locator("#sheet")).to_contain_text("情况属实，同意备案。")
    assert badge(head) == before - 1
    assert is_still_the_same_page(head)
    photograph(head, "head-approved")

    office = person("wutong")
    office.goto(address)
    mark(office)
    office.get_by_role("button", name="同意备案").click()
    expect(office.locator("#state")).to_contain_text("已备案")
    expect(office.locator("#status")).to_contain_text("平宣备-")
    assert is_still_the_same_page(office)
    photograph(office, "filed")

    reporter.goto("/pdsu/register?q=快报")
    expect(reporter.locator("#results")).to_contain_text("平院信工快报")


def test_handing_in_while_the_draft_is_being_kept_is_no_conflict_with_oneself(person):
    reporter = person("linxiao")
    new_filing(reporter)
    answers = []
    # The server has kept the draft; the network has not brought the answer back yet.
    reporter.route("**/keep*", lambda route: answers.append((route, route.fetch())))
    with reporter.expect_request("**/keep*"):
        fill(reporter, ACCOUNT)
    while not answers:
        reporter.title()
    reporter.locator(".page-actions").get_by_role("button", name="提交").click()
    for route, answer in answers:
        route.fulfill(response=answer)
    reporter.unroute_all()
    expect(reporter.locator("#state")).to_contain_text("待单位意见")


def test_an_item_is_checked_on_leaving_it(person):
    reporter = person("linxiao")
    new_filing(reporter)
    mark(reporter)
    fill(reporter, {"平台名称": "平院信工快报", "平台属性": "新媒体"})
    reporter.fill("[name=account]", "someone@163.com")
    reporter.locator("[name=character]").focus()
    expect(reporter.locator("#item-account .error")).to_contain_text("不填登录邮箱")
    reporter.fill("[name=account]", "pdsu_kuaibao")
    reporter.locator("[name=character]").focus()
    expect(reporter.locator("#item-account .error")).to_have_count(0)
    assert is_still_the_same_page(reporter)


def test_what_an_earlier_choice_rules_out_is_hidden_and_not_sent(person):
    reporter = person("linxiao")
    new_filing(reporter)
    expect(reporter.locator("[name=followers]")).to_be_hidden()
    reporter.check("[name=nature][value=new_media]")
    expect(reporter.locator("[name=followers]")).to_be_visible()
    reporter.check("[name=nature][value=print]")
    expect(reporter.locator("[name=followers]")).to_be_disabled()


def test_the_desk_decides_over_many_in_place(person):
    head = person("zhoumin")
    head.goto("/pdsu/desk")
    mark(head)
    before = badge(head)
    head.check("[data-check-all=filing]")
    chosen = head.locator("[name=filing]:checked").count()
    assert chosen > 0
    head.get_by_role("button", name="同意所选").click()
    expect(head.locator("[role=status] li")).to_have_count(chosen)
    assert badge(head) == before - chosen
    assert is_still_the_same_page(head)


def test_a_search_changes_the_results_and_the_address(person):
    office = person("wutong")
    office.goto("/pdsu/register")
    mark(office)
    office.fill("#q", "xxgcxy")
    expect(office.locator(".chip")).to_have_count(1)
    expect(office.locator("#results")).to_contain_text("平院信工")
    assert "q=xxgcxy" in office.url
    assert is_still_the_same_page(office)


def test_rows_copied_from_a_spreadsheet_are_pasted_into_the_grid(person):
    columns = ["微信群", "群名", "教学", "86", "无", "", "2021年9月", "林晓", "13812345678", "长期"]
    rows = [[*columns[:1], f"粘贴群{number}", *columns[2:]] for number in range(12)]
    rows[3][2] = '"两行\n文字"'
    rows[4][0] = "飞书群"
    reporter = person("dingyi")
    reporter.goto("/pdsu/lists/group")
    copied = "\r\n".join("\t".join(row) for row in rows) + "\r\n"
    reporter.evaluate("text => navigator.clipboard.writeText(text)", copied)
    reporter.locator("[name='rows-0-platform']").focus()
    reporter.keyboard.press("Control+v")
    expect(reporter.locator("[data-grid-status]")).to_contain_text("已粘贴 12 行")
    expect(reporter.locator("[name='rows-11-name']")).to_have_value("粘贴群11")
    expect(reporter.locator("[name='rows-3-purpose']")).to_have_value("两行 文字")
    expect(reporter.locator("[name='rows-4-platform-other']")).to_have_value("飞书群")
    photograph(reporter, "grid")
    reporter.locator(".page-actions").get_by_role("button", name="提交清单").click()
    expect(reporter.locator("#notices")).to_contain_text("已提交 12 行")


def test_everything_works_with_scripts_off(person):
    reporter, head = person("linxiao", scripts=False), person("zhoumin", scripts=False)
    new_filing(reporter)
    fill(reporter, ACCOUNT)
    hand_in(reporter)
    expect(reporter.locator("#state")).to_contain_text("待单位意见")
    head.goto(reporter.url)
    head.get_by_role("button", name="退回修改").click()
    expect(head.locator("#status [role=alert]")).to_contain_text("理由")
    head.fill("#opinion", "请补充。")
    head.get_by_role("button", name="退回修改").click()
    expect(head.locator("#state")).to_contain_text("已退回")
    reporter.goto("/pdsu/lists/group")
    fill(reporter, GROUP, "#list-form tr:has([name='rows-1-name'])")
    reporter.locator(".page-actions").get_by_role("button", name="存草稿").click()
    expect(reporter.locator("#notices")).to_contain_text("已保存")


@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_is_wider_than_its_window(person, width):
    office = person("wutong", width=width)
    places = [
        "",
        "filings/",
        "filings/new",
        "desk",
        "lists/group",
        "summaries/",
        "summaries/accounts",
        "register",
    ]
    too_wide = []

    def look(place: str) -> None:
        if office.evaluate("document.documentElement.scrollWidth") > width:
            too_wide.append(place)

    for place in places:
        office.goto(f"/pdsu/{place}")
        look(place)
    office.locator("#results td a").first.click()
    look("a channel")
    office.locator("aside .history a").first.click()
    look("a filing")
    new_filing(office)
    look("the form")
    photograph(office, f"form-{width}")
    assert too_wide == []
