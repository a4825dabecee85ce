"""Passwords: one's own in place of a one-time one, by the rules of the deployment, and in time."""

import itertools
from datetime import timedelta

import pytest
from sqlalchemy import select

from models.clock import utcnow
from models.database import db
from models.people.person import Person
from models.rules import passwords
from models.rules.workflow import Role
from tests.signing import enter, try_to_enter, use

GOOD, BETTER = "quiet-lake-2207-reed", "brown-kettle-ferry"


@pytest.fixture
def change(app):
    """Change what the database says of 林晓."""

    def changed(**columns):
        with app.app_context():
            person = db.session.scalar(select(Person).filter_by(username="linxiao"))
            for name, value in columns.items():
                setattr(person, name, value)
            db.session.commit()

    return changed


@pytest.fixture
def one_time(app):
    """A one-time password of 林晓."""
    with app.app_context():
        person = db.session.scalar(select(Person).filter_by(username="linxiao"))
        person.set_one_time_password(passwords.QUICK_HASHER.hash("abcd-efgh-jkmn"))
        db.session.commit()
    return "abcd-efgh-jkmn"


def choose(browser_page_owner, old, new):
    return browser_page_owner.submit("修改密码", old=old, new=new, repeat=new)


def test_the_passwords_of_the_demo_stay_as_they_are(app, demo):
    page = try_to_enter(app, "linxiao", demo.passwords["pdsu", "linxiao"])
    assert page.heading == "您好，林晓"


def test_a_one_time_password_opens_nothing_until_ones_own_is_chosen(app, sign_in, anyone, one_time):
    anyone.open("/sign-in?school=pdsu")
    page = enter(anyone, "linxiao", one_time)
    assert page.heading == "修改密码"
    assert "一次性密码" in page.find(".notice").text
    token = page.find("main [name=csrf_token]")["value"]
    for place in ("/pdsu/", "/pdsu/filings/", "/pdsu/me", "/", "/pdsu/register"):
        assert anyone.open(place).address == "/password"
    sent = anyone.client.post("/pdsu/filings/new", data={"csrf_token": token, "form": "account"})
    assert (sent.status_code, sent.location) == (303, "/password")
    anyone.open("/password")
    assert choose(anyone, one_time, GOOD).heading == "您好，林晓"
    assert anyone.open("/pdsu/filings/").address == "/pdsu/filings/"
    assert try_to_enter(app, "linxiao", one_time).status == 422
    assert try_to_enter(app, "linxiao", GOOD).heading == "您好，林晓"


def test_a_one_time_password_cannot_be_kept(anyone, one_time):
    anyone.open("/sign-in?school=pdsu")
    enter(anyone, "linxiao", one_time)
    page = choose(anyone, one_time, one_time)
    assert page.status == 422
    assert "不能与当前密码相同" in page.error_at("new")


def test_the_present_password_cannot_be_guessed_as_a_new_one(sign_in, demo):
    browser = sign_in("linxiao")
    browser.open("/password")
    for _ in range(6):  # the sixth has to wait
        page = choose(browser, "wrong", demo.passwords["pdsu", "linxiao"])
        assert page.status == 422
        assert "不能与当前密码相同" not in page.text


def test_a_one_time_password_expires(app, change, one_time):
    change(one_time_until=utcnow())
    page = try_to_enter(app, "linxiao", one_time)
    assert page.status == 422
    assert "一次性密码已过期，请联系本校系统管理员重置" in page.error_at("password")


def test_signing_out_is_possible_without_choosing_a_password(anyone, one_time):
    anyone.open("/sign-in?school=pdsu")
    enter(anyone, "linxiao", one_time)
    assert anyone.submit("退出登录").heading == "登录"


def run(app, *words):
    """What a command says; its exit code stands before it."""
    with app.app_context():
        answer = app.test_cli_runner().invoke(args=words)
    return f"{answer.exit_code} {answer.output}"


def password_in(said):
    assert said.startswith("0 "), said
    return said.partition("一次性密码 ")[2].partition("。")[0]


def test_the_first_administrator_comes_from_a_command(empty_app):
    run(empty_app, "add-unit", "pdsu", "示例大学", "--kind", "school")
    words = ["wang", "王管理", "--role", "admin", "--unit", "示例大学"]
    password = password_in(run(empty_app, "add-person", "pdsu", *words))
    assert try_to_enter(empty_app, "wang", password).heading == "修改密码"


def test_an_administrator_who_is_locked_out_is_let_in_by_a_command(app, demo):
    with app.app_context():
        username = db.session.scalar(
            select(Person.username).where(Person.institution == "pdsu", Person.grants.any(role=Role.admin))
        )
    for _ in range(5):
        try_to_enter(app, username, "wrong")
    assert "没有用户名为“nobody”的人员" in run(app, "reset-password", "pdsu", "nobody")
    password = password_in(run(app, "reset-password", "pdsu", username))
    assert try_to_enter(app, username, password).heading == "修改密码"


