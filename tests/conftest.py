"""A real app on a real database file; the demo schools are laid out once and copied per test."""

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser as ChromiumBrowser
from playwright.sync_api import expect, sync_playwright

from app import HOUSE
from blueprints.cli.demo import load_demo
from models.database import MIGRATIONS
from models.rules import passwords
from models.rules.passwords import Hasher
from tests.client import Browser
from tests.databases import forget, require_engine
from tests.lending import DATABASE, LentApp
from tests.parts import CHROMIUM, PATIENCE, require_part
from tests.signing import let_in
from tests.telling import (  # noqa: F401 - hooks
    pytest_deselected,
    pytest_sessionfinish,
    pytest_terminal_summary,
    pytest_testnodedown,
)

# How long an example takes says more of the machine than of what is tried.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One process more than there are processors: while a test waits for a clock another one works."""
    return (os.cpu_count() or 1) + 1


def pytest_runtest_setup(item: pytest.Item) -> None:
    require_part(item)
    require_engine(item)


@dataclass(frozen=True)
class Demo:
    """A laid-out database file and the passwords of its people, by school and username."""

    file: Path
    passwords: dict[tuple[str, str], str]


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Passwords are hashed and checked as in earnest, with less work each time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "HASHER", Hasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture(scope="session")
def lent_app(tmp_path_factory: pytest.TempPathFactory) -> LentApp:
    """The one application of this process."""
    return LentApp(tmp_path_factory.mktemp("lent"))


@pytest.fixture(scope="session")
def empty_database(lent_app: LentApp, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database with nobody in it."""
    folder = tmp_path_factory.mktemp("empty")
    with lent_app.over(folder) as app, app.app_context():
        upgrade(directory=str(MIGRATIONS))
    return folder / DATABASE


@pytest.fixture(scope="session")
def demo(lent_app: LentApp, empty_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """Both built-in schools with their demo units, people and filings."""
    folder = tmp_path_factory.mktemp("demo")
    file = Path(shutil.copy(empty_database, folder / DATABASE))
    passwords = {}
    with lent_app.over(folder) as app, app.app_context():
        for code, school in app.extensions["institutions"].items():
            for _, username, password, _ in load_demo(school, HOUSE / "blueprints" / code).accounts:
                passwords[code, username] = password
    # What lasts as long as the process is not looked through each time garbage is collected.
    gc.collect()
    gc.freeze()
    return Demo(file, passwords)


@pytest.fixture
def app(lent_app: LentApp, demo: Demo, tmp_path: Path) -> Iterator[Flask]:
    """The app over a copy of the demo that this test may spoil."""
    shutil.copy(demo.file, tmp_path / DATABASE)
    with lent_app.over(tmp_path) as app:
        yield app
    forget(tmp_path / DATABASE)


@pytest.fixture
def empty_app(lent_app: LentApp, empty_database: Path, tmp_path: Path) -> Iterator[Flask]:
    """The app of a school that has nobody and nothing yet."""
    shutil.copy(empty_database, tmp_path / DATABASE)
    with lent_app.over(tmp_path) as app:
        yield app
    forget(tmp_path / DATABASE)


@pytest.fixture
def anyone(app: Flask) -> Browser:
    """Somebody who has not signed in."""
    return Browser(app.test_client())


@pytest.fixture
def sign_in(app: Flask) -> Callable[..., Browser]:
    """`sign_in("linxiao")` opens a browser in which that person of the demo is signed in."""
    return lambda username, school="pdsu": let_in(app, username, school)


@pytest.fixture(scope="session")
def chromium() -> Iterator[ChromiumBrowser]:
    """One Chromium for all tests of this process: its driver cannot be started twice in one."""
    expect.set_options(timeout=PATIENCE * 1000)
    switches = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=switches)
        yield browser
        browser.close()
