"""The seals know whose they are: another database is sealed anew and said, an older backup is not forgiven."""

import shutil
import sqlite3
from pathlib import Path
from uuid import uuid4

import pytest

from blueprints.cli.audit import JOB
from blueprints.cli.workers import Worker
from models.audit.database_name import database_name
from models.database import db
from models.events import append_only
from tests import pages
from tests.builders import ACCOUNT
from tests.lending import DATABASE

pytestmark = pytest.mark.sqlite("exchanges the file under the application")

EXCHANGED = "数据库换过"
RESTORED = "如果刚恢复过较早的备份"


@pytest.fixture
def seals(app, run) -> Path:
    """The folder of the seals of schools that were sealed today."""
    assert run("seal")[1] == 0
    return Path(app.instance_path, "seals")


def name_of(app) -> str:
    with app.app_context():
        return database_name()


def put_in_place(app, file: Path) -> None:
    """Another file takes the place of the database."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    shutil.copy(file, Path(app.instance_path, DATABASE))


def by_hand(app, *statements: str) -> None:
    """Plain SQL by somebody who may drop triggers."""
    with app.app_context():
        append_only.remove(db.session.connection())
        db.session.commit()
        db.engine.dispose()
    connection = sqlite3.connect(Path(app.instance_path, DATABASE))
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


@pytest.fixture
def other(empty_database, tmp_path, app) -> Path:
    """The file of another database, with nothing but its tables; it has a name of its own."""
    file = Path(shutil.copy(empty_database, tmp_path / "other.sqlite3"))
    connection = sqlite3.connect(file)
    connection.execute("UPDATE database_name SET id = ?", [uuid4().hex])
    connection.commit()
    connection.close()
    return file


@pytest.fixture
def with_a_past(other, app) -> Path:
    """The same with a history of its own: the demo's, that somebody else had laid out."""
    connection = sqlite3.connect(other)
    source = sqlite3.connect(Path(app.instance_path, DATABASE))
    source.backup(connection)
    source.close()
    connection.execute("UPDATE database_name SET id = ?", [uuid4().hex])
    for trigger in append_only.TRIGGERS:
        connection.execute(f"DROP TRIGGER {trigger}")
    connection.commit()
    connection.close()
    return other


def written_anew(app) -> None:
    """The whole history, as another database would have it: other salts, other digests."""
    from sqlalchemy import select, text

    from models.events import history
    from models.events.history import Event

    with app.app_context():
        append_only.remove(db.session.connection())
        previous: dict[str, str] = {}
        rows = db.session.scalars(select(Event).order_by(Event.id)).all()
        db.session.execute(text("UPDATE event SET previous = 'x' || id"))
        for entry in rows:
            db.session.expunge(entry)
            entry.opinion, entry.previous = entry.opinion + "。", previous.get(entry.institution, "")
            previous[entry.institution] = digest = history.seal_of(entry)
            db.session.execute(
                text("UPDATE event SET opinion = :o, previous = :p, digest = :d WHERE id = :id"),
                {"o": entry.opinion, "p": entry.previous, "d": digest, "id": entry.id},
            )
        append_only.install(db.session.connection())
        db.session.commit()


def test_a_line_names_its_database(app, seals):
    assert seals.joinpath("pdsu.log").read_text().split(" ")[4] == name_of(app)


def test_another_database_is_sealed_anew_and_that_is_said_once_in_the_log(
    app, seals, run, sign_in, with_a_past, caplog
):
    old, mine = (seals / "pdsu.log").read_bytes(), name_of(app)
    put_in_place(app, with_a_past)
    written_anew(app)
    output, ended_with = run("verify-history")
    assert (ended_with, f"{EXCHANGED}" in output, f"pdsu-{mine}.log" in output) == (0, True, True)
    Worker(app, JOB).do_round()
    Worker(app, JOB).do_round()
    assert caplog.text.count("pdsu.log was of another database") == 1
    assert (seals / f"pdsu-{mine}.log").read_bytes() == old
    [line] = (seals / "pdsu.log").read_text().splitlines()
    assert line.split(" ")[4] == name_of(app)
    output, ended_with = run("verify-history")
    assert (ended_with, EXCHANGED in output) == (0, True)
    auditor = sign_in("shenzhi")
    for address in ("/pdsu/audit", "/pdsu/audit/check", "/pdsu/audit/check?all=1"):
        page = auditor.open(address)
        assert EXCHANGED in pages.sentences(page)
        assert "不完整" not in page.text


