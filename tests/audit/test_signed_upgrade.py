"""A database of the release before: its papers have no digests, its files get theirs, its history fits."""

from hashlib import sha256
from importlib import import_module

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from models.audit import comparing
from models.audit.database_name import database_name
from models.database import MIGRATIONS, db
from models.events import append_only, history
from models.people.person import Person
from tests.lending import app_on
from tests.old_databases import lay_out

pytestmark = pytest.mark.sqlite("begins with rows of an older version's file; no older PostgreSQL is in use")

BEFORE = "0016"


def migration():
    """The migration as a module."""
    return import_module("models.migrations.versions.20261130_signed")


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_the_guard_of_the_migration_is_the_one_the_app_installs(dialect):
    installed = {"sqlite": append_only.SQLITE, "postgresql": append_only.POSTGRESQL}[dialect]
    assert list(migration().guards(dialect)) == installed


@pytest.fixture
def old(tmp_path, demo):
    """The demo's database as the release before had it, opened by today's app."""
    with app_on(tmp_path).app_context():
        lay_out(BEFORE, demo.file)
        db.session.execute(
            text(
                "INSERT INTO attachment (institution, filing_id, field, name, mime, size, content, created_at) "
                "SELECT 'pdsu', min(id), 'qr', '码.png', 'image/png', 3, 'abc', '2026-03-01' FROM filing"
            )
        )
        db.session.execute(text("UPDATE attachment SET content = CAST(content AS BLOB)"))
        db.session.commit()
        yield
        db.session.rollback()


def test_what_was_signed_before_still_fits_and_is_said_to_be_without_digests(old):
    upgrade(directory=str(MIGRATIONS))
    assert history.verify("pdsu") is None
    looks = [look for _, look in comparing.looks("pdsu")]
    assert [look.differences for look in looks] == [[], [], []]
    assert looks[0].undigested > 10
    assert len(database_name()) == 32


def test_files_that_were_there_get_their_digest(old):
    upgrade(directory=str(MIGRATIONS))
    assert db.session.scalar(text("SELECT digest FROM attachment")) == sha256(b"abc").hexdigest()
    db.session.execute(text("UPDATE attachment SET content = CAST('abd' AS BLOB)"))
    [difference] = comparing.differences("pdsu")
    assert "附件“码.png”与上传时的不一致" in str(difference)


def test_going_back_is_refused_once_something_was_signed(old, caplog):
    upgrade(directory=str(MIGRATIONS))
    downgrade(directory=str(MIGRATIONS), revision=BEFORE)
    upgrade(directory=str(MIGRATIONS))
    person = db.session.scalars(db.select(Person).where(Person.institution == "pdsu")).first()
    history.record("pdsu", "submit", person, signed={"answers": {}})
    db.session.commit()
    with pytest.raises(SystemExit):
        downgrade(directory=str(MIGRATIONS), revision=BEFORE)
    assert "need what was signed" in caplog.text
