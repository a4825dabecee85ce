"""Passwords are hashed one at a time, in one place, and never while the database is kept waiting."""

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

import pytest
from argon2 import extract_parameters
from sqlalchemy import select, text

from app import HOUSE
from models.auth import hashing
from models.database import db
from models.people.person import Person
from models.rules import passwords
from models.rules.passwords import Hasher
from tests.signing import try_to_enter

HASHES = re.compile(r"\b(HASHER|QUICK_HASHER|argon2|passwords\.verify)\b")
# The last one imports it while the server waits for the first person.
MAY = {"models/auth/hashing.py", "models/rules/passwords.py", "blueprints/cli/commands.py"}


def hash_of(app, username: str) -> str:
    with app.app_context():
        return db.session.scalar(select(Person.password_hash).filter_by(username=username))


def test_nothing_else_hashes_a_password():
    python = [file for room in ("models", "blueprints") for file in (HOUSE / room).rglob("*.py")]
    hash_passwords = {
        file.relative_to(HOUSE).as_posix() for file in python if HASHES.search(file.read_text("utf-8"))
    }
    assert hash_passwords == MAY


@pytest.mark.parametrize(
    "work",
    [
        lambda: hashing.hashed("kite moon maple"),
        lambda: hashing.hashed_drawn("kite moon maple"),
        lambda: hashing.proves("", "kite moon maple"),
        lambda: hashing.renewed("", "kite moon maple"),
    ],
)
def test_nothing_is_hashed_within_a_transaction(app, work):
    with app.app_context():
        work()
        db.session.execute(text("SELECT 1"))
        with pytest.raises(hashing.WithinTransaction):
            work()


def test_many_at_once_are_hashed_one_after_the_other(app, monkeypatch):
    class Counting(Hasher):
        inside = most = 0
        lock = Lock()

        def hash(self, password: str) -> str:
            with self.lock:
                self.inside += 1
                self.most = max(self.most, self.inside)
            try:
                return super().hash(password)
            finally:
                with self.lock:
                    self.inside -= 1

    counting = Counting(time_cost=1, memory_cost=1024, parallelism=1)
    monkeypatch.setattr(passwords, "HASHER", counting)

    def work(password: str) -> str:
        with app.app_context():
            return hashing.hashed(password)

    with ThreadPoolExecutor(8) as people:
        assert len(set(people.map(work, map(str, range(80))))) == 80
    assert counting.most == hashing.AT_ONCE == 1


def test_a_hash_made_at_other_costs_is_renewed_by_who_signs_in(app, demo):
    password = demo.passwords["pdsu", "linxiao"]
    former = Hasher(time_cost=2, memory_cost=32, parallelism=2)
    with app.app_context():
        person = db.session.scalars(select(Person).filter_by(username="linxiao")).one()
        person.password_hash = former.hash(password)
        db.session.commit()
    assert try_to_enter(app, "linxiao", "wrong").status == 422
    assert extract_parameters(hash_of(app, "linxiao")).memory_cost == 32
    for _ in range(2):
        assert try_to_enter(app, "linxiao", password).heading == "您好，林晓"
    kept = hash_of(app, "linxiao")
    assert not passwords.is_outdated(kept)
    assert passwords.verify(kept, password)


def test_a_password_is_never_kept_in_place_of_its_hash():
    with pytest.raises(ValueError, match="never the password"):
        Person().set_password("kite moon maple")
