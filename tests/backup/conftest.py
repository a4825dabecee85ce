"""A deployment with keys and seals, and its commands as they are typed."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

Typed = Callable[..., Result]


def typed_into(app: Flask) -> Typed:
    """`typed("backup", folder)` runs that command of the app; `answer` is typed where it asks."""

    def typed(*words: object, answer: str = "") -> Result:
        with app.app_context():
            return app.test_cli_runner().invoke(args=[str(word) for word in words], input=answer)

    return typed


@pytest.fixture
def typed(app: Flask) -> Typed:
    return typed_into(app)


@pytest.fixture
def sealed(typed: Typed, tmp_path: Path) -> Path:
    """An instance folder with a sealed history and a key."""
    (tmp_path / "secret_key").write_text("5" * 64)
    assert typed("seal").exit_code == 0
    return tmp_path


@pytest.fixture
def target(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the backups go."""
    return tmp_path_factory.mktemp("backups")


@pytest.fixture
def backed_up(typed: Typed, sealed: Path, target: Path) -> Path:
    """The file of a good backup."""
    result = typed("backup", target)
    assert result.exit_code == 0, result.output
    [file] = target.iterdir()
    return file


def contents(folder: Path) -> dict[str, str]:
    """What lies in a folder: each file with a digest of its content, locks aside."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix not in (".lock", ".part")
    }
