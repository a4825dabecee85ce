"""History that was written before words could be erased fits after the upgrade, and is guarded."""

import json
from hashlib import sha256

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from models.database import MIGRATIONS, db
from models.events import history
from models.people.person import Person
from tests.lending import app_on

BEFORE = "0013"
SAID = {
    "institution": "pdsu",
    "filing_id": None,
    "verb": "export",
    "actor_id": 1,
    "actor_name": "孙立",
    "step": None,
    "step_label": "",
    "opinion": "统计",
    "from_state": "",
    "to_state": "",
    "changes": [],
    "at": "2026-03-01T09:00:00+00:00",
}


def old_digest(previous: str) -> str:
    """As the release before made it."""
    content = json.dumps(SAID, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return sha256((previous + content).encode()).hexdigest()


@pytest.fixture
def old(tmp_path):
    """A database of the release before with two events, opened by today's app."""
    with app_on(tmp_path).app_context():
        upgrade(directory=str(MIGRATIONS), revision=BEFORE)
        db.session.execute(
            text(
                "INSERT INTO person (id, institution, name, username, password_hash, phone, email, "
                "active, earlier_hashes) VALUES (1, 'pdsu', '孙立', 'sunli', '', '', '', TRUE, '[]')"
            )
        )
        first = old_digest("")
        for previous, digest in (("", first), (first, old_digest(first))):
            db.session.execute(
                text(
                    "INSERT INTO event (institution, verb, actor_id, actor_name, step_label, opinion, "
                    "from_state, to_state, changes, at, previous, digest) VALUES ('pdsu', 'export', 1, "
                    "'孙立', '', '统计', '', '', '[]', '2026-03-01 09:00:00', :previous, :digest)"
                ),
                {"previous": previous, "digest": digest},
            )
        db.session.commit()
        yield
        db.session.rollback()


def test_old_events_still_fit_and_new_ones_follow_them(old):
    upgrade(directory=str(MIGRATIONS))
    assert history.verify("pdsu") is None
    made = history.record("pdsu", "export", db.session.get(Person, 1), opinion="新的")
    db.session.commit()
    assert (made.id, bool(made.salt), history.verify("pdsu")) == (3, True, None)
    with pytest.raises(DBAPIError, match="history cannot be changed"):
        db.session.execute(text("UPDATE event SET opinion = '改' WHERE id = 1"))


def test_going_back_is_refused_once_there_are_digests_with_a_salt(old, caplog):
    upgrade(directory=str(MIGRATIONS))
    downgrade(directory=str(MIGRATIONS), revision=BEFORE)
    upgrade(directory=str(MIGRATIONS))
    history.record("pdsu", "export", db.session.get(Person, 1))
    db.session.commit()
    with pytest.raises(SystemExit):
        downgrade(directory=str(MIGRATIONS), revision=BEFORE)
    assert "digests need their salt" in caplog.text
