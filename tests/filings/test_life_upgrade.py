"""A database of the release before, with accounts in it, comes to know what their life needs."""

import json

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from models.database import MIGRATIONS, db
from tests.lending import app_on
from tests.old_databases import lay_out_with, rows

pytestmark = pytest.mark.sqlite("begins with rows of an older version's file; no older PostgreSQL is in use")

DAY = "2026-03-01 09:00:00"
ANSWERS = json.dumps({"followers": 350, "team": {"leader": {"phone": "0375-2657000"}}})
ROWS = [
    (
        "INSERT INTO unit (id, institution, name, kind, pinyin, active) "
        "VALUES (1, 'pdsu', '文学院', 'college', 'wxy', 1)"
    ),
    (
        "INSERT INTO person (id, institution, name, username, password_hash, phone, active) "
        "VALUES (1, 'pdsu', '孙立', 'sunli', '', '', 1)"
    ),
    *(
        f"INSERT INTO channel (id, institution, form, title, platform, account, account_key, unit_id, "
        f"tier, nature, person, phone, number, search, state, incomplete, updated_at, closed_at) "
        f"VALUES ({number}, 'pdsu', 'account', 'ＷＥＮ·学（{number}）', '微信', 'w{number}', 'w{number}', "
        f"1, '', '', '', '', '', '文学', '{state}', 0, '{DAY}', {closed})"
        for number, state, closed in [(1, "in_force", "NULL"), (2, "closed", f"'{DAY}'")]
    ),
    *(
        f"INSERT INTO filing (id, institution, form, kind, channel_id, unit_id, owner_kind, state, step, "
        f"revision, number, edition_digest, answers, opened, title, platform, account, person, phone, "
        f"search, created_by_id, updated_by_id, waits_for, created_at, updated_at) "
        f"VALUES ({number}, 'pdsu', 'account', '{kind}', 1, 1, 'college', '{state}', 0, 1, '', '', "
        f"'{ANSWERS}', 1, '', '', '', '', '', '', 1, 1, '', '{DAY}', '{DAY}')"
        for number, kind, state in [(1, "first", "filed"), (2, "change", "draft")]
    ),
    "UPDATE channel SET current_id = 1 WHERE id = 1",
]


@pytest.fixture
def old(tmp_path):
    """A database of the release before, opened by today's app."""
    with app_on(tmp_path).app_context():
        lay_out_with("0002", ROWS)
        yield


def check_the_new() -> None:
    upgrade(directory=str(MIGRATIONS))
    assert rows("SELECT title_key, followers, quiet_since, phones, gone_at IS NULL FROM channel") == [
        ("wen学1", 350, "2026-03-01", "03752657000\n", 1),
        ("wen学2", None, None, "", 0),
    ]
    assert rows("SELECT base_id, base_answers FROM filing ORDER BY id") == [(None, None), (1, ANSWERS)]
    tally = "SELECT standing, channels FROM channel_tally ORDER BY standing"
    assert rows(tally) == [("closed", 1), ("in_force", 1)]
    assert rows("SELECT state, pair FROM channel_pair") == [("closed", "文学"), ("in_force", "文学")]


def test_what_is_known_of_old_accounts_is_told_and_going_back_and_forth_loses_none(old):
    check_the_new()
    downgrade(directory=str(MIGRATIONS), revision="0002")
    assert rows("SELECT count(*) FROM channel") == [(2,)]
    check_the_new()
    db.session.execute(text("UPDATE channel SET search = '医学', state = 'in_force' WHERE id = 2"))
    assert rows("PRAGMA foreign_key_check") == []
