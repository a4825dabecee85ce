"""Two people decide about one filing at the same moment, a thousand times: one decision each."""

from functools import partial

import pytest
from sqlalchemy import select

from models.database import db
from models.events.history import Event
from models.filings import transitions
from models.filings.filing import Filing
from models.filings.starting import start
from models.people.person import Person
from models.rules.filing_kind import FilingKind
from models.rules.workflow import Role, State, Verb
from tests.races.at_once import at_once

OFTEN = pytest.mark.parametrize("races", [20, pytest.param(1_000, marks=pytest.mark.long)])
REPORTER, HEAD, SECOND_HEAD = "linxiao", "zhoumin", "sunli"


def person(username: str) -> Person:
    asked = select(Person).where(Person.institution == "pdsu", Person.username == username)
    return db.session.scalars(asked).one()


@pytest.fixture
def waiting(app, races) -> list[tuple[int, int]]:
    """Filings of one unit that wait for its head, of whom there are two: ids and revisions."""
    with app.app_context():
        school = app.extensions["institutions"]["pdsu"]
        reporter, head = person(REPORTER), person(HEAD)
        unit = next(grant.unit for grant in head.grants if grant.role == Role.head)
        person(SECOND_HEAD).grant(Role.head, unit)
        form, filings = school.forms["group"], []
        for number in range(races):
            filing = start(school, form, FilingKind.first, unit, reporter)
            answers = {
                "platform": "wechat",
                "name": f"第{number}组",
                "purpose": "教学",
                "members": 9,
                "outsiders": "no",
                "created": "2021-09",
                "creator": "林晓",
                "creator_phone": "13800001234",
            }
            transitions.keep(filing, school, answers, reporter, filing.revision)
            transitions.move(filing, school, Verb.submit, reporter, "", filing.revision)
            filings.append(filing)
        db.session.commit()
        return [(filing.id, filing.revision) for filing in filings]


def decisions(app, filing_id: int) -> list[str]:
    """What was done to a filing after it was handed in."""
    with app.app_context():
        asked = select(Event.verb).where(Event.filing_id == filing_id, Event.verb != Verb.submit)
        return list(db.session.scalars(asked))


class Rival:
    """Somebody who looked at every filing before the race and now does one verb to each."""

    def __init__(self, browser, name: str, verb: Verb) -> None:
        self.client, self.name, self.verb = browser.client, name, verb
        page = browser.open("/pdsu/")
        self.token = page.find("[name=csrf_token]")["value"]

    def decide(self, filing_id: int, revision: int):
        typed = {"csrf_token": self.token, "revision": revision, "opinion": "我的意见还在吗？"}
        return self.client.post(f"/pdsu/filings/{filing_id}/{self.verb}", data=typed)


RESULTS = {Verb.approve: State.in_review, Verb.return_: State.returned, Verb.withdraw: State.withdrawn}


@OFTEN
@pytest.mark.parametrize(
    ("other", "verb"),
    [(SECOND_HEAD, Verb.approve), (SECOND_HEAD, Verb.return_), (REPORTER, Verb.withdraw)],
    ids=["approve against approve", "approve against return", "approve against withdraw"],
)
def test_of_two_at_once_one_decides_and_the_other_is_told_who(app, sign_in, waiting, other, verb):
    rivals = (
        Rival(sign_in(HEAD), "周敏", Verb.approve),
        Rival(sign_in(other), {SECOND_HEAD: "孙立", REPORTER: "林晓"}[other], verb),
    )
    for filing_id, revision in waiting:
        answers = at_once(*(partial(rival.decide, filing_id, revision) for rival in rivals))
        assert sorted(answer.status_code for answer in answers) == [303, 409]
        won = 0 if answers[0].status_code == 303 else 1
        winner, told = rivals[won], answers[1 - won].get_data(as_text=True)
        assert f"{winner.name}在" in told
        assert f"已“{winner.verb.label}”" in told
        assert decisions(app, filing_id) == [winner.verb]
        with app.app_context():
            assert db.session.get(Filing, filing_id).state is RESULTS[winner.verb]
