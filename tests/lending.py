"""One application per test process, lent to every test over a folder and a database of its own."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask, before_render_template, has_app_context
from sqlalchemy import Connection, event

from app import create_app
from blueprints.web import security_log
from models.database import db, is_writing
from models.embedded_engine import TURN
from tests import databases
from tests.file_jobs import wait_for_processes

WRITES = re.compile(r"\s*(?:INSERT|UPDATE|DELETE|REPLACE)\b", re.IGNORECASE)
DATABASE = "beian.sqlite3"
# Read when an application is built: a folder that has them needs one of its own.
READ_AT_THE_START = ("config.toml", "institutions", "fonts")


def app_on(folder: Path, **settings) -> Flask:
    """An app of its own whose instance folder, database included, is `folder`."""
    if databases.ON_POSTGRESQL:
        _name_in_settings(folder)
    return create_app({"INSTANCE_PATH": folder, "SECRET_KEY": "for tests only", **settings})


def _name_in_settings(folder: Path) -> None:
    """As an operator names another database, so that the processes of the app find it too."""
    file = folder / "config.toml"
    settings = file.read_text("utf-8-sig") if file.exists() else ""
    if "SQLALCHEMY_DATABASE_URI" not in settings:
        line = f'SQLALCHEMY_DATABASE_URI = "{databases.uri(folder / DATABASE)}"\n'
        file.write_text(line + settings, "utf-8")


def refuse_unannounced(connection: Connection, _cursor, statement: str, *_: object) -> None:
    """Nothing is written in a transaction that began to read: it might find the lock taken at its end.

    It is an error of the code, so it stops every test in which it happens.
    """
    if WRITES.match(statement) and not _has_the_turn(connection):
        raise AssertionError(f"written without having said so first: {statement[:200]}")


def _has_the_turn(connection: Connection) -> bool:
    if connection.dialect.name == "sqlite":
        return TURN in connection.info
    # Who only reads sees one moment, and is told so with another isolation.
    return connection.connection.driver_connection.isolation_level.name == "READ_COMMITTED"


def refuse_under_the_lock(_app: Flask, **_: object) -> None:
    """No page is drawn while others wait to write."""
    assert not is_writing(), "a page is drawn by who holds the writer's lock"


class LentApp:
    """An application built once. Its engine is kept too, with the statements it has compiled."""

    def __init__(self, folder: Path) -> None:
        self.app = app_on(folder)
        self.file = folder / DATABASE
        with self.app.app_context():
            self.engine = db.engine
        event.listen(self.engine, "do_connect", self._connect_to_the_file)
        event.listen(self.engine, "before_cursor_execute", refuse_unannounced)
        before_render_template.connect(refuse_under_the_lock, self.app)
        # With its first request Flask closes it: a route that a test would add is refused.
        with self.app.test_client().get("/static/app.css") as response:
            assert response.status_code == 200
        self.lent = False
        self.as_built = [(holder, dict(holder)) for holder in self._holders()]

    @contextmanager
    def over(self, folder: Path) -> Iterator[Flask]:
        """The application over a folder that has the database; as it was built, again afterwards."""
        own = [name for name in READ_AT_THE_START if (folder / name).exists()]
        assert not own, f"{own} in {folder} would not be read: use app_on"
        assert not self.lent, "two tests cannot have the same application at once"
        self.lent = True
        self.file = folder / DATABASE
        self.app.instance_path = str(folder)
        self.app.config["SQLALCHEMY_DATABASE_URI"] = databases.uri(self.file)
        if databases.ON_POSTGRESQL:
            _name_in_settings(folder)
        try:
            yield self.app
        finally:
            self.lent, left_open = False, has_app_context()
            self._let_go()
            if databases.ON_POSTGRESQL:
                (folder / "config.toml").unlink()
        assert not left_open, "a test left an application context open, with its session"

    def _holders(self) -> list[dict]:
        """Everything of the application that a test could change."""
        app = self.app
        return [
            vars(app),
            app.config,
            app.extensions,
            app.extensions["institutions"],
            app.view_functions,
            app.jinja_env.globals,
            app.jinja_env.filters,
            app.cli.commands,
        ]

    def _let_go(self) -> None:
        """The application as it was built, connected to nothing; no log is written any more."""
        # What watches such a process would note in the next test's database that it lives.
        wait_for_processes()
        self.engine.dispose()
        for holder, kept in self.as_built:
            holder.clear()
            holder.update(kept)
        for handler in security_log.log.handlers[:]:
            security_log.log.removeHandler(handler)
            handler.close()

    def _connect_to_the_file(self, _dialect, _record, arguments: list, named: dict) -> None:
        if databases.ON_POSTGRESQL:
            named["dbname"] = databases.name_of(self.file)
        else:
            arguments[0] = str(self.file)
