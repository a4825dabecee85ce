"""Whatever the documents for those who deploy tell them to type is typed, word for word."""

import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from app import HOUSE
from tests import databases
from tests.deploy.documents import DEAR, DEPLOY, DOCUMENTS, OURSELVES, Machine, Step, steps

on_a_file = pytest.mark.sqlite("what is installed there has a file for its database, whatever the tests have")
INSTALL = DEPLOY / "install.md"


@pytest.fixture
def machine(tmp_path) -> Iterator[Machine]:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    machine = Machine(tmp_path, port)
    yield machine
    machine.stop()


def cheap(document: Path) -> list[Step]:
    return [step for step in steps(document) if not (DEAR.search(step.words) or OURSELVES.search(step.words))]


def set_up() -> list[Step]:
    """What begins an installation, without serving it."""
    before = [step.kind for step in cheap(INSTALL)].index("toml")
    return cheap(INSTALL)[:before]


@on_a_file
@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_what_the_readme_says_is_done_in_an_empty_folder(machine, name):
    machine.lay_out()
    output = [machine.follow(step) for step in cheap(HOUSE / name) if step.kind == "sh"]
    assert "演示账号" in output[0]
    if name == "README.zh-CN.md":
        assert any("一次性密码" in words for words in output[1:])


@on_a_file
def test_installing_as_it_is_written_ends_with_a_server_that_is_ready(machine):
    machine.lay_out()
    for step in cheap(INSTALL):
        output = machine.follow(step)
    assert '"status":"ok"' in output.replace(" ", "")


@on_a_file
def test_the_round_of_backup_restore_and_upgrade_is_done_as_it_is_written(machine):
    machine.lay_out()
    for step in set_up():
        machine.follow(step)
    output = {step.words: machine.follow(step) for step in cheap(DEPLOY / "backup.md")}
    shown = "".join(output.values())
    for words in (
        "已核对数据库、记录和封存",
        "已恢复到",
        "记录完整，与封存相符",
        "数据库已是这个版本的",
        "已封存",
    ):
        assert words in shown, output
    assert not (machine.program / "try-restore").exists()
    assert (machine.program / "instance/beian.sqlite3").exists()


def test_no_document_is_forgotten():
    """Each that has commands is followed by a test of this file."""
    followed = {"README.md", "README.zh-CN.md", "install.md", "backup.md", "postgresql.md"}
    assert {
        document.name for document in DOCUMENTS if any(step.kind == "sh" for step in steps(document))
    } == followed


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_every_command_and_option_that_is_named_exists(app: Flask, document):
    """Also those of Windows and in the middle of a sentence."""
    named = re.findall(r"flask --app app ([a-z-]+)([^\n`|；，。）]*)", document.read_text("utf-8"))
    for name, rest in named:
        command = app.cli.commands[name]
        known = {
            option for parameter in command.params for option in [*parameter.opts, *parameter.secondary_opts]
        }
        assert set(re.findall(r"(?<=\s)--[a-z-]+", rest)) <= known, (name, rest)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_every_target_of_make_and_every_module_that_is_named_exists(document):
    text = document.read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):", (HOUSE / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"(?:^|`)make ([a-z-]+)", text, re.MULTILINE)) <= targets
    for module in re.findall(r"python -m (bench[.\w]*)", text):
        place = HOUSE / module.replace(".", "/")
        assert place.with_suffix(".py").exists() or (place / "__main__.py").exists(), module


def package_index_answers(folder: Path) -> bool:
    command = ["python3", "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), "segno"]
    return subprocess.run(command, capture_output=True).returncode == 0


@on_a_file
@pytest.mark.long
def test_installing_with_and_without_the_network(machine, tmp_path, tmp_path_factory):
    """As `install.md` says, with environments of their own: first online, then from a wheelhouse alone."""
    if not package_index_answers(tmp_path_factory.mktemp("probe")):
        pytest.skip("no package index can be reached")
    if not (HOUSE / ".git").exists():
        pytest.skip("a wheelhouse is made of a git clone")
    machine.lay_out(with_environment=False)
    followed = steps(INSTALL)
    gathering = followed.index(Step("sh", "make wheelhouse"))
    for step in followed[:gathering]:
        machine.follow(step)
    assert "3." in machine.type(".venv/bin/python -c 'import flask, sys; print(sys.version)'")

    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", "--shared", HOUSE, clone], check=True)
    machine.folder = clone
    machine.type("make wheelhouse")
    shutil.rmtree(machine.program)
    machine.program.mkdir()
    shutil.copy(clone / "build/beian-offline.tar.gz", machine.program)

    # From here on nothing can be fetched.
    machine.environment |= {"PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_RETRIES": "0", "no_proxy": "*"}
    for step in followed[gathering + 1 :]:
        output = machine.follow(step)
    assert '"status":"ok"' in output.replace(" ", "")
    machine.stop()
    print(machine.type("du -sm .venv"))
    offline = "--no-index --find-links wheels"
    for document in DOCUMENTS:
        for step in steps(document):
            if " -m pip install " in step.words and step not in followed:
                machine.type(step.words.replace("pip install", f"pip install {offline}"))


@pytest.mark.skipif(not databases.ON_POSTGRESQL, reason="needs the server of make test-postgresql")
def test_moving_to_postgresql_and_back_is_done_as_it_is_written(machine, tmp_path):
    machine.lay_out()
    for step in set_up():
        machine.follow(step)
    written = "postgresql://beian:密码@127.0.0.1/beian"
    (tmp_path / "served").mkdir()
    address = databases.uri(tmp_path / "served/beian.sqlite3")
    settings = machine.program / "instance/config.toml"
    outputs = []
    for step in cheap(DEPLOY / "postgresql.md"):
        outputs.append(machine.type(step.words.replace(written, address)))
        if f"move-to {written}" in step.words:
            line = f'SQLALCHEMY_DATABASE_URI = "{address}"\n'
            settings.write_text(line + settings.read_text("utf-8"), "utf-8")
    shown = "".join(outputs)
    assert shown.count("逐行核对一致") == 2
    assert "记录完整" in shown
