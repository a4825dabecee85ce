"""The school's units from a list: known ones are found, new ones hung up, circles refused."""

import pytest

from models.administration import units as keeping
from models.database import db
from models.imports.target import Overtaken, RowState
from models.imports.units import UnitsTarget
from models.people.person import Person
from models.people.unit import Unit, add_unit, tree
from tests.campus import SCHOOL, Campus
from tests.imports.list_files import changes, confirmed, events, fault, imported, lines, refuses, states


@pytest.fixture
def campus(tmp_path):
    with Campus(f"sqlite:///{tmp_path / 'campus.sqlite3'}").open() as campus:
        yield campus


@pytest.fixture
def target(campus):
    return UnitsTarget(SCHOOL, campus.person("qian"))


def unit(name: str, kind: str = "", above: str = "", **more) -> dict[str, str]:
    return {"单位名称": name, "单位类别": kind, "上级单位": above, **more}


def way(name: str) -> list[str]:
    """The names from a unit up to the top."""
    known = tree("xx")
    [unit_id] = [node.id for node in known.nodes.values() if node.name == name]
    return [known.nodes[one].name for one in known.upwards(unit_id)]


def test_a_new_unit_without_a_parent_comes_below_the_school(target):
    assert imported(target, unit("文学院", "学院")) == {"added": 1, "changed": 0}
    assert way("文学院") == ["文学院", "某某大学"]


def test_a_parent_may_stand_further_down_and_in_another_slice(target):
    made = lines(
        target,
        unit("朗诵社", "组织社团", "文学社"),
        unit("机器人社"),
        unit("医学院"),
        unit("文学社", "组织社团", "文学院"),
        unit("文学院", "学院"),
    )
    assert states(made) == ["新增", "无变化", "无变化", "新增", "新增"]
    confirmed(target, made)
    assert way("朗诵社") == ["朗诵社", "文学社", "文学院", "某某大学"]


def test_the_same_list_once_more_changes_nothing(campus):
    said = [
        unit("文学院", "学院"),
        unit("文学社", "组织社团", "文学院"),
        unit("某某大学", "学校"),
        unit("机器人社", "组织社团", "信息工程学院", 状态="启用"),
    ]
    imported(UnitsTarget(SCHOOL, campus.person("qian")), *said)
    again = lines(UnitsTarget(SCHOOL, campus.person("qian")), *said)
    assert states(again) == ["无变化"] * 4


def test_spaces_and_full_width_letters_make_no_other_unit(campus, target):
    add_unit("xx", "E时代工作室", "club", campus.unit("医学院"))
    assert states(lines(target, unit("　Ｅ时代 工作室".replace(" ", ""), " 组织社团 "))) == ["无变化"]


def test_kind_and_state_of_a_known_unit_change(target):
    [line] = made = lines(target, unit("机器人社", "学院", 状态="停用"))
    assert changes(line) == {"单位类别": ("组织社团", "学院"), "状态": ("启用", "停用")}
    assert confirmed(target, made) == {"added": 0, "changed": 1}
    assert (way("机器人社"), db.session.query(Unit).filter_by(active=False).count()) == (
        ["机器人社", "信息工程学院", "某某大学"],
        1,
    )


def test_what_is_left_empty_stays_as_it_is(target):
    assert states(lines(target, {"单位名称": "机器人社"})) == ["无变化"]


def test_the_only_unit_of_a_name_moves_and_the_preview_says_so(target):
    [line] = made = lines(target, unit("机器人社", above="医学院"))
    assert changes(line) == {"上级单位": ("信息工程学院", "医学院")}
    assert "移到“医学院”下面" in line.notes[0]
    confirmed(target, made)
    assert way("机器人社") == ["机器人社", "医学院", "某某大学"]


