"""What pages showed stays in no storage of the browser, with phones or without."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

STORED = """async () => [
    ...Object.entries(localStorage).flat(), ...Object.entries(sessionStorage).flat(),
    ...(await indexedDB.databases()).map(one => one.name),
    ...(await caches.keys()), ...(await navigator.serviceWorker.getRegistrations()).map(String),
]"""


def stores_nothing(page: Page) -> None:
    # Caches and service workers are there only on a page that is served securely.
    script = STORED if page.evaluate("isSecureContext") else STORED.partition("...(await caches")[0] + "]"
    assert page.evaluate(script) == [], page.url
    kept = {cookie["name"]: cookie for cookie in page.context.cookies()}
    assert all(cookie["httpOnly"] for cookie in kept.values())
    assert page.evaluate("document.cookie") == ""


def test_a_walk_through_filing_register_and_preview_leaves_nothing_behind(person):
    writing = person("linxiao")
    writing.goto("/pdsu/filings/new")
    writing.locator("form", has=writing.locator("[value=account]")).get_by_role("button").click()
    with writing.expect_response(lambda answer: "/keep" in answer.url):
        writing.fill("#filing-form [name=name]", "平院晨报")
        writing.fill("#filing-form [name=team-leader-phone]", "18612345002")
        writing.press("#filing-form [name=team-leader-phone]", "Tab")
    expect(writing.locator("#preview")).to_contain_text("平院晨报")
    stores_nothing(writing)

    reading = person("suyi")
    for address in ("/pdsu/", "/pdsu/filings/", "/pdsu/register", "/pdsu/summaries/accounts"):
        reading.goto(address)
        stores_nothing(reading)
    reading.goto("/pdsu/register?q=平院信工")
    reading.locator("#results td a", has_text="平院信工").first.click()
    expect(reading.locator("#in-force")).to_contain_text("138****0001")
    reading.get_by_role("button", name="显示完整号码").click()
    expect(reading.locator("#in-force")).to_contain_text("13800000001")
    stores_nothing(reading)
    reading.go_back()
    reading.go_forward()
    expect(reading.locator("h1")).to_have_text("平院信工")
    expect(reading.locator("#in-force")).to_contain_text("138****0001")
    assert "13800000001" not in reading.content()
    stores_nothing(reading)


def test_numbers_are_swapped_in_where_they_stand(person):
    reporter, head = person("linxiao"), person("zhenghao")
    reporter.goto("/pdsu/filings/?q=平院信工")
    reporter.locator("#results td[data-label=名称] a").first.click()
    head.goto(reporter.url)
    expect(head.locator("#sheet")).not_to_contain_text("13800000")
    before = head.url
    head.get_by_role("button", name="显示完整号码").click()
    expect(head.locator("#phones")).to_contain_text("已记入流转记录")
    expect(head.locator("#sheet")).to_contain_text("13800000")
    assert head.url == before


def test_without_scripts_the_numbers_come_once_on_a_page_of_their_own(person):
    office = person("suyi", scripts=False)
    office.goto("/pdsu/register?q=平院信工")
    office.locator("#results td a", has_text="平院信工").first.click()
    channel = office.url
    office.get_by_role("button", name="显示完整号码").click()
    expect(office.locator("#in-force")).to_contain_text("13800000001")
    office.goto(channel)
    expect(office.locator("#in-force")).to_contain_text("138****0001")
