"""In a real browser, between two sites: cookies and the content policy let the way there and back."""

import pytest
from playwright.sync_api import expect

from tests.auth.cas.server import PASSWORD
from tests.parts import PATIENCE

pytestmark = pytest.mark.browser


@pytest.fixture
def tab(chromium):
    context = chromium.new_context()
    context.set_default_timeout(PATIENCE * 1000)
    yield context.new_page()
    context.close()


def prove(tab) -> None:
    tab.fill("input[name=username]", "linxiao")
    tab.fill("input[name=password]", PASSWORD)
    tab.press("input[name=password]", "Enter")


def test_there_and_back_and_out_of_both(home, cas_server, tab):
    # For a browser another site than 127.0.0.1, where the CAS server is.
    ours = home.replace("127.0.0.1", "localhost")
    tab.goto(f"{ours}/sign-in?school=pdsu&next=/pdsu/filings/")
    tab.click("text=统一身份认证登录")
    tab.wait_for_url(f"{cas_server.address}/**")
    prove(tab)
    tab.wait_for_url(f"{ours}/pdsu/filings/")
    tab.click("header summary:has-text('林晓')")
    tab.click("text=退出登录")
    expect(tab.get_by_role("heading", level=1)).to_have_text("已退出")
    tab.click("text=退出统一身份认证")
    tab.wait_for_url(f"{ours}/sign-in")
    tab.goto(f"{ours}/cas/pdsu/sign-in")
    expect(tab.locator("input[name=password]")).to_be_visible()
