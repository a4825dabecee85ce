"""Whatever the program writes is its owner's alone, also what an earlier version left readable."""

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from flask import Flask

from app import HOUSE
from blueprints.web import security_log
from models import files
from models.database import db
from tests import pages
from tests.builders import ACCOUNT
from tests.file_jobs import downloaded, finished
from tests.imports.pages.conftest import group, preview
from tests.lending import DATABASE, app_on
from tests.signing import let_in

pytestmark = pytest.mark.sqlite("asks who may read the database's file")

on_posix = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has no such modes: folders hand theirs down"
)


@pytest.fixture(autouse=True)
def usual_umask() -> Iterator[None]:
    """As a shell leaves it: what is made can be read by everybody."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
def instance(demo, tmp_path) -> Path:
    """A folder as an earlier version or a careless copy left it."""
    folder = tmp_path / "instance"
    for name in ("", "seals", "logs", "files", "cache/sheets", "institutions", "fonts"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    shutil.copy(demo.file, folder / DATABASE)
    (folder / "secret_key").write_text("0" * 64)
    for name in ("config.toml", "seals/old.log", "logs/security.log", "files/1.pdf", "cache/sheets/a.pdf"):
        (folder / name).touch()
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o777 if path.is_dir() else 0o666)
    return folder


def readable_by_others(folder: Path) -> list[str]:
    """What in a folder, and the folder itself, is not its owner's alone."""
    return [
        str(path.relative_to(folder))
        for path in (folder, *folder.rglob("*"))
        if stat.S_IMODE(path.lstat().st_mode) & 0o077
    ]


@on_posix
def test_what_was_left_readable_is_the_owners_alone_after_a_start(instance):
    assert len(readable_by_others(instance)) > 10
    app_on(instance)
    assert readable_by_others(instance) == []
    assert stat.S_IMODE((instance / DATABASE).stat().st_mode) == 0o600
    assert stat.S_IMODE((instance / "seals").stat().st_mode) == 0o700


@on_posix
def test_links_and_folders_that_are_shared_stay_as_they_are(tmp_path):
    outside, instance, shared = tmp_path / "outside", tmp_path / "instance", tmp_path / "shared"
    for folder in (outside, instance, shared):
        folder.mkdir()
    (outside / "somebody's").touch()
    (instance / "fonts").symlink_to(outside)
    (shared / "somebody's").touch()
    shared.chmod(0o1777)
    files.keep_private(instance)
    files.keep_private(shared)
    assert stat.S_IMODE((outside / "somebody's").stat().st_mode) == 0o644
    assert stat.S_IMODE(outside.stat().st_mode) == 0o755
    assert stat.S_IMODE((shared / "somebody's").stat().st_mode) == 0o644
    assert stat.S_IMODE(shared.stat().st_mode) == 0o1777


MADE = [
    DATABASE,
    # The journal or the write-ahead log.
    f"{DATABASE}-*",
    "cache/sheets/*.pdf",
    "files/*.log",
    "logs/security-*.log",
    "preview/pdsu-account.pdf",
    "seal_key",
    "seals/pdsu.log",
    "secret_key",
]


def journey(app: Flask) -> None:
    """Every kind of file that the program makes: drawn, printed, sealed, logged, uploaded."""
    security_log.keep_in(Path(app.instance_path) / "logs")
    reporter, office = let_in(app, "linxiao"), let_in(app, "wutong")
    place = pages.filed_by(reporter, ACCOUNT | {"平台名称": "平院新报"})
    assert office.client.get(f"{place}/sheet.pdf").status_code == 200
    boxes = office.open("/pdsu/filings/").soup.select("#results input[name=filing]")
    office.submit("打印所选", filing=[box["value"] for box in boxes[:2]])
    finished(office)
    assert downloaded(office).data.startswith(b"%PDF-")
    preview(reporter, group("信工之声"))
    reporter.submit("退出登录")
    for command in (["seal"], ["preview", "pdsu", "account"]):
        with app.app_context():
            result = app.test_cli_runner().invoke(args=command)
        assert result.exit_code == 0, result.output


@on_posix
def test_every_file_of_a_whole_journey_is_the_owners_alone(demo, tmp_path):
    folder = tmp_path / "instance"
    folder.mkdir()
    # SQLite gives a journal the rights of its database: it is laid readable, as a restore leaves it.
    shutil.copy(demo.file, folder / DATABASE)
    (folder / DATABASE).chmod(0o644)
    app = app_on(folder, SECRET_KEY=None)
    journey(app)
    with app.app_context():
        db.session.execute(db.text("UPDATE unit SET name = name"))
        assert [pattern for pattern in MADE if not list(folder.glob(pattern))] == []
        assert readable_by_others(folder) == []
        db.session.rollback()
        db.engine.dispose()
    for handler in security_log.log.handlers[:]:
        security_log.log.removeHandler(handler)


@on_posix
def test_a_database_that_a_command_makes_is_the_owners_alone(tmp_path):
    folder = tmp_path / "instance"
    prepare = [sys.executable, "-m", "flask", "--app", "app", "prepare", "--no-demo"]
    subprocess.run(
        prepare, cwd=HOUSE, env=os.environ | {"BEIAN_INSTANCE": str(folder)}, check=True, capture_output=True
    )
    assert {DATABASE, "secret_key"} <= {path.name for path in folder.iterdir()}
    assert readable_by_others(folder) == []


@pytest.mark.parametrize(
    ("name", "advice"), [("secret_key", "删除它再启动"), ("seal_key", "和 seals 文件夹一起移到别处")]
)
@pytest.mark.parametrize("content", [b"", b" \n"])
def test_an_empty_key_refuses_the_start_and_says_what_to_do(tmp_path, name, advice, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(click.ClickException) as stopped:
        app_on(tmp_path, SECRET_KEY=None)
    assert f"{name} 是空的，程序没有启动。请从备份恢复" in stopped.value.message
    assert advice in stopped.value.message
    assert (tmp_path / name).read_bytes() == content


def test_a_key_is_made_once(tmp_path):
    first, second = (app_on(tmp_path, SECRET_KEY=None).secret_key for _ in range(2))
    assert first == second == (tmp_path / "secret_key").read_text()
    assert len(first) == 64
