"""A right that was given once counts only while what it rests on still holds."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, select

from blueprints.web.refusal import attempt
from models.clock import today
from models.database import db, will_write
from models.events.history import Event
from models.filings import transitions
from models.filings.filing import Filing
from models.people.person import Grant, Person
from models.people.substitute import Substitute
from models.people.unit import Unit, tree
from models.rules.workflow import Role, Verb
from tests import pages
from tests.builders import ACCOUNT
from tests.client import Browser
from tests.databases import needs_a_log_beside
from tests.races.at_once import at_once

UNIT, HEAD, STAND_IN = "信息工程学院", "zhoumin", "sunli"


@pytest.fixture
def waiting(sign_in) -> str:
    """A filing that waits for the unit's head, who has named 孙立 for today; its address."""
    head = sign_in(HEAD)
    head.open("/pdsu/substitutes")
    named = next(o["value"] for o in head.page.soup.select("select[name=person] option") if "孙立" in o.text)
    head.submit("指定", person=named, until_on=today().isoformat())
    return pages.filed_by(sign_in("linxiao"), ACCOUNT)


@contextmanager
def changing(app: Flask):
    """The database, to change what rights rest on; committed at the end."""
    with app.app_context():
        yield
        db.session.commit()


def person(username: str) -> Person:
    return db.session.scalars(select(Person).filter_by(institution="pdsu", username=username)).one()


def unit(name: str = UNIT) -> Unit:
    return db.session.scalars(select(Unit).filter_by(institution="pdsu", name=name)).one()


def head_no_more() -> None:
    one = person(HEAD)
    one.set_grants({(Role.reporter, unit().id)})


def head_elsewhere() -> None:
    person(HEAD).set_grants({(Role.head, unit("文学院").id)})


def head_disabled() -> None:
    person(HEAD).active = False


def stand_in_without_role() -> None:
    person(STAND_IN).set_grants(set())


def stand_in_administers() -> None:
    person(STAND_IN).grant(Role.admin, unit("平顶山学院"))


def stand_in_audits() -> None:
    person(STAND_IN).grant(Role.auditor, unit("平顶山学院"))


def stand_in_disabled() -> None:
    person(STAND_IN).active = False


CHANGES = [
    head_no_more,
    head_elsewhere,
    head_disabled,
    stand_in_without_role,
    stand_in_administers,
    stand_in_audits,
    stand_in_disabled,
]
OF_THE_HEAD = [head_no_more, head_elsewhere, head_disabled]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_substitution_counts_only_while_both_may(app, waiting, change):
    with changing(app):
        (named,) = db.session.scalars(select(Substitute))
        assert named.active
        assert person(STAND_IN).id in tree("pdsu").heads_for(unit().id)
        change()
    with app.app_context():
        (named,) = db.session.scalars(select(Substitute))
        assert not named.active
        assert person(STAND_IN).id not in tree("pdsu").heads_for(unit().id)
        assert unit().id not in person(STAND_IN).stands_in_for()


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_whose_right_has_gone_cannot_use_a_page_that_stands_open(app, sign_in, waiting, change):
    stand_in = sign_in(STAND_IN)
    stand_in.open(waiting)
    with changing(app):
        change()
    page = stand_in.submit("同意")
    assert page.status in (403, 404) or page.address.startswith("/sign-in"), page.text[:200]
    with app.app_context():
        filing = db.session.get_one(Filing, int(waiting.rsplit("/", 1)[1]))
        assert filing.step == 0
        assert Verb.approve not in [event.verb for event in filing.events]


def test_it_counts_again_when_the_head_is_head_again(app, sign_in, waiting):
    with changing(app):
        head_disabled()
    assert sign_in(STAND_IN).open(waiting).status == 404
    assert "负责人或代签人已不能签署" in sign_in("guanyiming").open("/pdsu/substitutes").text
    with changing(app):
        person(HEAD).active = True
    assert "孙立（代） 同意" in pages.decide(sign_in(STAND_IN), waiting, "同意").text


def test_nobody_who_administers_or_audits_can_be_named(app, sign_in):
    with changing(app):
        stand_in_audits()
    head = sign_in(HEAD)
    names = [option.text for option in head.open("/pdsu/substitutes").soup.select("[name=person] option")]
    assert not [name for name in names if "孙立" in name]
    assert [name for name in names if "许岩" in name]


def test_the_administrator_says_for_which_of_several_heads(app, sign_in):
    with changing(app):
        person("qinling").grant(Role.head, unit())
    admin = sign_in("guanyiming")
    options = {
        option.text.strip(): option["value"]
        for option in admin.open("/pdsu/substitutes").soup.select("[name=unit] option")
    }
    assert UNIT not in options
    named = next(o["value"] for o in admin.page.soup.select("[name=person] option") if "许岩" in o.text)
    until = (today() + timedelta(1)).isoformat()
    admin.submit("指定", unit=options[f"{UNIT}（代秦岭）"], person=named, until_on=until)
    with changing(app):
        (substitute,) = db.session.scalars(select(Substitute))
        assert substitute.head.username == "qinling"
        head_no_more()
    with app.app_context():
        (substitute,) = db.session.scalars(select(Substitute))
        assert substitute.active  # the other head's going is nothing to it


@needs_a_log_beside
def test_a_decision_asks_the_database_and_not_what_the_request_has_read(app, waiting):
    with app.test_request_context():
        school = app.extensions["institutions"]["pdsu"]
        head, filing = person(HEAD), db.session.get_one(Filing, int(waiting.rsplit("/", 1)[1]))
        assert Verb.approve in filing.allowed(head, filing.definition(school))
        # Another request's commit, of which this session's objects know nothing.
        head_id = head.id
        with changing(app):
            will_write()
            db.session.execute(delete(Grant).where(Grant.person_id == head_id))
        with attempt() as attempted:
            transitions.move(filing, school, Verb.approve, head, "", filing.revision)
        assert "不是这一步的签署人" in attempted.sentence


class Deed:
    """One POST made ready, so that two can be let go together."""

    def __init__(self, browser: Browser, address: str, path: str, **typed: object) -> None:
        token = browser.open(address).find("input[name=csrf_token]")["value"]
        self.client, self.path, self.typed = browser.client, path, {"csrf_token": token} | typed

    def __call__(self):
        return self.client.post(self.path, data=self.typed)


@pytest.mark.parametrize("number", range(5))
def test_of_taking_a_right_and_using_it_at_once_the_history_says_which_was_first(
    app, sign_in, waiting, number
):
    head, stand_in = sign_in(HEAD), sign_in(STAND_IN)
    revision = stand_in.open(waiting).find("#status input[name=revision]")["value"]
    ending = head.open("/pdsu/substitutes").find("form[action$='/end']")["action"]
    deeds = (
        Deed(head, "/pdsu/substitutes", ending),
        Deed(stand_in, waiting, f"{waiting}/approve", revision=revision, opinion=""),
    )
    ended, approved = at_once(*deeds)
    assert ended.status_code == 303
    with app.app_context():
        verbs = list(db.session.scalars(select(Event.verb).order_by(Event.id.desc()).limit(2)))
    if approved.status_code == 303:
        assert verbs == ["substitute", "approve"]
    else:
        assert approved.status_code in (404, 422)
        assert "approve" not in verbs
