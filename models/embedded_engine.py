"""SQLite, the engine inside the process: which one, how it keeps its journal, and who writes next.

Knows nothing of ours but the turns. docs/decisions/0019 has the reasons and the figures.
"""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from math import ceil
from pathlib import Path
from sqlite3 import Cursor
from time import monotonic

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from models.writers import Turns

try:
    # Past the WAL-reset bug, where there is a wheel of it (requirements-sqlite.lock); else Python's own.
    from pysqlite3 import dbapi2 as sqlite
except ImportError:
    import sqlite3 as sqlite

# How long whoever writes waits for those before, in seconds. Then the database is busy: who waits
# in a browser learns it while they still look.
PATIENCE = 5.0
# On a connection: it has this process's turn to write; whose turns these are.
TURN, TURNS = "turn", "turns"

# Whoever holds the writer's lock took it by one of these. The second writes nothing, in a table that SQLite
# keeps by itself where ids are never given twice.
LOCK_AND_READ, LOCK_WHAT_WAS_READ = "BEGIN IMMEDIATE", "DELETE FROM sqlite_sequence WHERE 0"
TAKE_THE_LOCK = (LOCK_AND_READ, LOCK_WHAT_WAS_READ)

# WAL can corrupt a database between 3.7.0 and 3.51.2; these branches carry the correction.
WAL_IS_FIXED_FROM = ((3, 51, 3), (3, 50, 7), (3, 44, 6))


def journal_mode(version: tuple[int, ...]) -> str:
    """'WAL' where this SQLite carries the correction of its corruption bug, else 'TRUNCATE'."""
    newest, *branches = WAL_IS_FIXED_FROM
    fixed = version >= newest or any(version[:2] == branch[:2] and version >= branch for branch in branches)
    return "WAL" if fixed else "TRUNCATE"


def in_use() -> str:
    """Engine and journal, for whoever runs it: 'SQLite 3.53.4, WAL'."""
    return f"SQLite {sqlite.sqlite_version}, {journal_mode(sqlite.sqlite_version_info)}"


def listen(engine: Engine, patience: Callable[[], float | None]) -> None:
    """Every transaction of this engine begins as what it is.

    `patience`: asked at each beginning, how many seconds it waits for the writer's lock; None for one
    that only reads. Writers of this process wait in the order in which they came.
    """
    turns, journal = Turns(), journal_mode(sqlite.sqlite_version_info)

    @event.listens_for(engine, "connect")
    def prepare(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
        record.info[TURNS] = turns
        # The driver must not open transactions by itself: `begin` below does, so that a
        # transaction starts where SQLAlchemy says and a rollback undoes all of it.
        connection.isolation_level = None
        connection.create_function("by_pinyin", 1, _in_gb18030, deterministic=True)
        for pragma in _pragmas(journal):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        seconds = patience()
        if seconds is None:
            connection.exec_driver_sql("BEGIN")
        else:
            _begin_to_write(connection, turns, seconds)

    @event.listens_for(engine, "checkin")
    def give_back(_connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
        if record.info.pop(TURN, False):
            turns.give_back()


def go_on_to_write(connection: Connection) -> bool:
    """Makes a transaction that reads one that writes, where nobody wrote since it began; whether it could.

    What it has read still holds then. It waits for nobody: where somebody writes, or wrote meanwhile, it
    is the caller's to end it and to begin another.
    """
    turns: Turns = connection.info[TURNS]
    if not turns.take(0):
        return False
    connection.info[TURN] = True
    try:
        connection.exec_driver_sql(LOCK_WHAT_WAS_READ)
    except OperationalError:
        return False
    turns.begin()
    return True


def settle(file: Path) -> None:
    """Makes a database nobody else has open one file: what its log holds is in it, and no log beside it.

    Raises sqlite.Error: busy where somebody has it open, or what is wrong with it.
    """
    with closing(sqlite.connect(str(file), isolation_level=None, timeout=0)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE").fetchone()


@contextmanager
def opened_to_look(file: Path) -> Iterator[Cursor]:
    """A settled database that nobody writes, for SELECTs and pragmas; nothing is made beside it."""
    address = f"{file.resolve().as_uri()}?mode=ro&immutable=1"
    with closing(sqlite.connect(address, uri=True, isolation_level=None)) as connection:
        yield connection.cursor()


def _begin_to_write(connection: Connection, turns: Turns, patience: float) -> None:
    """The lock, and before it the turn among the writers of this process."""
    until = monotonic() + patience
    if TURN not in connection.info:
        if not turns.take(patience):
            raise OperationalError(LOCK_AND_READ, None, sqlite.OperationalError("database is locked"))
        connection.info[TURN] = True
    left = max(until - monotonic(), 0)
    connection.exec_driver_sql(f"PRAGMA busy_timeout={ceil(left * 1000)}")
    connection.exec_driver_sql(LOCK_AND_READ)
    turns.begin()
    # Where the journal is a file of its own, a commit waits for those who read.
    connection.exec_driver_sql(f"PRAGMA busy_timeout={ceil(PATIENCE * 1000)}")


def _in_gb18030(name: str | None) -> bytes | None:
    """What PostgreSQL's convert_to() makes of a name (models.wording)."""
    return None if name is None else name.encode("gb18030", "replace")


def _pragmas(journal: str) -> list[str]:
    return [
        f"busy_timeout={ceil(PATIENCE * 1000)}",
        f"journal_mode={journal}",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
        "trusted_schema=OFF",
        "cell_size_check=ON",
    ]
