"""Who came in, who was kept out and who was refused stands in a file; what they typed does not."""

import logging
import os
import stat
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from app import HOUSE
from blueprints.web import security_log
from tests.client import Browser
from tests.signing import browser_of, enter, try_to_enter

SECRET = "correct horse battery"


@pytest.fixture
def folder(app, tmp_path):
    """The folder that the lines go to. An application that is lent after it was named forgets it."""
    security_log.keep_in(tmp_path / "logs")
    yield tmp_path / "logs"
    for handler in security_log.log.handlers[:]:
        security_log.log.removeHandler(handler)
        handler.close()


@pytest.fixture
def lines(folder):
    """What stands in the file of this month now, line by line."""
    return lambda: (folder / f"security-{datetime.now(UTC):%Y-%m}.log").read_text("utf-8").splitlines()


def write_at(moment: datetime, words: str) -> None:
    """A line as it is written at that moment, by the handler that is at work."""
    record = logging.makeLogRecord({"msg": words, "levelno": logging.INFO, "created": moment.timestamp()})
    security_log.log.handle(record)


def kept(folder) -> dict[str, list[str]]:
    """The last word of every line, by file."""
    files = sorted(folder.iterdir())
    return {file.name: [line.split()[-1] for line in file.read_text().splitlines()] for file in files}


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


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_the_folder_is_its_owners_alone(folder):
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_month_that_ends_while_the_process_runs_begins_another_file(folder):
    write_at(datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC), "last")
    write_at(datetime(2026, 12, 1, tzinfo=UTC), "first")
    write_at(datetime(2027, 1, 5, tzinfo=UTC), "next-year")
    assert kept(folder) == {
        "security-2026-11.log": ["last"],
        "security-2026-12.log": ["first"],
        "security-2027-01.log": ["next-year"],
    }


def test_after_a_restart_the_month_goes_on_in_its_file(folder):
    for day in (3, 4):
        security_log.keep_in(folder)
        write_at(datetime(2026, 11, day, tzinfo=UTC), f"day-{day}")
    assert kept(folder) == {"security-2026-11.log": ["day-3", "day-4"]}


def test_every_month_of_a_year_is_kept_and_no_older_one(folder):
    for month in range(1, 13):
        write_at(datetime(2025, month, 28, tzinfo=UTC), "old")
    (folder / "another.log").touch()
    for restart in (False, True):
        if restart:
            (folder / "security-2024-12.log").touch()
            security_log.keep_in(folder)
        write_at(datetime(2026, 11, 30, tzinfo=UTC), "now")
        names = ["another.log", "security-2025-11.log", "security-2025-12.log", "security-2026-11.log"]
        assert [file.name for file in sorted(folder.iterdir())] == names


def test_a_file_of_an_earlier_version_goes_when_all_of_it_is_older_than_a_year(folder):
    for name, year in (("security.log", 2026), ("security.log.2025-10-01", 2025)):
        (folder / name).touch()
        written = datetime(year, 10, 1, tzinfo=UTC).timestamp()
        os.utime(folder / name, (written, written))
    write_at(datetime(2026, 11, 30, tzinfo=UTC), "now")
    assert [file.name for file in sorted(folder.iterdir())] == ["security-2026-11.log", "security.log"]


def test_two_processes_write_one_file_and_no_line_is_lost_or_broken(folder):
    lines_of_each = 300
    writer = f"""
import sys
from pathlib import Path
from blueprints.web import security_log
security_log.keep_in(Path(sys.argv[1]))
for number in range({lines_of_each}):
    security_log.log.info("process %s wrote %s", sys.argv[2], number)
"""
    writers = [
        subprocess.Popen([sys.executable, "-c", writer, folder, name], cwd=HOUSE) for name in ("a", "b")
    ]
    assert [process.wait() for process in writers] == [0, 0]
    written = [
        line.partition("Z ")[2] for file in sorted(folder.iterdir()) for line in file.read_text().splitlines()
    ]
    for name in ("a", "b"):
        own = [f"process {name} wrote {number}" for number in range(lines_of_each)]
        assert [line for line in written if f"process {name}" in line] == own
    assert len(written) == 2 * lines_of_each
