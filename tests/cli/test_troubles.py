"""Whatever keeps a command from its work is said in one Chinese sentence, and never by a traceback."""

import errno
import socket
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from models.database import db
from models.embedded_engine import sqlite
from tests.commands import run
from tests.lending import DATABASE, app_on

pytestmark = pytest.mark.sqlite("lays and spoils the database's file")

# With what each is typed; what they do is said elsewhere.
WORDS = {
    "add-person": ("pdsu", "zhang", "张三", "--role", "office", "--unit", "平顶山学院"),
    "add-unit": ("pdsu", "学院", "--kind", "college"),
    "backup": (),
    "move-to": ("sqlite:///moved.sqlite3",),
    "remind": (),
    "reset-password": ("pdsu", "zhang"),
    "seal": (),
    "serve": ("--port", "0", "--processes", "1"),
    "verify-history": (),
}
# They make the tables, change them, or need none.
OTHERS = {
    "check-definitions",
    "definition-schema",
    "downgrade",
    "make-file",
    "prepare",
    "preview",
    "purge",
    "restore",
    "send-mail",
    "setup",
    "upgrade",
}


def own(app) -> set[str]:
    return {
        name
        for name, command in app.cli.commands.items()
        if command.callback and command.callback.__module__.startswith("blueprints.cli")
    }


def test_every_command_of_ours_is_tried_here(app):
    assert own(app) == set(WORDS) | OTHERS


def typed(app, name: str, folder: Path):
    words = (str(folder),) if name == "backup" else WORDS[name]
    return run(app, name, *words)


@pytest.mark.parametrize("name", WORDS)
def test_a_database_that_nobody_has_made(tmp_path, name):
    result = typed(app_on(tmp_path), name, tmp_path / "backups")
    assert (result.exit_code, "数据库还没有建立" in result.output) == (1, True), result.output


@pytest.mark.parametrize("name", sorted(set(WORDS) - {"backup", "serve"}))
def test_a_database_of_an_older_version(empty_app, tmp_path, name):
    with empty_app.app_context():
        db.session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        db.session.execute(text("DROP TABLE event"))
        db.session.execute(text("ALTER TABLE unit DROP COLUMN pinyin"))
        db.session.execute(text("ALTER TABLE person RENAME COLUMN username TO login"))
        db.session.execute(text("ALTER TABLE campaign RENAME TO campaigns"))
        db.session.execute(text("ALTER TABLE channel RENAME TO channels"))
        db.session.commit()
    result = typed(empty_app, name, tmp_path)
    assert (result.exit_code, "旧版本" in result.output) == (1, True), result.output


@pytest.mark.parametrize("name", WORDS)
def test_a_file_that_is_no_database(tmp_path, name):
    (tmp_path / DATABASE).write_bytes(b"not a database at all" * 400)
    result = typed(app_on(tmp_path), name, tmp_path / "backups")
    assert result.exit_code == 1
    assert "数据库连不上或已损坏" in result.output or "读不出来" in result.output, result.output


def test_a_port_that_is_taken(app):
    with socket.create_server(("127.0.0.1", 0)) as other:
        result = run(app, "serve", "--port", str(other.getsockname()[1]), "--processes", "2")
    assert (result.exit_code, "已被别的程序占用" in result.output) == (1, True), result.output


def test_an_address_that_is_not_ours(app):
    result = run(app, "serve", "--host", "192.0.2.1", "--processes", "2", "--port", "0")
    assert (result.exit_code, "不能在这个地址上监听" in result.output) == (1, True), result.output


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (PermissionError(errno.EACCES, "Permission denied", "/srv/beian/x"), "没有权限读写 /srv/beian/x。"),
        (OSError(errno.ENOSPC, "No space left on device"), "磁盘满了"),
        (OperationalError("", {}, sqlite.OperationalError("database is locked")), "数据库正被别的程序占用"),
    ],
)
def test_what_the_system_refuses(app, monkeypatch, error, sentence):
    def refused(*_):
        raise error

    monkeypatch.setattr("models.audit.seal.SealBook.read", refused)
    result = run(app, "seal")
    assert (result.exit_code, sentence in result.output) == (1, True), result.output
