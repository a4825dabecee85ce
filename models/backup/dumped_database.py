"""A dump of the PostgreSQL database by its own programs, what is in it, and putting it back.

`pg_dump` sees one moment and keeps nobody from writing. The dump is looked at by restoring it, into a
database of its own where this user may make one. docs/decisions/0024 has the reasons.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from secrets import token_hex
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from models import schema_version
from models.backup.copied_database import Content
from models.database import db, engine_at
from models.served_engine import WRITERS

ABSENT = "这台机器上没有 {}。请安装 PostgreSQL 的客户端程序（Debian：apt install postgresql-client）。"
TOO_OLD = "{} 是 {} 版的，比数据库服务器（{} 版）旧。请安装 {} 或更新版本的客户端程序。"
SAYS_VERSION = re.compile(r"\(PostgreSQL\) (\d+)")


class Failure(Exception):
    """It did not come to an end; the sentence says why."""


def bytes_in_use() -> int:
    """How large the database is."""
    with db.engine.connect() as connection:
        return connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one()


def content_in_use() -> Content | None:
    """What is in the database; None where nobody has made its tables."""
    with db.engine.connect() as connection:
        revision = schema_version.of(connection)
        tables = inspect(connection).get_table_names()

        def column(table: str, sql: str) -> list:
            return list(connection.exec_driver_sql(sql).scalars()) if table in tables else []

        return revision and Content(
            revision=revision,
            database="".join(column("database_name", "SELECT id FROM database_name LIMIT 1")),
            schools=column("unit", "SELECT DISTINCT institution FROM unit ORDER BY institution"),
            people=sum(column("person", "SELECT count(*) FROM person")),
            trouble="",
        )  # type: ignore[return-value]


def dump_to(file: Path) -> None:
    """Write the database as it is at this moment to a new file. Raises Failure, OSError."""
    schema = f"--schema={_schema()}"
    _run("pg_dump", "--format=custom", *PLAIN, schema, "--file", str(file), _place(db.engine.url))


def trouble_with(file: Path, verify: Callable[[str | None], str]) -> str:
    """What of the history in a dump does not fit; '' when all does. Raises Failure where it is no dump.

    `verify`: given the address of a database. Where none may be made the dump is read to its end, and the
    history is compared where it is in use.
    """
    scratch = db.engine.url.set(database=f"beian_look_{token_hex(6)}")
    if not _made(scratch.database or ""):
        _run("pg_restore", "--file", os.devnull, str(file))
        return verify(db.engine.url.render_as_string(hide_password=False))
    try:
        _statement(scratch, f'DROP SCHEMA IF EXISTS "{_schema()}"')
        _run("pg_restore", *PLAIN, "--exit-on-error", "--dbname", _place(scratch), str(file))
        return verify(scratch.render_as_string(hide_password=False))
    finally:
        _statement(db.engine.url, f'DROP DATABASE IF EXISTS "{scratch.database}" WITH (FORCE)')


def put_back(file: Path, script: Path, kept: str) -> None:
    """The dump in the place of what is there, which stays in a schema of this name; all of it or nothing.

    `script`: where it is written on the way. Whoever writes waits; afterwards they write in what was put
    back. Raises Failure.
    """
    _run("pg_restore", *PLAIN, "--file", str(script), str(file))
    aside = f'ALTER SCHEMA "{_schema()}" RENAME TO "{kept}"'
    first = f"SELECT pg_advisory_xact_lock({WRITERS})"
    quietly = (
        "--no-psqlrc",
        "--quiet",
        "--set=ON_ERROR_STOP=1",
        "--single-transaction",
        "--output",
        os.devnull,
    )
    words = ("--command", first, "--command", aside, "--file", str(script))
    _run("psql", *quietly, *words, _place(db.engine.url))


def refuse_without(*programs: str) -> None:
    """Raises Failure where one of PostgreSQL's programs is missing, or older than the server."""
    with db.engine.connect() as connection:
        server = int((connection.dialect.server_version_info or (0,))[0])
    for program in programs:
        if shutil.which(program) is None:
            raise Failure(ABSENT.format(program))
        says = subprocess.run([program, "--version"], capture_output=True, text=True).stdout
        version = SAYS_VERSION.search(says)
        if version and int(version[1]) < server:
            raise Failure(TOO_OLD.format(program, version[1], server, server))


# Whose the tables are is said by who puts them back.
PLAIN = ("--no-owner", "--no-privileges")


def _run(program: str, *words: str) -> None:
    """The password goes by the surroundings, where nobody else sees it."""
    refuse_without(program)
    password = db.engine.url.password or ""
    done = subprocess.run(
        [program, *words],
        env=os.environ | {"PGPASSWORD": str(password), "PGCLIENTENCODING": "UTF8", "LC_MESSAGES": "C"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        why = (done.stderr.strip().splitlines() or [f"{done.returncode}"])[0]
        raise Failure(f"{program} 没有成功：{why[:300]}")


def _place(address: URL) -> str:
    # `set` takes None for what is to stay.
    bare = address.set(drivername="postgresql")._replace(password=None)
    return bare.render_as_string(hide_password=False)


def _schema() -> str:
    with db.engine.connect() as connection:
        return connection.exec_driver_sql("SELECT current_schema()").scalar_one()


def _made(name: str) -> bool:
    """Whether there is a new database of this name; False where this user may make none."""
    try:
        _statement(db.engine.url, f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8'")
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == "42501":
            return False
        raise Failure(f"没有做备份：{error.orig}") from None
    return True


def _statement(address: URL, sql: str) -> None:
    """One statement in no transaction."""
    engine = engine_at(address)
    dbapi: Any = engine.dialect.dbapi
    try:
        pooled = engine.raw_connection()
        driver: Any = pooled.driver_connection
        try:
            driver.autocommit = True
            driver.execute(sql)
        except dbapi.Error as error:
            raise DBAPIError.instance(sql, None, error, dbapi.Error) from None
        finally:
            pooled.invalidate()
    finally:
        engine.dispose()
