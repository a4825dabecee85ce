"""Whoever wrote a filing does not decide it, and nobody decides one twice; lists say the same."""

import pytest
from flask import Flask
from sqlalchemy import select

from models.database import db
from models.messaging.notices import Notice, Topic
from models.people.person import Person
from models.people.unit import Unit
from models.rules.workflow import Role
from tests import pages
from tests.builders import ACCOUNT
from tests.client import Browser, Page

UNIT = "信息工程学院"


@pytest.fixture
def grant(app: Flask):
    """Gives somebody of the demo a role, by default for 信息工程学院."""

    def give(username: str, role: Role, unit: str = UNIT) -> None:
        with app.app_context():
            person = db.session.scalars(select(Person).filter_by(institution="pdsu", username=username)).one()
            person.grant(
                role, db.session.scalars(select(Unit).filter_by(institution="pdsu", name=unit)).one()
            )
            db.session.commit()

    return give


def begun_by(browser: Browser, **said: str) -> str:
    """A draft of 信息工程学院; its address."""
    pages.new_filing(browser)
    return pages.keep(browser, ACCOUNT | said).address.removesuffix("/edit")


def write_in(browser: Browser, address: str, **said: str) -> Page:
    browser.open(f"{address}/edit")
    return pages.keep(browser, ACCOUNT | said)


def hand_in(browser: Browser, address: str, **said: str) -> Page:
    browser.open(f"{address}/edit")
    return browser.submit("提交")


def waits_for(browser: Browser, address: str) -> bool:
    """Whether a filing waits for somebody; the page and the desk must not differ."""
    number = address.rsplit("/", 1)[1]
    page = browser.open(address)
    offered = any("同意" in button.text for button in page.soup.select("main button"))
    listed = bool(browser.open("/pdsu/desk").soup.select(f"a[href$='/filings/{number}']"))
    assert offered == listed
    return offered


def press_all_the_same(browser: Browser, watcher: Browser, address: str, verb: str = "approve"):
    """The answer to a verb that the page does not offer."""
    token = browser.open(address).find("input[name=csrf_token]")["value"]
    revision = watcher.open(address).find("#status input[name=revision]")["value"]
    typed = {"csrf_token": token, "revision": revision, "opinion": "材料不全"}
    return browser.client.post(f"{address}/{verb}", data=typed)


def asked_to_sign(app: Flask, address: str) -> set[str]:
    """The usernames of those who were told that a filing waits for them, and were not relieved."""
    with app.app_context():
        query = (
            select(Person.username)
            .join(Notice, Notice.person_id == Person.id)
            .where(
                Notice.filing_id == int(address.rsplit("/", 1)[1]),
                Notice.topic == Topic.task,
                Notice.read_at.is_(None),
            )
        )
        return set(db.session.scalars(query))


def test_a_head_who_wrote_in_a_filing_does_not_decide_it_whoever_handed_it_in(app, sign_in, grant):
    grant("zhoumin", Role.reporter)
    grant("sunli", Role.head)
    reporter, head, second = sign_in("linxiao"), sign_in("zhoumin"), sign_in("sunli")
    address = begun_by(reporter)
    write_in(head, address, 简要介绍="负责人改写过的介绍。")
    assert "已提交" in hand_in(reporter, address).text
    assert asked_to_sign(app, address) == {"sunli"}
    assert not waits_for(head, address)
    assert waits_for(second, address)
    for verb in ("approve", "return", "reject"):
        answer = press_all_the_same(head, second, address, verb)
        assert answer.status_code == 422
        assert "这件备案是您填写的，“单位意见”请由单位的其他负责人或代签人签署" in answer.text
    assert pages.state(pages.decide(second, address, "同意")) == "待宣传部意见"


def test_who_kept_a_draft_without_changing_it_has_not_written_it(sign_in, grant):
    grant("zhoumin", Role.reporter)
    reporter, head = sign_in("linxiao"), sign_in("zhoumin")
    address = begun_by(reporter)
    write_in(head, address)
    hand_in(reporter, address)
    assert waits_for(head, address)


