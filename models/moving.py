"""A whole database into an empty one, of the other engine or of the same: every row, nothing changed.

What is derived (the tally and the pairs of the channels) is made anew there by its own triggers, and
then compared like the rest.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from alembic import command
from alembic.migration import MigrationContext
from flask import current_app
from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Engine,
    Row,
    Table,
    Text,
    bindparam,
    cast,
    func,
    inspect,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError

from models.database import MIGRATIONS, db

# Rows that travel at once: some carry pictures.
SLICE = 200
# Made by the migrations, or by the triggers of `channel`.
DERIVED = ("text_place", "channel_tally", "channel_pair")
# Drawn by a migration; the seals know the name of the source.
NAME = "database_name"


class NotMoved(Exception):
    """Nothing was moved; the sentence says why."""


@dataclass(frozen=True)
class Moved:
    """How many tables and rows were moved and compared, and how many of the rows are history."""

    tables: int
    rows: int
    events: int


def move(target: Engine) -> Moved:
    """Every row of this application's database into `target`, which has none.

    Nobody can write here meanwhile; nothing is changed here. The target gets all rows or none, is
    brought to this version, and is compared row by row before it is kept. Raises NotMoved.
    """
    with db.engine.connect() as source, target.connect() as there:
        # The first statement takes the writer's lock.
        revision = MigrationContext.configure(source).get_current_revision()
        _refuse_filled(there)
        _migrate(there)
        if MigrationContext.configure(there).get_current_revision() != revision:
            raise NotMoved("原数据库不是当前版本，请先升级再搬。")
        there.rollback()
        try:
            rows = _fill(source, there)
        except DBAPIError as error:
            # Its own words may quote a row.
            state = getattr(error.orig, "sqlstate", None) or type(error.orig).__name__
            raise NotMoved(f"目标数据库没有收下全部内容（{state}），没有搬动任何内容。") from error
        there.commit()
        source.rollback()
    return Moved(len(rows), sum(rows.values()), rows["event"])


def _tables() -> list[Table]:
    return [table for table in db.metadata.tables.values() if table.name not in DERIVED]


def _refuse_filled(there: Connection) -> None:
    existing = set(inspect(there).get_table_names())
    for table in _tables():
        if table.name in existing - {NAME} and there.scalar(select(func.count()).select_from(table)):
            raise NotMoved(f"目标数据库里已经有内容（{table.name}），请换一个空的数据库。")
    there.rollback()


def _migrate(there: Connection) -> None:
    """The tables, triggers and constraints of this version."""
    config = current_app.extensions["migrate"].migrate.get_config(str(MIGRATIONS))
    config.attributes["connection"] = there
    command.upgrade(config, "head")


def _fill(source: Connection, there: Connection) -> dict[str, int]:
    """Copies and compares; how many rows each table has."""
    there.execute(db.metadata.tables[NAME].delete())
    with_links_again = _without_links(there)
    for table in _tables():
        for rows in source.execute(_reading(table)).partitions(SLICE):
            there.execute(_writing(table, there.dialect.name), [_by_name(table, row) for row in rows])
    with_links_again()
    _count_on(there)
    return {table.name: _same(table, source, there) for table in db.metadata.tables.values()}


def _without_links(there: Connection) -> Callable[[], None]:
    """Lets rows in whose counterparts come later (a channel and its filing name each other).

    Out: what ends it; a link that leads nowhere raises IntegrityError then, or with the commit.
    """
    if there.dialect.name == "sqlite":
        there.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        return lambda: None
    links = there.execute(
        text(
            "SELECT CAST(CAST(conrelid AS regclass) AS text), quote_ident(conname), "
            "pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE contype = 'f' AND connamespace = CAST(current_schema() AS regnamespace)"
        )
    ).all()
    for table, name, _ in links:
        there.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")

    def again() -> None:
        for table, name, definition in links:
            there.exec_driver_sql(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")

    return again


def _count_on(there: Connection) -> None:
    """What numbers the rows goes on after those that came; SQLite looks for itself."""
    if there.dialect.name == "sqlite":
        return
    for table in _tables():
        numbered = table.autoincrement_column
        sequence = numbered is not None and there.scalar(
            select(func.pg_get_serial_sequence(f'"{table.name}"', numbered.name))
        )
        if numbered is not None and sequence and (last := there.scalar(select(func.max(numbered)))):
            there.execute(select(func.setval(sequence, last)))


def _columns(table: Table) -> list[Column[Any]]:
    return list(table.columns)


def _reading(table: Table) -> Any:
    """Every row in the order of its key. JSON as it was written: a null there is not no value."""
    columns = [cast(c, Text) if isinstance(c.type, JSON) else c for c in _columns(table)]
    return select(*columns).order_by(*table.primary_key.columns)


def _writing(table: Table, dialect: str) -> Any:
    values = {}
    for column in _columns(table):
        is_json = isinstance(column.type, JSON)
        value: Any = bindparam(column.name, type_=Text() if is_json else column.type)
        values[column.name] = cast(value, JSON) if is_json and dialect == "postgresql" else value
    return table.insert().values(values)


def _by_name(table: Table, row: Row[Any]) -> dict[str, Any]:
    return {column.name: value for column, value in zip(_columns(table), row, strict=True)}


def _same(table: Table, source: Connection, there: Connection) -> int:
    """How many rows the table has on both sides. Raises NotMoved where they differ in anything."""
    (rows, digest), (rows_there, digest_there) = _digest(table, source), _digest(table, there)
    if rows != rows_there:
        raise NotMoved(f"{table.name} 应有 {rows} 行，目标数据库里是 {rows_there} 行；没有搬动任何内容。")
    if digest != digest_there:
        raise NotMoved(f"{table.name} 的内容与原来不一致；没有搬动任何内容。")
    return rows


def _digest(table: Table, connection: Connection) -> tuple[int, bytes]:
    """Of all that stands in a table, whatever order the engine sorts texts in."""
    total, rows = 0, 0
    for row in _rows(table, connection):
        rows += 1
        total ^= int.from_bytes(sha256(repr(tuple(row)).encode()).digest(), "big")
    return rows, total.to_bytes(32, "big")


def _rows(table: Table, connection: Connection) -> Iterator[Sequence[Any]]:
    query = _reading(table)
    if "channels" in table.columns and table.name == "channel_tally":
        # A sort that has no channel any more is counted with 0, or was never there.
        query = query.where(table.c.channels > 0)
    for rows in connection.execute(query).partitions(SLICE):
        yield from rows
