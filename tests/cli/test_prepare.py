"""`prepare` makes a trial of an empty database, and leaves alone what anybody has begun to use."""

import shutil

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app import HOUSE
from blueprints.cli.demo import load_demo
from blueprints.web import presentation
from models.database import db
from models.purpose import Purpose, begin_work, purpose
from models.rules.workflow import Refused
from tests.commands import people, run
from tests.lending import app_on
from tests.signing import browser_of, let_in

MARK = "演示环境"
HAND_MADE = [
    ("add-unit", "pdsu", "平顶山学院", "--kind", "school"),
    ("add-person", "pdsu", "admin", "管理员", "--role", "admin", "--unit", "平顶山学院"),
]


def test_an_empty_database_becomes_a_trial_that_says_so_on_its_pages(empty_app):
    result = run(empty_app, "prepare")
    assert "演示账号（密码只显示这一次，请记下）" in result.output
    assert MARK in browser_of(empty_app).open("/sign-in").find(".masthead").get_text()
    for username in ("linxiao", "guanyiming"):
        assert MARK in let_in(empty_app, username).page.find(".masthead").get_text()
    with empty_app.app_context():
        assert purpose() is Purpose.trial


def test_prepared_again_a_trial_has_nobody_more(app):
    before = people(app)
    assert "演示账号" not in run(app, "prepare").output
    assert people(app) == before


def test_without_a_demo_nothing_is_said_of_what_the_database_is_for(empty_app):
    run(empty_app, "prepare", "--no-demo")
    with empty_app.app_context():
        assert purpose() is None


@pytest.mark.parametrize("begun", [HAND_MADE[:1], HAND_MADE], ids=["a unit", "a unit and a person"])
def test_what_was_begun_by_hand_and_never_marked_is_real(empty_app, begun):
    for words in begun:
        run(empty_app, *words)
    before = people(empty_app)
    assert "这是正式环境" in run(empty_app, "prepare").output
    assert people(empty_app) == before
    assert MARK not in browser_of(empty_app).open("/sign-in").text


def test_a_demo_from_before_there_were_marks_counts_as_real_whatever_it_lacks(app):
    with app.app_context():
        db.session.execute(text("UPDATE database_name SET purpose = ''"))
        db.session.execute(text("DELETE FROM person_grant"))
        db.session.commit()
    before = people(app)
    run(app, "prepare")
    assert people(app) == before


def test_no_other_way_leads_demo_people_into_a_real_database_either(empty_app):
    with empty_app.app_context():
        begin_work()
        db.session.commit()
        school = empty_app.extensions["institutions"]["pdsu"]
        with pytest.raises(Refused, match="这是正式环境"):
            load_demo(school, HOUSE / "blueprints" / "pdsu")
        db.session.rollback()
    assert people(empty_app) == []


def test_a_page_is_drawn_even_if_nobody_can_say_what_the_database_is_for(app, monkeypatch):
    def away():
        raise OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr(presentation, "is_trial", away)
    page = browser_of(app).open("/sign-in")
    assert (page.status, page.heading) == (200, "登录")


def other_school(folder, **changes: tuple[str, str]):
    """An app with a third school made of pdsu's, in whose files these words stand for others."""
    copied = folder / "institutions" / "third"
    shutil.copytree(HOUSE / "blueprints" / "pdsu", copied)
    for name, (old, new) in changes.items():
        file = copied / f"{name}.yaml" if name == "demo" else copied / "forms" / f"{name}.yaml"
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new))
    return app_on(folder)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"demo": ("form: group", "form: grup")}, "本校没有表单 grup。"),
        ({"demo": ("by: linxiao", "by: nobody")}, "没有人员 nobody。"),
        ({"demo": ("unit: 文学院\n    by", "unit: 不在的学院\n    by")}, "没有单位“不在的学院”。"),
        ({"demo": ("upkeep: together", "maintained: together")}, "表单 account 没有项目 maintained。"),
        (
            {"account": ("role: office\n      of: office", "role: head\n      of: office")},
            "不是这一步的签署人",
        ),
    ],
    ids=["a form", "a person", "a unit", "an item", "a step"],
)
def test_what_a_school_differs_in_from_its_demo_is_said_and_left_out(
    empty_database, tmp_path, changes, sentence
):
    shutil.copy(empty_database, tmp_path / "beian.sqlite3")
    app = other_school(tmp_path, **changes)
    result = run(app, "prepare")
    assert result.exit_code == 0, result.output
    said = result.output.split("平顶山学院：演示账号")[-1]
    assert "未装入：" in said
    assert sentence in said
    # What did fit is there, and so are the other schools.
    assert "/third/filings/" in str(let_in(app, "suyi", "third").open("/third/filings/").soup)
    assert {school for school, _ in people(app)} == {"pdsu", "ahbc", "third"}
