"""History is whole, and a transaction is what it says."""

import pytest
from sqlalchemy import text
from sqlalchemy.event import listen
from sqlalchemy.exc import DBAPIError

from models.database import db, will_write
from models.embedded_engine import journal_mode
from models.events import append_only, history
from models.events.history import Event
from models.rules.workflow import State
from tests.campus import Campus


@pytest.fixture
def campus(tmp_path):
    with Campus(f"sqlite:///{tmp_path / 'campus.sqlite3'}").open() as campus:
        yield campus
        db.engine.dispose()


def test_an_unaltered_history_is_whole(campus):
    campus.filed()
    campus.submitted(by="zhou", unit="医学院", account="b")
    assert history.verify("xx") is None


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE event SET opinion = '同意' WHERE id = 2",
        "UPDATE event SET actor_name = '别人' WHERE id = 2",
        "DELETE FROM event WHERE id = 1",
    ],
)
def test_history_that_was_touched_is_found_out(campus, damage):
    """By somebody who may drop the triggers: the chain tells."""
    campus.filed()
    db.session.commit()
    append_only.remove(db.session.connection())
    db.session.execute(text(damage))
    db.session.expire_all()
    assert history.verify("xx") == 2


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE event SET opinion = '同意' WHERE id = 2",
        "UPDATE event SET at = at",
        "DELETE FROM event WHERE id = 1",
        "DELETE FROM event",
        pytest.param(
            "INSERT OR REPLACE INTO event SELECT * FROM event WHERE id = 2",
            marks=pytest.mark.sqlite("PostgreSQL has no such statement"),
        ),
    ],
)
def test_the_database_itself_refuses_to_touch_history(campus, damage):
    campus.filed()
    db.session.commit()
    with pytest.raises(DBAPIError, match="history cannot be changed"):
        db.session.execute(text(damage))
    db.session.rollback()
    assert history.verify("xx") is None


def test_a_full_phone_number_never_gets_into_history(campus):
    filing = campus.filed(phone="13812345678")
    change = campus.draft(
        kind="change", channel=filing.channel, phone="13912345678", leader="李四 137 1234 5678"
    )
    campus.do(change, "submit", "chen")
    sides = {one["path"]: (one["before"], one["after"]) for one in change.events[0].changes}
    assert sides["phone"] == ("138****5678", "139****5678")
    assert sides["leader"] == ("张三", "李四 137****5678")
    assert change.answers["phone"] == "13912345678"


def test_history_cannot_be_rewritten_by_the_app(campus):
    event = campus.submitted().events[0]
    event.opinion = "改一改"
    with pytest.raises(RuntimeError, match="history"):
        db.session.flush()


def test_a_move_that_is_rolled_back_leaves_neither_state_nor_event(campus):
    filing = campus.draft()
    db.session.commit()
    campus.do(filing, "submit", "chen")
    db.session.rollback()
    assert filing.state is State.draft
    assert db.session.scalar(db.select(db.func.count(Event.id))) == 0


def test_what_fails_after_the_deed_leaves_neither_state_nor_event(campus, monkeypatch):
    filing = campus.draft()
    db.session.commit()

    def fails(*_asked):
        raise OSError("the mail is down")

    monkeypatch.setattr("models.filings.transitions.filing_notifications.notify_of_move", fails)
    with pytest.raises(OSError, match="mail"):
        campus.do(filing, "submit", "chen")
    assert db.session.scalar(db.select(db.func.count(Event.id))) == 1
    db.session.rollback()
    assert filing.state is State.draft
    assert db.session.scalar(db.select(db.func.count(Event.id))) == 0


@pytest.mark.sqlite("asks SQLite how it was opened")
def test_every_connection_is_prepared(campus):
    asked = ("foreign_keys", "busy_timeout", "secure_delete", "trusted_schema", "synchronous")
    found = [db.session.execute(text(f"PRAGMA {name}")).scalar() for name in asked]
    assert found == [1, 5000, 1, 0, 2]


@pytest.mark.sqlite("asks SQLite how it was opened")
@pytest.mark.parametrize(
    ("method", "announced", "begun"),
    [("GET", False, "BEGIN"), ("GET", True, "BEGIN IMMEDIATE"), ("POST", False, "BEGIN")],
)
def test_only_who_said_that_they_will_write_takes_the_lock(campus, method, announced, begun):
    said = []
    listen(db.engine, "before_cursor_execute", lambda *asked: said.append(asked[2]))
    with campus.app.test_request_context(method=method):
        if announced:
            will_write()
        db.session.execute(text("SELECT 1"))
    assert [words for words in said if "PRAGMA" not in words] == [begun, "SELECT 1"]


@pytest.mark.parametrize(
    ("version", "mode"),
    [
        ((3, 40, 1), "TRUNCATE"),
        ((3, 44, 5), "TRUNCATE"),
        ((3, 51, 2), "TRUNCATE"),
        ((3, 44, 6), "WAL"),
        ((3, 50, 7), "WAL"),
        ((3, 51, 3), "WAL"),
        ((3, 52, 0), "WAL"),
    ],
)
def test_wal_is_used_only_where_it_does_not_corrupt(version, mode):
    assert journal_mode(version) == mode
