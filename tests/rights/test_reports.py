"""A unit's report: whoever answered in it does not sign or receive it; whoever signed it does not receive it."""

import pytest
from sqlalchemy import select

from models.database import db
from models.people.person import Person
from models.people.unit import Unit
from models.rules import report_workflow
from models.rules.definitions.institution import Reporting
from models.rules.report_workflow import ReportState, ReportVerb, Standing
from models.rules.workflow import Actor, Refused, Role
from tests import pages
from tests.campaigning import ask, unit_id
from tests.client import Browser, Page

UNIT = "图书馆"
REPORTER, HEAD, SECOND_HEAD, OFFICE, OTHER_OFFICE = "dingyi", "fengning", "sunli", "wutong", "suyi"


@pytest.fixture
def place(app) -> str:
    """The page of 图书馆's report in a campaign; the unit has two heads."""
    with app.app_context():
        person(REPORTER).grant(Role.reporter, unit())
        for head in (HEAD, SECOND_HEAD):
            person(head).grant(Role.head, unit())
        db.session.commit()
    return f"/pdsu/campaigns/{ask(app)}/reports/{unit_id(app, UNIT)}"


def person(username: str) -> Person:
    return db.session.scalars(select(Person).filter_by(institution="pdsu", username=username)).one()


def unit() -> Unit:
    return db.session.scalars(select(Unit).filter_by(institution="pdsu", name=UNIT)).one()


def give(app, username: str, role: Role) -> None:
    with app.app_context():
        person(username).grant(role, unit())
        db.session.commit()


def answer(browser: Browser, place: str) -> Page:
    """Says that there is nothing to report."""
    browser.open(place)
    return browser.submit("作零报告")


def hand_in(browser: Browser, place: str) -> Page:
    browser.open(place)
    return browser.submit("提交签字")


def offers(browser: Browser, place: str, button: str) -> bool:
    return any(button in one.get_text() for one in browser.open(place).soup.select("main button"))


def test_a_head_who_answered_does_not_sign_though_another_handed_it_in(app, sign_in, place):
    give(app, HEAD, Role.reporter)
    answer(sign_in(HEAD), place)
    page = hand_in(sign_in(REPORTER), place)
    assert "等待 孙立 签字" in page.text
    assert not offers(sign_in(HEAD), place, "签字报送")
    assert "等您签字报送" not in sign_in(HEAD).open("/pdsu/").text
    assert offers(sign_in(SECOND_HEAD), place, "签字报送")
    assert "去签字" not in sign_in(HEAD).open("/pdsu/").text


def test_whoever_signed_a_report_or_wrote_it_does_not_receive_it(app, sign_in, place):
    give(app, OFFICE, Role.head)
    answer(sign_in(REPORTER), place)
    hand_in(sign_in(REPORTER), place)
    sign_in(OFFICE).open(place)
    assert pages.state(sign_in_and_press(sign_in, OFFICE, place, "签字报送")) == "零报告"
    receipt = f"{place}/receipt"
    assert not offers(sign_in(OFFICE), place, "整份退回")
    refused = press_all_the_same(sign_in(OFFICE), sign_in(OTHER_OFFICE), place, receipt)
    assert "这份报送是您签字的，请由宣传部的其他审核员接收或退回" in refused.get_data(as_text=True)
    other = sign_in(OTHER_OFFICE)
    other.open(receipt)
    assert pages.state(other.submit("接收")) == "已接收零报告"


def sign_in_and_press(sign_in, who: str, place: str, button: str) -> Page:
    browser = sign_in(who)
    browser.open(place)
    return browser.submit(button)


def press_all_the_same(browser: Browser, watcher: Browser, place: str, receipt: str):
    token = browser.open(place).find("input[name=csrf_token]")["value"]
    revision = watcher.open(receipt).find("input[name=revision]")["value"]
    return browser.client.post(receipt, data={"csrf_token": token, "revision": revision})


def test_what_nobody_could_sign_is_not_handed_in(app, sign_in, place):
    with app.app_context():
        person(SECOND_HEAD).set_grants({(Role.reporter, unit().id)})
        db.session.commit()
    give(app, HEAD, Role.reporter)
    answer(sign_in(HEAD), place)
    assert "没有人可以签字：单位负责人都填写或提交过这份报送" in hand_in(sign_in(REPORTER), place).text


WRITER, SIGNER, THIRD = (Actor(number, office=True) for number in (1, 2, 3))


@pytest.mark.parametrize(
    ("rules", "who"),
    [
        (Reporting(), {3}),
        (Reporting(submitter_may=True), {1, 3}),
        (Reporting(distinct=False), {2, 3}),
        (Reporting(submitter_may=True, distinct=False), {1, 2, 3}),
    ],
)
def test_a_school_writes_down_who_may_receive_a_report_all_the_same(rules, who):
    standing = Standing(
        ReportState.reported,
        7,
        frozenset({2}),
        handed_in_by=4,
        writers=frozenset({1}),
        signed_by=2,
        distinct=rules.distinct,
        submitter_may=rules.submitter_may,
    )
    may = [
        a.id for a in (WRITER, SIGNER, THIRD) if ReportVerb.receive in report_workflow.allowed(standing, a)
    ]
    assert set(may) == who


def test_an_office_of_one_is_told_before_it_hands_in_what_it_could_not_receive():
    one = Standing(ReportState.writing, 7, frozenset({2}), office=frozenset({1}))
    with pytest.raises(Refused, match="没有人可以接收"):
        report_workflow.move(one, WRITER, ReportVerb.hand_in)
    two = Standing(ReportState.writing, 7, frozenset({2}), office=frozenset({1}), submitter_may=True)
    assert report_workflow.move(two, WRITER, ReportVerb.hand_in) is ReportState.to_sign
