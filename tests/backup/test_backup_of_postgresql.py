"""The same of PostgreSQL: its own programs dump it into the one file, and put it back."""

import os
import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from models import served_engine
from models.backup import archive, dumped_database, making, record, restoring
from models.database import db, engine_at
from tests import databases
from tests.backup.conftest import Typed, typed_into
from tests.lending import DATABASE, app_on

pytestmark = pytest.mark.skipif(not databases.ON_POSTGRESQL, reason="SQLite's own are in test_backup.py")


@pytest.fixture
def app(demo, tmp_path) -> Iterator[Flask]:
    """An application of its own, which knows the address of its database as a deployment does."""
    shutil.copy(demo.file, tmp_path / DATABASE)
    app = app_on(tmp_path, SECRET_KEY=None)
    yield app
    with app.app_context():
        db.engine.dispose()
    databases.forget(tmp_path / DATABASE)


@pytest.fixture
def typed(app) -> Typed:
    return typed_into(app)


def value(app: Flask, sql: str) -> object:
    with app.app_context():
        answer = db.session.execute(text(sql)).scalar()
        db.session.rollback()
        db.engine.dispose()
    return answer


def change(app: Flask, sql: str) -> None:
    with app.app_context():
        db.session.execute(text(sql))
        db.session.commit()
        db.engine.dispose()


