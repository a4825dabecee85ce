"""Two servers with a folder each over one PostgreSQL, as a school runs them behind one address."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade

from models.campaigns.campaign import Wording, begin
from models.campaigns.transitions import publish
from models.clock import utcnow
from models.database import MIGRATIONS, db
from models.events.history import Event
from models.people.person import Person
from tests import databases, sixty_units
from tests.lending import DATABASE, app_on
from tests.post_office import HOST, Letters, free_port, post_office
from tests.serving import Served

CODE = "pdsu"
ACCOUNTS = 2  # of each unit, on the register
CAMPAIGNS = 2
MAIL = """
[MAIL]
server = "{host}"
port = {port}
tls = "none"
from = "{name} <{name}@example.edu.cn>"
base_url = "http://{name}.example.edu.cn"
"""


@dataclass
class Campus:
    """The two servers, what they sent, and the database by an application of the test's own.

    `began`: the last event before people came.
    """

    app: Flask
    units: list[int]
    campaigns: list[int]
    letters: Letters
    folders: list[Path]
    began: int
    servers: list[Served] = field(default_factory=list)

    def kill(self, number: int) -> None:
        """One machine loses its power."""
        self.servers[number].kill()

    def log(self, number: int) -> str:
        """What a server said."""
        return (self.folders[number] / "serve.log").read_text()


@pytest.fixture
def campus(tmp_path: Path) -> Iterator[Campus]:
    if not databases.ON_POSTGRESQL:
        pytest.skip("two servers need PostgreSQL: SQLite is one machine's file")
    folders, letters, port = [tmp_path / "first", tmp_path / "second"], Letters(), free_port()
    folders[0].mkdir()
    app = app_on(folders[0], SECRET_KEY=None)
    with app.app_context():
        upgrade(directory=str(MIGRATIONS))
    units = sixty_units.founded(app, CODE, lambda _: ACCOUNTS).units
    with app.app_context():
        campaigns = [_campaign(number) for number in range(CAMPAIGNS)]
        for person in db.session.scalars(db.select(Person)):
            if person.username not in ("office", "deputy"):
                person.email = f"{person.username}@example.edu.cn"
        db.session.commit()
        began = db.session.scalar(db.select(db.func.max(Event.id)))
        db.session.rollback()
    # As an operator does: the second one gets the first one's keys and settings.
    shutil.copytree(folders[0], folders[1], ignore=shutil.ignore_patterns(DATABASE))
    for folder in folders:
        settings = folder / "config.toml"
        settings.write_text(settings.read_text() + MAIL.format(host=HOST, port=port, name=folder.name))
    there = Campus(app, units, campaigns, letters, folders, began)
    with post_office(letters, port):
        try:
            there.servers += [Served(folder, log=folder / "serve.log") for folder in folders]
            yield there
        finally:
            for server in there.servers:
                server.kill()
                server.close()
    with app.app_context():
        db.engine.dispose()
    databases.forget(folders[0] / DATABASE)


def _campaign(number: int) -> int:
    now, office = utcnow(), sixty_units.person("office")
    opens, ends = now.replace(day=1), now.replace(year=now.year + 1)
    title = f"第{number + 1}次备案工作"
    wording = Wording(now.year, title, "", "请各单位自查。", ["account", "group"], opens, ends, "", "425室")
    campaign = begin(CODE, wording, office, now)
    publish(campaign, office, now)
    return campaign.id
