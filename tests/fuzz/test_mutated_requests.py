"""Spoilt requests, thousands of them for every role: whatever is sent, nothing fails."""

import os
import random
import shutil

import pytest

from models.database import db
from tests.client import Browser
from tests.conftest import app_on
from tests.fuzz.corpus import requests_of
from tests.fuzz.mutations import mutated

# `make fuzz` sends more, from another beginning each time it is told one.
REQUESTS = int(os.environ.get("FUZZ_REQUESTS", "5000"))
SEED = int(os.environ.get("FUZZ_SEED", "20261122"))
# After so many the school is laid out anew: what was deleted is there again.
FRESH_EVERY = 250
FILES = (".pdf", ".xlsx")
ROLES = {
    "reporter": ("linxiao", "pdsu"),
    "head": ("zhoumin", "pdsu"),
    "office": ("wutong", "pdsu"),
    "administrator": ("guanyiming", "pdsu"),
    "auditor": ("shenzhi", "pdsu"),
    "other school's office": ("shilei", "ahbc"),
    "nobody": ("", "pdsu"),
}


class Attacker:
    """A browser of one role, over a school that is laid out anew from time to time."""

    def __init__(self, demo, folder, username: str, school: str) -> None:
        self.file, self.folder = demo.file, folder
        self.username, self.school = username, school
        self.password = demo.passwords.get((school, username))
        self.app = app_on(folder)
        self.begin()
        self.corpus = requests_of(self.client, f"/{school}/" if username else "/sign-in")

    def begin(self) -> None:
        """The school as it was, and the role signed in."""
        with self.app.app_context():
            db.engine.dispose()
        shutil.copy(self.file, self.folder / "beian.sqlite3")
        self.client = self.app.test_client()
        if self.username:
            browser = Browser(self.client)
            browser.open(f"/sign-in?school={self.school}")
            browser.submit("登录", school=self.school, username=self.username, password=self.password)
        self.token = self._token()

    def _token(self) -> str:
        page = Browser(self.client).open(f"/{self.school}/" if self.username else "/sign-in")
        return page.find("[name=csrf_token]")["value"]

    def send(self, dice: random.Random):
        """One spoilt request, with the token of this session unless that was spoilt too."""
        known = dice.choice(self.corpus)
        if known.path.endswith(FILES) and dice.random() < 0.8:
            # Each file is drawn for as long as ten pages are.
            known = dice.choice(self.corpus)
        items = tuple((name, self.token if name == "csrf_token" else value) for name, value in known.items)
        how = mutated(known.__class__(known.method, known.path, known.query, items, known.files), dice)
        with self.client.open(**how) as response:
            put_out = self.username and response.headers.get("Location", "").startswith("/sign-in")
            status = response.status_code
        if put_out:
            # Signed out by what was sent, or by a spoilt cookie.
            self.begin()
        return how, status


@pytest.mark.parametrize("role", ROLES)
def test_no_spoilt_request_fails(demo, tmp_path, role):
    dice = random.Random(f"{SEED} {role}")
    attacker, failed = Attacker(demo, tmp_path, *ROLES[role]), []
    for number in range(REQUESTS):
        if number and not number % FRESH_EVERY:
            attacker.begin()
        how, status = attacker.send(dice)
        if status >= 500 and status != 501:
            failed.append((status, how))
    assert not failed, f"{len(failed)} failed, the first: {failed[0]}"
