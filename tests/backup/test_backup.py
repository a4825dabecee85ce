"""A backup is one file, whole or not there, made while people work; what is in it fits."""

import errno
import os
import signal
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
from sqlalchemy import text

from app import HOUSE
from blueprints.cli import backup
from models.backup import archive, copied_database, making, record
from models.database import db
from models.embedded_engine import opened_to_look, sqlite
from models.events import append_only
from models.process_lock import held
from models.rules.settings.backup import read_settings
from tests.backup.conftest import contents, typed_into
from tests.lending import DATABASE, app_on
from tests.signing import let_in

pytestmark = pytest.mark.sqlite("copies the file; its twin is in test_backup_of_postgresql.py")

WRITER = """
import sys
from tests.lending import app_on
from models.database import db
from models.events import history
from models.people.person import Person
with app_on(sys.argv[1]).app_context():
    while True:
        person = db.session.scalars(db.select(Person).where(Person.institution == "pdsu")).first()
        for _ in range(20):
            history.record("pdsu", "export", person)
        db.session.commit()
        print("written", flush=True)
"""


def test_one_private_file_with_its_date_holds_what_a_deployment_needs(backed_up):
    assert archive.NAME.fullmatch(backed_up.name)
    assert "unfit" not in backed_up.name
    if sys.platform != "win32":
        assert stat.S_IMODE(backed_up.stat().st_mode) == 0o600
    with ZipFile(backed_up) as packed:
        names = packed.namelist()
    assert names == ["secret_key", "seal_key", "seals/ahbc.log", "seals/pdsu.log", DATABASE, archive.MANIFEST]
    manifest = archive.check(backed_up)
    assert manifest.schools == ["ahbc", "pdsu"]
    assert manifest.trouble == ""


def test_every_backup_under_constant_writing_verifies_and_restores(sealed, typed, target, tmp_path_factory):
    """Another process writes history all the time; a copy that mixed two moments would not fit."""
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, sealed], cwd=HOUSE, stdout=subprocess.PIPE, text=True
    ) as writer:
        counts = []
        for number in range(3):
            assert writer.stdout.readline() == "written\n"
            folder = target / str(number)
            result = typed("backup", folder)
            assert result.exit_code == 0, result.output
            fresh = tmp_path_factory.mktemp("fresh")
            anew = app_on(fresh)
            elsewhere = typed_into(anew)
            restored = elsewhere("restore", *folder.iterdir())
            assert restored.exit_code == 0, restored.output
            verified = elsewhere("verify-history")
            assert verified.exit_code == 0, verified.output
            with anew.app_context():
                counts.append(db.session.scalar(text("SELECT count(*) FROM event")))
                db.session.rollback()
                db.engine.dispose()
        assert writer.poll() is None
        writer.kill()
    assert counts == sorted(set(counts))


def test_nobody_who_writes_waits_for_the_copy(sealed, app):
    """The copy reads: a writer that holds the lock hinders it as little as it hinders the writer."""
    with app.app_context():
        writer = sqlite.connect(str(sealed / DATABASE), isolation_level=None, timeout=0)
        # In the log alone: who copies the file does not have it.
        writer.execute("PRAGMA wal_autocheckpoint=0")
        writer.execute("UPDATE unit SET pinyin = 'in the log'")
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE unit SET pinyin = 'not committed'")
        copied_database.copy_to(sealed / "copy.sqlite3")
        writer.execute("COMMIT")
        writer.close()
    assert copied_database.look_into(sealed / "copy.sqlite3").trouble == ""
    with opened_to_look(sealed / "copy.sqlite3") as cursor:
        assert cursor.execute("SELECT DISTINCT pinyin FROM unit").fetchall() == [("in the log",)]


def last_good(app) -> datetime | None:
    with app.app_context():
        return record.last_good_backup(Path(app.instance_path))


def test_one_that_is_killed_half_way_leaves_nothing_that_looks_good(app, sealed, typed, target):
    command = [sys.executable, "-m", "flask", "--app", "app", "backup", str(target)]
    environment = os.environ | {"BEIAN_INSTANCE": str(sealed)}
    with subprocess.Popen(command, cwd=HOUSE, env=environment, stdout=subprocess.DEVNULL) as process:
        while not list(target.glob(f"*/content/{DATABASE}")):
            assert process.poll() is None
            os.sched_yield()
        process.send_signal(signal.SIGKILL)
    assert [path.suffix for path in target.iterdir()] == [".part"]
    assert last_good(app) is None

    assert typed("backup", target).exit_code == 0
    [file] = target.iterdir()
    archive.check(file)


