"""An import keeps nobody waiting, and nobody is left with one that they can neither use nor drop."""

from collections.abc import Callable

import pytest
from flask import Flask

from blueprints.institution.imports import annotated
from models.database import db
from models.people.person import Grant, Person
from models.people.unit import Unit
from tests.imports.pages.conftest import GROUPS, group, preview


@pytest.fixture
def closed_unit(app: Flask) -> Callable[[str], None]:
    """Take a unit out of use."""

    def close(name: str) -> None:
        with app.app_context():
            db.session.query(Unit).filter_by(institution="pdsu", name=name).one().active = False
            db.session.commit()

    return close


def test_the_annotated_copy_is_written_while_nothing_is_held_in_the_database(reporter, monkeypatch):
    page, held = preview(reporter, group("新群"), group("错群", 群人数="很多")), []
    write = annotated._append_at

    def watched(*words, **said):
        held.append(db.session().in_transaction())
        write(*words, **said)

    monkeypatch.setattr(annotated, "_append_at", watched)
    assert reporter.client.get(f"{page.address}/annotated.xlsx").status_code == 200
    assert held == [False] * 3


def test_an_upload_for_a_unit_that_was_closed_says_so_and_can_be_given_up(reporter, kept, closed_unit):
    address = preview(reporter, group("新群")).address
    closed_unit("信息工程学院")
    assert reporter.open(address).status == 403
    page = reporter.open("/pdsu/imports/")
    assert "这次导入不能继续了" in page.text
    assert "继续" not in [link.get_text(strip=True) for link in page.soup.select(".import-open a")]
    reporter.submit("放弃并删除")
    assert kept() == (0, 0)


def test_who_lost_every_role_may_still_take_their_upload_away(reporter, app, kept):
    page = preview(reporter, group("新群"))
    token = page.find("[name=csrf_token]")["value"]
    with app.app_context():
        person = db.session.query(Person).filter_by(username="linxiao").one()
        db.session.query(Grant).filter_by(person_id=person.id).delete()
        db.session.commit()
    reporter._post(f"{page.address}/discard", {"csrf_token": token}, htmx=False)
    assert kept() == (0, 0)


@pytest.mark.parametrize(
    ("username", "target", "most"), [("linxiao", GROUPS, 5000), ("guanyiming", "people", 500)]
)
def test_one_is_told_beforehand_how_much_fits(sign_in, username, target, most):
    hint = sign_in(username).open(f"/pdsu/imports/{target}/new").find("#file-hint")
    assert f"一次最多 {most} 行" in hint.get_text()
