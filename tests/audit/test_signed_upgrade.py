"""A database of the release before: its papers have no digests, its files get theirs, its history fits."""

from hashlib import sha256
from importlib import import_module

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from models.audit import papers
from models.audit.database_name import database_name
from models.database import MIGRATIONS, db
from models.events import append_only, history
from models.people.person import Person
from tests.lending import app_on

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
        upgrade(directory=str(MIGRATIONS), revision=BEFORE)
        connection = db.engine.raw_connection()
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys = OFF")
        cursor.execute("ATTACH ? AS demo", [str(demo.file)])
        append_only.remove(db.session.connection())
        db.session.commit()
        for table in ("unit", "person", "channel", "edition", "filing", "event"):
            now, then = (
                [row[1] for row in cursor.execute(f"PRAGMA {place}.table_info({table})")]
                for place in ("demo", "main")
            )
            columns = [name for name in then if name in now]
            names = ", ".join(columns)
            cursor.execute(f"INSERT INTO main.{table} ({names}) SELECT {names} FROM demo.{table}")
        cursor.execute("DETACH demo")
        connection.close()
        chain_without_digests()
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


def chain_without_digests() -> None:
    """The chain as the release before made it: no event says what was signed."""
    columns = [column for column in history.Event.__table__.c if column.name != "signed"]
    rows = db.session.execute(db.select(*columns).order_by(history.Event.id)).all()
    db.session.execute(text("UPDATE event SET previous = 'x' || id"))
    last: dict[str, str] = {}
    for row in rows:
        entry = history.Event(**row._mapping)
        entry.previous = last.get(entry.institution, "")
        last[entry.institution] = entry.digest = history.seal_of(entry)
        db.session.execute(
            text("UPDATE event SET previous = :previous, digest = :digest WHERE id = :id"),
            {"previous": entry.previous, "digest": entry.digest, "id": entry.id},
        )


def test_what_was_signed_before_still_fits_and_is_said_to_be_without_digests(old):
    upgrade(directory=str(MIGRATIONS))
    assert history.verify("pdsu") is None
    looks = [look for _, look in papers.looks("pdsu")]
    assert [look.differences for look in looks] == [[], []]
    assert looks[0].undigested > 10
    assert len(database_name()) == 32


def test_files_that_were_there_get_their_digest(old):
    upgrade(directory=str(MIGRATIONS))
    assert db.session.scalar(text("SELECT digest FROM attachment")) == sha256(b"abc").hexdigest()
    db.session.execute(text("UPDATE attachment SET content = CAST('abd' AS BLOB)"))
    [difference] = papers.differences("pdsu")
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
