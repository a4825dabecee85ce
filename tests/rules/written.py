"""A small sound school on disk, to be written wrongly by the tests of the loader."""

import shutil
from pathlib import Path

import pytest

from models.rules.definitions.loader import DefinitionErrors, load_institutions

SCHOOLS = Path(__file__).parents[1] / "definitions"
BUILT_IN = Path(__file__).parents[2] / "blueprints"
ACCOUNT, REGISTER = "demo/forms/account.yaml", "demo/registers/accounts.yaml"
SCHOOL = "demo/institution.yaml"


def copied_to(place: Path) -> Path:
    """A copy of the sound school that a test may spoil."""
    return Path(shutil.copytree(SCHOOLS, place))


def errors_of(*folders) -> list[str]:
    with pytest.raises(DefinitionErrors) as caught:
        load_institutions(*folders)
    return caught.value.errors


def change(folder, name, *changes):
    """Replace words of a file, each of which must be there."""
    text = (folder / name).read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    (folder / name).write_text(text, "utf-8")
    return text


def line_of(text: str, words: str) -> int:
    return text[: text.index(words)].count("\n") + 1
