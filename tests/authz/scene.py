"""The demo with a chain of units, eleven personas and something of everything, full of canaries.

Everybody is signed in once. What a request changed is put back, so that each meets the same scene.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from flask import Flask
from werkzeug.test import TestResponse

from app import HOUSE
from models.database import db
from models.embedded_engine import sqlite
from tests import databases
from tests.authz import laying
from tests.conftest import Demo
from tests.lending import app_on

PERSONAS = (
    "anonymous",
    "reporter",
    "reporter_above",
    "reporter_below",
    "reporter_elsewhere",
    "head",
    "head_elsewhere",
    "office",
    "admin",
    "auditor",
    "stranger",
)


@dataclass
class Scene:
    """The app, what lies in it by name, and how to ask it as one of the personas."""

    app: Flask
    kept: Path
    things: dict[str, dict] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    touched: int | str = 0

    @property
    def file(self) -> Path:
        return Path(self.app.instance_path) / "beian.sqlite3"

    def ask(self, persona: str, method: str, path: str, htmx: bool = False, **how) -> TestResponse:
        """One answer, read whole; what the request wrote is still there."""
        headers = dict(how.pop("headers", {}))
        if self.cookies.get(persona):
            headers["Cookie"] = self.cookies[persona]
        if htmx:
            headers["HX-Request"] = "true"
        client = self.app.test_client(use_cookies=False)
        with client.open(path, method=method, headers=headers, **how) as response:
            response.get_data()
            return response

    @property
    def changed(self) -> bool:
        """Whether something was written since the scene was put back."""
        if databases.ON_POSTGRESQL:
            return databases.written_so_far() != self.touched
        log = self.file.with_name(f"{self.file.name}-wal")
        return self.file.stat().st_mtime_ns != self.touched or (log.exists() and log.stat().st_size > 0)

    def put_back(self) -> None:
        """The scene as it was laid out."""
        if not self.changed:
            return
        with self.app.app_context():
            db.engine.dispose()
        shutil.copyfile(self.kept, self.file)
        self.touch()

    def touch(self) -> None:
        """What is there now is what the next persona meets."""
        if databases.ON_POSTGRESQL:
            databases.name_of(self.kept), databases.name_of(self.file)
            self.touched = databases.written_so_far()
        else:
            self.touched = self.file.stat().st_mtime_ns

    def write(self, deed: Callable[[], None]) -> None:
        """Something more happens in the scene, until it is put back."""
        with self.app.app_context():
            deed()
            db.session.commit()

    def rows(self) -> dict[str, list[tuple]]:
        """Every row of every table."""
        if databases.ON_POSTGRESQL:
            return self._rows_on_postgresql()
        base = sqlite.connect(self.file)
        base.row_factory = sqlite.Row
        asked = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        names = [row[0] for row in base.execute(asked)]
        found = {
            name: [tuple(dict(row).items()) for row in base.execute(f'SELECT * FROM "{name}"')]
            for name in names
        }
        base.close()
        return found

    def _rows_on_postgresql(self) -> dict[str, list[tuple]]:
        with self.app.app_context(), db.engine.connect() as connection:
            return {
                table.name: [
                    tuple(row.items())
                    for row in connection.execute(
                        table.select().order_by(*table.primary_key.columns)
                    ).mappings()
                ]
                for table in db.metadata.sorted_tables
            }


def laid_out(demo: Demo, folder: Path) -> Scene:
    """A new scene in a folder."""
    _lend_what_the_school_lacks(folder)
    shutil.copyfile(demo.file, folder / "beian.sqlite3")
    app = app_on(folder, WTF_CSRF_ENABLED=False)
    scene = Scene(app, folder / "kept.sqlite3")
    with app.app_context():
        scene.things, scene.people, secrets = laying.lay_out(app, demo)
    for persona, (school, username, password) in secrets.items():
        scene.cookies[persona] = _signed_in(app, school, username, password)
    with app.app_context():
        db.engine.dispose()
    shutil.copyfile(scene.file, scene.kept)
    scene.touch()
    return scene


def _lend_what_the_school_lacks(folder: Path) -> None:
    """One school with every feature: links for persons, and the paper that allows an opening."""
    schools = {
        code: yaml.safe_load((HOUSE / "blueprints" / code / "institution.yaml").read_text("utf-8"))
        for code in ("pdsu", "ahbc")
    }
    whole = schools["pdsu"] | {name: schools["ahbc"][name] for name in ("individuals", "opening")}
    place = folder / "institutions" / "pdsu" / "institution.yaml"
    place.parent.mkdir(parents=True)
    place.write_text(yaml.safe_dump(whole, allow_unicode=True, sort_keys=False), "utf-8")


def _signed_in(app: Flask, school: str, username: str, password: str) -> str:
    sent = {"school": school, "username": username, "password": password}
    answer = app.test_client(use_cookies=False).post("/sign-in", data=sent)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    cookies = [line.partition(";")[0] for line in answer.headers.getlist("Set-Cookie")]
    return next(cookie for cookie in cookies if cookie.startswith("session="))
