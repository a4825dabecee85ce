"""The board of a campaign against the smallest hand-written page over the same data.

`python -m bench.board`: 300 units that report and 20 000 channels. Both are asked by turns inside
this process; the peer asks sqlite3 itself, adds up by a parent's id, and joins plain strings.
"""

import sys
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from html import escape
from tempfile import TemporaryDirectory

from flask import Flask
from sqlalchemy import select

from bench.channels import Campus
from bench.many_channels import grow, school_app, somebody_of_the_office
from bench.measuring import Result, medians_of_pairs
from bench.scale import FULL, Scale
from models.campaigns.campaign import Campaign, Wording, begin
from models.campaigns.transitions import publish
from models.clock import utcnow
from models.database import db
from models.embedded_engine import sqlite
from models.people.person import Grant, Person
from models.people.unit import Unit, add_unit
from models.register.staleness import stale_before
from models.rules.workflow import Role

LIMIT = 3.0
COUNTS = """
    SELECT unit_id, form, count(*), sum(quiet_since < ?), sum(incomplete) FROM channel
    WHERE institution = ? AND state = 'in_force' GROUP BY unit_id, form"""
EVENTS = """
    SELECT form, kind, count(*) FROM filing
    WHERE institution = ? AND state = 'filed' AND decided_at >= ? GROUP BY form, kind"""
REPORTS = """
    SELECT unit.id, unit.name, report.state, report.touched_by, report.touched_at
    FROM report JOIN unit ON unit.id = report.unit_id WHERE campaign_id = ? ORDER BY unit.id"""
PEOPLE = """
    SELECT unit_id, role, name FROM person_grant JOIN person ON person.id = person_id
    WHERE institution = ? AND role IN ('reporter', 'head') AND active"""


def measured(scale: Scale) -> list[Result]:
    """The board's time in times of the hand-written page's."""
    with TemporaryDirectory() as folder:
        app = school_app(folder)
        code, token = somebody_of_the_office(app)
        campaign = _campaign(app, code, scale.board_units)
        grow(app, scale.board_channels)
        campus = Campus(app, scale.board_channels, code, token)
        client, raw = campus.client(), _Raw(app, code, campaign)
        address = f"/{code}/campaigns/{campaign}"
        assert client.get(address).status_code == 200
        ours, theirs = medians_of_pairs(lambda: client.get(address).data, raw.page, scale.page_pairs)
        raw.connection.close()
    note = f"{ours * 1000:.0f} ms against {theirs * 1000:.0f} ms"
    what = f"board of {scale.board_units} units, {campus.size:,} channels, against by hand"
    return [Result(what, ours / theirs, "x", LIMIT, note)]


def _campaign(app: Flask, code: str, units: int) -> int:
    with app.app_context():
        root = db.session.scalars(
            select(Unit).where(Unit.institution == code, Unit.parent_id.is_(None))
        ).one()
        known = db.session.scalars(select(Unit).where(Unit.parent_id == root.id)).all()
        head = db.session.scalars(select(Person).where(Person.institution == code)).first()
        for number in range(units - len(known)):
            unit = add_unit(code, f"第{number}单位", root.kind, root)
            db.session.add(Grant(person=head, role=Role.head, unit=unit))
        now = utcnow()
        wording = Wording(
            now.year,
            "年度备案工作",
            "",
            "",
            list(_forms(app, code)),
            now - timedelta(days=30),
            now + timedelta(days=3),
            "",
            "",
        )
        campaign = begin(code, wording, head, now)
        publish(campaign, head, now)
        db.session.commit()
        return campaign.id


def _forms(app: Flask, code: str) -> dict:
    return app.extensions["institutions"][code].forms


class _Raw:
    """The page by hand."""

    def __init__(self, app: Flask, code: str, campaign: int):
        with app.app_context():
            self.opens = str(db.session.get(Campaign, campaign).opens_at.replace(tzinfo=None))
            self.before = str(stale_before(app.extensions["institutions"][code]))
            self.parents = dict(db.session.execute(select(Unit.id, Unit.parent_id)).all())
        self.code, self.campaign = code, campaign
        self.connection = sqlite.connect(f"{app.instance_path}/beian.sqlite3")

    def page(self) -> str:
        ask = self.connection.execute
        reports = ask(REPORTS, (self.campaign,)).fetchall()
        counts = {unit: Counter() for unit, *_ in reports}
        for unit, form, channels, stale, incomplete in ask(COUNTS, (self.before, self.code)):
            while unit is not None and unit not in counts:
                unit = self.parents[unit]
            if unit is not None:
                counts[unit].update({form: channels, "stale": stale, "incomplete": incomplete})
        events = ask(EVENTS, (self.code, self.opens)).fetchall()
        people = {}
        for unit, role, name in ask(PEOPLE, (self.code,)):
            people.setdefault((unit, role), []).append(name)
        return "".join([str(events), *(self._line(row, counts, people) for row in reports)])

    def _line(self, row: tuple, counts: dict, people: dict) -> str:
        unit, name, state, event, at = row
        cells = [
            name,
            *("、".join(people.get((unit, role), [])) for role in ("head", "reporter")),
            *map(str, counts[unit].values()),
            state,
            event,
            str(at),
        ]
        return f"<tr><td>{'</td><td>'.join(map(escape, cells))}</td></tr>"


if __name__ == "__main__":
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else FULL.page_pairs
    for result in measured(replace(FULL, page_pairs=pairs)):
        print(result)
