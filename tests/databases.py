"""Where a test's rows are: in the SQLite file of its folder, or in a database that this file stands for.

With BEIAN_TEST_DATABASE (postgresql://…, a server that may be filled and thrown away) a file such as
`beian.sqlite3` holds two lines, the name of a database and whose file it is. A copy of the file becomes
a copy of the database when it is first used: tests lay out, copy and put back files on both engines.
"""

import os
import secrets
from pathlib import Path

import pytest

from models.embedded_engine import journal_mode, sqlite

SERVER = os.environ.get("BEIAN_TEST_DATABASE", "")
ON_POSTGRESQL = bool(SERVER)
# A rollback journal lets nobody commit while somebody reads, be it another connection of one test.
needs_a_log_beside = pytest.mark.skipif(
    not ON_POSTGRESQL and journal_mode(sqlite.sqlite_version_info) != "WAL",
    reason="nobody can commit while another reads",
)

_names: dict[Path, str] = {}


def require_engine(item: pytest.Item) -> None:
    """Skip a test that speaks to a SQLite file itself where there is none; its mark says why."""
    mark = item.get_closest_marker("sqlite")
    if mark and ON_POSTGRESQL:
        pytest.skip(f"SQLite's own: {mark.args[0]}")


def uri(file: Path) -> str:
    """The address of the database that a file is, or stands for; made where there is none yet."""
    return address(name_of(file)) if ON_POSTGRESQL else f"sqlite:///{file}"


def address(name: str) -> str:
    """The address of a database of the tests' server."""
    return f"{SERVER.rpartition('/')[0]}/{name}"


def name_of(file: Path) -> str:
    """The database of a file, on PostgreSQL: a new one for a new file, a copy for a copied one."""
    name, whose = file.read_text().splitlines() if file.exists() else ("template0", "")
    if whose == str(file):
        return name
    # What an application is connected to keeps its name when it is put back.
    own = _names.get(file) or f"beian_{secrets.token_hex(8)}"
    forget(file)
    run(f'CREATE DATABASE "{own}" TEMPLATE "{name}"')
    _names[file] = own
    file.write_text(f"{own}\n{file}\n")
    return own


def forget(file: Path) -> None:
    """The database of a file is needed no longer, whoever is still connected to it."""
    if file in _names:
        run(f'DROP DATABASE IF EXISTS "{_names.pop(file)}" WITH (FORCE)')


def written_so_far() -> str:
    """Differs from before where anything was written anywhere on the server since."""
    return str(run("SELECT pg_current_wal_insert_lsn()")[0][0])


def run(statement: str) -> list[tuple]:
    """The rows of a statement to the tests' server, in no transaction."""
    import psycopg

    with psycopg.connect(SERVER, autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []
