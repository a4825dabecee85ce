"""Which columns a form can be read from, and under which names."""

import pytest

from app import HOUSE
from models.imports.form_headings import columns_of
from models.imports.headings import normalised
from models.imports.target import PASSED_OVER
from models.rules.definitions.loader import load_institutions

SCHOOLS = load_institutions(HOUSE / "blueprints")
EVERY_FORM = [(school, form) for school in SCHOOLS.values() for form in school.forms.values()]


def headings(form: str = "account", school: str = "pdsu") -> list:
    found = SCHOOLS[school]
    return [column.heading for column in columns_of(found, found.forms[form])]


def path_under(name: str, **where) -> str:
    found = [one.path for one in headings(**where) if normalised(name) in map(normalised, one.names)]
    return found[0] if found else ""


def test_the_summary_tables_columns_come_first_in_its_order():
    assert [one.label for one in headings()][:14] == [
        "序号",
        "管理单位",
        "账号分级",
        "账号类型",
        "账号名称",
        "账号或网址",
        "创建时间",
        "认证时间",
        "关注人数",
        "更新频率",
        "负责老师",
        "负责老师电话",
        "负责学生",
        "负责学生电话",
    ]


def test_the_serial_the_number_and_the_state_are_passed_over():
    for name in ("序号", "编号", "状态"):
        assert path_under(name, school="ahbc") == PASSED_OVER


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("帐号名称", "name"),
        ("平台名称", "name"),
        ("账号类型", "platform"),
        ("创建单位", "unit"),
        ("所属单位", "unit"),
        ("分级", "tier"),
        ("负责人", "team.leader.name"),
        ("负责人姓名", "team.leader.name"),
        ("负责人手机", "team.leader.phone"),
        ("管理员2身份", "team.admin2.identity"),
        ("负责老师联系方式", "teacher_phone"),
        ("最近一次认证时间", "certified"),
        ("简要介绍", "introduction"),
        ("变更原因", "change_reason"),
    ],
)
def test_a_column_is_known_by_the_tables_word_the_forms_word_and_sensible_ones(name, path):
    assert path_under(name) == path


def test_a_count_has_a_column_in_ten_thousands_and_one_in_people():
    for name in ("关注人数", "关注人数（万）", "关注人数(万人)"):
        assert path_under(name) == "followers#scaled"
    for name in ("关注人数（人）", "粉丝数"):
        assert path_under(name) == "followers"


def test_pictures_and_what_only_a_closing_asks_have_no_column():
    paths = {one.path for one in headings()}
    assert not paths & {"qr", "stopped_on", "closing_reason", "closing_proof"}


def test_people_stand_under_their_row_and_choices_are_offered():
    by_path = {one.path: one for one in headings()}
    assert by_path["team.leader.phone"].group == "负责人"
    assert by_path["team.leader.phone"].label == "负责人联系电话"
    assert by_path["nature"].choices == ("传统纸媒", "网页", "新媒体", "其他")
    assert [one.path for one in headings() if one.needed] == ["name"]


@pytest.mark.parametrize(("school", "form"), EVERY_FORM, ids=lambda one: one.code)
def test_no_two_columns_of_any_form_share_a_name(school, form):
    columns = columns_of(school, form)
    names = [(normalised(name), column.heading.path) for column in columns for name in column.heading.names]
    owners = dict(names)
    assert all(owners[name] == path for name, path in names)
    assert all(column.heading.label in column.heading.names for column in columns)
