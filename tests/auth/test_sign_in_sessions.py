"""Sessions end by themselves and by deeds, and each person sees where they are signed in."""

from datetime import timedelta

import click
import pytest
from sqlalchemy import select

from models.auth.sessions import SignIn
from models.database import db
from tests.lending import app_on
from tests.signing import make_older, use


def is_in(browser):
    return browser.open("/pdsu/").address == "/pdsu/"


@pytest.mark.parametrize(
    ("away", "stays"), [({"minutes": 119}, True), ({"minutes": 121}, False), ({"hours": 13}, False)]
)
def test_who_is_away_too_long_signs_in_again(app, sign_in, away, stays):
    browser = sign_in("linxiao")
    make_older(app, SignIn, timedelta(**away))
    assert is_in(browser) is stays


def test_who_is_never_away_signs_in_again_after_twelve_hours(app, sign_in):
    browser = sign_in("linxiao")
    for _ in range(7):
        make_older(app, SignIn, timedelta(minutes=100))
        assert is_in(browser)
    make_older(app, SignIn, timedelta(minutes=100))
    assert not is_in(browser)


def test_a_page_that_asks_by_itself_keeps_nobody_signed_in(app, sign_in):
    browser = sign_in("linxiao")
    make_older(app, SignIn, timedelta(minutes=100))
    browser.client.get("/pdsu/", headers={"X-By-Itself": "yes"})
    make_older(app, SignIn, timedelta(minutes=30))
    assert not is_in(browser)


def test_the_limits_are_settings(app, sign_in):
    use(app, idle_minutes=10, longest_hours=1)
    browser = sign_in("linxiao")
    make_older(app, SignIn, timedelta(minutes=9))
    assert is_in(browser)
    make_older(app, SignIn, timedelta(minutes=11))
    assert not is_in(browser)


def test_one_sees_where_one_is_signed_in_and_ends_all_others(sign_in):
    here, there, somebody = sign_in("linxiao"), sign_in("linxiao"), sign_in("zhaozhuo")
    here.open("/pdsu/me")
    page = here.follow("我的登录")
    rows = [row.get_text(" ", strip=True) for row in page.soup.select("tbody tr")]
    assert len(rows) == 2
    assert sum("本次登录" in row for row in rows) == 1
    assert "已退出其他 1 处登录" in here.submit("确认退出").text
    assert is_in(here)
    assert not is_in(there)
    assert is_in(somebody)


def test_who_is_signed_in_once_is_offered_no_others(sign_in):
    page = sign_in("linxiao").open("/pdsu/me/sign-ins")
    assert "确认退出" not in page.text
    assert len(page.soup.select("tbody tr")) == 1


def test_no_token_of_a_session_stands_in_the_page_or_in_the_database(app, sign_in):
    browser = sign_in("linxiao")
    page = browser.open("/pdsu/me/sign-ins")
    with browser.client.session_transaction() as session:
        token = session["sign_in"]
    assert token not in page.html
    with app.app_context():
        assert all(one.token_hash != token for one in db.session.scalars(select(SignIn)).unique())


def test_a_wrong_table_of_settings_stops_the_start(tmp_path):
    with pytest.raises(click.ClickException, match="idle_minutes"):
        app_on(tmp_path, SIGN_IN={"idle_minutes": 1})
