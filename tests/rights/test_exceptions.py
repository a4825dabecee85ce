"""A school writes down where one person may do two things; lists, notices and rules read it alike."""

from itertools import product

import pytest

from models.database import db
from models.filings import queries
from models.messaging.filing_notifications import awaited
from models.rules.definitions.loader import read_form
from models.rules.workflow import Role
from tests.campus import ACCOUNT, SCHOOL, Campus

OFFICE = "role: office, of: office"


@pytest.fixture
def campus(tmp_path):
    with Campus(f"sqlite:///{tmp_path}/campus.sqlite3").open() as campus:
        yield campus


def school_where(step: str):
    """The school whose office step has these keys besides."""
    form = read_form(ACCOUNT.replace(OFFICE, OFFICE + step))
    return SCHOOL.model_copy(update={"forms": {**SCHOOL.forms, "account": form}})


def filed_by_the_office(campus, signed_by: str):
    """A filing that li of the office wrote and zhao of the office signs as the unit's head."""
    unit = campus.unit("信息工程学院")
    campus.person("zhao").grant(Role.head, unit)
    filing = campus.draft(by="li")
    campus.do(filing, "submit", "li")
    campus.do(filing, "approve", signed_by)
    return filing


@pytest.mark.parametrize(
    ("step", "who"),
    [
        ("", set()),
        (", submitter_may: true", {"li"}),
        (", distinct: false", {"zhao"}),
        (", submitter_may: true, distinct: false", {"li", "zhao"}),
    ],
)
def test_the_exceptions_let_exactly_those_decide_whom_they_name(campus, step, who):
    campus.app.extensions["institutions"] = {"xx": school_where(step)}
    campus.person("qian").grant(Role.office, campus.unit("某某大学"))  # so that somebody is left
    filing = filed_by_the_office(campus, "zhao")
    form = filing.definition(campus.school)
    people = [campus.person(name) for name in ("chen", "wang", "zhou", "sun", "li", "zhao", "qian")]
    may = {person.username for person in people if "approve" in filing.allowed(person, form)}
    listed = {person.username for person in people if filing in campus_queue(campus, person)}
    counted = {person.username for person in people if queries.waiting(person)}
    told = {person.username for person in people if person.id in awaited(filing)}
    assert may == listed == counted == told == who | {"qian"}


def campus_queue(campus, person):
    return db.session.scalars(queries.queue(campus.school, person)).all()


def test_by_default_one_person_has_one_opinion_of_the_whole_paper():
    form = read_form(ACCOUNT)
    assert [(step.distinct, step.submitter_may) for step in form.route.steps] == [(True, False)] * 2


@pytest.mark.parametrize(("by", "signer"), list(product(["li", "zhao"], repeat=2)))
def test_every_order_of_hands_is_judged_alike_by_rule_and_list(campus, by, signer):
    unit = campus.unit("信息工程学院")
    for name in ("li", "zhao"):
        campus.person(name).grant(Role.head, unit)
    filing = campus.draft(by=by)
    campus.do(filing, "submit", by)
    form = filing.definition(campus.school)
    for name in ("li", "zhao", "wang"):
        person = campus.person(name)
        assert ("approve" in filing.allowed(person, form)) == (filing in campus_queue(campus, person))
    if signer != by:
        campus.do(filing, "approve", signer)
        assert [n for n in ("li", "zhao") if filing in campus_queue(campus, campus.person(n))] == []