def test_an_empty_other_database_is_no_tampering(app, seals, run, other):
    mine, old = name_of(app), (seals / "pdsu.log").read_bytes()
    put_in_place(app, other)
    output, ended_with = run("verify-history")
    assert (ended_with, f"pdsu-{mine}.log" in output) == (0, True)
    assert run("seal")[1] == 0
    assert (seals / f"pdsu-{mine}.log").read_bytes() == old


def test_the_first_database_finds_its_seals_again(app, seals, run, other, tmp_path):
    whole = (seals / "pdsu.log").read_bytes()
    with app.app_context():
        db.engine.dispose()
    first = Path(shutil.copy(Path(app.instance_path, DATABASE), tmp_path / "first.sqlite3"))
    put_in_place(app, other)
    run("seal")
    assert not (seals / "pdsu.log").exists()
    put_in_place(app, first)
    output, ended_with = run("verify-history")
    assert (ended_with, EXCHANGED in output) == (0, False)
    by_hand(app, "DELETE FROM event WHERE id IN (SELECT max(id) FROM event GROUP BY institution)")
    assert run("verify-history")[1] == 1, "what it had sealed still counts"
    put_in_place(app, first)
    assert "今天已经封存" in run("seal")[0]
    assert (seals / "pdsu.log").read_bytes() == whole


def test_a_database_that_only_calls_itself_another_is_still_this_one(app, seals, run):
    by_hand(
        app, f"UPDATE database_name SET id = '{uuid4().hex}'", "UPDATE event SET opinion = '改' WHERE id = 5"
    )
    output, ended_with = run("verify-history")
    assert (ended_with, EXCHANGED in output, "编号 5 的记录起不符" in output) == (1, False, True)
    by_hand(app, "DELETE FROM database_name")
    assert run("verify-history")[1] == 1


def test_an_older_backup_of_the_same_database_lacks_what_was_sealed(app, run, sign_in, tmp_path):
    with app.app_context():
        db.engine.dispose()
    backup = Path(shutil.copy(Path(app.instance_path, DATABASE), tmp_path / "backup.sqlite3"))
    pages.filed_by(sign_in("linxiao"), ACCOUNT)
    assert run("seal")[1] == 0
    put_in_place(app, backup)
    output, ended_with = run("verify-history")
    assert (ended_with, "记录不见了" in output, RESTORED in output) == (1, True, True)
    assert (run("seal")[1], EXCHANGED in output) == (1, False)
    assert RESTORED in pages.sentences(sign_in("shenzhi").open("/pdsu/audit/check"))


def in_old_words(app, seals: Path) -> None:
    """The file of seals as the release before wrote it: no line names a database."""
    from dataclasses import replace

    from models.audit.seal import SealBook

    with app.app_context():
        for code in ("pdsu", "ahbc"):
            book = SealBook.of(code, app.instance_path)
            [seal] = book.read()
            bare = replace(seal, database="", code="")
            line = str(replace(bare, code=book._code(bare, "")))
            assert len(line.split(" ")) == 5
            (seals / f"{code}.log").write_text(f"{line}\n")


def test_seals_of_the_release_before_are_taken_over_where_they_fit(app, seals, run):
    in_old_words(app, seals)
    output, ended_with = run("verify-history")
    assert (ended_with, EXCHANGED in output) == (0, False)
    assert "今天已经封存" in run("seal")[0]


def test_seals_of_the_release_before_that_do_not_fit_are_no_other_databases(app, seals, run, with_a_past):
    in_old_words(app, seals)
    put_in_place(app, with_a_past)
    written_anew(app)
    output, ended_with = run("verify-history")
    assert (ended_with, EXCHANGED in output, "封存不符" in output) == (1, False, True)
    assert run("seal")[1] == 1


def test_no_file_of_seals_is_put_over_another(app, seals, run, other):
    aside = seals / f"pdsu-{name_of(app)}.log"
    aside.write_text("")
    put_in_place(app, other)
    output, ended_with = run("seal")
    assert (ended_with, "已经存在，请先另存" in output) == (1, True)
    assert aside.read_text() == ""
