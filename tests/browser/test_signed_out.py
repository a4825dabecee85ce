"""The session ends while a filing is being written: in real Chromium nothing typed is lost."""

import pytest
from playwright.sync_api import Page, expect

from tests.signing import end_sessions

pytestmark = pytest.mark.browser
NAME, NOTICE = "#filing-form [name=name]", "#notices [data-signed-out]"


@pytest.fixture
def writing(person) -> Page:
    page = person("linxiao")
    page.goto("/pdsu/filings/new")
    page.locator("form", has=page.locator("[value=account]")).get_by_role("button").click()
    return page


def sign_in(page: Page, demo) -> None:
    page.fill("[name=username]", "linxiao")
    page.fill("[name=password]", demo.passwords["pdsu", "linxiao"])
    page.click("main button[type=submit]")


def test_a_page_left_open_goes_on_after_signing_in_in_another_window(app, demo, writing):
    end_sessions(app)
    writing.fill(NAME, "平院晨报")
    writing.press(NAME, "Tab")
    expect(writing.locator(NOTICE)).to_contain_text("本页内容还在")
    assert writing.input_value(NAME) == "平院晨报"
    with writing.context.expect_page() as opened:
        writing.click(f"{NOTICE} a")
    sign_in(opened.value, demo)
    expect(opened.value.locator("h1")).to_contain_text("您好")
    with writing.expect_response(lambda answer: "/keep" in answer.url) as kept:
        writing.fill("#filing-form [name=introduction]", "每天早上的校园新闻")
        writing.press("#filing-form [name=introduction]", "Tab")
    assert kept.value.status == 200
    expect(writing.locator(NOTICE)).to_have_count(0)
    writing.reload()
    assert writing.input_value(NAME) == "平院晨报"


def test_a_form_sent_too_late_is_sent_after_signing_in(app, demo, writing):
    writing.fill("#filing-form [name=introduction]", "第一行\n第二行")
    end_sessions(app)
    writing.get_by_role("button", name="存草稿").first.click()
    expect(writing.locator("h1")).to_have_text("登录")
    sign_in(writing, demo)
    expect(writing.locator("h1")).to_have_text("您刚才填写的内容还在")
    writing.get_by_role("button", name="继续提交").click()
    expect(writing.locator("#notices")).to_contain_text("草稿已保存")
    assert writing.input_value("#filing-form [name=introduction]") == "第一行\n第二行"
