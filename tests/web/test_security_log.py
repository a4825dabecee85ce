"""Who came in, who was kept out and who was refused stands in a file; what they typed does not."""

import stat

import pytest

from blueprints.web import security_log
from tests.client import Browser
from tests.signing import browser_of, enter, try_to_enter

SECRET = "correct horse battery"


@pytest.fixture
def lines(app, tmp_path):
    """What stands in the file now, line by line."""
    security_log.keep_in(tmp_path / "logs")
    yield lambda: (tmp_path / "logs" / "security.log").read_text("utf-8").splitlines()
    for handler in security_log.log.handlers[:]:
        security_log.log.removeHandler(handler)
        handler.close()


def test_a_sign_in_is_a_line_with_its_moment_in_utc_and_its_address(lines, app, demo):
    page = try_to_enter(app, "linxiao", demo.passwords["pdsu", "linxiao"])
    [line] = lines()
    moment, _, said = line.partition("Z ")
    assert len(moment) == len("2026-11-22T10:00:00")
    assert said.startswith("signed in school=pdsu person=")
    assert "address=127.0.0.1 request=" in said
    assert page.status == 200


def test_signing_out_is_a_line(lines, app, demo):
    browser = browser_of(app)
    browser.open("/sign-in?school=pdsu")
    enter(browser, "linxiao", demo.passwords["pdsu", "linxiao"])
    browser.submit("退出登录")
    assert [line.partition("Z ")[2].split(" school")[0] for line in lines()] == ["signed in", "signed out"]


def test_a_failure_is_a_line_that_tells_nothing_of_what_was_typed(lines, app):
    browser = Browser(app.test_client())
    browser.open("/sign-in?school=pdsu")
    browser.submit("登录", school="pdsu", username="somebody", password=SECRET)
    [line] = lines()
    assert "sign-in failed school=pdsu address=" in line
    assert SECRET not in line
    assert "somebody" not in line


def test_an_unknown_name_is_written_down_like_a_known_one(lines, app):
    browser = Browser(app.test_client())
    for username in ("linxiao", "nobody"):
        browser.open("/sign-in?school=pdsu")
        browser.submit("登录", school="pdsu", username=username, password=SECRET)
    known, unknown = (line.partition("Z ")[2].split(" request=")[0] for line in lines())
    assert known == unknown


def test_what_a_role_may_not_do_is_a_line(lines, sign_in):
    assert sign_in("linxiao").open("/pdsu/people/").status == 403
    assert "refused GET pdsu.people school=pdsu person=" in lines()[-1]


def test_the_folder_is_its_owners_alone(lines, tmp_path):
    assert stat.S_IMODE((tmp_path / "logs").stat().st_mode) == 0o700


def test_old_files_are_kept_for_more_than_six_months(lines):
    [handler] = security_log.log.handlers
    assert handler.backupCount * security_log.DAYS_IN_A_FILE >= 183
