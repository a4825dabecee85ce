"""The worst texts in the pages that read most of them: the processor time of the slowest request."""

from time import process_time

from flask import Flask

from bench.measuring import Result
from bench.scale import Scale
from bench.school import officer
from bench.single import signed_in
from models.database import db
from models.people.person import Grant, Person
from models.rules.workflow import Role
from tests.worst_texts import WORST, encoded, text_of

MOST_OF_FORM = 1_900_000
FORM = "application/x-www-form-urlencoded"
# By page: its boxes, which share what a form may weigh.
PAGES = {
    "/me": ("email",),
    "/found/new": ("title", "platform", "account", "words"),
    "/register/dates": ("lines",),
    "/register": ("phone",),
    "/sanctions/new": ("reason",),
}
OF_THE_ADMINISTRATOR = {
    "/admin/units/new": ("name",),
    "/admin/people/new": ("name", "username", "phone"),
}


def measured(app: Flask, scale: Scale) -> list[Result]:
    """The slowest of every page with every text."""
    times: list[tuple[float, str]] = []
    for school in list(app.extensions["institutions"])[: scale.text_schools]:
        with app.app_context():
            browsers = [signed_in(app, officer(school)), signed_in(app, _administrator(school))]
        for browser, pages in zip(browsers, (PAGES, OF_THE_ADMINISTRATOR), strict=True):
            for path, names in pages.items():
                times += [_taken(browser, f"/{school}{path}", names, kind) for kind in WORST]
    slowest, which = max(times)
    return [Result(f"t  slowest of {len(times)} requests with 2 MB of text", slowest, "s", 1, which)]


def _taken(browser, address: str, names: tuple[str, ...], kind: str) -> tuple[float, str]:
    body = encoded(dict.fromkeys(names, text_of(kind, MOST_OF_FORM // len(names))))
    start = process_time()
    answer = browser.post(address, data=body, content_type=FORM)
    taken = process_time() - start
    assert answer.status_code in (200, 303, 422), f"{address}: {answer.status_code}"
    return taken, f"{kind} to {address}"


def _administrator(institution: str) -> Person:
    query = select_administrators(institution)
    return db.session.scalars(query).first()
