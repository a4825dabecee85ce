"""Nothing normalises typed text but the helper that bounds it first."""

import ast
from pathlib import Path

import pytest

from app import HOUSE

HELPER = "models/rules/typed_text.py"
# As the code of its day had it: a migration is never changed.
LEFT = {HELPER, "models/migrations/versions/20261122_life_of_a_channel.py"}


CALLS = {"normalize", "is_normalized"}


def _normalises(source: str) -> bool:
    """Whether a module names `unicodedata.normalize` or its like, under whatever name it takes it in."""
    nodes = list(ast.walk(ast.parse(source)))
    # That of a number takes nothing.
    numbers = {id(node.func) for node in nodes if isinstance(node, ast.Call) and not node.args}
    for node in nodes:
        match node:
            case ast.Attribute(attr=name) if name in CALLS and id(node) not in numbers:
                return True
            case ast.ImportFrom(module="unicodedata", names=names) if {n.name for n in names} & {*CALLS, "*"}:
                return True
            case ast.Constant(value=str(name)) if name in CALLS:
                return True  # getattr
    return False


def test_only_the_helper_normalises_text():
    files = [path for room in ("models", "blueprints") for path in Path(HOUSE, room).rglob("*.py")]
    calling = {str(path.relative_to(HOUSE)) for path in files if _normalises(path.read_text("utf-8"))}

    assert calling == LEFT


@pytest.mark.parametrize(
    "source",
    [
        "import unicodedata\nunicodedata.normalize('NFC', text)",
        "import unicodedata as u\nu.normalize('NFC', text)",
        "from unicodedata import is_normalized\nis_normalized('NFC', text)",
        "from unicodedata import normalize as n\nn('NFC', text)",
        "import unicodedata\ngetattr(unicodedata, 'normalize')('NFC', text)",
    ],
)
def test_a_planted_call_is_seen(source):
    assert _normalises(source)


def test_a_number_may_be_normalised():
    assert not _normalises("Decimal(words).normalize()")
