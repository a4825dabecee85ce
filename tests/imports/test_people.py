"""The school's people from a list: who is new, who changes, what nobody can take away by it."""

import json

import pytest
from argon2 import PasswordHasher, extract_parameters

from models.auth.sessions import SignIn
from models.clock import utcnow
from models.database import db
from models.imports.people import PeopleTarget
from models.imports.target import Overtaken, RowState
from models.people.person import Grant, Person
from models.people.unit import add_unit
from models.rules import passwords
from tests.campus import SCHOOL, Campus
from tests.imports.list_files import changes, confirmed, events, fault, imported, lines, refuses, states


@pytest.fixture
def campus(tmp_path):
    with Campus(f"sqlite:///{tmp_path / 'campus.sqlite3'}").open() as campus:
        yield campus


@pytest.fixture
def target(campus):
    return PeopleTarget(SCHOOL, campus.person("qian"))


def person(name: str, username: str, roles: str = "", unit: str = "", **more) -> dict[str, str]:
    return {"姓名": name, "工号": username, "角色": roles, "单位": unit, **more}


NEW = person("赵测", "2009013", "经办人", "医学院", 联系电话="138 1234 5678", 邮箱="zc@example.cn")


def grants(username: str) -> set[tuple[str, str]]:
    asked = db.select(Grant).join(Grant.person).where(Person.username == username)
    return {(grant.role.label, grant.unit.name) for grant in db.session.scalars(asked)}


def test_a_new_person_comes_in_with_a_password_to_be_shown_once(campus, target):
    done = imported(target, NEW)
    assert (done["added"], done["changed"]) == (1, 0)
    [[username, name, password]] = done["passwords"]
    assert (username, name) == ("2009013", "赵测")
    made = campus.person("2009013")
    assert (made.phone, made.email, made.active) == ("13812345678", "zc@example.cn", True)
    assert passwords.verify(made.password_hash, password)
    assert made.one_time_until is not None
    assert grants("2009013") == {("经办人", "医学院")}


def test_several_lines_are_several_grants_of_one_person(target):
    done = imported(target, NEW, person("赵测", "2009013", "单位负责人、审计员", "信息工程学院/机器人社"))
    assert (done["added"], len(done["passwords"])) == (1, 1)
    assert grants("2009013") == {("经办人", "医学院"), ("单位负责人", "机器人社"), ("审计员", "机器人社")}


def test_the_same_list_once_more_changes_nothing(campus):
    said = [NEW, person("赵测", "2009013", "审计员", "某某大学"), person("小陈", "CHEN")]
    imported(PeopleTarget(SCHOOL, campus.person("qian")), *said)
    assert states(lines(PeopleTarget(SCHOOL, campus.person("qian")), *said)) == ["无变化"] * 3


def test_two_lines_mean_the_same_when_person_and_grant_are_the_same(target):
    first, again, other = lines(
        target,
        NEW,
        person("赵测", "２００９０１３", "经办人", "医学院"),
        person("赵测", "2009013", "经办人", "信息工程学院"),
    )
    assert first.identity == again.identity != other.identity


def test_name_phone_and_address_of_a_known_person_change_and_grants_are_added(campus, target):
    [line] = made = lines(target, person("陈晓", "chen", "单位负责人", "机器人社", 联系电话="2657100"))
    assert changes(line) == {
        "姓名": ("小陈", "陈晓"),
        "联系电话": ("", "2657100"),
        "增加的角色": ("", "单位负责人（机器人社）"),
    }
    assert "现在是“小陈”的" in line.notes[0]
    assert confirmed(target, made) == {"added": 0, "changed": 1, "passwords": []}
    assert campus.person("chen").name == "陈晓"
    assert grants("chen") == {("经办人", "信息工程学院"), ("单位负责人", "机器人社")}


def test_what_is_left_empty_stays_and_no_grant_is_taken_away(campus, target):
    campus.person("chen").phone = "2657100"
    assert states(lines(target, person("小陈", "chen"))) == ["无变化"]


@pytest.mark.parametrize(
    ("said", "ends"),
    [
        (person("小陈", "chen", "审计员", "医学院"), True),
        (person("小陈", "chen", 状态="停用"), True),
        (person("小陈", "chen", 联系电话="2657100"), False),
    ],
)
def test_sessions_end_with_changed_grants_and_with_disabling(campus, target, said, ends):
    now = utcnow()
    db.session.add(SignIn(token_hash="x", person=campus.person("chen"), created_at=now, seen_at=now))
    imported(target, said)
    assert (db.session.query(SignIn).count() == 0) is ends


def test_people_are_disabled_and_enabled_again(campus, target):
    imported(target, person("小陈", "chen", 状态="停用"))
    assert not campus.person("chen").active
    [line] = made = lines(target, person("小陈", "chen", 状态="启用"))
    assert changes(line) == {"状态": ("停用", "启用")}
    confirmed(target, made)
    assert campus.person("chen").active


