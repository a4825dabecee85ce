"""A database of the release before comes to know who wrote in what is under way, and for whom who signs."""

import pytest
from flask_migrate import downgrade, upgrade

from models.database import MIGRATIONS
from tests.lending import app_on
from tests.old_databases import lay_out_with, rows

pytestmark = pytest.mark.sqlite("begins with rows of an older version's file; no older PostgreSQL is in use")

DAY = "2026-03-01 09:00:00"
PEOPLE = ["经办", "负责", "审核", "管理", "代签"]
ROWS = [
    "INSERT INTO unit (id, institution, name, kind, pinyin, active) VALUES (1, 'pdsu', '文学院', 'college', '', 1)",
    *(
        f"INSERT INTO person (id, institution, name, username, password_hash, phone, email, active, "
        f"earlier_hashes) VALUES ({number}, 'pdsu', '{name}', 'p{number}', '', '', '', 1, '[]')"
        for number, name in enumerate(PEOPLE, start=1)
    ),
    "INSERT INTO person_grant (id, person_id, role, unit_id) VALUES (1, 2, 'head', 1), (2, 5, 'reporter', 1)",
    *(
        f"INSERT INTO channel (id, institution, form, title, platform, account, account_key, unit_id, tier, "
        f"nature, person, phone, number, search, state, incomplete, updated_at) VALUES ({number}, 'pdsu', "
        f"'account', '', '', '', '', 1, '', '', '', '', '', '', 'planned', 0, '{DAY}')"
        for number in (1, 2)
    ),
    *(
        f"INSERT INTO filing (id, institution, form, kind, channel_id, unit_id, owner_kind, state, step, "
        f"revision, number, edition_digest, answers, opened, title, platform, account, person, phone, search, "
        f"created_by_id, updated_by_id, submitted_by_id, barred_submitter_id, waits_for, created_at, "
        f"updated_at) VALUES ({number}, 'pdsu', 'account', 'first', {number}, 1, 'college', '{state}', {step}, "
        f"1, '', '', '{{}}', 1, '', '', '', '', '', '', 1, {updated}, {submitted}, {submitted}, '{waits}', "
        f"'{DAY}', '{DAY}')"
        for number, state, step, updated, submitted, waits in [
            (1, "in_review", 1, 2, 3, "office"),
            (2, "draft", 0, 5, "NULL", ""),
        ]
    ),
    *(
        f"INSERT INTO event (id, institution, filing_id, verb, actor_id, actor_name, step_label, opinion, "
        f"from_state, to_state, changes, at, previous, digest) VALUES ({number}, 'pdsu', 1, '{verb}', {actor}, "
        f"'', '', '', '', '', '[]', '{DAY}', '{number}', '')"
        for number, (verb, actor) in enumerate(
            [("submit", 4), ("approve", 5), ("return", 3), ("submit", 3), ("approve", 2)], start=1
        )
    ),
    *(
        f"INSERT INTO substitute (id, institution, unit_id, person_id, from_on, until_on, named_by_id, at) "
        f"VALUES ({number}, 'pdsu', 1, 5, '2026-03-01', '2026-03-09', {by}, '{DAY}')"
        for number, by in enumerate((2, 4), start=1)
    ),
]


@pytest.fixture
def old(tmp_path):
    """A database of the release before, opened by today's app."""
    with app_on(tmp_path).app_context():
        lay_out_with("0017", ROWS)
        yield


def check_the_new() -> None:
    upgrade(directory=str(MIGRATIONS))
    assert rows("SELECT filing_id, person_id, part FROM filing_hand ORDER BY 1, 2") == [
        (1, 2, "signed"),
        (1, 3, "wrote"),
        (1, 4, "wrote"),
        (2, 5, "wrote"),
    ]
    assert rows("SELECT bars_writers, bars_deciders FROM filing ORDER BY id") == [(1, 1), (0, 0)]
    assert rows("SELECT named_by_id, head_id FROM substitute ORDER BY id") == [(2, 2), (4, 2)]
    assert rows("PRAGMA foreign_key_check") == []


def test_who_wrote_and_signed_what_is_under_way_is_known_after_the_upgrade_there_and_back(old):
    check_the_new()
    downgrade(directory=str(MIGRATIONS), revision="0017")
    assert rows("SELECT barred_submitter_id FROM filing ORDER BY id") == [(3,), (None,)]
    check_the_new()
