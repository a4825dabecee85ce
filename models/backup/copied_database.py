"""A copy of the SQLite database, taken while others write, and what is in such a copy.

`VACUUM INTO` reads in one transaction: with a write-ahead log nobody waits for it, and what is written
meanwhile does not begin it anew, as it does the copying page by page of SQLite's backup interface. It also
leaves out what was erased. docs/decisions/0021 has the figures.
"""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models import embedded_engine, schema_version
from models.database import db

Failure = embedded_engine.sqlite.Error


@dataclass(frozen=True)
class Content:
    """What a copy holds: `revision` of its tables, its `database` name and the codes of its `schools`.

    `trouble`: a sentence where the file itself is not sound; `people`: how many there are.
    """

    revision: str
    database: str
    schools: list[str]
    people: int
    trouble: str


def bytes_in_use() -> int:
    """How large the database is."""
    with closing(db.engine.raw_connection()) as connection:
        cursor = connection.cursor()
        (pages,), (size,) = (
            cursor.execute(f"PRAGMA {name}").fetchone() for name in ("page_count", "page_size")
        )
        return int(pages) * int(size)


def trouble_in_use() -> str:
    """A sentence where the database that is in use is not sound; else ''. Raises Failure."""
    with closing(db.engine.raw_connection()) as connection:
        return _unsound(connection.cursor())


def copy_to(file: Path) -> None:
    """Write the database as it is at this moment to a new file. Raises Failure."""
    with closing(db.engine.raw_connection()) as connection:
        connection.cursor().execute("VACUUM INTO ?", [str(file)])


def look_into(file: Path) -> Content:
    """What is in a copy that nobody has open. Raises Failure where it is no database at all."""
    embedded_engine.settle(file)
    with embedded_engine.opened_to_look(file) as cursor:
        tables = {name for (name,) in cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}

        def column(table: str, sql: str) -> list:
            return [value for (value,) in cursor.execute(sql)] if table in tables else []

        return Content(
            revision="".join(column("alembic_version", "SELECT version_num FROM alembic_version")),
            database="".join(column("database_name", "SELECT id FROM database_name LIMIT 1")),
            schools=column("unit", "SELECT DISTINCT institution FROM unit ORDER BY institution"),
            people=sum(column("person", "SELECT count(*) FROM person")),
            trouble=_unsound(cursor),
        )


def is_current(content: Content) -> bool:
    """Whether this program can compare its history with its seals: its tables are this version's."""
    return content.revision == schema_version.head()


def _unsound(cursor: Any) -> str:
    lines = [line for (line,) in cursor.execute("PRAGMA integrity_check(5)")]
    if lines != ["ok"]:
        return f"数据库文件已损坏（{lines[0]}）。"
    broken = cursor.execute("PRAGMA foreign_key_check").fetchall()
    return f"数据库中有 {len(broken)} 行指向不存在的行（如 {broken[0][0]}）。" if broken else ""
