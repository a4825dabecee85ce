"""A double click: a form that makes something is sent again and again, and makes it once."""

from types import SimpleNamespace

import pytest
from flask import request
from sqlalchemy import func, select

from blueprints.web import idempotency
from blueprints.web.page import go_again
from models.database import db
from models.filings.filing import Filing
from models.filings.invite import Invite
from models.findings.found_account import FoundAccount
from models.messaging.saved_replies import CannedOpinion
from models.people.unit import Unit
from tests import builders, pages
from tests.builders import GROUP
from tests.client import Browser, Page

CLICKS = 3
FOUND = {"title": "平院校园墙", "platform": "微信", "account": "pdsu_wall", "note": "学生转来的。"}
UNIT = {"name": "双击学院", "kind": "college"}


@pytest.fixture
def count(app):
    """How many rows of a kind there are."""

    def counted(kind) -> int:
        with app.app_context():
            return db.session.scalar(select(func.count()).select_from(kind))

    return counted


def clicked(browser: Browser, button: str, clicks: int = CLICKS, **typed) -> list:
    """The answers to one form, filled once and sent as often as the button was clicked."""
    form, pressed = browser._form_with(button)
    data = {**browser._held_by(form), **typed}
    if pressed.get("name"):
        data[pressed["name"]] = pressed["value"]
    where = form.get("action") or browser.page.address
    return [browser.client.post(where, data=data) for _ in range(clicks)]


def places(answers: list) -> set[str]:
    return {answer.headers.get("Location", "") for answer in answers}


def test_a_unit_is_added_once_and_every_click_leads_to_it(sign_in, count):
    browser, before = sign_in("guanyiming"), count(Unit)
    browser.open("/pdsu/units/new")
    answers = clicked(browser, "添加", **UNIT)
    assert count(Unit) == before + 1
    assert len(places(answers)) == 1
    assert "双击学院" in browser.open(answers[-1].headers["Location"]).text


def test_the_second_click_says_that_nothing_was_saved_twice(sign_in):
    browser = sign_in("guanyiming")
    browser.open("/pdsu/units/new")
    answers = clicked(browser, "添加", clicks=2, **UNIT)
    assert "没有重复保存" in browser.open(answers[-1].headers["Location"]).text


def test_a_found_account_is_noted_once(sign_in, count):
    browser, before = sign_in("wutong"), count(FoundAccount)
    browser.open("/pdsu/found/new")
    clicked(browser, "登记", **FOUND)
    assert count(FoundAccount) == before + 1


def test_an_opinion_is_kept_once(sign_in, count):
    browser, before = sign_in("wutong"), count(CannedOpinion)
    browser.open("/pdsu/opinions")
    clicked(browser, "添加", text="请补充材料后再报。")
    assert count(CannedOpinion) == before + 1


def test_one_link_is_issued(sign_in, count):
    browser, before = sign_in("shilei", "ahbc"), count(Invite)
    browser.open("/ahbc/invites/new")
    clicked(browser, "生成链接", name="顾长青", form="account")
    assert count(Invite) == before + 1


def test_rows_of_a_list_are_kept_once(sign_in, count):
    browser = sign_in("dingyi")
    page, before = browser.open("/pdsu/lists/group"), count(Filing)
    clicked(browser, "存草稿", **pages.lines(page, GROUP))
    assert count(Filing) == before + 1


def test_a_form_that_was_refused_may_be_sent_again(sign_in, count):
    browser, before = sign_in("guanyiming"), count(Unit)
    browser.open("/pdsu/units/new")
    form, _ = browser._form_with("添加")
    held = browser._held_by(form)
    assert browser.client.post("/pdsu/units/new", data={**held, "name": ""}).status_code == 422
    answer = browser.client.post("/pdsu/units/new", data={**held, **UNIT})
    assert answer.status_code == 303
    assert count(Unit) == before + 1


def test_the_same_form_with_other_words_is_another_one(sign_in, count):
    browser, before = sign_in("wutong"), count(CannedOpinion)
    browser.open("/pdsu/opinions")
    clicked(browser, "添加", clicks=1, text="请补充材料。")
    browser.page = Page(browser.client.get("/pdsu/opinions"))
    form, _ = browser._form_with("添加")
    token = browser._held_by(form)["once"]
    for text in ("请核对账号。", "请核对电话。"):
        browser.client.post("/pdsu/opinions", data={**browser._held_by(form), "once": token, "text": text})
    assert count(CannedOpinion) == before + 3


def test_another_file_of_the_same_name_is_another_form(app, monkeypatch):
    monkeypatch.setattr(idempotency, "current_user", SimpleNamespace(id=1))
    keys = []
    for width in (60, 60, 61):
        data = {"once": "x", "picture": builders.file(builders.png(width), "屏幕.png")}
        with app.test_request_context(method="POST", data=data):
            keys.append(idempotency._key())
            assert request.files["picture"].read() == builders.png(width)
    assert [key == keys[0] for key in keys] == [True, True, False]


@pytest.mark.parametrize(
    ("page", "place"),
    [
        ("http://evil.example/a", "/"),
        ("http://localhost/pdsu/units/", "/pdsu/units/"),
        ("http://localhost//evil.example/", "/"),
        ("", "/"),
    ],
)
def test_a_double_without_a_place_leads_back_only_to_a_page_of_ours(app, page, place):
    with app.test_request_context(method="POST", headers={"Referer": page}):
        assert go_again("").headers["Location"] == place


def test_another_persons_form_is_another_one(sign_in, count):
    before = count(CannedOpinion)
    for username in ("wutong", "suyi"):
        browser = sign_in(username)
        browser.open("/pdsu/opinions")
        clicked(browser, "添加", clicks=1, text="情况属实。", once="the same token")
    assert count(CannedOpinion) == before + 2
