"""台账 in Chromium: results change in place, and back and forward lead through the pages."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import is_still_the_same_page, mark

pytestmark = pytest.mark.browser


def test_searching_and_paging_change_the_results_alone_and_back_leads_back(person, monkeypatch):
    monkeypatch.setattr("blueprints.institution.channels.register.PAGE_SIZE", 3)
    page = person("wutong")
    page.goto("/pdsu/register")
    foot, first = page.locator(".list-foot span").first, page.locator("#results td a").first
    expect(foot).to_contain_text("第 1–3 条")
    name = first.inner_text()
    mark(page)
    page.click("text=下一页")
    expect(foot).to_contain_text("第 4–6 条")
    assert is_still_the_same_page(page)
    assert "after=" in page.url
    page.go_back()
    expect(foot).to_contain_text("第 1–3 条")
    expect(first).to_have_text(name)
    page.go_forward()
    expect(foot).to_contain_text("第 4–6 条")
    page.reload()
    expect(foot).to_contain_text("第 4–6 条")
    mark(page)
    page.fill("#q", "青年")
    expect(page.locator("#results mark").first).to_have_text("青年")
    assert is_still_the_same_page(page)
    assert "after=" not in page.url
    page.click("summary:has-text('按电话尾号查找')")
    page.fill("#phone", "0001")
    page.press("#phone", "Enter")
    expect(page.locator("#results")).to_contain_text("找到 1 个")
    assert "0001" not in page.url


def test_an_older_search_that_is_answered_late_does_not_wipe_out_a_newer_one(person):
    page = person("wutong")
    page.goto("/pdsu/register")
    page.route("**/register?*", lambda route: None)
    page.fill("#q", "青年")
    expect(page.locator("#filters.htmx-request")).to_have_count(1)
    page.click("summary:has-text('按电话尾号查找')")
    page.fill("#phone", "0001")
    page.press("#phone", "Enter")
    expect(page.locator("#results")).to_contain_text("电话尾号 0001")
    page.unroute("**/register?*")  # and what was held goes on
    expect(page.locator(".htmx-request")).to_have_count(0)
    expect(page.locator("#results")).to_contain_text("电话尾号 0001")
