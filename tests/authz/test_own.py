"""Nobody decides what they handed in themselves: one, many, with a report, by receiving it."""

import pytest

from models.campaigns.report import Report
from models.database import db
from models.filings import transitions
from models.filings.filing import Filing
from models.people.person import Person
from models.people.unit import Unit
from models.rules.report_workflow import ReportState
from models.rules.workflow import Role
from tests.authz import laying
from tests.authz.scene import Scene


def person(scene: Scene, persona: str) -> Person:
    return db.session.get(Person, scene.people[persona])


def unit(scene: Scene, whose: str) -> Unit:
    return db.session.get(Unit, scene.things[f"unit {whose}"]["unit_id"])


def state(scene: Scene, filing_id: int) -> tuple[str, int]:
    with scene.app.app_context():
        filing = db.session.get(Filing, filing_id)
        return str(filing.state), filing.step


def revision(scene: Scene, kind: type, **ids: int) -> str:
    with scene.app.app_context():
        return str(db.session.scalars(db.select(kind).filter_by(**ids)).one().revision)


def hand_in(scene: Scene, who: str, whose: str, form: str = "account", *more: tuple[str, str]) -> int:
    """A filing handed in by who may sign as well, then moved on by others; its id."""
    made = []

    def deed() -> None:
        school = scene.app.extensions["institutions"]["pdsu"]
        actor = person(scene, who)
        answers = {"account": laying.account, "group": laying.group}[form]("own", "owntrail", "70")
        filing = laying.written(school, form, unit(scene, whose), actor, answers)
        deeds = [("submit", actor), *((verb, person(scene, other)) for verb, other in more)]
        made.append(laying.moved(filing, "own", *deeds).id)

    scene.write(deed)
    return made[0]


@pytest.fixture
def head_who_reports(scene: Scene) -> str:
    """The head of the own unit is its reporter too; another head is there to sign."""

    def deed() -> None:
        person(scene, "head").grant(Role.reporter, unit(scene, "own"))
        person(scene, "hejia").grant(Role.head, unit(scene, "own"))

    scene.write(deed)
    return "head"


def approve(scene: Scene, who: str, filing_id: int) -> int:
    said = {"opinion": "同意。", "revision": revision(scene, Filing, id=filing_id)}
    return scene.ask(who, "POST", f"/pdsu/filings/{filing_id}/approve", data=said).status_code


def approve_at_the_desk(scene: Scene, who: str, *ids: int) -> int:
    said = {"verb": "approve", "opinion": "同意。", "filing": [str(one) for one in ids]}
    said |= {f"revision-{one}": revision(scene, Filing, id=one) for one in ids}
    return scene.ask(who, "POST", "/pdsu/desk", data=said).status_code


def test_a_head_signs_no_filing_they_handed_in(scene: Scene, head_who_reports: str):
    own = hand_in(scene, head_who_reports, "own")
    other = scene.things["filing in review"]["filing_id"]
    assert approve(scene, head_who_reports, own) == 422
    assert approve_at_the_desk(scene, head_who_reports, own, other) == 200
    assert state(scene, own) == ("in_review", 0)
    assert state(scene, other) == ("in_review", 1)


def test_the_only_head_cannot_even_hand_in(scene: Scene):
    scene.write(lambda: person(scene, "head").grant(Role.reporter, unit(scene, "own")))
    filing_id = scene.things["filing draft"]["filing_id"]
    said = {"do": "submit", "revision": revision(scene, Filing, id=filing_id)}
    page = scene.ask("head", "POST", f"/pdsu/filings/{filing_id}/edit", data=said)
    assert page.status_code == 422
    assert state(scene, filing_id) == ("draft", 0)


def test_the_office_decides_nothing_it_filed_for_somebody(scene: Scene):
    filing_id = scene.things["filing of a person"]["filing_id"]
    with scene.app.app_context():
        filing = db.session.get(Filing, filing_id)
        school = scene.app.extensions["institutions"]["pdsu"]
        heads = filing.position(filing.definition(school)).heads
        root = next(one for one in db.session.scalars(db.select(Person)).unique() if one.id in heads)
        transitions.move(filing, school, "approve", root, "同意。", filing.revision)
        db.session.commit()
    assert approve(scene, "wutong", filing_id) == 422
    assert approve_at_the_desk(scene, "wutong", filing_id) == 200
    assert state(scene, filing_id) == ("in_review", 1)
    assert approve(scene, "office", filing_id) in (200, 303)
    assert state(scene, filing_id)[0] == "filed"


def test_a_head_who_handed_a_report_in_does_not_sign_it(scene: Scene):
    ids = scene.things["report of elsewhere, to sign"]
    said = {"revision": revision(scene, Report, **ids)}
    address = f"/pdsu/campaigns/{ids['campaign_id']}/reports/{ids['unit_id']}/sign"
    assert scene.ask("head_elsewhere", "POST", address, data=said).status_code == 422
    with scene.app.app_context():
        report = db.session.scalars(db.select(Report).filter_by(**ids)).one()
        assert report.state is ReportState.to_sign


def test_receiving_a_report_leaves_the_rows_the_receiver_handed_in(scene: Scene):
    """Who is of the office and files for a unit: their row waits for a colleague."""
    scene.write(lambda: person(scene, "wutong").grant(Role.reporter, unit(scene, "above")))
    own = hand_in(scene, "wutong", "above", "group", ("approve", "hejia"))
    ids = scene.things["report of above, reported"]
    said = {"revision": revision(scene, Report, **ids)}
    address = f"/pdsu/campaigns/{ids['campaign_id']}/reports/{ids['unit_id']}/receipt"
    assert scene.ask("wutong", "POST", address, data=said).status_code in (200, 303)
    with scene.app.app_context():
        assert db.session.scalars(db.select(Report).filter_by(**ids)).one().state is ReportState.received
    assert state(scene, own) == ("in_review", 1)


def test_signing_a_report_leaves_the_rows_the_signer_handed_in(scene: Scene):
    def deed() -> None:
        person(scene, "head_elsewhere").grant(Role.reporter, unit(scene, "elsewhere"))
        person(scene, "hejia").grant(Role.head, unit(scene, "elsewhere"))
        report = db.session.scalars(db.select(Report).filter_by(**ids)).one()
        report.state = ReportState.writing
        for draft in db.session.scalars(db.select(Filing).filter_by(unit_id=ids["unit_id"], state="draft")):
            transitions.discard(draft, person(scene, "reporter_elsewhere"), draft.revision)

    ids = scene.things["report of elsewhere, to sign"]
    scene.write(deed)
    own = hand_in(scene, "head_elsewhere", "elsewhere", "group")
    for who, deed, more in (
        ("reporter_elsewhere", "say", {"rest": "1"}),
        ("reporter_elsewhere", "hand_in", {}),
        ("head_elsewhere", "sign", {}),
    ):
        said = {"revision": revision(scene, Report, **ids)} | more
        address = f"/pdsu/campaigns/{ids['campaign_id']}/reports/{ids['unit_id']}/{deed}"
        answer = scene.ask(who, "POST", address, data=said)
        assert answer.status_code in (200, 303), (deed, answer.get_data(as_text=True))
    assert state(scene, own) == ("in_review", 0)
