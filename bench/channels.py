"""The register against the smallest hand-written page over the same data, on the same server.

`python -m bench.channels` measures at 1 000, 100 000 and 1 000 000 channels, `python -m
bench.channels 100000` at that size. Both are served by waitress with eight threads, each in a
process of its own, and are asked by turns over a connection that is kept.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from tempfile import TemporaryDirectory
from urllib.parse import quote

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from bench.database_time import milliseconds, watched_app
from bench.many_channels import grow, school_app, somebody_of_the_office
from bench.measuring import Result, medians_of_pairs
from bench.scale import FULL, Scale
from bench.school import officer
from bench.serving import Browser, serving, the_app
from blueprints.auth.session import TOKEN
from models.channels.channel import Channel, ChannelState
from models.database import db
from models.people.unit import Unit
from models.register import counts

WORDS = quote("青年")
PAGE = 20
# At this size a limit is set to what a search costs the database.
SEARCHED = 100_000


@dataclass(frozen=True)
class Campus:
    """A school with so many channels, and somebody of its office who is signed in."""

    app: Flask
    size: int
    code: str
    token: str

    @property
    def register(self) -> str:
        return f"/{self.code}/register"

    def client(self) -> FlaskClient:
        """A client inside this process."""
        client = self.app.test_client()
        with client.session_transaction() as session:
            session[TOKEN] = self.token
        return client

    def cookie(self) -> str:
        return f"session={self.client().get_cookie('session').value}"

    def division(self) -> int:
        """A unit with others below it: one eighth of the school."""
        with self.app.app_context():
            return db.session.scalar(select(Unit.id).where(Unit.name.endswith("学部")))

    def far_page(self, number: int) -> str:
        """What the address of that page says; '' where the list is shorter."""
        before = (number - 1) * PAGE
        with self.app.app_context():
            last = db.session.execute(
                select(Channel.unit_id, Channel.id)
                .where(Channel.institution == self.code, Channel.state == ChannelState.in_force)
                .order_by(Channel.unit_id, Channel.id)
                .offset(before - 1).limit(1)
            ).first()  # fmt: skip
        return f"after={last[0]}-{last[1]}&from={before + 1}" if last else ""


def measured(scale: Scale) -> Iterator[Result]:
    """Everything, size by size."""
    with TemporaryDirectory() as folder:
        app = school_app(folder)
        for size in scale.channels:
            grow(app, size, scale.written_channels)
            campus = Campus(app, size, *somebody_of_the_office(app))
            yield from _against_raw(campus, scale)
            yield from _of_the_database(campus, folder)


def _against_raw(campus: Campus, scale: Scale) -> Iterator[Result]:
    pairs = scale.page_pairs
    path = f"{campus.app.instance_path}/beian.sqlite3"
    questions = [("f  unit and search", f"unit={campus.division()}&q={WORDS}", 2.5),
                 ("g  state and search", f"state=closed&q={WORDS}", 2.5),
                 ("   search alone", f"q={WORDS}", None), ("   no filter", "", None)]  # fmt: skip
    with (
        the_app(campus.app) as port,
        serving("bench.raw_register", path, "PORT") as raw_port,
        Browser(port, campus.cookie()) as ours,
        Browser(raw_port, f"token={campus.token}") as raw,
    ):
        for what, question, most in questions:
            mine, least = medians_of_pairs(
                lambda: ours.get(f"{campus.register}?{question}"),  # noqa: B023 - called at once
                lambda: raw.get(f"/register?{question}"), pairs,  # noqa: B023
            )  # fmt: skip
            note = f"{mine * 1000:.1f} ms against {least * 1000:.1f} ms by hand, {pairs} pairs"
            yield Result(f"{what}, {campus.size:,} channels", mine / least, "x", most, note)
        if far := campus.far_page(scale.far_page):
            page, first = medians_of_pairs(
                lambda: ours.get(f"{campus.register}?{far}"),
                lambda: ours.get(campus.register), pairs,
            )  # fmt: skip
            note = f"{page * 1000:.1f} ms against {first * 1000:.1f} ms"
            what = f"i  page {scale.far_page:,} against page 1, {campus.size:,} channels"
            yield Result(what, page / first, "x", 1.3, note)


def _of_the_database(campus: Campus, folder: str) -> Iterator[Result]:
    app = watched_app(folder)
    client = Campus(app, campus.size, campus.code, campus.token).client()
    search = milliseconds(lambda: client.get(f"{campus.register}?q={WORDS}"))
    most = 20 if campus.size == SEARCHED else None
    yield Result(f"h  database time of a search, {campus.size:,} channels", search, "ms", most)
    with app.app_context():
        school, person = app.extensions["institutions"][campus.code], officer(campus.code)
        totals = milliseconds(lambda: counts.totals(school, person))
        total = counts.totals(school, person)
    note = f"{total.in_force:,} in force, {total.stale:,} stale, {total.closed:,} closed"
    yield Result(f"   database time of the head, {campus.size:,} channels", totals, "ms", note=note)


if __name__ == "__main__":
    sizes = tuple(int(size) for size in sys.argv[1:]) or FULL.channels
    for result in measured(replace(FULL, channels=sizes, page_pairs=40)):
        print(result, flush=True)
