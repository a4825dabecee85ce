"""Whatever the administrator changes about units and people is remembered, and who did it."""

import json

import pytest
from flask import Flask
from sqlalchemy import select

from models.database import db
from models.events import history
from models.events.history import Event
from models.people.person import Person
from models.people.unit import Unit

PHONE = "13812345678"


@pytest.fixture
def admin(sign_in):
    return sign_in("guanyiming")


def events(app: Flask, school: str = "pdsu") -> list[tuple[str, str, dict[str, str]]]:
    """The deeds on units and people: label, about what, and what each item became."""
    with app.app_context():
        assert history.verify(school) is None
        asked = (
            select(Event)
            .where(Event.institution == school, Event.filing_id.is_(None), Event.channel_id.is_(None))
            .order_by(Event.id)
        )
        return [
            (one.label, one.opinion, {item["label"]: item["after"] for item in one.changes})
            for one in db.session.scalars(asked)
        ]


def test_a_unit_leaves_an_event_for_each_of_its_changes(app, admin):
    admin.open("/pdsu/units/new")
    admin.submit("添加单位", name="测绘学院", kind="college")
    admin.submit("保存", name="遥感学院")
    admin.submit("保存")
    admin.submit("确认停用")
    admin.submit("确认启用")
    labels = [(label, about) for label, about, _ in events(app)]
    assert labels == [
        ("新增单位", "测绘学院"),
        ("修改单位", "遥感学院"),
        ("停用单位", "遥感学院"),
        ("启用单位", "遥感学院"),
    ]
    assert events(app)[0][2] == {"单位名称": "测绘学院", "单位类别": "学院", "上级单位": "平顶山学院"}
    assert events(app)[1][2] == {"单位名称": "遥感学院"}


def test_a_refused_change_leaves_none(app, admin):
    admin.open("/pdsu/units/new")
    assert admin.submit("添加单位", name="文学院", kind="college").status == 422
    assert events(app) == []


def test_a_person_leaves_an_event_for_each_of_their_changes(app, admin):
    with app.app_context():
        unit = str(db.session.scalar(select(Unit.id).filter_by(name="文学院")))
    admin.open(f"/pdsu/people/new?unit={unit}")
    admin.submit("添加并生成密码", username="zhaoce", name="赵测", phone=PHONE, grants__0__role="reporter")
    admin.submit("保存", name="赵测绘", grants__1__role="head", grants__1__unit=unit)
    admin.submit("确认重置")
    admin.submit("确认停用")
    admin.submit("确认启用")
    found = events(app)
    assert [label for label, _, _ in found] == [
        "新增人员",
        "修改人员",
        "调整权限",
        "重置密码",
        "停用人员",
        "启用人员",
    ]
    assert found[0][1:] == (
        "赵测（zhaoce）",
        {"姓名": "赵测", "用户名": "zhaoce", "联系电话": "138****5678", "角色和单位": "经办人（文学院）"},
    )
    assert found[1][2] == {"姓名": "赵测绘"}
    assert found[2][2] == {"角色和单位": "经办人（文学院）、单位负责人（文学院）"}


def test_no_event_holds_a_password(app, admin):
    with app.app_context():
        person = db.session.scalar(select(Person.id).filter_by(username="linxiao"))
    admin.open(f"/pdsu/people/{person}")
    password = admin.submit("确认重置").find("#password").get_text()
    assert "重置密码" in json.dumps(events(app), ensure_ascii=False)
    assert password not in json.dumps(events(app), ensure_ascii=False)


def test_ones_own_address_and_password_leave_events_of_ones_own(app, demo, sign_in):
    browser = sign_in("linxiao")
    browser.open("/pdsu/me")
    browser.submit("保存", email="lin@example.cn")
    browser.open("/password")
    new = "四个不相干的词 kiosk-marble-oyster"
    browser.submit("修改密码", old=demo.passwords["pdsu", "linxiao"], new=new, repeat=new)
    assert [(label, about) for label, about, _ in events(app)] == [
        ("修改人员", "林晓（linxiao）"),
        ("修改密码", "林晓（linxiao）"),
    ]


def run(app: Flask, *words: str) -> str:
    with app.app_context():
        return app.test_cli_runner().invoke(args=words).output


def test_commands_are_remembered_under_the_first_administrator(app):
    run(app, "add-unit", "pdsu", "测绘学院", "--kind", "college", "--under", "平顶山学院")
    run(app, "add-person", "pdsu", "zhaoce", "赵测", "--role", "reporter", "--unit", "测绘学院")
    assert [(label, about) for label, about, _ in events(app)] == [
        ("新增单位", "测绘学院"),
        ("新增人员", "赵测（zhaoce）"),
    ]
    with app.app_context():
        assert set(
            db.session.scalars(select(Event.actor_name).where(Event.verb.in_(("unit_add", "person_add"))))
        ) == {"管一鸣"}


def test_the_first_person_of_a_school_takes_the_units_before_them_into_history(empty_app):
    run(empty_app, "add-unit", "pdsu", "学校", "--kind", "school")
    assert events(empty_app) == []
    run(empty_app, "add-person", "pdsu", "admin", "管理员", "--role", "admin", "--unit", "学校")
    assert sorted(label for label, _, _ in events(empty_app)) == ["新增人员", "新增单位"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("add-unit", "pdsu", "文学院", "--kind", "college", "--under", "平顶山学院"), "同一上级下已有"),
        (("add-unit", "pdsu", " ", "--kind", "college"), "请填写单位名称"),
        (("add-person", "pdsu", "赵", "赵测", "--role", "admin", "--unit", "文学院"), "2 至 40 个字母"),
        (("add-person", "pdsu", "LinXiao", "林", "--role", "admin", "--unit", "文学院"), "已被使用"),
    ],
)
def test_commands_read_by_the_rules_of_the_pages(app, words, sentence):
    assert sentence in run(app, *words)
    assert events(app) == []
