"""Names are the field's words: the private dialect of the first versions may only become rarer."""

import ast
import subprocess
from collections import Counter

from app import HOUSE

DIALECT = {"one", "found", "asked", "said", "told", "deed", "deeds"}
# Whoever renames some lowers this by as many; nobody raises it.
MOST = 0


def bound_names(tree: ast.AST) -> list[str]:
    """Every name that the module binds by assignment, as an argument, a function or a class."""
    names = []
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                names.append(name)
            case ast.arg(arg=name):
                names.append(name)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                names.append(name)
    return names


def dialect_of(source: str) -> int:
    return sum(name in DIALECT for name in bound_names(ast.parse(source)))


def git(*arguments: str) -> str:
    """What git prints; '' where it refuses, as for a file that the last commit does not know."""
    return subprocess.run(["git", *arguments], cwd=HOUSE, capture_output=True, text=True).stdout


def modules() -> list[str]:
    """The house's own modules, new ones included; tests tell stories, and migrations are never touched again."""
    listed = git("ls-files", "--cached", "--others", "--exclude-standard", "*.py").splitlines()
    return [
        path
        for path in listed
        if not path.startswith(("tests/", "models/migrations/")) and (HOUSE / path).exists()
    ]


def test_the_dialect_only_becomes_rarer() -> None:
    counts = Counter({path: dialect_of((HOUSE / path).read_text()) for path in modules()})
    total = counts.total()
    assert total <= MOST, f"""{total} bindings of {sorted(DIALECT)}, at most {MOST} may be.
Gained since the last commit: {gained_since_last_commit(counts)}
All: {dict((+counts).most_common())}"""


def gained_since_last_commit(counts: Counter[str]) -> dict[str, int]:
    before = Counter({path: dialect_of(git("show", f"HEAD:{path}")) for path in +counts})
    return dict(counts - before)


def test_every_way_of_binding_a_name_is_seen() -> None:
    source = """
one = 1
for found in []: pass
[asked for asked in []]
def told(said, *, one=None): pass
class deeds: pass
with open("x") as deed: pass
(found := 3)
print(one, found.asked, dict(said=1))
"""
    assert dialect_of(source) == 9