def test_a_name_that_the_list_has_twice_is_a_new_unit_and_stays_one_when_confirmed(target):
    made = lines(target, unit("机器人社", above="信息工程学院"), unit("机器人社", "组织社团", "医学院"))
    assert states(made) == ["无变化", "新增"]
    assert confirmed(target, made) == {"added": 1, "changed": 0}


def test_a_repeated_name_needs_its_path(campus, target):
    for above in ("医学院", "信息工程学院"):
        add_unit("xx", "学生会", "club", campus.unit(above))
    unclear, clear, below = lines(
        target, unit("学生会", "学院"), unit("学生会", "学院", "医学院"), unit("宣传组", "组织社团", "学生会")
    )
    assert fault(unclear).startswith("有 2 个单位叫“学生会”，请写成“医学院/学生会”")
    assert clear.state is RowState.change
    assert "请写成" in fault(below)
    made = lines(target, unit("宣传组", "组织社团", "医学院／学生会"))
    confirmed(target, made)
    assert way("宣传组") == ["宣传组", "学生会", "医学院", "某某大学"]


def test_a_path_may_lead_through_the_list_itself(target):
    imported(
        target,
        unit("学生会", "组织社团", "医学院"),
        unit("学生会", "组织社团", "信息工程学院"),
        unit("宣传组", "组织社团", "医学院/学生会"),
    )
    assert way("宣传组") == ["宣传组", "学生会", "医学院", "某某大学"]


@pytest.mark.parametrize(
    ("said", "path", "sentence"),
    [
        (unit("", "学院"), "name", "请填写单位名称"),
        (unit("长" * 101, "学院"), "name", "最多100个字"),
        (unit("文学院"), "kind", "请选择单位类别"),
        (unit("文学院", "书院"), "kind", "没有“书院”这一类，可以填：学校、学院、组织社团"),
        (unit("文学社", "组织社团", "没有的院"), "parent", "没有叫“没有的院”的单位"),
        (unit("文学院", "学院", 状态="也许"), "state", "“启用”或“停用”"),
    ],
)
def test_what_cannot_be_read_is_said_at_its_cell(target, said, path, sentence):
    [line] = lines(target, said)
    assert line.state is RowState.wrong
    assert sentence in line.errors[path]


def test_what_excel_spoilt_counts_for_more_than_what_is_left_of_it(target):
    [line] = made = lines(target, unit("文学院", "学院"))
    line.damage = {"name": "这一格是公式的错误值。"}
    target.judge(made)
    assert fault(line) == "这一格是公式的错误值。"


def test_below_a_faulty_line_nothing_can_stand(target):
    above, below, lowest = lines(
        target,
        unit("文学院", "书院"),
        unit("文学社", "组织社团", "文学院"),
        unit("朗诵社", "组织社团", "文学社"),
    )
    assert "书院" in fault(above)
    assert "“文学院”也在本表中，但那一行有错误" in fault(below)
    assert "“文学社”也在本表中，但那一行有错误" in fault(lowest)


@pytest.mark.parametrize(
    "said",
    [
        [unit("信息工程学院", above="机器人社")],
        [unit("信息工程学院", above="信息工程学院")],
        [unit("医学院", above="机器人社"), unit("信息工程学院", above="医学院")],
        [unit("甲", "学院", "乙"), unit("乙", "学院", "丙"), unit("丙", "学院", "甲")],
    ],
)
def test_nothing_can_be_put_below_itself(target, said):
    made = lines(target, *said)
    assert {line.errors.get("parent", "")[:9] for line in made} == {"不能放到它自己或它"}


def test_a_chain_of_a_thousand_units_is_followed_to_its_end(target, monkeypatch):
    monkeypatch.setattr("models.imports.target.MOST_LINES", 2000)
    said = [unit(f"第{n}级", "组织社团", f"第{n + 1}级") for n in range(1200)]
    made = lines(target, *said, unit("第1200级", "组织社团"), at_once=400)
    assert set(states(made)) == {"新增"}


