"""The worst texts in the pages that read most of them: the processor time of the slowest request."""

from collections.abc import Iterator
from time import process_time

from flask import Flask
from flask.testing import FlaskClient

from bench.measuring import Result
from bench.scale import Scale
from bench.school import holder_of
from bench.single import signed_in
from models.rules.workflow import Role
from tests.worst_texts import WORST, encoded, text_of

MOST_OF_FORM = 1_900_000
FORM = "application/x-www-form-urlencoded"
# By page: its boxes, which share what a form may weigh.
OF_THE_OFFICE = {
    "/me": ("email",),
    "/found/new": ("title", "platform", "account", "words"),
    "/liveness/import": ("lines",),
    "/register": ("phone",),
    "/sanctions/new": ("reason",),
    "/incidents/new": ("what", "done"),
}
OF_THE_ADMINISTRATOR = {"/units/new": ("name",), "/people/new": ("name", "username", "phone")}


def measured(app: Flask, scale: Scale) -> list[Result]:
    """The slowest of these pages of a school, with any of the texts."""
    tokens = app.config.get("WTF_CSRF_ENABLED", True)
    app.config["WTF_CSRF_ENABLED"] = False
    try:
        times = list(_times(app, list(WORST)[: scale.worst_texts]))
    finally:
        app.config["WTF_CSRF_ENABLED"] = tokens
    slowest, which = max(times)
    return [Result(f"t  slowest of {len(times)} forms of 2 MB of text", slowest, "s", 1, which)]


def _times(app: Flask, kinds: list[str]) -> Iterator[tuple[float, str]]:
    school = next(iter(app.extensions["institutions"]))
    for role, pages in ((Role.office, OF_THE_OFFICE), (Role.admin, OF_THE_ADMINISTRATOR)):
        with app.app_context():
            browser = signed_in(app, holder_of(role, school))
        for path, names in pages.items():
            for kind in kinds:
                yield _taken(browser, f"/{school}{path}", names, kind)


def _taken(browser: FlaskClient, address: str, names: tuple[str, ...], kind: str) -> tuple[float, str]:
    body = encoded(dict.fromkeys(names, text_of(kind, MOST_OF_FORM // len(names))))
    start = process_time()
    answer = browser.post(address, data=body, content_type=FORM)
    taken = process_time() - start
    assert answer.status_code in (200, 303, 422), f"{address}: {answer.status_code}"
    return taken, f"{kind} to {address}"
