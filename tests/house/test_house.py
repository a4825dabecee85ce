"""What must hold of the house itself, whoever works on it next."""

import re
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
import yaml
from flask import Flask

from app import HOUSE
from models.channels import count_triggers
from models.embedded_engine import sqlite
from models.events import append_only
from models.rules.policy import Action

SCHOOLS = ["blueprints/pdsu", "blueprints/ahbc"]
NAMES = re.compile("平顶山|平院|安徽商贸|安商贸|pdsu|ahbc", re.IGNORECASE)


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns],
        cwd=HOUSE,
        capture_output=True,
        text=True,
        check=True,
    )
    return [HOUSE / name for name in listed.stdout.split() if (HOUSE / name).exists()]


def lines_of(path: Path) -> int:
    return len(path.read_text().splitlines())


def test_no_school_is_named_in_python_or_in_shared_templates() -> None:
    code = tracked("app.py", "models/*.py", "blueprints/*.py", "templates/*", "static/app.*")
    named = [str(path) for path in code if NAMES.search(path.read_text())]
    assert named == []


def test_a_school_folder_holds_only_yaml() -> None:
    for folder in SCHOOLS:
        assert {path.suffix for path in tracked(folder)} == {".yaml"}


def test_every_route_declares_who_may(app: Flask) -> None:
    undeclared = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static"
        and not isinstance(getattr(app.view_functions[rule.endpoint], "action", None), Action)
    ]
    assert undeclared == []


def test_only_one_file_speaks_htmx_headers() -> None:
    speakers = [
        path.name
        for path in tracked("app.py", "blueprints/*.py", "models/*.py")
        if re.search(r"""["']HX-""", path.read_text())
    ]
    assert speakers == ["page.py"]


def test_the_mould_is_the_same_for_every_school(app: Flask) -> None:
    by_school: dict[str, set[str]] = {}
    for rule in app.url_map.iter_rules():
        school, _, endpoint = rule.endpoint.partition(".")
        if school in app.extensions["institutions"]:
            by_school.setdefault(school, set()).add(endpoint)
    first, *others = by_school.values()
    assert all(endpoints == first for endpoints in others)


@pytest.mark.parametrize(("pattern", "most"), [("*.py", 400), ("templates/*.html", 400)])
def test_no_file_outgrows_its_room(pattern: str, most: int) -> None:
    too_long = {
        str(path.relative_to(HOUSE)): lines_of(path)
        for path in tracked(pattern)
        if lines_of(path) > most and "migrations/versions" not in str(path)
    }
    assert too_long == {}


@pytest.mark.parametrize("pattern", ["*.py", "templates/*.html"])
def test_no_line_is_wider_than_a_reader_sees(pattern: str) -> None:
    """Migrations are written by Alembic; what a school's form says in a test is as long as it is."""
    wide = {
        f"{path.relative_to(HOUSE)}:{number}"
        for path in tracked(pattern)
        if "migrations/versions" not in str(path) and "tests" not in path.relative_to(HOUSE).parts
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if len(line) > 110
    }
    assert wide == set()


def test_no_migration_changes_when_a_model_does() -> None:
    """It was written for the tables of its day: what it needs of the app stands in the file itself."""
    imported = re.compile(r"^\s*(?:from|import)\s+(?:models(?!\.database\b)|blueprints|app\b)", re.MULTILINE)
    migrations = tracked("models/migrations/versions/*.py")
    assert migrations != []
    assert [path.name for path in migrations if imported.search(path.read_text())] == []


@pytest.mark.sqlite("reads what SQLite stored")
def test_the_migrations_lead_to_the_triggers_that_the_models_describe(empty_database: Path) -> None:
    """A trigger changed in the models alone would reach no database that is there already."""
    with closing(sqlite.connect(empty_database)) as connection:
        migrated = {
            sql for (sql,) in connection.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger'")
        }
    assert migrated == {*append_only.SQLITE, *count_triggers.TRIGGERS["sqlite"]()}


def test_no_template_carries_a_style_or_a_script_of_its_own() -> None:
    pages = [path for path in tracked("templates/*.html") if path.parent.name != "paper"]
    loud = re.compile(r"<style|\sstyle=|<script(?![^>]*\bsrc=)|\son[a-z]+=|hx-on|js:")
    assert [path.name for path in pages if loud.search(path.read_text())] == []


def test_no_page_asks_anything_of_the_outside() -> None:
    outside = re.compile(r"""(?:src|href|action|url\()\s*=?\s*["'(]?(?:https?:)?//""")
    files = tracked("templates/*.html", "static/app.css", "static/app.js")
    assert [path.name for path in files if outside.search(path.read_text())] == []


def test_lock_files_record_no_addresses() -> None:
    for lock in (
        "requirements.lock",
        "requirements-dev.lock",
        "requirements-sqlite.lock",
        "requirements-postgresql.lock",
    ):
        assert "://" not in (HOUSE / lock).read_text()


def test_what_a_commit_is_checked_with_is_installed_and_never_downloaded() -> None:
    [own] = yaml.safe_load((HOUSE / ".pre-commit-config.yaml").read_text())["repos"]
    assert own["repo"] == "local"
    assert {hook["language"] for hook in own["hooks"]} == {"system"}
    assert all(hook["entry"].startswith(".venv/bin/") for hook in own["hooks"])
