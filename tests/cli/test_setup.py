"""A real installation is begun by `setup`: one school, one unit, one administrator, nobody else ever."""

import os
import pty
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from sqlalchemy import select

from app import HOUSE
from models import files
from models.database import db
from models.events import history
from models.events.history import Event
from models.people.unit import Unit
from models.purpose import Purpose, purpose
from tests.commands import ONE_TIME, people, run
from tests.databases import ON_POSTGRESQL
from tests.lending import app_on
from tests.signing import browser_of, enter

WORDS = ("setup", "--school", "pdsu", "--username", "2009013", "--name", "王管理")


def test_the_first_administrator_comes_in_with_a_password_that_was_shown_once(empty_app):
    result = run(empty_app, *WORDS)
    assert result.exit_code == 0, result.output
    [password] = ONE_TIME.findall(result.output)
    browser = browser_of(empty_app)
    browser.open("/sign-in?school=pdsu")
    page = enter(browser, "2009013", password)
    assert (page.address, page.heading) == ("/password", "修改密码")
    own = "一个 只有我知道的 长密码"
    page = browser.submit("修改密码", old=password, new=own, repeat=own)
    assert page.heading == "您好，王管理"
    assert "演示环境" not in page.text


def test_the_first_unit_is_the_school_itself_and_history_knows_both(empty_app):
    run(empty_app, *WORDS)
    with empty_app.app_context():
        units = [(unit.institution, unit.name, unit.kind) for unit in db.session.scalars(select(Unit))]
        assert units == [("pdsu", "平顶山学院", "school")]
        labels = [event.label for event in db.session.scalars(select(Event).order_by(Event.id))]
        assert labels == ["新增人员", "新增单位"]
        assert history.verify("pdsu") is None
        assert purpose() is Purpose.real


@pytest.mark.parametrize("later", [("prepare",), ("prepare", "--demo"), ("prepare", "--no-demo"), WORDS])
def test_nothing_that_is_run_later_brings_anybody(empty_app, later):
    run(empty_app, *WORDS)
    run(empty_app, *later)
    assert people(empty_app) == [("pdsu", "2009013")]


def test_a_second_time_it_says_who_is_there_and_changes_nothing(empty_app):
    run(empty_app, *WORDS)
    result = run(empty_app, *WORDS[:4], "another", *WORDS[5:])
    assert result.exit_code == 1
    assert "平顶山学院已经在使用（有 1 位人员），setup 没有改动任何数据" in result.output
    assert people(empty_app) == [("pdsu", "2009013")]


def test_a_trial_stays_one_and_says_how_to_begin_a_real_one(app):
    before = people(app)
    result = run(app, *WORDS)
    assert result.exit_code == 1
    assert "这是演示环境" in result.output
    where = "写另一个空的数据库" if ON_POSTGRESQL else "（连同同名的 -wal、-shm 文件）移到别处保存"
    assert f"{where}，再运行 setup" in result.output
    assert people(app) == before


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            ("--school", "pdus", *WORDS[3:]),
            "没有代码为“pdus”的学校。现有：ahbc（安徽商贸职业技术学院）、pdsu（",
        ),
        (WORDS[3:], "请用 --school 写明学校代码。现有：ahbc、pdsu"),
        (WORDS[1:3], "请用 --name 写明系统管理员的姓名。"),
        (WORDS[1:5], "请用 --name 写明系统管理员的姓名。"),
        (("--school", "pdsu", "--name", "王管理"), "请用 --username 写明系统管理员的用户名"),
        ((*WORDS[1:4], "王", *WORDS[5:]), "用户名用 2 至 40 个字母、数字"),
        ((*WORDS[1:6], " "), "请填写姓名"),
        ((*WORDS[1:], "--unit", "校" * 101), "单位名称最多100个字"),
        (("--school", "ahbc", *WORDS[1:], "--unit", "学校"), "有几所学校时不写 --unit"),
    ],
)
def test_what_cannot_be_taken_is_refused_in_words_and_nothing_is_written(empty_app, words, sentence):
    settings = Path(empty_app.instance_path, "config.toml")
    before = settings.exists() and settings.read_bytes()
    result = run(empty_app, "setup", *words)
    assert result.exit_code == 1
    assert sentence in result.output
    assert people(empty_app) == []
    assert (settings.exists() and settings.read_bytes()) == before


def test_a_unit_that_was_there_before_is_the_first_one(empty_app):
    run(empty_app, "add-unit", "pdsu", "平院", "--kind", "school")
    assert "第一个单位 平院" in run(empty_app, *WORDS).output
    with empty_app.app_context():
        assert list(db.session.scalars(select(Unit.name))) == ["平院"]


def test_several_schools_begin_at_once_each_with_a_password_of_its_own(empty_app):
    result = run(empty_app, *WORDS, "--school", "ahbc", "--school", "pdsu")
    assert result.exit_code == 0, result.output
    assert len(set(ONE_TIME.findall(result.output))) == 2
    assert people(empty_app) == [("pdsu", "2009013"), ("ahbc", "2009013")]


@pytest.mark.parametrize("mark", ["", "\N{ZERO WIDTH NO-BREAK SPACE}"])
def test_the_deployment_is_limited_to_its_school_and_its_settings_stay(empty_app, tmp_path, mark):
    (tmp_path / "config.toml").write_text(f"{mark}[MAIL]\nserver = '邮件'\n", "utf-8")
    run(empty_app, *WORDS)
    settings = tomllib.loads((tmp_path / "config.toml").read_text("utf-8"))
    assert settings == {"SCHOOLS": ["pdsu"], "MAIL": {"server": "邮件"}}


def test_who_limited_it_before_is_not_asked_and_nothing_is_written_again(empty_database, tmp_path):
    (tmp_path / "beian.sqlite3").write_bytes(empty_database.read_bytes())
    (tmp_path / "config.toml").write_text("SCHOOLS = ['ahbc']", "utf-8")
    app = app_on(tmp_path)
    assert run(app, "setup", *WORDS[3:]).exit_code == 0
    assert (tmp_path / "config.toml").read_text("utf-8").count("SCHOOLS") == 1
    assert people(app) == [("ahbc", "2009013")]


def test_a_disk_that_takes_no_settings_leaves_nobody_behind(empty_app, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "write", full)
    result = run(empty_app, *WORDS)
    assert result.exit_code == 1
    assert "请检查权限和磁盘空间" in result.output
    assert people(empty_app) == []


@pytest.mark.sqlite("is typed in an empty folder, whose database is a file")
def test_at_a_terminal_it_asks_and_asks_again_what_cannot_be(tmp_path):
    master, slave = pty.openpty()
    setup = [sys.executable, "-m", "flask", "--app", "app", "setup"]
    settings = os.environ | {"BEIAN_INSTANCE": str(tmp_path), "PYTHONUTF8": "1"}
    with subprocess.Popen(
        setup, cwd=HOUSE, env=settings, stdin=slave, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as running:
        os.write(master, "pdus\npdsu\n\n王管理\n王\n2009013\n".encode())
        output = running.communicate()[0].decode()
    os.close(slave)
    os.close(master)
    assert running.returncode == 0, output
    assert "没有代码为“pdus”的学校" in output
    assert "用户名用 2 至 40 个字母、数字" in output
    assert "第一个单位 平顶山学院" in output
    assert len(ONE_TIME.findall(output)) == 1
    assert people(app_on(tmp_path)) == [("pdsu", "2009013")]
