"""The administrator keeps the school's units, and is told why when something cannot be done."""

import pytest
from flask import Flask
from sqlalchemy import select

from models.database import db
from models.filings.starting import start
from models.people.person import Person
from models.people.unit import Unit
from models.rules.filing_kind import FilingKind
from models.rules.workflow import Role
from tests.client import Browser, Page


@pytest.fixture
def admin(app: Flask, sign_in) -> Browser:
    """The administrator of the demo, on the page of the units."""
    with app.app_context():
        username = username_of(Role.admin)
    browser = sign_in(username)
    browser.open("/pdsu/units/")
    return browser


def username_of(role: Role, school: str = "pdsu") -> str:
    held = Person.grants.any(role=role)
    return db.session.scalar(select(Person.username).where(Person.institution == school, held))


def add(admin: Browser, name: str, **typed) -> Page:
    """Add a unit of the first kind under the top of the school."""
    form = admin.open("/pdsu/units/new")
    typed.setdefault("kind", form.find("select[name=kind] option:not([value=''])")["value"])
    return admin.submit("添加单位", name=name, **typed)


def id_in(page: Page) -> str:
    return page.address.rpartition("/")[2]


def names(page: Page) -> list[str]:
    return [link.get_text(strip=True) for link in page.soup.select("#results td:first-child a")]


def test_a_unit_is_added_found_by_name_or_initials_and_opened(admin):
    assert add(admin, "测绘学院").heading == "测绘学院"
    assert "已添加“测绘学院”" in admin.page.text
    assert names(admin.open("/pdsu/units/?q=测绘")) == ["测绘学院"]
    assert names(admin.open("/pdsu/units/?q=CHXY")) == ["测绘学院"]
    assert admin.follow("测绘学院").heading == "测绘学院"


def test_a_search_that_finds_nothing_says_so_and_leads_back(admin):
    page = admin.open("/pdsu/units/?q=没有这样的单位")
    assert "没有找到这样的单位" in page.text
    assert len(names(admin.follow("清除筛选"))) > 1


def test_a_parent_stands_before_its_children(admin):
    above = id_in(add(admin, "测绘学院"))
    add(admin, "遥感协会", parent=above)
    listed = names(admin.open("/pdsu/units/"))
    assert listed.index("遥感协会") == listed.index("测绘学院") + 1


def test_the_table_has_pages(admin, monkeypatch):
    monkeypatch.setattr("blueprints.institution.admin.units.PAGE_SIZE", 2)
    first = names(admin.open("/pdsu/units/"))
    second = names(admin.follow("下一页"))
    assert len(first) == 2
    assert not set(first) & set(second)
    assert names(admin.open("/pdsu/units/?page=99999"))


def test_a_unit_is_renamed_and_moved(admin):
    above = id_in(add(admin, "测绘学院"))
    add(admin, "遥感系")
    page = admin.submit("保存", name="遥感研究所", parent=above)
    assert page.heading == "遥感研究所"
    assert page.find("select[name=parent] option[selected]")["value"] == above
    assert names(admin.open("/pdsu/units/?q=ygyjs")) == ["遥感研究所"]
    assert "遥感研究所" in admin.open(f"/pdsu/units/{above}").text


@pytest.mark.parametrize("below", [0, 1])
def test_a_unit_cannot_be_put_under_itself_or_below_itself(admin, below):
    chain = [id_in(add(admin, "测绘学院"))]
    chain.append(id_in(add(admin, "遥感系", parent=chain[0])))
    admin.open(f"/pdsu/units/{chain[0]}")
    page = admin.submit("保存", parent=chain[below])
    assert page.status == 422
    assert "不能移到它自己或它的下级单位下面" in page.error_at("parent")


def test_two_units_of_one_name_live_only_under_different_parents(admin):
    above = id_in(add(admin, "测绘学院"))
    assert add(admin, "测绘学院").status == 422
    assert "同一上级下已有“测绘学院”" in admin.page.error_at("name")
    assert add(admin, "测绘学院", parent=above).status == 200


@pytest.mark.parametrize(
    ("item", "typed", "sentence"),
    [
        ("name", "", "请填写单位名称"),
        ("name", "　 \x00", "请填写单位名称"),
        ("name", "长" * 5000, "最多100个字"),
        ("kind", "没有这一类", "请从列表中选择"),
        ("kind", "", "请选择单位类别"),
        ("parent", "99999999999999999999", "请从列表中选择"),
        ("parent", "²", "请从列表中选择"),
    ],
)
def test_what_cannot_be_kept_is_said_beside_the_item(admin, item, typed, sentence):
    page = add(admin, **{"name": "测绘学院", item: typed})
    assert page.status == 422
    assert sentence in page.error_at(item)
    if item != "name":
        assert page.find("input[name=name]")["value"] == "测绘学院"


