"""Handing a file in: what may be imported, what is refused, what stays open."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from blueprints.cli.housekeeping import forget_what_is_over
from models.clock import utcnow
from models.database import db
from models.imports import upload_rows
from models.imports.uploads import KEPT, Upload
from models.people.person import Grant, Person
from tests.imports.pages.conftest import GROUPS, book, group, preview, read_on, send, states, tabs


def cards(page) -> list[str]:
    return [heading.get_text(strip=True) for heading in page.soup.select(".cards h2")]


def test_everybody_is_offered_what_their_role_may_write(sign_in):
    assert cards(sign_in("linxiao").open("/pdsu/imports/")) == ["媒体平台备案表", "群聊工具"]
    assert cards(sign_in("guanyiming").open("/pdsu/imports/")) == ["单位", "人员"]
    for username in ("zhoumin", "shenzhi"):
        assert sign_in(username).open("/pdsu/imports/").status == 403


@pytest.mark.parametrize(
    ("username", "target", "status"),
    [
        ("linxiao", "units", 403),
        ("linxiao", "people", 403),
        ("guanyiming", GROUPS, 403),
        ("linxiao", "form:nothing", 404),
        ("linxiao", "nothing", 404),
        ("guanyiming", "units", 200),
    ],
)
def test_a_target_is_there_for_its_role_alone(sign_in, username, target, status):
    browser = sign_in(username)
    assert browser.open(f"/pdsu/imports/{target}/new").status == status
    assert browser.open(f"/pdsu/imports/{target}/template.xlsx").status == status


@pytest.mark.parametrize("place", ["register", "summaries/", "filings/", "lists/group"])
def test_the_way_in_is_beside_the_lists(reporter, place):
    reporter.open(f"/pdsu/{place}")
    page = reporter.follow("Excel 导入")
    assert "/imports/" in page.address
    assert page.find(".places [aria-current]").get_text(strip=True) == "备案"


def test_the_administrator_comes_from_units_and_people(sign_in):
    admin = sign_in("guanyiming")
    for place in ("units", "people"):
        admin.open(f"/pdsu/{place}")
        assert admin.follow("Excel 导入").address == f"/pdsu/imports/{place}/new"


@pytest.mark.parametrize(
    ("content", "name", "word"),
    [
        (b"", "", "请选择"),
        (b"", "a.xlsx", "。"),
        (b"\x89PNG\r\n\x1a\n", "a.xlsx", "。"),
        ("群名称,群聊平台\n".encode("gbk"), "a.csv", "xlsx"),
        (b"PK\x03\x04broken", "a.xlsx", "。"),
    ],
)
def test_what_is_no_workbook_is_refused_beside_its_box(reporter, kept, content, name, word):
    page = send(reporter, content, name)
    assert page.status == 422
    assert word in page.error_at("file")
    assert kept() == (0, 0)


@pytest.mark.parametrize(
    ("head", "rows", "word"),
    [(["甲", "乙"], 1, "表头"), (["群聊平台", "群人数"], 1, "群名称"), (None, 0, "没有内容")],
)
def test_a_list_that_cannot_be_read_says_what_it_lacks(reporter, kept, head, rows, word):
    content = book(*[group("新群")] * rows, **({"head": head} if head else {}))
    page = send(reporter, content)
    assert page.status == 422
    assert word in page.error_at("file")
    assert kept() == (0, 0)


def test_a_unit_that_is_not_ones_own_is_refused(reporter, kept):
    page = send(reporter, book(group("新群")), unit="9999")
    assert (page.status, kept()) == (422, (0, 0))
    assert page.error_at("unit")


def test_sending_the_same_file_twice_is_one_upload(reporter, kept):
    content = book(group("新群一"), group("新群二"))
    first = send(reporter, content).address
    assert send(reporter, content).address == first
    assert kept() == (1, 2)
    assert tabs(read_on(reporter))["新增"] == 2


def test_rows_are_judged_slice_by_slice_and_one_may_leave_and_come_back(reporter, monkeypatch):
    monkeypatch.setattr(upload_rows, "SLICE", 2)
    address = send(reporter, book(*(group(f"新群{n}") for n in range(5)))).address
    assert "0 / 5 行" in reporter.page.text
    page = reporter.submit("继续", htmx=True)
    assert "2 / 5 行" in page.text
    assert not page.soup.find("html")
    assert reporter.open("/pdsu/register").status == 200
    reporter.open("/pdsu/imports/")
    assert "已检查 2 / 5 行" in reporter.page.text
    page = reporter.follow("继续")
    assert (page.address, "2 / 5 行" in page.text) == (address, True)
    assert tabs(read_on(reporter)) == {
        "全部": 5,
        "新增": 5,
        "变更": 0,
        "无变化": 0,
        "错误": 0,
        "重复": 0,
        "不导入": 0,
    }


def test_an_upload_is_there_for_its_person_alone(reporter, sign_in):
    address = preview(reporter, group("新群")).address
    for other in (sign_in("sunli"), sign_in("wutong")):
        for place in ("", "/columns", "/annotated.xlsx", "/rows/1"):
            assert other.open(address + place).status == 404
    for number in (0, 999, 2**63, 10**30):
        assert reporter.open(f"/pdsu/imports/{number}").status == 404
        assert reporter.open(f"{address}/rows/{number}").status == 404


def test_giving_up_leaves_nothing_behind(reporter, kept, filings):
    before = filings()
    preview(reporter, group("新群"))
    reporter.open("/pdsu/imports/")
    page = reporter.submit("放弃并删除")
    assert "已放弃导入" in page.text
    assert (kept(), filings()) == ((0, 0), before)


def test_what_nobody_touches_is_forgotten(reporter, kept, app):
    preview(reporter, group("旧文件的群"))
    with app.app_context():
        db.session.execute(update(Upload).values(updated_at=utcnow() - KEPT - timedelta(minutes=1)))
        db.session.commit()
    preview(reporter, group("新群"))
    assert kept() == (1, 1)


def test_what_nobody_touches_is_forgotten_also_when_nobody_uploads(reporter, kept, app):
    preview(reporter, group("旧文件的群"))
    with app.app_context():
        forget_what_is_over()
        assert kept() == (1, 1)
        db.session.execute(update(Upload).values(updated_at=utcnow() - KEPT - timedelta(minutes=1)))
        db.session.commit()
        forget_what_is_over()
    assert kept() == (0, 0)


def test_who_may_no_longer_file_may_no_longer_open_it(reporter, app):
    address = preview(reporter, group("新群")).address
    with app.app_context():
        person = db.session.query(Person).filter_by(username="linxiao").one()
        db.session.query(Grant).filter_by(person_id=person.id).delete()
        db.session.commit()
    assert reporter.open(address).status == 403


def test_a_row_that_says_the_same_as_an_earlier_one_is_a_double(reporter):
    page = preview(reporter, group("新群一"), group("新群二"), group("新群一"))
    assert states(page) == ["新增", "新增", "重复"]
    assert "与“群聊”第2行重复。" in page.text
