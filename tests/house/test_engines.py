"""Both engines find and order alike: Latin letters of either case, % and _ as they are, names by pinyin."""

from pathlib import Path

import pytest

from models.administration.people import command_actor
from models.database import db, engine_in_use, sweep
from models.people.person import Person
from models.people.unit import Unit
from models.wording import by_pinyin, mentions
from tests import databases
from tests.house.test_house import tracked
from tests.lending import DATABASE

NAMES = ["赵一", "Ａ班", "王二", "abC_1", "李%三", "陈四", "ABD", "É"]


@pytest.fixture
def named(app):
    with app.app_context():
        db.session.execute(db.update(Unit).values(name="无"))
        for unit, name in zip(db.session.scalars(db.select(Unit).limit(len(NAMES))), NAMES, strict=True):
            unit.name = name
        db.session.commit()
        yield
        db.session.rollback()


def names(query) -> list[str]:
    return list(db.session.scalars(query.where(Unit.name.in_(NAMES))))


def test_names_stand_by_pinyin_and_letters_before_them(named):
    in_order = names(db.select(Unit.name).order_by(by_pinyin(Unit.name)))
    assert in_order == ["ABD", "abC_1", "É", "Ａ班", "陈四", "李%三", "王二", "赵一"]


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("ABC", {"abC_1"}),
        ("ab", {"abC_1", "ABD"}),
        ("%", {"李%三"}),
        ("_", {"abC_1"}),
        ("ａ", set()),
        ("é", set()),
    ],
)
def test_words_are_sought_alike(named, words, wanted):
    assert set(names(db.select(Unit.name).where(mentions(Unit.name, words)))) == wanted


def test_no_list_is_ordered_by_the_codes_of_a_name():
    """Everywhere, by what passes: `order_by(… .name …)` and `order_by(… .title …)` go through by_pinyin."""
    by_code = [
        f"{path}: {line.strip()}"
        for path in tracked("models/*.py", "blueprints/*.py")
        for line in path.read_text().splitlines()
        if "order_by(" in line
        for words in [line.replace("by_pinyin(", "(by_pinyin ").split("order_by", 1)[1]]
        if any(
            f"{kind}.{name}" in words.replace(f"(by_pinyin {kind}.{name}", "")
            for kind in ("Person", "Channel", "CHANNEL", "Unit")
            for name in ("name", "title")
        )
    ]
    assert by_code == []


def test_the_engine_says_its_version(app):
    with app.app_context():
        assert engine_in_use().startswith("PostgreSQL 1" if databases.ON_POSTGRESQL else "SQLite 3.")


@pytest.mark.skipif(not databases.ON_POSTGRESQL, reason="SQLite's own is in tests/audit/test_erasing.py")
def test_what_was_overwritten_is_in_no_file_of_the_server(app):
    """Each table stands in a new file afterwards, with the rows of now alone."""
    with app.app_context():
        person = db.session.scalars(db.select(Person)).first()
        where = db.text("SELECT pg_relation_filepath('person')")
        person.name = "尉迟无踪"
        db.session.commit()
        person.name = "某人"
        db.session.commit()
        before = db.session.scalar(where)
        db.session.rollback()
        assert sweep()
        assert db.session.scalar(where) != before
        assert command_actor("pdsu")
        db.session.rollback()


@pytest.mark.skipif(not databases.ON_POSTGRESQL, reason="a file of SQLite's goes with the disk")
def test_a_server_that_goes_away_is_found_again(app, sign_in):
    """Every connection is cut while people work: who comes next is answered, and nothing is lost."""
    browser = sign_in("linxiao")
    name = databases.name_of(Path(app.instance_path) / DATABASE)
    cut = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
    assert databases.run(cut) != []
    assert browser.open("/pdsu/").status == 200
    databases.run(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
    databases.run(cut)
    page = browser.client.get("/pdsu/")
    assert page.status_code == 503
    assert "Retry-After" in page.headers
    databases.run(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
    assert browser.open("/pdsu/").status == 200


@pytest.mark.parametrize("words", ["\0", "a\0b"])
def test_what_no_text_may_hold_is_sought_in_vain_on_either(app, anyone, sign_in, words):
    """PostgreSQL keeps no U+0000, and a driver may refuse to send it: no fault of ours comes of it."""
    with app.app_context():
        assert names(db.select(Unit.name).where(mentions(Unit.name, words))) == []
        assert db.session.scalars(db.select(Unit).where(Unit.name == words)).all() == []
        db.session.rollback()
    assert sign_in("shenzhi").client.get("/pdsu/audit", query_string={"person": words}).status_code < 500