def programs_in(folder: Path, monkeypatch, **versions: int) -> None:
    """Only these of PostgreSQL's programs are there, and say that they are of this version."""
    folder.mkdir()
    for name, version in versions.items():
        program = folder / name
        program.write_text(f"#!/bin/sh\necho '{name} (PostgreSQL) {version}.1'\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))


def test_a_backup_is_put_back_beside_what_was_there(app, typed, sealed, backed_up):
    manifest = archive.check(backed_up)
    assert archive.DUMP in manifest.digests
    assert manifest.trouble == ""
    people, events = value(app, "SELECT count(*) FROM person"), value(app, "SELECT count(*) FROM event")
    settings = (sealed / "config.toml").read_text()
    change(app, "UPDATE person SET name = '换过的'")
    (sealed / "secret_key").write_text("6" * 64)

    result = typed("restore", backed_up)
    assert result.exit_code == 0, result.output
    [kept] = sealed.glob("before-restore-*")
    assert (kept / "secret_key").read_text() == "6" * 64
    assert (sealed / "config.toml").read_text() == settings
    assert value(app, "SELECT count(*) FROM person WHERE name = '换过的'") == 0
    assert value(app, "SELECT count(*) FROM person") == people
    assert value(app, "SELECT count(*) FROM event") == events
    schema = kept.name.replace("-", "_")
    assert schema in result.output
    assert value(app, f"SELECT count(*) FROM {schema}.person WHERE name = '换过的'") == people
    for command in ("verify-history", "seal", "verify-history", "backup"):
        checked = typed(command, *([backed_up.parent] if command == "backup" else []))
        assert checked.exit_code == 0, checked.output

    # And once more: what was kept the first time is no part of the next backup.
    again = sorted(backed_up.parent.glob("beian-*.zip"))[-1]
    (kept / "gone").mkdir()
    kept.rename(sealed / "kept-the-first-time")
    change(app, f"ALTER SCHEMA {schema} RENAME TO kept_the_first_time")
    result = typed("restore", again)
    assert result.exit_code == 0, result.output
    assert typed("verify-history").exit_code == 0


def test_nothing_is_left_of_the_database_in_which_it_is_looked_at(app, backed_up):
    assert databases.run("SELECT datname FROM pg_database WHERE datname LIKE 'beian_look_%'") == []


def test_who_may_make_no_database_has_a_backup_too(typed, sealed, target, monkeypatch):
    monkeypatch.setattr(dumped_database, "_made", lambda _: False)
    result = typed("backup", target)
    assert result.exit_code == 0, result.output


def test_history_that_does_not_fit_makes_no_good_backup(app, typed, sealed, target):
    change(app, "ALTER TABLE event DISABLE TRIGGER USER; UPDATE event SET opinion = '改过' WHERE id = 3")
    result = typed("backup", target)
    assert result.exit_code == 1
    assert "不算作好的备份" in result.output
    [unfit] = target.glob("*-unfit.zip")
    assert "从编号 3 的记录起不符" in archive.check(unfit).trouble
    refused = typed("restore", unfit, answer="n\n")
    assert "仍然恢复吗" in refused.output
    assert refused.exit_code == 1


@pytest.mark.parametrize(
    ("versions", "sentence"),
    [
        ({}, "没有 pg_dump"),
        ({"pg_dump": 12, "pg_restore": 12}, "pg_dump 是 12 版的，比数据库服务器"),
        ({"pg_dump": 99}, "没有 pg_restore"),
    ],
)
def test_programs_that_are_missing_or_too_old_are_said(
    typed, sealed, target, tmp_path, monkeypatch, versions, sentence
):
    programs_in(tmp_path / "bin", monkeypatch, **versions)
    result = typed("backup", target)
    assert result.exit_code == 1
    assert sentence in result.output
    assert list(target.iterdir()) == []


def test_what_cannot_be_put_back_leaves_all_as_it_was(app, typed, sealed, backed_up, monkeypatch):
    programs = shutil.which("pg_restore")
    before = {path.name: path.read_bytes() for path in sealed.glob("*_key")}
    monkeypatch.setattr(
        restoring.dumped_database,
        "put_back",
        lambda file, script, kept: dumped_database._run("psql", "--command", "SELECT nothing"),
    )
    result = typed("restore", backed_up)
    assert programs
    assert result.exit_code == 1
    assert "psql 没有成功" in result.output
    assert {path.name: path.read_bytes() for path in sealed.glob("*_key")} == before
    assert value(app, "SELECT count(*) FROM person") > 0


def test_half_a_script_puts_back_nothing(app, typed, sealed, backed_up, monkeypatch):
    """psql runs all of it or nothing, the renaming included."""
    run = dumped_database._run

    def spoil(program, *words):
        if program == "psql":
            script = Path(words[words.index("--file") + 1])
            script.write_text(script.read_text() + "\nSELECT nothing_of_this_name;\n")
        return run(program, *words)

    monkeypatch.setattr(dumped_database, "_run", spoil)
    change(app, "UPDATE person SET name = '现在的'")
    result = typed("restore", backed_up)
    assert result.exit_code == 1
    assert "nothing_of_this_name" in result.output
    assert value(app, "SELECT count(*) FROM person WHERE name = '现在的'") > 0
    assert value(app, "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'before_restore%'") == 0


def test_it_is_refused_while_any_server_serves(app, typed, sealed, backed_up):
    with app.app_context():
        elsewhere = engine_at(db.engine.url)
        served_engine.serves(elsewhere, "another1")
    with elsewhere.connect():
        for command in (("restore", backed_up), ("downgrade", "0019")):
            result = typed(*command)
            assert result.exit_code == 1
            assert "服务正在运行" in result.output
        refused = typed("serve", "--port", "0")
        assert "用的是另一个 secret_key，程序没有启动" in refused.output
    elsewhere.dispose()


def test_a_night_has_one_backup_whichever_server_is_first(app, tmp_path, tmp_path_factory):
    """Two servers have a folder each, and one database."""
    other, due = tmp_path_factory.mktemp("other"), datetime(2026, 11, 30, 18, tzinfo=UTC)
    with app.app_context():
        assert record.claim(tmp_path, due, due)
        assert not record.claim(other, due, due)
        assert record.claim(other, due, due + record.HELD * 2), "the first one died over it"
        record.give_back()
        assert record.claim(tmp_path, due, due)
        record.note(tmp_path, due + timedelta(minutes=1), Path("beian.zip"), is_good=True)
        assert not record.claim(other, due, due + timedelta(days=1))
        assert record.last_good_backup(other) == due + timedelta(minutes=1)
        assert record.claim(other, due + timedelta(days=1), due + timedelta(days=1))


def test_an_upgrade_is_backed_up_and_checked(app, typed, sealed):
    result = typed("downgrade", "0020", "--yes")
    assert result.exit_code == 0, result.output
    result = typed("upgrade")
    assert result.exit_code == 0, result.output
    assert "已核对数据库、记录和封存" in result.output
    assert len(list((sealed / "backups").glob("beian-*.zip"))) >= 1


def test_no_password_stands_among_the_words_of_a_command(typed, sealed, target, monkeypatch):
    run, seen = making.dumped_database.subprocess.run, []
    monkeypatch.setattr(
        "subprocess.run", lambda words, **settings: (seen.append(words), run(words, **settings))[1]
    )
    assert typed("backup", target).exit_code == 0
    password = databases.SERVER.partition("@")[0].rpartition(":")[2]
    assert {"pg_dump", "pg_restore", sys.executable} <= {words[0] for words in seen}
    assert not any(password in word for words in seen for word in words)
    assert os.environ.get("PGPASSWORD") is None