def test_whoever_began_a_filing_does_not_decide_it_though_another_hands_it_in(app, sign_in, grant):
    grant("wutong", Role.reporter)
    office, reporter, other = sign_in("wutong"), sign_in("linxiao"), sign_in("suyi")
    address = begun_by(office, 创建单位=UNIT)
    hand_in(reporter, address)
    pages.decide(sign_in("zhoumin"), address, "同意")
    assert not waits_for(office, address)
    assert asked_to_sign(app, address) == {"suyi"}
    answer = press_all_the_same(office, other, address)
    assert answer.status_code == 422
    assert "这件备案是您填写的，“宣传部意见”请由宣传部的其他审核员签署" in answer.text
    assert pages.state(pages.decide(other, address, "同意备案")) == "已备案"


def test_who_handed_it_in_before_it_came_back_does_not_decide_it_later(sign_in, grant):
    grant("zhoumin", Role.reporter)
    grant("sunli", Role.head)
    reporter, head, second = sign_in("linxiao"), sign_in("zhoumin"), sign_in("sunli")
    address = begun_by(reporter)
    hand_in(head, address)
    pages.decide(second, address, "退回", "请补充简介")
    hand_in(reporter, address)
    assert not waits_for(head, address)
    assert waits_for(second, address)  # a new round: their return is no opinion on it any more


def test_nobody_signs_two_steps_of_one_filing(app, sign_in, grant):
    grant("zhoumin", Role.office, "党委宣传部")
    both, other = sign_in("zhoumin"), sign_in("suyi")
    address = pages.filed_by(sign_in("linxiao"), ACCOUNT)
    pages.decide(both, address, "同意")
    assert not waits_for(both, address)
    assert "zhoumin" not in asked_to_sign(app, address)
    answer = press_all_the_same(both, other, address)
    assert answer.status_code == 422
    assert "您已经签署过一步，一人只能有一次意见，“宣传部意见”请由宣传部的其他审核员签署" in answer.text
    assert pages.state(pages.decide(other, address, "同意备案")) == "已备案"


def test_many_at_once_are_held_to_it_too(sign_in, grant):
    grant("zhoumin", Role.office, "党委宣传部")
    both, other = sign_in("zhoumin"), sign_in("suyi")
    signed = pages.filed_by(sign_in("linxiao"), ACCOUNT)
    pages.decide(both, signed, "同意")
    number = signed.rsplit("/", 1)[1]
    revision = other.open(signed).find("#status input[name=revision]")["value"]
    token = both.open("/pdsu/desk").find("input[name=csrf_token]")["value"]
    typed = {"csrf_token": token, "filing": number, f"revision-{number}": revision, "verb": "approve"}
    assert "一人只能有一次意见" in both.client.post("/pdsu/desk", data=typed).text
    assert pages.state(other.open(signed)) == "待宣传部意见"


def test_what_nobody_could_sign_is_not_handed_in_and_a_substitute_helps(sign_in, grant):
    grant("zhoumin", Role.reporter)
    reporter, head = sign_in("linxiao"), sign_in("zhoumin")
    address = begun_by(reporter)
    write_in(head, address, 简要介绍="负责人改写过的介绍。")
    page = hand_in(reporter, address)
    assert page.status == 422
    assert "“单位意见”没有人可以签署：单位负责人都填写、提交过这件备案" in page.text
    assert "请由单位负责人指定代签人，或由系统管理员另外登记一位单位负责人" in page.text
    head.open("/pdsu/substitutes")
    named = next(o["value"] for o in head.page.soup.select("select[name=person] option") if "孙立" in o.text)
    head.submit("指定", person=named, until_on=head.page.find("[name=from_on]")["value"])
    assert "已提交" in hand_in(reporter, address).text
    assert waits_for(sign_in("sunli"), address)


def test_an_office_of_one_is_told_before_it_files_what_it_could_not_decide(app, sign_in):
    with app.app_context():
        db.session.scalars(select(Person).filter_by(username="suyi")).one().active = False
        db.session.commit()
    office = sign_in("wutong")
    pages.new_filing(office)
    page = pages.hand_in(office, ACCOUNT | {"创建单位": "党委宣传部"})
    assert page.status == 422
    assert "宣传部审核员只有您本人，而这件备案是您填写或提交的" in page.text
    assert "请由系统管理员另外登记一位宣传部审核员" in page.text
