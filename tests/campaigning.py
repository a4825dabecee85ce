"""A campaign over the demo, for the tests of its pages."""

from datetime import timedelta

from flask import Flask

from models.campaigns.campaign import Wording, begin
from models.campaigns.freezing import freeze
from models.campaigns.report import Report
from models.campaigns.transitions import publish
from models.channels.channel import Channel, ChannelState
from models.clock import utcnow
from models.database import db
from models.events import history
from models.filings import transitions
from models.filings.starting import start
from models.people.person import Grant, Person
from models.people.unit import Unit, tree
from models.rules.filing_kind import FilingKind
from models.rules.report_workflow import ReportState
from tests.client import Page


def unit_id(app: Flask, name: str) -> int:
    with app.app_context():
        return db.session.scalars(db.select(Unit.id).filter_by(institution="pdsu", name=name)).one()


def ask(app: Flask) -> int:
    """A published campaign over both forms, which ends in three days; its id."""
    with app.app_context():
        office = db.session.scalars(db.select(Person).filter_by(username="wutong")).one()
        now = utcnow()
        wording = Wording(
            now.year,
            "本年备案工作",
            "",
            "请各单位自查。",
            ["account", "group"],
            now - timedelta(days=3),
            now + timedelta(days=3),
            "",
            "425室",
        )
        found = begin("pdsu", wording, office, now)
        publish(found, office, now)
        db.session.commit()
        return found.id


def sign_as_it_is(app: Flask, unit: str) -> None:
    """The unit's report stands signed by its head, whatever was missing in it."""
    with app.app_context():
        report = db.session.scalars(db.select(Report).filter_by(unit_id=unit_id(app, unit))).one()
        head = db.session.get_one(Person, min(tree("pdsu").heads_for(report.unit_id)))
        now = utcnow()
        report.state, report.signed_by, report.reported_at = ReportState.reported, head, now
        report.handed_in_by = head
        history.record("pdsu", "report_hand_in", head, now, report_id=report.id)
        paper, parts = freeze(report, app.extensions["institutions"]["pdsu"], head, now)
        entry = history.record("pdsu", "report_sign", head, now, parts, report_id=report.id)
        paper.event_id = entry.id
        db.session.commit()


def file_since(app: Flask, unit: str, kind: str, title: str, form: str = "account", **answers) -> None:
    """A filing of a unit that goes all its way: a first one, or of the channel of that name."""
    with app.app_context():
        school, at = app.extensions["institutions"]["pdsu"], db.session.get_one(Unit, unit_id(app, unit))
        reporter = (
            db.session.scalars(
                db.select(Person).where(
                    Person.grants.any((Grant.unit_id == at.id) & (Grant.role == "reporter"))
                )
            ).first()
            or db.session.scalars(db.select(Person).filter_by(username="wutong")).one()
        )
        office = db.session.scalars(db.select(Person).filter_by(username="suyi")).one()
        head = db.session.get_one(Person, min(tree("pdsu").heads_for(at.id)))
        channel = None
        if kind != "first":
            named = db.select(Channel).filter_by(unit_id=at.id, title=title, state=ChannelState.in_force)
            channel = db.session.scalars(named).one()
            form = channel.form
        filing = start(school, school.forms[form], FilingKind(kind), at, reporter, channel)
        said = {**filing.answers, school.forms[form].channel.title: title, **answers}
        transitions.keep(filing, school, said, reporter, filing.revision)
        transitions.move(filing, school, "submit", reporter, "", filing.revision)
        for signer in (head, office):
            transitions.move(filing, school, "approve", signer, "同意", filing.revision)
        db.session.commit()


def report_state(page: Page) -> str:
    """The badge of a report: 未开始, 填报中, …"""
    return page.find("#state .tag").get_text(strip=True).removeprefix("状态：")
