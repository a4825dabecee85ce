"""A page left open goes on after its person signs in again in another window; nobody else's does."""

import pytest

from tests.client import Browser
from tests.signing import browser_of, end_sessions, enter

KEEPER = "[data-keeper]"


@pytest.fixture
def tab(app, demo):
    """林晓's window, in which she writes a filing."""
    browser = browser_of(app)
    browser.open("/sign-in?school=pdsu")
    enter(browser, "linxiao", demo.passwords["pdsu", "linxiao"])
    browser.open("/pdsu/filings/new")
    browser.submit("开始填写", form="account")
    return browser


def second_window(tab: Browser) -> Browser:
    return Browser(tab.client)


def keep(tab: Browser, **typed):
    """What autosave sends from the page as it stands; the page stays as it was."""
    page = tab.page
    answer = tab.trigger(KEEPER, **typed)
    tab.page = page
    return answer


def sign_out(tab: Browser, app) -> None:
    other = second_window(tab)
    other.open("/pdsu/")
    other.submit("退出登录")


def come_back(tab: Browser, demo, username="linxiao"):
    other = second_window(tab)
    other.open("/sign-in?school=pdsu")
    return enter(other, username, demo.passwords["pdsu", username])


@pytest.mark.parametrize("end", [lambda tab, app: end_sessions(app), sign_out], ids=["idle", "out"])
def test_autosave_says_so_and_goes_on_after_signing_in_in_another_window(tab, app, demo, end):
    address = tab.page.address
    end(tab, app)
    said = keep(tab, name="平院晨报")
    assert said.status == 401
    assert "登录已过期" in said.text
    assert "本页内容还在" in said.text
    link = said.find("a[target=_blank]")
    assert link["href"] == "/sign-in?school=pdsu"
    assert said.response.headers["HX-Retarget"] == "#notices"
    assert "HX-Redirect" not in said.response.headers
    assert not said.soup.select("form, input")
    assert come_back(tab, demo).heading == "您好，林晓"
    assert keep(tab, name="平院晨报").status == 200
    assert tab.open(address).find("input[name=name]")["value"] == "平院晨报"


@pytest.mark.parametrize("end", [lambda tab, app: end_sessions(app), sign_out], ids=["idle", "out"])
def test_a_page_of_one_person_sends_nothing_as_another(tab, app, demo, end):
    end(tab, app)
    other = next(name for school, name in demo.passwords if school == "pdsu" and name != "linxiao")
    come_back(tab, demo, other)
    said = keep(tab, name="平院晨报")
    assert said.status == 400
    assert "页面已过期" in said.text
    assert tab.submit("存草稿", name="平院晨报").status == 400


def test_checking_one_item_signed_out_leaves_the_page_as_it_is(tab, app):
    end_sessions(app)
    said = tab.trigger("#item-name[hx-post], #item-name [hx-post]", name="平院晨报")
    assert said.status == 401
    assert said.response.headers["HX-Retarget"] == "#notices"


def test_a_part_that_is_looked_at_signed_out_leaves_the_page_as_it_is(anyone):
    said = anyone.open("/pdsu/register?q=x", htmx=True)
    assert said.status == 401
    assert said.response.headers["HX-Retarget"] == "#notices"
    assert "登录已过期" in said.text


def test_the_page_draws_what_a_signed_out_answer_says(anyone):
    assert '"400|401|' in anyone.open("/sign-in").find("meta[name=htmx-config]")["content"]


def test_a_new_person_in_the_browser_gets_a_new_secret_for_forms(tab, app, demo):
    def secret():
        with tab.client.session_transaction() as session:
            return session["csrf_token"]

    first = secret()
    sign_out(tab, app)
    come_back(tab, demo)
    assert secret() == first
    sign_out(tab, app)
    come_back(tab, demo, "zhaozhuo")
    assert secret() != first


def test_the_secret_of_a_sign_in_page_is_not_that_of_the_session(anyone, demo):
    anyone.open("/sign-in?school=pdsu")
    with anyone.client.session_transaction() as session:
        before = session["csrf_token"]
    enter(anyone, "linxiao", demo.passwords["pdsu", "linxiao"])
    with anyone.client.session_transaction() as session:
        assert session["csrf_token"] != before


def test_two_sign_in_pages_side_by_side_lose_nothing(tab, app, demo):
    tab.client.delete_cookie("session")
    page = tab.submit("存草稿", name="平院晨报")
    assert page.heading == "登录"
    come_back(tab, demo)
    word = demo.passwords["pdsu", "linxiao"]
    page = enter(tab, "linxiao", word)
    assert page.status == 400
    assert "请再登录一次" in page.text
    assert enter(tab, "linxiao", word).heading == "您刚才填写的内容还在"
    assert "草稿已保存" in tab.submit("继续提交").text
