"""What was backed up is put back whole, or nothing is touched; what was there is kept."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest
from sqlalchemy import text

from app import HOUSE
from models import embedded_engine, files
from models.backup import archive, copied_database, restoring
from models.database import db
from models.embedded_engine import sqlite
from tests.backup.conftest import contents, typed_into
from tests.lending import DATABASE, app_on
from tests.signing import let_in
from tests.web.test_processes import Served

pytestmark = pytest.mark.sqlite("copies the file; its twin is in test_backup_of_postgresql.py")

SCHOOL_FILE = "institutions/pdsu/forms/group.yaml"


def test_everything_comes_back_and_what_was_there_is_kept(demo, tmp_path, target):
    instance = tmp_path / "instance"
    (instance / SCHOOL_FILE).parent.mkdir(parents=True)
    (instance / "fonts").mkdir()
    shutil.copy(demo.file, instance / DATABASE)
    shutil.copy(HOUSE / "blueprints/pdsu/forms/group.yaml", instance / SCHOOL_FILE)
    (instance / "config.toml").write_text('[SIGN_IN]\nprofile = "dengbao"\n')
    (instance / "fonts/注.txt").write_text("字体")
    app = app_on(instance, SECRET_KEY=None)
    typed = typed_into(app)
    assert typed("seal").exit_code == 0
    assert typed("backup", target).exit_code == 0
    [file] = target.iterdir()
    wanted = archive.check(file).digests
    assert set(wanted) == {
        *("config.toml", "secret_key", "seal_key", DATABASE, SCHOOL_FILE),
        *("fonts/注.txt", "seals/pdsu.log", "seals/ahbc.log"),
    }
    (instance / "config.toml").write_text("")
    (instance / "secret_key").write_text("6" * 64)
    shutil.rmtree(instance / "institutions")
    (instance / "files").mkdir()
    (instance / "files/1.pdf").write_bytes(b"of a row that goes")
    with app.app_context():
        db.session.execute(text("DELETE FROM person_grant"))
        db.session.commit()

    result = typed("restore", file)
    assert result.exit_code == 0, result.output
    # Its log makes another file of the database; the history below says what is in it.
    wanted.pop(DATABASE)
    now = contents(instance)
    assert {name: now.get(name) for name in wanted} == wanted
    [kept] = instance.glob("before-restore-*")
    assert (kept / "secret_key").read_text() == "6" * 64
    assert (kept / "files/1.pdf").exists()
    assert not (instance / "files").exists()
    again = app_on(instance, SECRET_KEY=None)
    assert typed_into(again)("verify-history").exit_code == 0
    assert let_in(again, "linxiao").open("/pdsu/filings/").status == 200


def edited(file: Path, change) -> None:
    """The same zip with another manifest."""
    with ZipFile(file) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    manifest = json.loads(parts[archive.MANIFEST])
    change(manifest, parts)
    parts[archive.MANIFEST] = json.dumps(manifest).encode()
    with ZipFile(file, "w") as packed:
        for name, content in parts.items():
            packed.writestr(name, content)


def cut(share: float):
    def spoil(file: Path, _tmp: Path) -> None:
        content = file.read_bytes()
        file.write_bytes(content[: int(len(content) * share)])

    return spoil


def spoil_a_byte(file: Path, _tmp: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 255
    file.write_bytes(content)


def with_manifest(**entries: object):
    def spoil(file: Path, _tmp: Path) -> None:
        edited(file, lambda manifest, _: manifest.update(entries))

    return spoil


def escaping(name: str):
    def spoil(file: Path, _tmp: Path) -> None:
        def change(manifest, parts):
            parts[name] = parts["secret_key"]
            manifest["digests"][name] = manifest["digests"]["secret_key"]

        edited(file, change)

    return spoil


def with_database(*statements: str):
    """The same backup with another database, and a manifest that fits it."""

    def spoil(file: Path, tmp: Path) -> None:
        database = tmp / "changed.sqlite3"

        def change(manifest, parts):
            database.write_bytes(parts[DATABASE])
            connection = sqlite.connect(str(database))
            for statement in statements:
                connection.execute(statement)
            connection.commit()
            connection.close()
            content = copied_database.look_into(database)
            manifest.update(revision=content.revision, schools=content.schools)
            parts[DATABASE] = database.read_bytes()
            manifest["digests"][DATABASE] = archive.digest_of(database)

        edited(file, change)

    return spoil


def another_file(content: bytes):
    return lambda file, _: file.write_bytes(content)


def another_zip(file: Path, _tmp: Path) -> None:
    with ZipFile(file, "w") as packed:
        packed.writestr("a.txt", "a")


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (cut(0), "不完整或已损坏"),
        (cut(0.3), "不完整或已损坏"),
        (cut(0.99), "不完整或已损坏"),
        (spoil_a_byte, "不完整或已损坏"),
        (another_file(b"SQLite format 3\0"), "不完整或已损坏"),
        (another_zip, "不是本系统的备份文件"),
        (escaping("../outside"), "不是本系统的备份文件"),
        (escaping("/tmp/outside"), "不是本系统的备份文件"),
        (escaping("seals/../../outside"), "不是本系统的备份文件"),
        (escaping("app.py"), "不是本系统的备份文件"),
        (with_manifest(format=99), "更新版本的程序做的"),
        (with_manifest(revision="0016"), "数据库与清单不符"),
        (with_manifest(digests={}), "不完整或已损坏"),
        (with_manifest(surprise=1), "不是本系统的备份文件"),
        (with_database("UPDATE alembic_version SET version_num = '9999'"), "更新版本的程序做的"),
        (with_database("UPDATE unit SET institution = 'xyz' WHERE institution = 'pdsu'"), "学校 xyz 的数据"),
        (with_database("DELETE FROM channel"), "行指向不存在的行"),
    ],
)
def test_what_is_no_good_is_refused_in_a_sentence_and_nothing_is_touched(
    backed_up, sealed, typed, app, tmp_path_factory, spoil, sentence
):
    with app.app_context():
        db.engine.dispose()
    embedded_engine.settle(sealed / DATABASE)
    before = contents(sealed)
    spoil(backed_up, tmp_path_factory.mktemp("spoilt"))
    result = typed("restore", backed_up, "--yes")
    assert result.exit_code == 1
    assert sentence in result.output
    assert contents(sealed) == before
    assert list(sealed.glob(f"*{files.PART}")) == []


def test_it_is_refused_while_the_server_runs_and_done_once_it_was_killed(app, sealed, backed_up, typed):
    with app.app_context():
        db.engine.dispose()
    server = Served(sealed)
    try:
        assert server.answers()
        refused = typed("restore", backed_up)
        assert refused.exit_code == 1
        assert "服务正在运行" in refused.output
        assert "服务正在运行" in typed("upgrade").output
        others = server.processes()
        server.first.kill()
        server.first.wait()
        for process in others:
            while Path(f"/proc/{process}").exists():
                os.sched_yield()
    finally:
        server.close()
    result = typed("restore", backed_up)
    assert result.exit_code == 0, result.output


def test_another_program_that_has_the_database_open_is_said(sealed, backed_up, typed, app):
    with app.app_context():
        db.engine.dispose()
    other = sqlite.connect(str(sealed / DATABASE))
    other.execute("SELECT count(*) FROM unit").fetchone()
    try:
        assert "正被别的程序打开" in typed("restore", backed_up).output
    finally:
        other.close()


CRASHING = """
import os, signal, sys
from models.embedded_engine import sqlite
connection = sqlite.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA wal_autocheckpoint=0")
connection.execute("UPDATE unit SET name = name || '（改）'")
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_the_log_of_a_crashed_server_does_not_get_into_what_is_put_back(sealed, backed_up, typed, app):
    """The log beside belongs to the database that goes, and goes with it: nothing in it is lost."""
    with app.app_context():
        db.engine.dispose()
    crash = subprocess.run([sys.executable, "-c", CRASHING, sealed / DATABASE], cwd=HOUSE)
    assert crash.returncode == -signal.SIGKILL
    assert any((sealed / f"{DATABASE}{ending}").exists() for ending in ("-wal", "-journal"))
    result = typed("restore", backed_up)
    assert result.exit_code == 0, result.output
    assert [path.name for path in sealed.glob(f"{DATABASE}-*")] == []
    [kept] = sealed.glob("before-restore-*")
    changed = "SELECT count(*) FROM unit WHERE name LIKE '%（改）'"
    numbers = []
    for file in (sealed / DATABASE, kept / DATABASE):
        connection = sqlite.connect(str(file))
        numbers.append(connection.execute(changed).fetchone()[0])
        connection.close()
    assert numbers[0] == 0
    assert numbers[1] > 0