def test_a_unit_is_closed_and_opened_again(admin):
    add(admin, "测绘学院")
    assert "已停用" in admin.submit("确认停用").find(".page-head").get_text()
    assert "测绘学院" not in admin.open("/pdsu/units/new").text
    admin.open("/pdsu/units/?q=chxy")
    admin.follow("测绘学院")
    assert "已停用" not in admin.submit("确认启用").find(".page-head").get_text()


def test_a_unit_with_units_below_it_in_use_stays_open(admin):
    above = id_in(add(admin, "测绘学院"))
    below = id_in(add(admin, "遥感系", parent=above))
    admin.open(f"/pdsu/units/{above}")
    page = admin.submit("确认停用")
    assert page.status == 422
    assert "还有 1 个在用的单位（遥感系）" in page.text
    admin.open(f"/pdsu/units/{below}")
    admin.submit("确认停用")
    admin.open(f"/pdsu/units/{above}")
    assert admin.submit("确认停用").status == 200
    admin.open(f"/pdsu/units/{below}")
    assert "上级单位“测绘学院”已停用" in admin.submit("确认启用").text


def test_a_unit_with_a_filing_under_way_stays_open(app, admin):
    unit_id = id_in(add(admin, "测绘学院"))
    with app.app_context():
        office = db.session.scalar(
            select(Person).where(Person.institution == "pdsu", Person.grants.any(role=Role.office))
        )
        school = app.extensions["institutions"]["pdsu"]
        form = next(iter(school.forms.values()))
        start(school, form, FilingKind.first, db.session.get(Unit, int(unit_id)), office)
        db.session.commit()
    page = admin.submit("确认停用")
    assert page.status == 422
    assert "还有 1 件没有办完的备案" in page.text


def test_a_unit_without_a_head_says_who_signs_or_that_nobody_does(admin):
    add(admin, "测绘总公司", parent="")
    assert "没有人能为这个单位签署" in admin.page.text
    top = id_in(admin.page)
    admin.open(f"/pdsu/people/new?unit={top}")
    added = admin.submit(
        "添加并生成密码", name="赵测", username="zhaoce", grants__0__role="head", grants__0__unit=top
    )
    assert added.status == 200
    add(admin, "遥感系", parent=top)
    assert "由最近的上级单位“测绘总公司”签署" in admin.page.text
    row = admin.open("/pdsu/units/?q=遥感系").find("#results tbody tr").get_text(" ", strip=True)
    assert "赵测" in row
    assert "由“测绘总公司”签" in row


@pytest.mark.parametrize("place", ["units", "people"])
def test_what_is_not_there_is_not_found(admin, place):
    for tail in ("abc", "99999999", "9" * 30, "9" * 5000, "0", "-1", "²"):
        assert admin.open(f"/pdsu/{place}/{tail}").status == 404


def test_another_schools_unit_is_not_there(app, admin):
    with app.app_context():
        other = db.session.scalars(select(Unit.id).filter_by(institution="ahbc")).first()
    assert other
    assert admin.open(f"/pdsu/units/{other}").status == 404
    assert add(admin, "测绘学院", parent=str(other)).status == 422


@pytest.mark.parametrize("place", ["units", "people"])
def test_strange_searches_are_answered(admin, place):
    for query in ("q=%00", "q=%ED%A0%80", "q=" + "长" * 5000, "page=²&q=%25&role=king&state=%00"):
        assert admin.open(f"/pdsu/{place}/?{query}&endpoint=x").status == 200


@pytest.mark.parametrize(("place", "words"), [("units", "chxy"), ("people", "a")])
def test_the_search_answers_with_its_results_alone_when_only_they_changed(admin, place, words):
    add(admin, "测绘学院")
    part = admin.open(f"/pdsu/{place}/?q={words}", htmx=True)
    assert names(part)
    assert part.soup.select_one("h1") is None


@pytest.mark.parametrize("role", [Role.reporter, Role.head, Role.office])
def test_only_the_administrator_keeps_units_and_people(app, sign_in, role):
    with app.app_context():
        username = username_of(role)
    browser = sign_in(username)
    for address in ("units/", "units/new", "people/", "people/new"):
        assert browser.open(f"/pdsu/{address}").status == 403
