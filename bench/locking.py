"""How long one request keeps all others from writing: saving a draft, handing it in, approving it."""

from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median, quantiles
from time import perf_counter

from flask import Flask
from sqlalchemy import Connection, Engine, event

from bench.measuring import Result
from bench.scale import Scale
from models.database import db
from models.embedded_engine import TAKE_THE_LOCK
from tests import pages
from tests.builders import ACCOUNT
from tests.signing import let_in

MOST = 5  # milliseconds
REPORTER, HEAD, OFFICE = "linxiao", "zhoumin", "wutong"


def measured(app: Flask, scale: Scale) -> list[Result]:
    """The medians, with the slowest of twenty beside them."""
    tokens = app.config.get("WTF_CSRF_ENABLED", True)
    app.config["WTF_CSRF_ENABLED"] = False
    try:
        held = _held_by_each(app, scale.locks)
    finally:
        app.config["WTF_CSRF_ENABLED"] = tokens
    return [
        Result(f"l  {what} holds the writer's lock", median(times), "ms", MOST, _slowest(times))
        for what, times in held.items()
    ]


def _held_by_each(app: Flask, rounds: int) -> dict[str, list[float]]:
    """By deed, the milliseconds of every round."""
    held: dict[str, list[float]] = {"autosave": [], "submit": [], "approve": []}
    with app.app_context():
        engine = db.engine
    reporter, head, office = (let_in(app, name) for name in (REPORTER, HEAD, OFFICE))
    for number in range(rounds + 1):
        page = pages.new_filing(reporter)
        typed = pages.answered(page, ACCOUNT | {"平台名称": f"量锁{number}", "账号或网址": f"lock_{number}"})
        data = reporter._held_by(page.find(pages.FORM)) | typed
        with _noting(engine, held["autosave"]):
            reporter.client.post(page.address.replace("/edit", "/keep"), data=data)
        page = reporter.open(page.address)
        with _noting(engine, held["submit"]):
            page = reporter.submit("提交", **typed)
        assert pages.state(page) not in ("草稿", ""), page.text[:300]
        for signer in (head, office):
            with _noting(engine, held["approve"]):
                pages.decide(signer, page.address, "同意")
    # The first round compiles every statement.
    return {what: times[len(times) // (rounds + 1) :] for what, times in held.items()}


@contextmanager
def _noting(engine: Engine, times: list[float]) -> Iterator[None]:
    """Add up how long the lock was held meanwhile."""
    since: list[float] = []
    spent = [0.0]

    def taken(_connection: Connection, _cursor, statement: str, *_: object) -> None:
        if statement in TAKE_THE_LOCK:
            since.append(perf_counter())

    def given_back(*_: object) -> None:
        if since:
            spent[0] += perf_counter() - since.pop()

    event.listen(engine, "after_cursor_execute", taken)
    event.listen(engine, "checkin", given_back)
    try:
        yield
    finally:
        event.remove(engine, "after_cursor_execute", taken)
        event.remove(engine, "checkin", given_back)
    times.append(spent[0] * 1000)


def _slowest(times: list[float]) -> str:
    return f"p95 {quantiles(times, n=20)[-1]:.1f}" if len(times) > 1 else ""