@pytest.mark.parametrize(
    ("more", "path", "sentence"),
    [
        ({"姓名": ""}, "name", "请填写姓名"),
        ({"姓名": "长" * 51}, "name", "最多50个字"),
        ({"工号": ""}, "username", "请填写用户名"),
        ({"工号": "赵测"}, "username", "2 至 40 个字母、数字"),
        ({"角色": "校长"}, "roles", "没有“校长”这个角色，可以填：经办人"),
        ({"角色": ""}, "roles", "一起填"),
        ({"单位": ""}, "unit", "一起填"),
        ({"角色": "", "单位": ""}, "roles", "请至少选择一项角色和单位"),
        ({"单位": "没有的院"}, "unit", "没有叫“没有的院”的单位"),
        ({"联系电话": "12"}, "phone", "联系电话请填写"),
        ({"邮箱": "在家"}, "email", "格式不对"),
        ({"状态": "也许"}, "state", "“启用”或“停用”"),
    ],
)
def test_what_cannot_be_kept_is_said_at_its_cell(target, more, path, sentence):
    [line] = lines(target, NEW | more)
    assert line.state is RowState.wrong
    assert sentence in line.errors[path]


def test_what_excel_spoilt_is_not_taken_for_a_username(target):
    [line] = made = lines(target, NEW)
    line.damage = {"username": "末几位已变成 0。"}
    target.judge(made)
    assert fault(line) == "末几位已变成 0。"


def test_one_username_cannot_be_two_people(target):
    first, other = lines(target, NEW, person("钱二", "2009013", "经办人", "医学院"))
    assert first.state is RowState.add
    assert "姓名不一样" in fault(other)


def test_a_repeated_unit_needs_its_path_and_a_closed_one_takes_nobody(campus, target):
    for above in ("医学院", "信息工程学院"):
        add_unit("xx", "学生会", "club", campus.unit(above))
    campus.unit("机器人社").active = False
    unclear, clear, closed = lines(
        target, NEW | {"单位": "学生会"}, NEW | {"单位": "医学院/学生会"}, NEW | {"单位": "机器人社"}
    )
    assert "请写成“医学院/学生会”" in fault(unclear)
    assert clear.state is RowState.add
    assert "“机器人社”已停用" in fault(closed)


def test_administrators_do_not_touch_their_own_grants_nor_disable_themselves(target):
    own, gone = lines(
        target, person("钱管理", "qian", "经办人", "医学院"), person("钱管理", "qian", 状态="停用")
    )
    assert "自己的角色" in fault(own)
    assert "不能停用自己" in fault(gone)


def test_a_new_administrator_is_pointed_out(target):
    [line] = lines(target, NEW | {"角色": "系统管理员"})
    assert "系统管理员" in line.notes[0]


def test_what_somebody_else_did_meanwhile_is_noticed(campus, target):
    made = lines(target, person("小陈", "chen", 联系电话="2657100"), NEW)
    db.session.add(Person(institution="xx", name="别人", username="2009013"))
    db.session.flush()
    assert refuses(Overtaken, confirmed, target, made).numbers == [1]


def test_every_change_has_its_event_and_none_says_a_number_or_a_password(target):
    done = imported(
        target,
        NEW,
        person("小陈", "chen", "审计员", "医学院", 联系电话="13987654321"),
        person("王院长", "wang", 状态="停用"),
    )
    found = events("person_add", "person_change", "grant", "person_disable", "import")
    assert [one.label for one in found] == ["新增人员", "修改人员", "调整权限", "停用人员", "导入"]
    assert found[0].opinion == "赵测（2009013）"
    assert found[2].changes == [
        {
            "path": "grants",
            "label": "角色和单位",
            "before": "经办人（信息工程学院）",
            "after": "经办人（信息工程学院）、审计员（医学院）",
        }
    ]
    said = json.dumps([[*one.changes, one.opinion] for one in found], ensure_ascii=False)
    assert "138****5678" in said
    assert "13812345678" not in said
    assert done["passwords"][0][2] not in said


def test_the_clock_does_not_tell_who_still_has_a_drawn_password(monkeypatch):
    """A quick hash alone would answer in a thousandth of the time."""
    asked: list[str] = []
    hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)

    class Counting:
        memory_cost, hash = hasher.memory_cost, hasher.hash

        def verify(self, password_hash: str, password: str) -> bool:
            asked.append(extract_parameters(password_hash).memory_cost)
            return hasher.verify(password_hash, password)

    monkeypatch.setattr(passwords, "HASHER", Counting())
    monkeypatch.setattr(passwords, "_decoy", lambda: hasher.hash("nobody"))
    assert passwords.verify(passwords.QUICK_HASHER.hash("abcd"), "abcd")
    assert asked == [64, 8]


def test_a_list_that_would_keep_everybody_waiting_is_to_be_cut(target, monkeypatch):
    monkeypatch.setattr("models.imports.target.MOST_LINES", 3)
    made = lines(target, *(person(f"人{n}", f"u{n}", "经办人", "医学院") for n in range(4)))
    assert {fault(one) for one in made} == {"名单一次最多导入 3 行，这个文件有 4 行，请分成几个文件上传。"}
