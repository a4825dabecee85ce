"""No test sees what another left behind, though all of one process are lent the same application."""

import logging
import shutil
from contextlib import contextmanager
from pathlib import Path

import pytest

from blueprints.web import security_log
from models.database import db
from models.people.unit import Unit
from tests.databases import ON_POSTGRESQL
from tests.lending import DATABASE
from tests.signing import let_in


@pytest.fixture
def lend(lent_app, demo, tmp_path):
    """`with lend("first") as app:` as the fixture `app` does it, in a folder of that name."""

    @contextmanager
    def lent(name: str):
        folder = tmp_path / name
        folder.mkdir()
        shutil.copy(demo.file, folder / DATABASE)
        with lent_app.over(folder) as app:
            yield app

    return lent


def names(app) -> set[str]:
    with app.app_context():
        return set(db.session.scalars(db.select(Unit.name)))


def test_rows_of_one_test_are_not_there_for_the_next(lend):
    with lend("first") as app:
        before = names(app)
        with app.app_context():
            db.session.scalars(db.select(Unit)).first().name = "改过的单位"
            db.session.commit()
        assert "改过的单位" in names(app)
    with lend("second") as app:
        assert names(app) == before


@pytest.mark.sqlite("asks which file is open; that rows are not shared is tested above for both")
def test_the_database_of_a_test_is_a_file_of_its_own_folder(lend, tmp_path):
    with lend("first") as app, app.app_context():
        (_, _, file), *_ = db.session.execute(db.text("PRAGMA database_list")).all()
        assert Path(file) == tmp_path / "first" / DATABASE
    with lend("second") as app, app.app_context():
        (_, _, file), *_ = db.session.execute(db.text("PRAGMA database_list")).all()
        assert Path(file) == tmp_path / "second" / DATABASE
        assert app.config["SQLALCHEMY_DATABASE_URI"].endswith(file)


def test_who_was_signed_in_is_not_for_the_next(lend):
    with lend("first") as app:
        browser = let_in(app, "linxiao")
        assert browser.page.address == "/pdsu/"
    with lend("second"):
        assert browser.open("/pdsu/").address == "/sign-in"


def test_files_of_one_test_are_not_there_for_the_next(lend):
    with lend("first") as app:
        security_log.keep_in(Path(app.instance_path) / "logs")
        (Path(app.instance_path) / "files").mkdir()
    with lend("second") as app:
        names = {file.name for file in Path(app.instance_path).iterdir()}
        assert names == ({DATABASE, "config.toml"} if ON_POSTGRESQL else {DATABASE})
        logging.getLogger("beian.security").info("of the second")
    assert not list(Path(app.instance_path).glob("logs/*"))


def test_whatever_was_changed_of_the_application_is_as_it_was_built(lend):
    with lend("first") as app:
        schools, key = set(app.extensions["institutions"]), app.secret_key
        view, settings = app.view_functions["static"], app.extensions["sign_in"]
        app.testing = app.testing_too = True
        app.secret_key = "another"
        app.config["MAX_CONTENT_LENGTH"] = 1
        app.extensions["institutions"].clear()
        app.extensions["sign_in"] = None
        app.view_functions["static"] = None
        app.jinja_env.globals["ui"] = None
        app.jinja_env.filters.clear()
    with lend("second") as app:
        assert not app.testing
        assert not hasattr(app, "testing_too")
        assert app.secret_key == key != "another"
        assert app.config["MAX_CONTENT_LENGTH"] > 1
        assert set(app.extensions["institutions"]) == schools
        assert app.extensions["sign_in"] is settings is not None
        assert app.view_functions["static"] is view is not None
        assert let_in(app, "linxiao").page.status == 200


def test_a_context_that_is_left_open_is_complained_of(lend):
    lent = lend("first")
    context = lent.__enter__().app_context()
    context.push()
    with pytest.raises(AssertionError, match="left an application context open"):
        lent.__exit__(None, None, None)
    context.pop()


def test_two_tests_cannot_have_it_at_once(lend):
    with lend("first"), pytest.raises(AssertionError, match="at once"):
        lend("second").__enter__()


def test_a_route_of_a_tests_own_is_refused(lend):
    with lend("first") as app, pytest.raises(AssertionError, match="add_url_rule"):
        app.add_url_rule("/of-this-test", view_func=print)


@pytest.mark.parametrize("name", ["config.toml", "institutions", "fonts"])
def test_what_is_read_at_the_start_needs_an_app_of_its_own(lent_app, tmp_path, name):
    (tmp_path / name).touch()
    with pytest.raises(AssertionError, match="use app_on"), lent_app.over(tmp_path):
        pass
