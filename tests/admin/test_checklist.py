"""A fresh administrator sees what is still missing; each item ticks itself, and then all are gone."""

from pathlib import Path

import pytest
from sqlalchemy import select

from models.backup.record import note
from models.clock import utcnow
from models.database import db
from models.people.unit import Unit
from tests.commands import run
from tests.signing import let_in

ITEMS = ["单位", "人员", "单位负责人", "邮件", "备份"]


@pytest.fixture
def admin(empty_app):
    run(empty_app, "setup", "--school", "pdsu", "--username", "admin", "--name", "王管理")
    run(empty_app, "reset-password", "pdsu", "admin")
    with empty_app.app_context():
        db.session.execute(db.text("UPDATE person SET one_time_until = NULL"))
        db.session.commit()
    return let_in(empty_app, "admin")


def ticked(browser) -> dict[str, bool]:
    rows = browser.open("/pdsu/").soup.select("#checklist li")
    return {row.strong.get_text(): "已完成" in row.get_text() for row in rows}


def words_of(browser, name: str) -> str:
    rows = browser.open("/pdsu/").soup.select("#checklist li")
    return next(row.p.get_text() for row in rows if row.strong.get_text() == name)


def unit_id(app, name: str) -> str:
    with app.app_context():
        return str(db.session.scalar(select(Unit.id).filter_by(name=name)))


def add_person(admin, app, username: str, role: str, unit: str) -> None:
    admin.open(f"/pdsu/people/new?unit={unit_id(app, unit)}")
    admin.submit("添加并生成密码", username=username, name="赵测", grants__0__role=role)


def test_a_fresh_administrator_has_everything_before_them(admin):
    assert ticked(admin) == dict.fromkeys(ITEMS, False)


@pytest.mark.parametrize(
    ("words", "heading"),
    [
        ("去添加单位", "单位"),
        ("去添加人员", "人员"),
        ("去指定负责人", "人员"),
        ("怎样设置", "邮件"),
        ("怎样备份", "备份"),
    ],
)
def test_each_item_leads_to_where_it_is_done(admin, words, heading):
    admin.open("/pdsu/")
    assert admin.follow(words).heading == heading


def test_a_second_unit_ticks_the_units_and_is_missed_again_when_closed(admin):
    admin.open("/pdsu/units/new")
    admin.submit("添加单位", name="测绘学院", kind="college")
    assert ticked(admin)["单位"]
    admin.open("/pdsu/units/2")
    admin.submit("确认停用")
    assert not ticked(admin)["单位"]


def test_people_are_ticked_once_somebody_files_and_somebody_decides(admin, empty_app):
    assert "还没有经办人、宣传部审核员" in words_of(admin, "人员")
    add_person(admin, empty_app, "baoren", "reporter", "平顶山学院")
    assert "还没有宣传部审核员" in words_of(admin, "人员")
    add_person(admin, empty_app, "shenhe", "office", "平顶山学院")
    assert ticked(admin)["人员"]
    assert "经办人 1 人，宣传部审核员 1 人" in words_of(admin, "人员")


def test_a_head_above_signs_for_the_units_below(admin, empty_app):
    admin.open("/pdsu/units/new")
    admin.submit("添加单位", name="测绘学院", kind="college")
    add_person(admin, empty_app, "yuanzhang", "head", "测绘学院")
    assert "平顶山学院还没有人签署" in words_of(admin, "单位负责人")
    add_person(admin, empty_app, "xiaozhang", "head", "平顶山学院")
    assert ticked(admin)["单位负责人"]


def test_mail_and_backup_are_ticked_by_the_settings_and_a_good_backup(admin, empty_app):
    empty_app.extensions["mail"] = object()
    empty_app.config["BACKUP"] = {"folder": "anywhere"}
    assert (ticked(admin)["邮件"], ticked(admin)["备份"]) == (True, False)
    with empty_app.app_context():
        note(Path(empty_app.instance_path), utcnow(), Path("beian.zip"), is_good=False)
    assert not ticked(admin)["备份"]
    with empty_app.app_context():
        note(Path(empty_app.instance_path), utcnow(), Path("beian.zip"), is_good=True)
    assert ticked(admin)["备份"]
    del empty_app.config["BACKUP"]
    assert not ticked(admin)["备份"]


def test_once_all_is_done_the_list_is_gone(app):
    admin = let_in(app, "guanyiming")
    assert [name for name, done in ticked(admin).items() if not done] == ["邮件", "备份"]
    app.extensions["mail"], app.config["BACKUP"] = object(), {"folder": "anywhere"}
    with app.app_context():
        note(Path(app.instance_path), utcnow(), Path("beian.zip"), is_good=True)
    assert ticked(admin) == {}


@pytest.mark.parametrize("username", ["linxiao"])
def test_others_have_no_such_list(app, username):
    assert ticked(let_in(app, username)) == {}
