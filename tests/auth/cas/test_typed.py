"""What was typed when the session ended waits in its page while one signs in by CAS."""

import pytest

from tests.auth.cas.visiting import Visitor
from tests.signing import browser_of, end_sessions

NOTE = "您刚才填写的内容还在"
GO_ON = "已登录，继续"


@pytest.fixture
def at_cas(cas_server):
    """Signs somebody in at the CAS server: from where a link leads to the way back to us."""

    def signed_in(browser, address, username="linxiao"):
        away = browser.client.get(address).headers["Location"]
        back = Visitor("", cas_server.address).prove(away, username)
        return back.removeprefix("http://localhost")

    return signed_in


@pytest.fixture
def linxiao(app, at_cas):
    """Her browser; the form she just sent found the session over, and the sign-in page is open."""
    browser = browser_of(app)
    browser.open(at_cas(browser, "/cas/pdsu/sign-in"))
    browser.open("/pdsu/filings/new")
    browser.submit("开始填写", form="account")
    end_sessions(app)
    page = browser.submit("存草稿", name="平院晨报")
    assert (page.status, page.heading, NOTE in page.text) == (401, "登录", True)
    return browser


@pytest.fixture
def in_another_window(at_cas):
    """Follow the button into a new window, come back signed in, and look at the first again."""

    def sign_in(browser, username="linxiao"):
        first, button = browser.page, browser.page.soup.find("a", string="统一身份认证登录（新窗口）")
        assert button["target"] == "_blank"
        assert browser.open(at_cas(browser, button["href"], username)).address == "/pdsu/"
        browser.page = first

    return sign_in


def test_it_goes_on_after_signing_in_in_another_window(linxiao, in_another_window):
    in_another_window(linxiao)
    assert linxiao.submit(GO_ON).heading == NOTE
    assert linxiao.submit("继续提交").status == 200
    assert "平院晨报" in linxiao.open("/pdsu/filings/").text


def test_going_on_too_early_loses_nothing(linxiao, in_another_window):
    page = linxiao.submit(GO_ON)
    assert (page.status, "还没有登录" in page.text, NOTE in page.text) == (422, True, True)
    in_another_window(linxiao)
    assert linxiao.submit(GO_ON).heading == NOTE


def test_it_is_not_offered_to_somebody_else(linxiao, in_another_window):
    in_another_window(linxiao, "zhoumin")
    page = linxiao.submit(GO_ON)
    assert (page.status, "登录页面已过期" in page.text) == (400, True)
    page = linxiao.submit(GO_ON)
    assert "刚才填写的内容属于另一位用户" in page.text
    assert "平院晨报" not in page.html


def test_nobody_goes_on_without_having_signed_in(linxiao, app):
    stranger = browser_of(app)
    stranger.page = linxiao.page
    page = stranger.submit(GO_ON)
    assert (page.status, page.heading) == (400, "登录")
