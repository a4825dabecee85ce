"""A filled database moves to PostgreSQL and back, and nothing of it is lost or changed on the way."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from models.channels.channel import Channel
from models.database import db, engine_at
from models.filings.filing import Filing
from models.moving import _digest
from models.served_engine import address
from tests import databases, pages
from tests.lending import app_on
from tests.signing import let_in

SERVED = pytest.mark.skipif(not databases.ON_POSTGRESQL, reason="needs the server of make test-postgresql")


def run(app, *words: str) -> tuple[str, int]:
    with app.app_context():
        result = app.test_cli_runner().invoke(args=words)
        db.engine.dispose()
    return result.output, result.exit_code


def digests(app) -> dict[str, tuple[int, bytes]]:
    with app.app_context(), db.engine.connect() as connection:
        return {table.name: _digest(table, connection) for table in db.metadata.tables.values()}


@pytest.fixture
def other(tmp_path) -> Callable[[str], str]:
    """The address of another, empty database of this run's engine."""

    def made(name: str) -> str:
        (tmp_path / name).mkdir()
        return databases.uri(tmp_path / name / "beian.sqlite3")

    return made


def test_everything_moves_and_the_source_is_as_it_was(app, other, tmp_path):
    target, before = other("there"), digests(app)
    output, code = run(app, "move-to", target)
    assert (code, "逐行核对一致" in output) == (0, True), output
    assert digests(app) == before
    moved = app_on(tmp_path / "there")
    assert digests(moved) == before
    assert before["event"][0] > 0
    output, code = run(moved, "verify-history")
    assert code == 0, output


def test_work_goes_on_where_it_moved_to(app, other, tmp_path):
    """New rows get numbers of their own, and a channel and its filing still name each other."""
    run(app, "move-to", other("there"))
    moved = app_on(tmp_path / "there")
    with moved.app_context():
        highest = db.session.scalar(db.select(db.func.max(Filing.id)))
        assert db.session.scalars(db.select(Channel).where(Channel.current_id.is_not(None))).all()
    browser = let_in(moved, "linxiao")
    pages.new_filing(browser)
    assert "草稿已保存" in pages.sentences(pages.keep(browser, {"平台名称": "搬家之后"}))
    with moved.app_context():
        assert db.session.scalar(db.select(db.func.max(Filing.id))) > highest


def test_a_database_that_has_something_is_not_moved_into(app, other, tmp_path):
    target = other("there")
    run(app, "move-to", target)
    before = digests(app_on(tmp_path / "there"))
    output, code = run(app, "move-to", target)
    assert (code, "已经有内容" in output) == (1, True), output
    assert digests(app_on(tmp_path / "there")) == before


@pytest.mark.parametrize("words", ["mysql://x/y", "sqlite://", "somewhere", "postgresql"])
def test_an_address_that_is_none_is_answered_with_an_example(app, words):
    output, code = run(app, "move-to", words)
    assert (code, "postgresql://beian:密码@127.0.0.1/beian" in output) == (1, True), output


@SERVED
def test_a_history_with_every_row_goes_from_sqlite_and_back(app, other, tmp_path):
    """From this run's database into a file, and from the file into a server again."""
    before = digests(app)
    output, code = run(app, "move-to", f"sqlite:///{tmp_path}/file.sqlite3")
    assert code == 0, output
    on_file = app_on(tmp_path, SQLALCHEMY_DATABASE_URI=f"sqlite:///{tmp_path}/file.sqlite3")
    assert digests(on_file) == before
    output, code = run(on_file, "move-to", other("back"))
    assert (code, "PostgreSQL 1" in output) == (0, True), output
    assert databases.SERVER.rpartition(":")[2].partition("@")[0] not in output
    assert digests(app_on(tmp_path / "back")) == before


@SERVED
def test_what_cannot_be_taken_leaves_nothing_behind(app, other, tmp_path):
    """SQLite keeps a text of any length, PostgreSQL no longer one than was said."""
    run(app, "move-to", f"sqlite:///{tmp_path}/file.sqlite3")
    on_file = app_on(tmp_path, SQLALCHEMY_DATABASE_URI=f"sqlite:///{tmp_path}/file.sqlite3")
    with on_file.app_context():
        db.session.execute(text("UPDATE unit SET name = :long"), {"long": "长" * 5000})
        db.session.commit()
    target = other("there")
    output, code = run(on_file, "move-to", target)
    assert (code, "没有收下全部内容" in output) == (1, True), output
    engine = engine_at(address(target))
    with engine.connect() as connection:
        assert "unit" in inspect(connection).get_table_names()
        assert connection.execute(text("SELECT count(*) FROM unit")).scalar() == 0
    engine.dispose()


@SERVED
def test_a_server_that_is_not_there_is_named_without_its_password(app):
    output, code = run(app, "move-to", "postgresql://beian:geheim@127.0.0.1:1/beian")
    assert (code, "连不上" in output, "geheim" in output) == (1, True, False), output
    assert Path(app.instance_path).exists()