def no_room(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def full_for_sqlite(*_: object) -> None:
    raise sqlite.OperationalError("database or disk is full")


@pytest.mark.parametrize(
    ("name", "trouble", "sentence"),
    [
        ("models.backup.making.shutil.copyfile", no_room, "备份写到一半磁盘满了"),
        ("models.backup.copied_database.copy_to", full_for_sqlite, "备份写到一半磁盘满了"),
        ("models.backup.archive.ZipFile.write", no_room, "备份写到一半磁盘满了"),
        ("models.backup.archive.os.fsync", no_room, "备份写到一半磁盘满了"),
        ("models.backup.copied_database.bytes_in_use", lambda: 1 << 60, "磁盘空间不够"),
    ],
)
def test_a_full_disk_is_said_and_leaves_the_backups_that_were_there(
    backed_up, typed, target, monkeypatch, name, trouble, sentence
):
    before = contents(target)
    monkeypatch.setattr(name, trouble)
    result = typed("backup", target, "--keep", "1")
    assert result.exit_code == 1
    assert sentence in result.output
    assert contents(target) == before
    assert [path.name for path in target.iterdir()] == [backed_up.name]


def test_a_folder_that_cannot_be_made_and_two_at_once_are_said(sealed, typed, target):
    assert "没有做备份" in typed("backup", target / "not" / "there").output
    with held(sealed / making.LOCK):
        assert "另一个备份正在进行" in typed("backup", target).output
    assert list(target.iterdir()) == []
    assert "请写明备份放在哪个文件夹" in typed("backup").output


def test_a_broken_database_makes_no_backup(sealed, typed, target, app):
    with app.app_context():
        db.engine.dispose()
    file = sealed / DATABASE
    content = bytearray(file.read_bytes())
    content[8192:65536] = os.urandom(65536 - 8192)
    file.write_bytes(content)
    result = typed("backup", target)
    assert result.exit_code == 1
    assert "没有做备份" in result.output
    assert list(target.iterdir()) == []


def alter_history(app) -> None:
    with app.app_context():
        append_only.remove(db.session.connection())
        db.session.execute(text("UPDATE event SET opinion = '改过' WHERE id = 3"))
        db.session.commit()


def test_what_does_not_fit_is_kept_under_a_name_that_says_so_and_is_not_the_last_good_one(
    backed_up, typed, target, app, sealed
):
    good = last_good(app)
    alter_history(app)
    result = typed("backup", target, "--keep", "1")
    assert result.exit_code == 1
    assert "不算作好的备份" in result.output
    [unfit] = target.glob("*-unfit.zip")
    assert "从编号 3 的记录起不符" in archive.check(unfit).trouble
    assert backed_up.exists()
    assert last_good(app) == good


def made(instance: Path, target: Path, monkeypatch, day: int, keep: int | None, trouble: str = "") -> list:
    monkeypatch.setattr(making, "utcnow", lambda: datetime(2026, 11, day, 18, tzinfo=UTC))
    making.make(instance, target, lambda *_: trouble, keep)
    return sorted(path.name for path in target.iterdir())


def test_only_the_newest_good_ones_of_this_database_are_kept(app, tmp_path, target, monkeypatch, demo):
    (target / "beian-20200101-000000.zip").write_bytes(b"cut off")
    with app.app_context():
        for day in (1, 2, 3):
            made(tmp_path, target, monkeypatch, day, None)
        db.session.execute(text("UPDATE database_name SET id = 'another'"))
        db.session.commit()
        names = made(tmp_path, target, monkeypatch, 4, 1)
        assert len(names) == 5
        made(tmp_path, target, monkeypatch, 5, 1, "不符")
        names = made(tmp_path, target, monkeypatch, 6, 1)
    days = [name.split("-")[1] for name in names]
    assert days == ["20200101", "20261102", "20261103", "20261104", "20261106", "20261107"]


def test_what_is_due_by_night_is_made_once(app, tmp_path, target, monkeypatch):
    now = datetime(2026, 11, 30, 17, 59, tzinfo=UTC)
    monkeypatch.setattr(backup, "utcnow", lambda: now)
    monkeypatch.setattr(making, "utcnow", lambda: now)
    assert backup.jobs(app) == []
    app.extensions["backup"] = read_settings({"to": str(target), "keep": 2})
    [job] = backup.jobs(app)
    numbers = []
    for hours in (0, 0, 1, 1, 24, 24):
        now += timedelta(hours=hours)
        with app.app_context():
            job.do()
        numbers.append(len(list(target.iterdir())))
    assert numbers == [1, 1, 2, 2, 2, 2]
    assert last_good(app) == now


def test_readiness_and_the_administrators_home_say_when_the_last_good_one_was(
    app, anyone, sign_in, tmp_path, typed, target
):
    ready = anyone.client.get("/readyz")
    assert (ready.json["checks"]["backup"], ready.json["last_backup"]) == ("ok", None)
    assert "还没有备份" in sign_in("guanyiming").open("/pdsu/").text
    app.extensions["backup"] = read_settings({"to": str(target)})
    ready = anyone.client.get("/readyz")
    assert (ready.status_code, ready.json["status"]) == (200, "ok")
    assert ready.json["checks"]["backup"] == "还没有一次成功的备份。"

    assert typed("backup").exit_code == 0
    ready = anyone.client.get("/readyz")
    assert ready.json["checks"]["backup"] == "ok"
    assert datetime.fromisoformat(ready.json["last_backup"]) > datetime.now(UTC) - timedelta(minutes=30)
    assert "最近一次成功的备份" in sign_in("guanyiming").open("/pdsu/").text

    [file] = target.iterdir()
    with app.app_context():
        record.note(tmp_path, datetime(2026, 11, 1, tzinfo=UTC), file, is_good=True)
    ready = anyone.client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json["checks"]["backup"] == "最近一次成功的备份是 2026-11-01 08:00，已超过两天。"


def test_signing_in_goes_on_while_a_backup_is_made(app, sealed, monkeypatch):
    """Verifying stands still in the middle: people come in and are written down."""

    def verify(_folder: Path, _address: str | None) -> str:
        assert let_in(app, "linxiao").open("/pdsu/filings/").status == 200
        return ""

    with app.app_context():
        assert making.make(sealed, sealed / "out", verify).manifest.trouble == ""
