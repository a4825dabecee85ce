"""A seal whose writing was broken off is cut and sealed again; nothing else of its file is forgiven."""

from pathlib import Path

import pytest

from blueprints.cli.audit import JOB
from blueprints.cli.workers import Worker
from models.database import db
from models.events import append_only

pytestmark = pytest.mark.sqlite("changes the file past the application")

TORN = "最后一行没有写完"


@pytest.fixture
def seals(app, run) -> Path:
    """The file of seals of a school that was sealed today."""
    assert run("seal")[1] == 0
    return Path(app.instance_path, "seals", "pdsu.log")


def empty_the_database(app) -> None:
    """Every event and every filing is gone, as somebody with the file can do it; people remain."""
    with app.app_context():
        append_only.remove(db.session.connection())
        db.session.commit()
        connection = db.engine.raw_connection()
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys = OFF")
        for table in ("event", "filing", "channel"):
            cursor.execute(f"DELETE FROM {table}")
        connection.close()
        db.engine.dispose()


# As much of the only line as reached the disk: some, none, or a block of it that was never filled.
PARTS = [lambda line: line[:40], lambda line: line[:-2], lambda line: b"", lambda line: b"\0" * len(line)]


@pytest.mark.parametrize("left_of", PARTS)
def test_a_torn_last_line_is_said_and_sealed_again(seals, run, left_of):
    whole = seals.read_bytes()
    seals.write_bytes(left_of(whole))
    output, ended_with = run("verify-history")
    assert (f"封存文件 pdsu.log 的{TORN}" in output, ended_with) == (True, 0)
    output, ended_with = run("seal")
    assert (f"封存文件 pdsu.log 的{TORN}" in output, "并重新封存" in output, ended_with) == (True, True, 0)
    assert seals.read_bytes() == whole
    output, ended_with = run("verify-history")
    assert (TORN in output, ended_with) == (False, 0)


def test_the_server_seals_a_torn_line_again_and_logs_it(app, seals, caplog):
    whole = seals.read_bytes()
    seals.write_bytes(whole[:50])
    Worker(app, JOB).do_round()
    assert seals.read_bytes() == whole
    assert "The last line of pdsu.log was torn" in caplog.text


def test_a_line_that_only_lacks_its_end_is_whole(seals, run):
    whole = seals.read_bytes()
    seals.write_bytes(whole.rstrip(b"\n"))
    output, ended_with = run("verify-history")
    assert (TORN in output, ended_with) == (False, 0)
    assert "今天已经封存" in run("seal")[0]


@pytest.mark.parametrize("torn", ["", "2026-11-3"])
def test_a_damaged_line_before_the_last_is_tampering_also_when_the_last_is_torn(seals, run, torn):
    seals.write_bytes(seals.read_bytes().replace(b" ", b"  ", 1) + torn.encode())
    before = seals.read_bytes()
    for command in ("verify-history", "seal"):
        output, ended_with = run(command)
        assert ("pdsu.log 的第 1 行被改动" in output, ended_with) == (True, 1)
    assert seals.read_bytes() == before


@pytest.mark.parametrize("left_of", [lambda line: line, *PARTS])
def test_an_emptied_database_beside_seals_is_not_whole(app, seals, run, sign_in, left_of):
    seals.write_bytes(left_of(seals.read_bytes()))
    auditor = sign_in("shenzhi")
    empty_the_database(app)
    before = seals.read_bytes()
    output, ended_with = run("verify-history")
    assert ("数据库中没有任何记录" in output, "0 条记录完整" in output, ended_with) == (True, False, 1)
    for address in ("/pdsu/audit/check", "/pdsu/audit/check?all=1"):
        page = auditor.open(address)
        assert ("数据库中没有任何记录" in page.text, "不完整" in page.text) == (True, True)
    assert run("seal")[1] == 1
    assert seals.read_bytes() == before


def test_a_seal_that_cannot_be_written_leaves_the_file_as_it_was(seals, run, monkeypatch):
    whole = seals.read_bytes()
    seals.write_bytes(whole[:50])

    def full_disk(_handle) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full_disk)
    assert run("seal")[1] == 1
    assert seals.read_bytes() == whole[:50]
    assert [file.name for file in sorted(seals.parent.iterdir())] == ["ahbc.log", "pdsu.log"]


def test_an_empty_key_is_said_and_seals_nothing(app, seals, run):
    whole = seals.read_bytes()
    Path(app.instance_path, "seal_key").write_bytes(b"")
    output, ended_with = run("verify-history")
    assert ("密钥文件 seal_key 是空的，请从备份恢复" in output, ended_with) == (True, 1)
    assert run("seal")[1] == 1
    assert seals.read_bytes() == whole