def test_a_unit_in_use_is_not_put_below_a_closed_one(target):
    made = lines(target, unit("机器人社", 状态="停用"), unit("电控组", "组织社团", "机器人社"))
    assert "“机器人社”已停用" in made[1].errors["parent"]


def test_closing_waits_for_filings_and_for_units_below(campus, target):
    college, medicine = lines(target, unit("信息工程学院", 状态="停用"), unit("医学院", 状态="停用"))
    assert "下面还有 1 个在用的单位（机器人社）" in fault(college)
    assert medicine.state is RowState.change
    campus.draft(by="zhou", unit="医学院")
    assert "还有 1 件没有办完的备案" in fault(lines(target, unit("医学院", 状态="停用"))[0])


def test_a_branch_is_closed_from_below_and_opened_from_above(target):
    said = [unit("信息工程学院"), unit("机器人社")]
    imported(target, *({**one, "状态": "停用"} for one in said))
    assert {node.name for node in tree("xx").nodes.values() if not node.active} == {
        "信息工程学院",
        "机器人社",
    }
    assert "已停用" in fault(lines(target, {**said[1], "状态": "启用"})[0])
    imported(target, *({**one, "状态": "启用"} for one in reversed(said)))
    assert all(node.active for node in tree("xx").nodes.values())
    assert [one.verb for one in events("unit_close", "unit_reopen")] == [
        "unit_close",
        "unit_close",
        "unit_reopen",
        "unit_reopen",
    ]


def test_a_school_without_units_takes_its_own_line_as_the_top(campus):
    person = campus.person("qian")
    person.institution = "yy"  # a school that has nobody and nothing but its administrator
    school = SCHOOL.model_copy(update={"code": "yy"})
    campus.app.extensions["institutions"]["yy"] = school
    made = lines(UnitsTarget(school, person), unit("文学院", "学院"), unit("某某大学", "学校"))
    confirmed(UnitsTarget(school, person), made)
    known = tree("yy")
    [top] = known.children[None]
    assert [known.nodes[one].name for one in (top, *known.children[top])] == ["某某大学", "文学院"]


def test_what_somebody_else_did_meanwhile_is_noticed(campus, target):
    made = lines(target, unit("文学院", "学院"), unit("医学院", "组织社团"), unit("法学院", "学院"))
    add_unit("xx", "法学院", "college", campus.unit("某某大学"))
    assert refuses(Overtaken, confirmed, target, made).numbers == [2]


def test_every_change_has_its_event_and_the_import_has_one(target, campus):
    imported(target, unit("文学院", "学院"), unit("机器人社", "学院", "医学院"))
    [added], [changed] = events("unit_add"), events("unit_change")
    assert (added.opinion, added.actor_name, added.label) == ("文学院", "钱管理", "新增单位")
    assert {one["label"]: one["after"] for one in added.changes} == {
        "单位名称": "文学院",
        "单位类别": "学院",
        "上级单位": "某某大学",
    }
    assert {one["path"]: (one["before"], one["after"]) for one in changed.changes} == {
        "kind": ("组织社团", "学院"),
        "parent": ("信息工程学院", "医学院"),
    }
    assert [one.opinion for one in events("import")] == ["单位：新增 1 个，变更 1 个。"]


def test_a_change_that_changes_nothing_leaves_no_event(campus):
    club, actor = campus.unit("机器人社"), db.session.query(Person).first()
    keeping.change(club, campus.school, club.name, club.kind, club.parent, actor)
    assert events("unit_change") == []


def test_a_list_that_would_keep_everybody_waiting_is_to_be_cut(target, monkeypatch):
    monkeypatch.setattr("models.imports.target.MOST_LINES", 3)
    made = lines(target, *(unit(f"第{n}学院", "学院") for n in range(4)))
    assert {fault(one) for one in made} == {"名单一次最多导入 3 行，这个文件有 4 行，请分成几个文件上传。"}
