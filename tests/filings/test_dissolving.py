"""A group dissolved before it had to be filed: its row goes, without a filing."""

import pytest
from sqlalchemy import select

from models.database import db
from models.events.history import Event
from tests import pages
from tests.builders import GROUP

LIST = "/pdsu/lists/group"


@pytest.fixture
def reporter(sign_in):
    """丁一 with two rows kept as drafts."""
    browser = sign_in("dingyi")
    browser.open(LIST)
    rows = [GROUP | {"群名称": name} for name in ("甲群", "乙群")]
    browser.submit("存草稿", **pages.lines(browser.page, *rows))
    return browser


def names(page) -> list[str]:
    boxes = page.soup.select("#list-form tbody [name$='-name']")
    return [box["value"] for box in boxes if box.get("value")]


def test_a_dissolved_group_is_taken_off_the_list_after_asking(reporter, app):
    reporter.open(LIST)
    page = reporter.follow("甲群")
    assert page.heading == "“甲群”已经解散？"
    assert "不能恢复" in page.text
    page = reporter.submit("已解散，无须备案")
    assert "“甲群”已解散，无须备案" in pages.sentences(page)
    assert names(page) == ["乙群"]
    with app.app_context():
        event = db.session.scalars(select(Event).where(Event.verb == "dissolve")).one()
        assert (event.actor_name, event.opinion) == ("丁一", "甲群（音乐学院）")


def test_only_a_row_that_was_never_handed_in_can_be_dissolved(reporter, sign_in):
    page = reporter.open(LIST)
    address = page.find("a[href$=dissolve]")["href"]
    assert sign_in("sunli").open(address).status == 404
    reporter.open(LIST)
    reporter.submit("提交清单")
    assert reporter.open(address).status == 404
    assert not reporter.open(LIST).soup.select("a[href$=dissolve]")


def test_a_row_that_changed_meanwhile_is_not_dissolved_unseen(reporter, sign_in):
    other = sign_in("dingyi")
    other.open(LIST)
    other.follow("甲群")
    reporter.open(LIST)
    reporter.submit("存草稿", **pages.lines(reporter.page, {"群人数": "99"}))
    page = other.submit("已解散，无须备案")
    assert page.status == 409
    assert "丁一在" in pages.sentences(page)
    assert names(reporter.open(LIST)) == ["甲群", "乙群"]


def test_a_filing_of_its_own_sheet_is_not_dissolved(sign_in):
    reporter = sign_in("linxiao")
    page = pages.new_filing(reporter)
    assert reporter.open(page.address.replace("/edit", "/dissolve")).status == 404
