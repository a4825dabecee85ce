"""What is asked at every keystroke is answered by an index, however long the register is."""

import pytest
from sqlalchemy import event

from models.channels.channel import holder
from models.database import db
from models.register.duplicates import named_alike, on_same_platform, typed_elsewhere
from tests.campus import SCHOOL, Campus


@pytest.fixture
def campus(tmp_path):
    with Campus(f"sqlite:///{tmp_path}/campus.sqlite3").open() as opened:
        yield opened
        db.engine.dispose()


QUESTIONS = {
    "uq_channel_account": lambda filing: holder("xx", "微信公众号", "other"),
    "ix_channel_title_key": lambda filing: named_alike(filing, "信工之声报", 1, "微博", ["某某大学"]),
    "ix_channel": lambda filing: on_same_platform(filing, filing.unit_id, "微博"),
    "ix_filing_search": lambda filing: typed_elsewhere(filing, SCHOOL, "微信公众号", "other"),
}


@pytest.mark.parametrize("index", QUESTIONS)
def test_every_question_goes_by_an_index(campus, index):
    filing, plans = campus.submitted(), []

    @event.listens_for(db.engine, "before_cursor_execute")
    def explain(connection, cursor, statement, parameters, context, many):
        if statement.startswith("SELECT") and ("FROM channel" in statement or "FROM filing" in statement):
            rows = connection.connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans.append([row[3] for row in rows])

    QUESTIONS[index](filing)
    event.remove(db.engine, "before_cursor_execute", explain)
    assert plans
    assert all(f"SEARCH {index.split('_')[1]} USING INDEX {index}" in plan[0] for plan in plans), plans


def test_a_draft_and_a_closed_channel_are_no_likeness(campus):
    campus.filed(title="信工之声", account="a1")
    mine = campus.draft(by="zhou", unit="医学院", title="信工之声", account="b1")
    alike = named_alike(mine, "信工之声", mine.unit_id, "微信公众号", ["某某大学"])
    assert [one.title for one in alike] == ["信工之声"]
    campus.draft(title="医学之声", account="c1")
    assert named_alike(mine, "医学之声", mine.unit_id, "微信公众号", []) == []
    alike[0].state = "closed"
    db.session.flush()
    assert named_alike(mine, "信工之声", mine.unit_id, "微信公众号", []) == []


def test_the_same_name_comes_first_and_the_nearly_same_after_it(campus):
    campus.filed(title="信工青年之歌", account="a1")
    campus.filed(title="信工青年之声", account="a2")
    mine = campus.draft(by="zhou", unit="医学院", account="b1")
    alike = named_alike(mine, "信工青年·之声", mine.unit_id, "微信公众号", [])
    assert [one.title for one in alike] == ["信工青年之声", "信工青年之歌"]
