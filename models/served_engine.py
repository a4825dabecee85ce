"""PostgreSQL, the engine beside the process: how it is reached, and how long a transaction waits there.

Knows nothing of ours. For a deployment that outgrew one file, or has two servers (docs/decisions/0023).
"""

import platform
from collections.abc import Callable
from math import ceil
from typing import Any

import click
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

# The oldest whose statements we use and test.
OLDEST = 15
# Seconds until a server that does not answer is away.
PATIENCE_TO_CONNECT = 5
# Seconds until a purge no longer waits for those who read, and says that it did not sweep.
PATIENCE_TO_SWEEP = 10
# A connection that says nothing is asked whether it lives: after so many seconds, so often.
KEEPALIVES = {"keepalives_idle": 30, "keepalives_interval": 5, "keepalives_count": 3}

# What the connections of `serve` are called, with a mark of its key and the machine.
SERVES = "beian serve"
LONGEST_NAME = 63
OTHERS = (
    "SELECT DISTINCT application_name FROM pg_stat_activity "
    "WHERE datname = current_database() AND application_name LIKE %s"
)

# Whoever writes holds it until the end of the transaction, and PostgreSQL lets them wait in a row.
WRITERS = 20_261_130
TAKE_THE_TURN = "SELECT set_config('lock_timeout', %s, true), pg_advisory_xact_lock(%s)"


def is_served(uri: str) -> bool:
    """Whether the address is that of a PostgreSQL."""
    return uri.startswith(("postgresql:", "postgresql+", "postgres:"))


def address(uri: str) -> URL:
    """The address with the driver that we have; `postgres://` is what some tools call it.

    Raises click.ClickException where the driver is not installed, or the address is none.
    """
    try:
        import psycopg  # noqa: F401
    except ImportError:
        sentence = "没有安装 PostgreSQL 的驱动，程序没有启动。请先安装 requirements-postgresql.lock。"
        raise click.ClickException(sentence) from None
    try:
        return make_url(uri).set(drivername="postgresql+psycopg")
    except ArgumentError:
        raise click.ClickException(
            "PostgreSQL 的地址写法有误，请按 postgresql://用户:密码@主机/库名 填写。"
        ) from None


def options() -> dict:
    """What SQLAlchemy's engine is made with: a server that was away is found again by the next request."""
    connect = {"connect_timeout": PATIENCE_TO_CONNECT, "client_encoding": "utf8", **KEEPALIVES}
    return {"pool_pre_ping": True, "connect_args": connect}


def in_use(engine: Engine) -> str:
    """Engine and version, for whoever runs it: 'PostgreSQL 15.14'; without the version while it is away."""
    version = engine.dialect.server_version_info
    return f"PostgreSQL {'.'.join(map(str, version))}" if version else "PostgreSQL"


def serves(engine: Engine, mark: str) -> None:
    """From now on this engine's connections say that this machine serves, with a key of this mark."""
    name = f"{SERVES} {mark} {platform.node()}"[:LONGEST_NAME]

    @event.listens_for(engine, "connect")
    def say_so(connection: Any, _record: object) -> None:
        connection.execute("SELECT set_config('application_name', %s, false)", (name,))
        connection.commit()


def who_serves(engine: Engine) -> list[tuple[str, str]]:
    """The mark and the machine of each server that has this database open. Raises DBAPIError."""
    with engine.connect() as connection:
        names = connection.exec_driver_sql(OTHERS, (f"{SERVES} %",)).scalars().all()
    return [(mark, machine) for mark, _, machine in (n[len(SERVES) + 1 :].partition(" ") for n in names)]


def trouble_with(engine: Engine) -> str:
    """Why this server or database will not do; '' when it will. Raises DBAPIError where it is away."""
    with engine.connect() as connection:
        version = connection.dialect.server_version_info or (0,)
        encoding = connection.exec_driver_sql("SHOW server_encoding").scalar()
    if version < (OLDEST,):
        return f"PostgreSQL {version[0]} 太旧，请用 {OLDEST} 或更新的版本。"
    return "" if encoding == "UTF8" else f"数据库的编码是 {encoding}，请用 UTF8 编码建库。"


def listen(engine: Engine, patience: Callable[[], float | None]) -> None:
    """Every transaction of this engine begins as what it is, and sees what it would see in SQLite.

    `patience`: asked at each beginning, how many seconds it waits for who writes; None for one that
    only reads, which sees the moment of its first statement until it ends. Writers take turns, those
    of other servers too: what they read before they write must still be so when they do.
    """
    from psycopg import IsolationLevel
    from psycopg.types.string import StrDumperUnknown

    class WithoutNul(StrDumperUnknown):
        """A text in which U+0000 stands is found nowhere and refused by nobody: PostgreSQL keeps none."""

        def dump(self, obj: str) -> Any:
            return super().dump(obj.replace("\0", "\ufffd"))

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.adapters.register_dumper(str, WithoutNul)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        seconds = patience()
        # It goes with the driver's own BEGIN and costs no way to the server.
        reads, writes = IsolationLevel.REPEATABLE_READ, IsolationLevel.READ_COMMITTED
        driver: Any = connection.connection.driver_connection
        driver.isolation_level = reads if seconds is None else writes
        if seconds is not None:
            connection.exec_driver_sql(TAKE_THE_TURN, (str(ceil(seconds * 1000)), WRITERS))


def forget_erased(engine: Engine, tables: list[str]) -> bool:
    """Writes the tables anew without what was erased (VACUUM FULL); False where others kept it waiting.

    A plain VACUUM only gives the place free: the bytes stay readable in the file until something else
    is written over them.
    """
    pooled = engine.raw_connection()
    driver: Any = pooled.driver_connection
    try:
        driver.autocommit = True
        driver.execute(f"SET lock_timeout = {PATIENCE_TO_SWEEP * 1000}")
        for table in tables:
            driver.execute(f'VACUUM FULL "{table}"')
        return True
    except engine.dialect.dbapi.OperationalError:  # type: ignore[union-attr]
        return False
    finally:
        # Its settings are not for whoever is lent it next.
        pooled.invalidate()
