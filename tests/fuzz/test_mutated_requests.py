"""Spoilt requests, thousands of them for every role: whatever is sent, nothing fails."""

import os
import random
import shutil
from pathlib import Path

import pytest
from flask import Flask

from blueprints.institution.components import file_jobs
from models.database import db
from tests.client import Browser
from tests.fuzz.corpus import requests_of
from tests.fuzz.mutations import mutated
from tests.lending import DATABASE
from tests.signing import let_in

pytestmark = pytest.mark.long

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

    def __init__(self, app: Flask, file: Path, username: str, school: str) -> None:
        self.app, self.file = app, file
        self.username, self.school = username, school
        self.begin()
        self.corpus = requests_of(self.client, f"/{school}/" if username else "/sign-in")

    def begin(self) -> None:
        """The school as it was, and the role signed in."""
        with self.app.app_context():
            db.engine.dispose()
        file = Path(self.app.instance_path) / DATABASE
        # A journal that was left would be played back into the file that comes now.
        file.with_name(f"{DATABASE}-journal").unlink(missing_ok=True)
        shutil.copy(self.file, file)
        nobody = Browser(self.app.test_client(), start="/sign-in")
        browser = let_in(self.app, self.username, self.school) if self.username else nobody
        self.client, self.token = browser.client, browser.page.find("[name=csrf_token]")["value"]

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
def test_no_spoilt_request_fails(app, demo, role, monkeypatch):
    # A process that makes a file would go on working on a database that is laid out anew under it.
    monkeypatch.setattr(file_jobs, "_start", lambda _job_id: None)
    dice = random.Random(f"{SEED} {role}")
    attacker, failed = Attacker(app, demo.file, *ROLES[role]), []
    for number in range(REQUESTS):
        if number and not number % FRESH_EVERY:
            attacker.begin()
        how, status = attacker.send(dice)
        if status >= 500 and status != 501:
            failed.append((status, how))
    assert not failed, f"{len(failed)} failed, the first: {failed[0]}"
