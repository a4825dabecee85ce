"""The database: one session, honest transactions, times in UTC.

A request reads until it says that it will write: the writer's lock is held from the first statement
after that to the end of that transaction, and not to draw the page (docs/decisions/0019).
The only Flask in `models/` besides `deployment`.
"""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from flask import Flask, g, has_app_context, has_request_context
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    ColumnElement,
    CursorResult,
    DateTime,
    Engine,
    Enum,
    MetaData,
    Table,
    UpdateBase,
    create_engine,
    event,
    inspect,
    text,
    update,
)
from sqlalchemy.engine import URL, Dialect
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, SessionTransaction, registry
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.types import TypeDecorator

from models import embedded_engine, served_engine
from models.embedded_engine import PATIENCE

log = logging.getLogger(__name__)

MIGRATIONS = Path(__file__).parent / "migrations"

# Seconds that what is noted in passing waits for a writer.
PASSING = 0.2

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def coded(kind: type[StrEnum]) -> Enum:
    """A column type that stores a StrEnum's codes, with a CHECK, and gives its members back."""
    return Enum(
        kind,
        native_enum=False,
        length=20,
        create_constraint=True,
        name=kind.__name__.lower(),
        values_callable=lambda codes: [str(c) for c in codes],
    )


class UtcDateTime(TypeDecorator[datetime]):
    """Stored as naive UTC, handed out as aware UTC; a naive value is refused on its way in."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone cannot be stored: {value!r}")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={datetime: UtcDateTime, dict: JSON, list: JSON},
    )


db = SQLAlchemy(model_class=Base)
# What a table inherits from; a type checker follows no attribute of an object into a class.
if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


def init_database(app: Flask) -> None:
    """Binds the database and its migrations to the app. Needs SQLALCHEMY_DATABASE_URI."""
    uri, given = app.config["SQLALCHEMY_DATABASE_URI"], app.config.get("SQLALCHEMY_ENGINE_OPTIONS", {})
    if served_engine.is_served(uri):
        app.config["SQLALCHEMY_DATABASE_URI"] = served_engine.address(uri)
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = _options(uri) | given
    db.init_app(app)
    Migrate(app, db, directory=str(MIGRATIONS), render_as_batch=True)
    with app.app_context():
        _listen(db.engine)


def engine_at(address: URL) -> Engine:
    """Another database than the app's, spoken to in the same way. Dispose of it afterwards."""
    engine = create_engine(address, **_options(address.drivername + ":"))
    _listen(engine)
    return engine


def _options(uri: str) -> dict[str, Any]:
    """What an engine is made with."""
    own = served_engine.options() if served_engine.is_served(uri) else {"module": embedded_engine.sqlite}
    return {
        # Chinese stays readable (and searchable) inside the JSON columns.
        "json_serializer": lambda value: json.dumps(value, ensure_ascii=False),
        # An error is logged with its statement, and never with what was written in it.
        "hide_parameters": True,
    } | own


def _listen(engine: Engine) -> None:
    kind = embedded_engine if engine.dialect.name == "sqlite" else served_engine
    kind.listen(engine, _patience)


def engine_in_use() -> str:
    """Which database this is, for whoever runs it: 'SQLite 3.53.4, WAL' or 'PostgreSQL 15.14'."""
    return engine_name(db.engine)


def is_served() -> bool:
    """Whether the database is PostgreSQL, which other servers may use too."""
    return db.engine.dialect.name == "postgresql"


def engine_name(engine: Engine) -> str:
    """The same of another engine than the app's."""
    return embedded_engine.in_use() if engine.dialect.name == "sqlite" else served_engine.in_use(engine)


def table_of(model: type[Base]) -> Table:
    """The table of a model, for statements that are made once and are none of the session's business."""
    return cast("Table", model.__table__)


def rows_changed(statement: UpdateBase) -> int:
    """Runs an UPDATE or DELETE; how many rows it reached, as the database counts them."""
    return cast("CursorResult[Any]", db.session.execute(statement)).rowcount


def write_if(row: Model, *as_it_was_read: ColumnElement[bool], **columns: Any) -> bool:
    """Writes columns of a row while these conditions still hold; whether they did.

    Of all who write under the same conditions exactly one does. The row is read again either way.
    """
    mapper = inspect(row).mapper
    [key], [identity] = mapper.primary_key, mapper.primary_key_from_instance(row)
    statement = update(type(row)).where(key == identity, *as_it_was_read).values(columns)
    written = rows_changed(statement.execution_options(synchronize_session=False))
    db.session.refresh(row)
    return written == 1


