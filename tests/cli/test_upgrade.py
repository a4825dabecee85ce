"""From the databases of released versions to this one: backed up, migrated, checked; or refused in words."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from app import HOUSE
from models import schema_version
from models.backup import archive
from models.database import db
from tests import databases
from tests.backup.conftest import typed_into
from tests.lending import DATABASE, app_on
from tests.old_databases import REVISIONS, lay_out
from tests.signing import let_in


@pytest.fixture
def old(request, tmp_path, demo) -> Flask:
    """The app over a database of an earlier version."""
    if databases.ON_POSTGRESQL:
        pytest.skip("begins with files of released versions; no older PostgreSQL is in use")
    app = app_on(tmp_path)
    with app.app_context():
        lay_out(request.param, demo.file)
        db.engine.dispose()
    return app


every_version = pytest.mark.parametrize("old", REVISIONS.values(), ids=REVISIONS, indirect=True)
last_version = pytest.mark.parametrize("old", [REVISIONS["0.5.0"]], indirect=True)


def asked(app: Flask, sql: str) -> object:
    with app.app_context():
        answer = db.session.execute(text(sql)).scalar()
        db.session.rollback()
        db.engine.dispose()
    return answer


@every_version
def test_a_database_of_a_released_version_is_backed_up_upgraded_and_works(old, tmp_path):
    typed = typed_into(old)
    revision = asked(old, "SELECT version_num FROM alembic_version")
    events = asked(old, "SELECT count(*) FROM event")
    result = typed("upgrade")
    assert result.exit_code == 0, result.output
    assert f"已升级：{revision} → {schema_version.head()}" in result.output

    [file] = (tmp_path / "backups").iterdir()
    assert archive.check(file).revision == revision
    assert asked(old, "SELECT count(*) FROM event") == events > 100
    assert asked(old, "SELECT count(*) FROM pragma_foreign_key_check") == 0
    for command in ("verify-history", "seal", "verify-history"):
        checked = typed(command)
        assert checked.exit_code == 0, checked.output
    reporter = let_in(old, "linxiao")
    page = reporter.open("/pdsu/filings/")
    assert page.status == 200
    assert reporter.open(page.soup.select_one("#results a[href*='/filings/']")["href"]).status == 200
    assert let_in(old, "guanyiming").open("/pdsu/people/").status == 200
    assert "不用升级" in typed("upgrade").output


@last_version
def test_its_backup_leads_back_and_says_what_comes_next(old, tmp_path):
    typed = typed_into(old)
    assert typed("upgrade").exit_code == 0
    [file] = (tmp_path / "backups").iterdir()
    result = typed("restore", file, "--yes")
    assert result.exit_code == 0, result.output
    assert "请接着运行 flask --app app upgrade" in result.output
    assert asked(old, "SELECT version_num FROM alembic_version") == REVISIONS["0.5.0"]


@last_version
def test_when_it_fails_it_says_why_and_how_to_get_back(old, tmp_path, monkeypatch):
    def fails(**_: object) -> None:
        raise RuntimeError("disk I/O error")

    monkeypatch.setattr("flask_migrate.upgrade", fails)
    result = typed_into(old)("upgrade")
    assert result.exit_code == 1
    [file] = (tmp_path / "backups").iterdir()
    assert "没有成功：disk I/O error" in result.output
    assert "数据库仍是原来的样子" in result.output
    assert f"flask --app app restore {file}" in result.output


@last_version
def test_a_history_that_does_not_fit_afterwards_is_said(old, tmp_path):
    with old.app_context():
        db.session.execute(text("UPDATE event SET opinion = '改过' WHERE id = 3"))
        db.session.commit()
        db.engine.dispose()
    result = typed_into(old)("upgrade")
    assert result.exit_code == 1
    assert "核对不符" in result.output
    assert "从编号 3 的记录起不符" in result.output
    assert "flask --app app restore" in result.output


@last_version
def test_without_room_for_the_backup_nothing_is_migrated(old, tmp_path, monkeypatch):
    monkeypatch.setattr("models.backup.copied_database.bytes_in_use", lambda: 1 << 60)
    result = typed_into(old)("upgrade")
    assert result.exit_code == 1
    assert "磁盘空间不够" in result.output
    assert asked(old, "SELECT version_num FROM alembic_version") == REVISIONS["0.5.0"]


def served(folder: Path) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "app", "serve", "--port", "0"],
        cwd=HOUSE,
        env=os.environ | {"BEIAN_INSTANCE": str(folder), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    ("revision", "sentence"),
    [
        ("0016", "数据库是旧版本的，程序没有启动。请运行 flask --app app upgrade"),
        ("9999", "数据库是更新版本的程序建的，程序没有启动。"),
        (None, "数据库还没有建立，程序没有启动。"),
    ],
)
def test_the_server_refuses_tables_of_another_version_in_one_sentence(app, tmp_path, revision, sentence):
    with app.app_context():
        db.session.execute(text("DELETE FROM alembic_version"))
        if revision:
            db.session.execute(text("INSERT INTO alembic_version VALUES (:it)"), {"it": revision})
        db.session.commit()
        db.engine.dispose()
    result = served(tmp_path)
    assert result.returncode == 1
    assert result.stdout == ""
    [line] = result.stderr.splitlines()
    assert sentence in line


def test_a_newer_database_is_not_upgraded(app, tmp_path):
    with app.app_context():
        db.session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        db.session.commit()
        db.engine.dispose()
    result = typed_into(app)("upgrade")
    assert result.exit_code == 1
    assert "数据库是更新版本的程序建的，没有升级" in result.output
    assert asked(app, "SELECT version_num FROM alembic_version") == "9999"


def test_an_empty_folder_gets_its_tables_without_a_backup(tmp_path):
    app = app_on(tmp_path)
    result = typed_into(app)("upgrade")
    assert result.exit_code == 0, result.output
    assert (tmp_path / DATABASE).exists()
    assert not (tmp_path / "backups").exists()


@last_version
def test_a_downgrade_asks_says_what_is_lost_and_backs_up_first(old, tmp_path):
    typed = typed_into(old)
    assert typed("upgrade").exit_code == 0
    refused = typed("downgrade", "0017", answer="n\n")
    assert refused.exit_code == 1
    assert "会删除较新版本才有的表和内容" in refused.output
    assert asked(old, "SELECT version_num FROM alembic_version") == schema_version.head()
    assert "没有这个较早的版本" in typed("downgrade", "9999", "--yes").output
    result = typed("downgrade", "0017", "--to", tmp_path / "before", answer="y\n")
    assert result.exit_code == 0, result.output
    [file] = (tmp_path / "before").iterdir()
    assert archive.check(file).revision == schema_version.head()
    assert asked(old, "SELECT version_num FROM alembic_version") == "0017"


@pytest.mark.parametrize("words", [["db", "downgrade"], ["db", "downgrade", "0017"]])
def test_flask_migrates_own_downgrade_is_refused_and_names_ours(app, tmp_path, words):
    """As it is typed: the group of commands comes from the library, and knows nothing of us."""
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "app", *words],
        cwd=HOUSE,
        env=os.environ | {"BEIAN_INSTANCE": str(tmp_path), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 1
    assert "请用 flask --app app downgrade" in done.stderr
    assert asked(app, "SELECT version_num FROM alembic_version") == schema_version.head()
