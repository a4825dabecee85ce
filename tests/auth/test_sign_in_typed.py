"""A session that ends costs nothing that was typed: it is carried through the sign-in."""

import pytest
from sqlalchemy import select

from models.database import db
from models.people.person import Person
from models.rules import passwords
from tests.builders import png
from tests.signing import browser_of, end_sessions, enter

NOTE = "登录已过期。您刚才填写的内容还在"


@pytest.fixture
def linxiao(app, demo):
    """Her browser, in which she is signed in."""
    browser = browser_of(app)
    browser.open("/sign-in?school=pdsu")
    enter(browser, "linxiao", demo.passwords["pdsu", "linxiao"])
    return browser


@pytest.fixture
def writing(linxiao):
    """The same, a new filing open in it."""
    linxiao.open("/pdsu/filings/new")
    linxiao.submit("开始填写", form="account")
    return linxiao


@pytest.fixture
def word(demo):
    return demo.passwords["pdsu", "linxiao"]


@pytest.fixture(params=["idle", "signed out", "cookie lost"])
def away(request, app):
    """The ways in which a session ends while a page is open."""

    def end(browser):
        if request.param == "idle":
            end_sessions(app)
        elif request.param == "signed out":
            other = browser_of(app)
            other.client = browser.client
            other.open("/pdsu/")
            other.submit("退出登录")
        else:
            browser.client.delete_cookie("session")

    return end


def test_a_form_that_was_sent_signed_out_goes_on_after_signing_in(writing, away, word):
    address = writing.page.address
    away(writing)
    page = writing.submit("存草稿", name="平院晨报", introduction="第一行\n第二行")
    assert (page.status, page.heading) == (401, "登录")
    assert NOTE in page.text
    page = enter(writing, "linxiao", word)
    assert page.heading == "您刚才填写的内容还在"
    assert page.find("form input[name=name]")["value"] == "平院晨报"
    page = writing.submit("继续提交")
    assert "草稿已保存" in page.text
    assert page.address == address
    assert page.find("input[name=name]")["value"] == "平院晨报"


def test_a_wrong_password_in_between_loses_nothing(writing, app, word):
    end_sessions(app)
    writing.submit("存草稿", name="平院晨报")
    page = enter(writing, "linxiao", "wrong")
    assert page.status == 422
    assert NOTE in page.text
    enter(writing, "linxiao", word)
    assert "草稿已保存" in writing.submit("继续提交").text


def test_neither_passwords_nor_the_token_of_the_form_are_carried(writing, app, word):
    end_sessions(app)
    old = writing.page.find("#filing-form [name=csrf_token]")["value"]
    writing.submit("存草稿", name="平院晨报", password="hidden-one", new_password="hidden-two")
    page = enter(writing, "linxiao", word)
    assert "hidden" not in page.html.replace("hidden>", "").replace('type="hidden"', "")
    names = [one["name"] for one in page.soup.select("main [name]")]
    assert names.count("csrf_token") == 1
    assert not {"password", "new_password"} & set(names)
    assert old  # the fresh one may be the same secret, drawn anew


def test_a_new_password_is_never_carried(linxiao, app):
    linxiao.open("/password")
    end_sessions(app)
    page = linxiao.submit("修改密码", old="x", new="quiet-lake-2207", repeat="quiet-lake-2207")
    assert (page.heading, page.address) == ("登录", "/sign-in")
    assert "quiet-lake" not in page.html


def test_values_that_were_sent_several_times_stay_several(linxiao, app, word):
    linxiao.open("/pdsu/filings/new")
    token = linxiao.page.find("main [name=csrf_token]")["value"]
    end_sessions(app)
    data = {"csrf_token": token, "one": ["a", "b"], "two": "c"}
    linxiao._post("/pdsu/filings/new", data, htmx=False)
    page = enter(linxiao, "linxiao", word)
    assert [one["value"] for one in page.soup.select("select[name=one] option[selected]")] == ["a", "b"]


def test_files_cannot_be_carried_and_it_is_said(writing, app, word):
    end_sessions(app)
    page = writing.submit("存草稿", name="平院晨报", logo=(png_file(), "a.png"))
    assert "图片和文件带不过去" in page.text
    assert "没有带过来" in enter(writing, "linxiao", word).text


def png_file():
    from io import BytesIO

    return BytesIO(png())


def test_what_is_much_too_long_is_not_carried_and_nothing_breaks(writing, app):
    end_sessions(app)
    page = writing.submit("存草稿", name="x" * 1_100_000)
    assert (page.heading, page.address) == ("登录", "/sign-in")
    assert NOTE not in page.text


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://localhost.evil.example", ""])
def test_what_another_site_sent_is_never_offered(writing, app, origin):
    end_sessions(app)
    writing.client.environ_base["HTTP_ORIGIN"] = origin
    page = writing.submit("存草稿", name="他人写的话")
    assert (page.heading, page.address) == ("登录", "/sign-in")
    assert "carried" not in page.html


def test_nobody_else_can_put_words_into_it(linxiao, app, word):
    linxiao.submit("退出登录")
    page = linxiao.open("/sign-in?school=pdsu")
    token = page.find("main [name=csrf_token]")["value"]
    known = {"csrf_token": token, "school": "pdsu", "username": "linxiao", "password": word}
    for made_up in ("x", '["pdsu","/pdsu/","1"]', "a.b.c", "长" * 1000, "\x00"):
        answer = linxiao.client.post("/sign-in", data={**known, "carried": made_up})
        assert (answer.status_code, answer.location) == (303, "/pdsu/")
        linxiao.open("/pdsu/")
        linxiao.submit("退出登录")
        known["csrf_token"] = linxiao.open("/sign-in").find("main [name=csrf_token]")["value"]


def test_somebody_else_does_not_go_on_with_it(writing, app, demo):
    end_sessions(app)
    writing.submit("存草稿", name="平院晨报")
    other = next(name for school, name in demo.passwords if school == "pdsu" and name != "linxiao")
    page = enter(writing, other, demo.passwords["pdsu", other])
    assert page.address == "/pdsu/"
    assert "没有带过来" in page.find("#notices").text


def test_who_owes_a_password_of_their_own_chooses_it_first_and_then_goes_on(writing, app):
    with app.app_context():
        person = db.session.scalar(select(Person).filter_by(username="linxiao"))
        person.set_one_time_password(passwords.QUICK_HASHER.hash("abcd-efgh-jkmn"))
        db.session.commit()
    end_sessions(app)
    writing.submit("存草稿", name="平院晨报")
    assert enter(writing, "linxiao", "abcd-efgh-jkmn").heading == "修改密码"
    wrong = writing.submit("修改密码", old="abcd-efgh-jkmn", new="x", repeat="x")
    assert "还在" in wrong.text
    new = "quiet-lake-2207-reed"
    page = writing.submit("修改密码", old="abcd-efgh-jkmn", new=new, repeat=new)
    assert page.heading == "您刚才填写的内容还在"
    assert "草稿已保存" in writing.submit("继续提交").text
