"""Hundreds of triple clicks, all three at once: each makes one row."""

from functools import partial

import pytest
from sqlalchemy import func, select

from models.database import db
from models.people.unit import Unit
from tests.races.at_once import at_once

OFTEN = pytest.mark.parametrize("clicks", [20, pytest.param(500, marks=pytest.mark.long)])


def units(app) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Unit))


@OFTEN
def test_every_triple_click_makes_one_row(app, sign_in, clicks):
    browser, before = sign_in("guanyiming"), units(app)
    page = browser.open("/pdsu/units/new")
    cookie = browser.client.get_cookie("session").value
    token = page.find("form[novalidate] [name=csrf_token]")["value"]
    clients = [app.test_client() for _ in range(3)]
    for client in clients:
        client.set_cookie("session", cookie)
    for number in range(clicks):
        typed = {
            "csrf_token": token,
            "once": f"click {number}",
            "name": f"第{number}支队",
            "kind": "college",
            "parent": "",
        }
        answers = at_once(*(partial(client.post, "/pdsu/units/new", data=typed) for client in clients))
        assert [answer.status_code for answer in answers] == [303] * 3
    assert units(app) == before + clicks
