"""`required = true`: passwords are left to administrators, and nobody learns more than that."""

import pytest

from tests.signing import browser_of, enter, try_to_enter

LEFT = "请用“统一身份认证登录”登录。用户名和密码只供系统管理员使用"


@pytest.fixture
def table(table):
    return table | {"required": True}


@pytest.fixture
def word(demo):
    return lambda username, school="pdsu": demo.passwords[school, username]


def test_the_password_is_put_away(app):
    page = browser_of(app).open("/sign-in?school=pdsu")
    assert page.find("details > summary").get_text() == "系统管理员用密码登录"
    assert page.find("details > form#sign-in")
    assert not page.find("details").has_attr("open")


def test_an_administrator_gets_in_without_the_server(app, word):
    page = try_to_enter(app, "guanyiming", word("guanyiming"))
    assert (page.status, page.address) == (200, "/pdsu/")


def test_a_right_password_of_anybody_else_reads_like_a_wrong_one(app, word):
    right = try_to_enter(app, "linxiao", word("linxiao"))
    wrong = try_to_enter(app, "linxiao", "wrong")
    nobody = try_to_enter(app, "nobody", "wrong")
    for page in (right, wrong, nobody):
        assert (page.status, LEFT in page.text) == (422, True)
        assert page.find("details").has_attr("open")
        assert "林晓" not in page.text


def test_right_passwords_count_as_failures_too(app, word):
    for _ in range(5):
        page = try_to_enter(app, "linxiao", word("linxiao"))
    assert "尝试次数过多" in page.text


def test_another_school_keeps_its_passwords(app, demo, word):
    browser = browser_of(app)
    page = browser.open("/sign-in?school=ahbc")
    assert page.soup.select("details > form#sign-in") == []
    username = next(name for school, name in demo.passwords if school == "ahbc")
    assert enter(browser, username, word(username, "ahbc"), "ahbc").address == "/ahbc/"


def test_people_come_in_by_the_server(visitor):
    assert visitor.come_in("linxiao").path == "/pdsu/"