def test_a_new_password_takes_the_place_of_the_old_and_ends_other_sessions(app, sign_in, demo):
    here, there = sign_in("linxiao"), sign_in("linxiao")
    old = demo.passwords["pdsu", "linxiao"]
    assert "12 至 128 个字符" in here.open("/password").find("#new-hint").text
    assert choose(here, old, GOOD).status == 200
    assert here.open("/pdsu/").heading == "您好，林晓"
    assert there.open("/pdsu/").heading == "登录"
    assert try_to_enter(app, "linxiao", old).status == 422
    assert try_to_enter(app, "linxiao", GOOD).heading == "您好，林晓"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"old": "wrong"}, "当前密码不正确"),
        ({"new": "short", "repeat": "short"}, "12 至 128 个字符"),
        ({"repeat": "another-one-22"}, "两次填写的新密码不一样"),
        ({"new": "my-linxiao-22", "repeat": "my-linxiao-22"}, "不能包含用户名"),
        ({"new": "长" * 300, "repeat": "长" * 300}, "现在是 300 个"),
        ({"new": "password2026", "repeat": "password2026"}, "太容易被猜到"),
        ({"new": "pdsu-2026-2026", "repeat": "pdsu-2026-2026"}, "太容易被猜到"),
        ({"new": "", "repeat": ""}, "请填写新密码"),
        ({"new": "\x00" * 20, "repeat": "\x00" * 20}, "太容易被猜到"),
    ],
)
def test_a_new_password_that_will_not_do_is_refused_with_a_sentence(sign_in, demo, typed, sentence):
    browser = sign_in("linxiao")
    browser.open("/password")
    known = {"old": demo.passwords["pdsu", "linxiao"], "new": GOOD, "repeat": GOOD}
    page = browser.submit("修改密码", **(known | typed))
    assert page.status == 422
    assert sentence in page.text


def test_guessing_the_present_password_is_slowed_down_too(app, sign_in, demo):
    browser = sign_in("linxiao")
    old = demo.passwords["pdsu", "linxiao"]
    for said in [*["当前密码不正确"] * 5, "尝试次数过多，请在 1 分钟后再试"]:
        browser.open("/password")
        assert said in choose(browser, "wrong", GOOD).error_at("old")
    browser.open("/password")
    assert choose(browser, old, GOOD).status == 422
    assert try_to_enter(app, "linxiao", old).status == 422


def test_where_passwords_age_an_old_one_is_changed_at_sign_in(app, anyone, demo, change):
    use(app, profile="dengbao")
    change(password_set_at=utcnow() - timedelta(days=91))
    anyone.open("/sign-in?school=pdsu")
    page = enter(anyone, "linxiao", demo.passwords["pdsu", "linxiao"])
    assert page.heading == "修改密码"
    assert "已使用超过 90 天" in page.find(".notice").text
    assert anyone.open("/pdsu/").address == "/password"
    new = "Kite-moon-7"
    assert choose(anyone, demo.passwords["pdsu", "linxiao"], new).heading == "您好，林晓"


def test_a_password_that_grows_too_old_while_one_works_waits_for_the_next_sign_in(app, sign_in, change):
    use(app, profile="dengbao")
    browser = sign_in("linxiao")
    change(password_set_at=utcnow() - timedelta(days=90) + timedelta(seconds=1))
    with app.app_context():
        person = db.session.scalar(select(Person).filter_by(username="linxiao"))
        end = person.password_ends(app.extensions["sign_in"].rules)
        assert person.must_choose(app.extensions["sign_in"].rules, end)
    assert browser.open("/pdsu/").heading == "您好，林晓"


def test_some_days_before_it_is_said_that_a_password_will_be_too_old(app, demo, change):
    use(app, profile="dengbao")
    change(password_set_at=utcnow() - timedelta(days=85, hours=1))
    page = try_to_enter(app, "linxiao", demo.passwords["pdsu", "linxiao"])
    assert "密码还有 5 天到期" in page.find("#notices").text


def test_where_it_is_ruled_so_the_last_five_passwords_do_not_come_back(app, sign_in, demo):
    use(app, profile="dengbao")
    browser = sign_in("linxiao")
    used = [
        demo.passwords["pdsu", "linxiao"],
        *(f"Kite-moon-{word}" for word in ("oak", "elm", "ash", "fir")),
    ]
    for old, new in itertools.pairwise(used):
        browser.open("/password")
        assert choose(browser, old, new).status == 200
    for again in used[1:]:
        browser.open("/password")
        assert "最近 5 次用过的密码" in choose(browser, used[-1], again).error_at("new")
