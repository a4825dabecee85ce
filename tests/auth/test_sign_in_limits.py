"""Guessing is slowed down: per account, per address, and nobody learns from it who is here."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from models.auth import attempts
from models.auth.attempts import LOOKED_AT, PER_ACCOUNT, SignInFailure, begin
from models.clock import utcnow
from models.database import db
from models.events.history import Event
from models.people.person import Person
from tests.signing import make_older, try_to_enter

WRONG = "学校、用户名或密码不正确"
WAIT = "尝试次数过多，请在 {} 分钟后再试"


def said_to(app, username, password="wrong", address="127.0.0.1"):
    page = try_to_enter(app, username, password, address)
    return page.error_at("password") if page.status == 422 else page.heading


def fail(app, username, times, address="127.0.0.1"):
    return [said_to(app, username, address=address) for _ in range(times)]


@pytest.mark.parametrize("username", ["linxiao", "nobody-is-called-this"])
def test_the_fifth_failure_brings_a_wait_for_known_and_unknown_names_alike(app, username):
    *before, last = fail(app, username, 5)
    assert all(WRONG in sentence for sentence in before)
    assert WAIT.format(1) in last


def test_a_disabled_person_reads_what_everybody_reads(app, demo):
    with app.app_context():
        db.session.scalar(select(Person).filter_by(username="linxiao")).active = False
        db.session.commit()
    right = demo.passwords["pdsu", "linxiao"]
    assert WRONG in said_to(app, "linxiao", right)
    fail(app, "linxiao", 4)
    assert WAIT.format(1) in said_to(app, "linxiao", right)


def test_the_right_password_has_to_wait_too_and_lets_in_afterwards(app, demo):
    right = demo.passwords["pdsu", "linxiao"]
    fail(app, "linxiao", 5)
    assert WAIT.format(1) in said_to(app, "linxiao", right)
    make_older(app, SignInFailure, timedelta(minutes=1))
    assert said_to(app, "linxiao", right) == "您好，林晓"


def test_each_wait_is_twice_the_one_before_and_trying_does_not_prolong_it(app):
    for minutes in (1, 2, 4, 8, 16, 32, 60, 60):
        assert WAIT.format(minutes) in fail(app, "linxiao", 5)[-1]
        fail(app, "linxiao", 2)
        make_older(app, SignInFailure, timedelta(minutes=minutes))


def test_failures_that_lie_far_apart_bring_no_wait(app):
    for _ in range(3):
        assert all(WRONG in sentence for sentence in fail(app, "linxiao", 4))
        make_older(app, SignInFailure, timedelta(minutes=15))


def cut_off(monkeypatch, app, username, times):
    """So many tries whose end was never written down, as when the process is killed meanwhile."""

    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("blueprints.auth.credentials.authenticate", killed)
        for _ in range(times):
            with pytest.raises(KeyboardInterrupt):
                try_to_enter(app, username, "wrong")


def test_a_try_that_was_cut_off_is_not_a_failure(app, demo, monkeypatch):
    right = demo.passwords["pdsu", "linxiao"]
    fail(app, "linxiao", 3)
    cut_off(monkeypatch, app, "linxiao", 2)
    # Until then it may still be under way: a hundred at once are a hundred tries.
    assert WAIT.format(1) in said_to(app, "linxiao", right)
    make_older(app, SignInFailure, LOOKED_AT)
    assert WRONG in said_to(app, "linxiao")
    assert said_to(app, "linxiao", right) == "您好，林晓"


def test_a_failure_that_took_longer_than_expected_counts(app):
    with app.app_context():
        for _ in range(PER_ACCOUNT.failures):
            late = begin("pdsu", "linxiao", "10.1.1.1", utcnow() - LOOKED_AT)
            attempts.fail(late)
            db.session.commit()
    assert WAIT.format(1) in said_to(app, "linxiao")


def test_nothing_is_said_of_a_password_whose_failure_cannot_be_written_down(app, monkeypatch):
    def full(_attempt):
        raise OSError("database or disk is full")

    monkeypatch.setattr(attempts, "fail", full)
    with pytest.raises(AssertionError, match="系统出错了") as page:
        try_to_enter(app, "linxiao", "wrong")
    assert WRONG not in str(page.value)


def test_getting_in_clears_the_failures_of_the_account(app, demo):
    right = demo.passwords["pdsu", "linxiao"]
    for _ in range(3):
        fail(app, "linxiao", 4)
        assert said_to(app, "linxiao", right) == "您好，林晓"


def test_a_lock_is_on_one_account_of_one_school(app, demo):
    fail(app, "linxiao", 5)
    other = next(name for school, name in demo.passwords if school == "pdsu" and name != "linxiao")
    assert WRONG not in said_to(app, other, demo.passwords["pdsu", other])
    assert WRONG in said_to(app, "LINXIAO")


def test_an_address_that_tries_many_names_has_to_wait_and_others_need_not(app, demo):
    said = [said_to(app, f"name{number}", address="10.1.1.1") for number in range(30)]
    assert WRONG in said[28]
    assert WAIT.format(1) in said[29]
    right = demo.passwords["pdsu", "linxiao"]
    assert WAIT.format(1) in said_to(app, "linxiao", right, "10.1.1.1")
    assert said_to(app, "linxiao", right, "10.1.1.2") == "您好，林晓"


def test_twenty_at_once_are_twenty_tries(app, demo):
    def attempt(number):
        return said_to(app, "linxiao", "wrong", f"10.0.0.{number}")

    with ThreadPoolExecutor(8) as many:
        said = list(many.map(attempt, range(20)))
    assert sum(WRONG in sentence for sentence in said) == PER_ACCOUNT.failures - 1
    assert sum("尝试次数过多" in sentence for sentence in said) == 20 - (PER_ACCOUNT.failures - 1)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(SignInFailure)) == 5
    assert locks(app) == 1


def locks(app):
    with app.app_context():
        return len(list(db.session.scalars(select(Event).filter_by(verb="lock"))))


def test_a_lock_is_written_down_once_and_without_what_was_typed(app):
    fail(app, "linxiao", 8)
    fail(app, "nobody", 5)
    with app.app_context():
        event = db.session.scalars(select(Event).filter_by(verb="lock")).one()
        assert (event.actor_name, event.label) == ("林晓", "登录失败过多，暂停登录")
        assert "wrong" not in f"{event.opinion}{event.changes}"
    assert locks(app) == 1


def test_no_name_and_no_password_is_kept_of_a_failure(app):
    fail(app, "my-secret-by-mistake", 1)
    with app.app_context():
        failure = db.session.scalars(select(SignInFailure)).one()
        assert len(failure.account) == 64
        assert "secret" not in failure.account


def test_old_failures_are_swept_away(app):
    fail(app, "linxiao", 3)
    make_older(app, SignInFailure, timedelta(days=1, minutes=1))
    fail(app, "nobody", 1)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(SignInFailure)) == 1


def test_resetting_a_password_lifts_the_lock(app, sign_in, demo):
    fail(app, "linxiao", 5)
    with app.app_context():
        admin = db.session.scalar(
            select(Person.username).where(Person.institution == "pdsu", Person.grants.any(role="admin"))
        )
        person_id = db.session.scalar(select(Person.id).filter_by(username="linxiao"))
    office = sign_in(admin)
    office.open(f"/pdsu/people/{person_id}")
    password = office.submit("确认重置").find("#password").get_text()
    assert said_to(app, "linxiao", password) == "修改密码"


def test_names_of_every_kind_are_counted(app):
    with app.app_context():
        for name in ("", "\x00", "长" * 100, "\udced", "x" * 100_000):
            assert begin("pdsu", name, "::1" * 60, utcnow()).minutes == 0
            db.session.commit()