def test_a_log_beside_a_database_that_cannot_be_read_goes_aside_with_it(sealed, backed_up, typed, app):
    with app.app_context():
        db.engine.dispose()
    (sealed / DATABASE).write_bytes(b"broken")
    for ending in restoring.BESIDE[1:]:
        (sealed / f"{DATABASE}{ending}").write_bytes(b"left")
    result = typed("restore", backed_up)
    assert result.exit_code == 0, result.output
    [kept] = sealed.glob("before-restore-*")
    assert {path.name for path in (kept / restoring.AS_IT_WAS).iterdir()} == {
        f"{DATABASE}{ending}" for ending in restoring.BESIDE
    }
    assert list(sealed.glob(f"{DATABASE}-*")) == []
    assert typed("verify-history").exit_code == 0


def test_the_backup_of_another_database_is_put_in_place_only_when_one_says_so(sealed, backed_up, typed, app):
    with app.app_context():
        db.session.execute(text("UPDATE database_name SET id = 'of another school'"))
        db.session.commit()
        db.engine.dispose()
    embedded_engine.settle(sealed / DATABASE)
    before = contents(sealed)
    result = typed("restore", backed_up, answer="n\n")
    assert result.exit_code == 1
    assert "这是另一个数据库的备份" in result.output
    assert contents(sealed) == before
    assert typed("restore", backed_up, answer="y\n").exit_code == 0


def test_when_the_exchange_fails_all_is_as_it_was(sealed, backed_up, typed, app, monkeypatch):
    with app.app_context():
        db.engine.dispose()
    embedded_engine.settle(sealed / DATABASE)
    before = contents(sealed)
    move = restoring._move

    def fails_at_the_last(here: Path, there: Path) -> None:
        if here.parent.suffix == files.PART and there.name == DATABASE:
            raise OSError(28, "No space left on device")
        move(here, there)

    monkeypatch.setattr(restoring, "_move", fails_at_the_last)
    result = typed("restore", backed_up)
    assert result.exit_code == 1
    assert "没有恢复，原有内容没有动：磁盘空间不够" in result.output
    assert contents(sealed) == before


def test_an_empty_folder_becomes_the_deployment(backed_up, tmp_path_factory):
    """As after the loss of the machine."""
    folder = tmp_path_factory.mktemp("new")
    result = typed_into(app_on(folder, SECRET_KEY=None))("restore", backed_up)
    assert result.exit_code == 0, result.output
    assert (folder / "secret_key").read_text() == "5" * 64
    again = app_on(folder, SECRET_KEY=None)
    assert let_in(again, "linxiao").open("/pdsu/filings/").status == 200
