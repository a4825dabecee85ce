"""A real CAS server for all tests, and our app behind real HTTP, which asks it."""

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from blueprints.auth.cas import client
from tests.auth.cas import server
from tests.auth.cas.visiting import Visitor
from tests.lending import app_on
from tests.live import served
from tests.parts import PATIENCE


@dataclass(frozen=True)
class CasServer:
    """Where the CAS server is reached, and its database."""

    address: str
    file: Path

    def age_tickets(self) -> None:
        """Let the time pass that a ticket is good for."""
        with closing(sqlite3.connect(self.file)) as database, database:
            database.execute("UPDATE cas_server_serviceticket SET creation = datetime(creation, '-1 hour')")


@pytest.fixture(scope="session")
def cas_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CasServer]:
    folder = tmp_path_factory.mktemp("cas")
    with subprocess.Popen(
        [sys.executable, server.__file__, str(folder)], stdout=subprocess.PIPE, text=True
    ) as process:
        port = process.stdout.readline().strip()
        assert port, "the CAS server did not start"
        yield CasServer(f"http://127.0.0.1:{port}", folder / "cas.sqlite3")
        process.terminate()


@pytest.fixture
def table(cas_server) -> dict:
    """The [CAS] table; a test that needs another overrides this."""
    return {"server_url": cas_server.address, "schools": ["pdsu"]}


@pytest.fixture
def app(demo, tmp_path, table, monkeypatch):
    """The app over a copy of the demo, with CAS sign-on."""
    # The server is a real one: on a busy machine it may keep us waiting.
    monkeypatch.setattr(client, "PATIENCE", PATIENCE)
    monkeypatch.setattr(client, "LONGEST", PATIENCE)
    shutil.copy(demo.file, tmp_path / "beian.sqlite3")
    return app_on(tmp_path, TRUSTED_HOSTS=["127.0.0.1", "localhost"], CAS=table)


@pytest.fixture
def home(app) -> Iterator[str]:
    """Our address."""
    with served(app) as address:
        yield address


@pytest.fixture
def visitor(home, cas_server) -> Visitor:
    return Visitor(home, cas_server.address)
