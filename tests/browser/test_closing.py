"""An account is closed with proof, waits for the office, is still there, and is gone at last."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import fill, is_still_the_same_page, mark
from tests.builders import pdf

pytestmark = pytest.mark.browser


def decide(page, address: str, button: str) -> None:
    page.goto(address)
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.locator(".notice-green")).to_be_visible()


def test_an_account_is_closed_with_proof_and_seen_gone(person):
    reporter, head, office = person("linxiao"), person("zhoumin"), person("wutong", width=390)
    reporter.goto("/pdsu/register?q=pdsu_xg")
    reporter.click("td[data-label=名称] a")
    channel = reporter.url
    reporter.click("button:has-text('注销')")
    fill(reporter, {"停用日期": "2026-11-18", "注销原因": "半年以上未更新"})
    mark(reporter)
    reporter.set_input_files(
        "[name=closing_proof]", {"name": "注销成功.pdf", "mimeType": "application/pdf", "buffer": pdf()}
    )
    expect(reporter.locator("#item-closing_proof a.file")).to_contain_text("注销成功.pdf")
    assert is_still_the_same_page(reporter)
    with reporter.expect_download() as saved:
        reporter.click("#item-closing_proof a.file")
    assert saved.value.suggested_filename == "注销成功.pdf"
    reporter.click(".page-actions button:has-text('提交')")
    expect(reporter.locator("#state")).to_contain_text("待单位意见")

    decide(head, reporter.url, "同意")
    decide(office, reporter.url, "同意注销")
    office.goto("/pdsu/")
    office.click(".stat:has-text('待核实销号')")
    office.check("[aria-label='选择 平院信工']")
    office.fill("#opinion", "仍能搜到。")
    mark(office)
    office.click("button[value=still_there]")
    expect(office.locator("[role=status] li")).to_contain_text("仍未销号")
    office.check("[aria-label='选择 平院信工']")
    office.click("button[value=gone]")
    expect(office.locator("[role=status] li")).to_contain_text("已核实销号")
    assert is_still_the_same_page(office)
    reporter.goto(channel)
    expect(reporter.locator(".page-title")).to_contain_text("已注销")