def know_as_written(row: Model, **columns: Any) -> None:
    """The row has these values in the database by now: it need not be read again to know them."""
    known = inspect(row)
    for name, value in columns.items():
        set_committed_value(row, name, value)
    written = {known.mapper.columns[name] for name in columns}
    led = [each.key for each in known.mapper.relationships if not written.isdisjoint(each.local_columns)]
    if led:
        # Whom it belongs to may be another one now.
        db.session.expire(row, led)


def lock(name: str) -> None:
    """Lets one writer at a time pass until its transaction ends.

    SQLite has one writer anyway; PostgreSQL is told by an advisory lock on the name.
    """
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": name})


def will_write(patience: float | None = None) -> None:
    """What follows writes, until its commit or rollback; what was read and still holds is not read again.

    Where nobody wrote since this transaction began to read, it goes on with the lock. Else it ends, and the
    next takes the lock with its first statement: rows that were loaded before are read again under it.
    Waits for the lock no longer than `patience`, in seconds; then the statement raises OperationalError.
    Outside a request all transactions write.
    """
    if not _goes_on_to_write():
        db.session.rollback()
    g.writers_patience = PATIENCE if patience is None else patience


def _goes_on_to_write() -> bool:
    """Whether the running transaction has the lock now, over what it has read; never on PostgreSQL."""
    session = db.session()
    if not session.in_transaction() or _patience() is not None:
        return False
    # What was changed before it was said that something would be is not to be written.
    if session.new or session.dirty or session.deleted:
        return False
    connection = session.connection()
    return connection.dialect.name == "sqlite" and embedded_engine.go_on_to_write(connection)


def let_go_of_the_lock() -> None:
    """Ends a transaction that said it would write and did not commit: it was refused."""
    if is_writing():
        db.session.rollback()
        # Where nothing was asked of the database there was nothing to end.
        g.pop("writers_patience", None)


def is_writing() -> bool:
    """Whether the running transaction keeps others from writing, or will with its first statement."""
    return has_app_context() and g.get("writers_patience") is not None


@contextmanager
def if_not_busy() -> Iterator[None]:
    """For what is only noted in passing (somebody is still here, has read something): written, or let be.

    Nobody who looks at a page waits for a writer, and a full disk keeps nobody from looking.
    """
    will_write(patience=PASSING)
    try:
        yield
    except OperationalError as error:
        db.session.rollback()
        log.info("Not noted in passing: %s", error.orig)


def will_read() -> None:
    """From here on a command is like a request: it reads until it says that it will write.

    The work of minutes keeps nobody from writing.
    """
    db.session.rollback()
    g.reads = True


def empty_journal() -> None:
    """Takes away what a write-ahead log still holds of rows that were erased; after the commit.

    PostgreSQL keeps no such file for one row's sake: there `sweep` does what can be done.
    """
    if db.engine.dialect.name != "sqlite":
        return
    db.session.rollback()
    connection = db.engine.raw_connection()
    try:
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()


def sweep() -> bool:
    """After a purge has committed: no file of the database holds what was erased. Whether that was done.

    Writes PostgreSQL's tables anew, which keeps everybody waiting for as long as it takes; False where
    somebody else's work stood in its way. Its write-ahead log and its backups go their own way.
    """
    empty_journal()
    if db.engine.dialect.name == "sqlite":
        return True
    db.session.rollback()
    return served_engine.forget_erased(db.engine, list(db.metadata.tables))


def like(words: str, lower: bool = True) -> str:
    """A LIKE pattern (escape character '\\') that finds the words as they are, % and _ included.

    `lower`: for what is stored in small letters; any other column is asked by `wording.mentions`.
    """
    escaped = (
        (words.lower() if lower else words).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    )
    return f"%{escaped}%"


def _patience() -> float | None:
    """How long the transaction that begins waits for the lock; None for one that only reads."""
    if not has_app_context():
        return PATIENCE
    reads = has_request_context() or g.get("reads", False)
    return g.get("writers_patience", None if reads else PATIENCE)


def _ended(_session: object, transaction: SessionTransaction) -> None:
    """After the end of a transaction it must be said again that the next one writes."""
    if transaction.parent is None and has_app_context():
        g.pop("writers_patience", None)


event.listen(db.session, "after_transaction_end", _ended)
