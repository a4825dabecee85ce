"""A change in real Chromium: marked while it is typed, compared, approved, and then in force."""

import pytest
from playwright.sync_api import Page, expect

from models import clock
from tests.browser.conftest import is_still_the_same_page, mark, photograph

pytestmark = pytest.mark.browser


def open_channel(page: Page, title: str) -> None:
    page.goto(f"/pdsu/register?q={title}")
    page.locator("#results").get_by_role("link", name=title, exact=True).click()
    expect(page.locator("h1")).to_have_text(title)


def test_a_manager_is_changed_and_both_names_are_seen_before_it_is_in_force(person):
    reporter = person("linxiao")
    open_channel(reporter, "平院信工")
    channel = reporter.url
    reporter.get_by_role("button", name="办理变更").click()
    expect(reporter.locator("#standing")).to_contain_text("还没有变更")
    mark(reporter)
    reporter.fill("[name=team-admin2-name]", "白帆")
    reporter.press("[name=team-admin2-name]", "Tab")
    expect(reporter.locator("#item-team .before")).to_contain_text("变更前 管理员2：陈𬭎 学生")
    expect(reporter.locator("#standing")).to_contain_text("已变更 1 项")
    reporter.fill("[name=changed_on]", clock.today().isoformat())
    reporter.press("[name=changed_on]", "Tab")
    expect(reporter.locator("#standing")).to_contain_text("还有 7 天")
    expect(reporter.locator("#preview .sheet")).to_contain_text("白帆")
    expect(reporter.locator(".item-changed")).to_have_count(1)
    photograph(reporter, "change")
    reporter.fill("[name=team-admin2-name]", "陈𬭎")
    reporter.press("[name=team-admin2-name]", "Tab")
    expect(reporter.locator(".item-changed")).to_have_count(0)
    reporter.fill("[name=team-admin2-name]", "白帆")
    assert is_still_the_same_page(reporter)
    reporter.locator(".page-actions").get_by_role("button", name="提交").click()
    row = reporter.locator("#changes tbody tr")
    expect(row.locator("del")).to_have_text("陈𬭎")
    expect(row.locator("ins")).to_have_text("白帆")
    address = reporter.url

    for username, button in (("zhoumin", "同意"), ("wutong", "同意变更")):
        signer = person(username)
        signer.goto(channel)
        expect(signer.locator(".sheet")).to_contain_text("陈𬭎")
        signer.goto(address)
        signer.get_by_role("button", name=button, exact=True).click()
        expect(signer.locator("#status .notice-green")).to_be_visible()
    reporter.goto(channel)
    expect(reporter.locator(".sheet")).to_contain_text("白帆")

    mark(reporter)
    reporter.get_by_role("button", name="比较两件").click()
    expect(reporter.locator("#comparison")).to_contain_text("管理员2")
    assert is_still_the_same_page(reporter)
    reporter.reload()
    expect(reporter.locator("#comparison")).to_contain_text("管理员2")
    photograph(reporter, "compare")
