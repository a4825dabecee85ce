"""Whatever stands above it and however it is spelt: the header is found, and what is data."""

import pytest

from models.imports.headings import KEY_PATH, Match, match, normalised
from models.imports.target import PASSED_OVER, Heading
from models.rules.row_key import KEY_HEADING
from models.xlsx.worksheet import Sheet, SheetRow

HEADINGS = [
    Heading(PASSED_OVER, "序号", ("序号", "编号")),
    Heading("unit", "管理单位", ("管理单位", "单位")),
    Heading("name", "账号名称", ("账号名称", "名称"), needed=True),
    Heading("opened", "创建时间", ("创建时间",)),
    Heading("followers#scaled", "关注人数", ("关注人数", "关注人数（万）")),
    Heading("followers", "关注人数（人）", ("关注人数（人）",)),
    Heading("teacher", "负责老师", ("负责老师", "负责老师姓名")),
    Heading("teacher_phone", "负责老师电话", ("负责老师电话",)),
    Heading("student", "姓名", ("姓名", "学生姓名"), group="负责学生"),
    Heading("student_phone", "电话", ("电话",), group="负责学生"),
]
HEADER = ["序号", "管理单位", "账号名称"]
TITLE = ["平顶山学院新媒体账号信息汇总表"]
ABOVE = ["报送单位（负责人签字加盖公章）：信息工程学院", "", "汇总时间：2022年2月20日"]


def sheet(*rows, copied=None, wide=()) -> Sheet:
    """Rows as lists of texts, numbered from 1; `copied`: by row number the columns filled down."""
    width = max(map(len, rows))
    return Sheet("表", tuple(
        SheetRow(number, (*row, *[""] * (width - len(row))), {},
                 frozenset((copied or {}).get(number, ())), number in wide)
        for number, row in enumerate(rows, 1)
    ))  # fmt: skip


def found(*rows, remembered=None, **marks) -> Match:
    return match(sheet(*rows, **marks), HEADINGS, remembered or {})


def paths(*header) -> list[str]:
    """Of a sheet with one row under its header, all columns filled."""
    return found(list(header), ["1"] * len(header)).paths


def numbers(result: Match) -> list[int]:
    return [row.number for row in result.rows]


def test_the_header_is_found_in_the_first_row():
    result = found(HEADER, ["1", "学院", "甲"])
    assert result.head == 1
    assert result.headings == HEADER
    assert result.paths == [PASSED_OVER, "unit", "name"]
    assert numbers(result) == [2]


def test_the_header_is_found_under_titles():
    result = found(TITLE, ABOVE, HEADER, ["1", "学院", "甲"], wide=(1,))
    assert (result.head, numbers(result)) == (3, [4])


def test_rows_keep_the_numbers_that_excel_gives_them():
    rows = (SheetRow(3, tuple(HEADER)), SheetRow(9, ("1", "学院", "甲")))
    result = match(Sheet("表", rows), HEADINGS, {})
    assert (result.head, numbers(result)) == (3, [9])


@pytest.mark.parametrize("spelt", [
    "账 号 名 称", "账号\n名称", " 账号名称： ", "账号名称*", "*账号名称", "账号名称（必填）",
    "账号名称(必填项)", "账号名称【必填】", "账号名称（全称）", "账号名称(与平台一致)", "“账号名称”",
])  # fmt: skip
def test_spellings_of_a_name_are_one(spelt):
    assert paths("序号", spelt) == [PASSED_OVER, "name"]


def test_what_a_unit_of_count_says_is_not_passed_over():
    assert paths("名称", "关注人数") == ["name", "followers#scaled"]
    assert paths("名称", "关注人数（万）") == ["name", "followers#scaled"]
    assert paths("名称", "关注人数(人)") == ["name", "followers"]
    assert paths("名称", "关注人数（千人）") == ["name", ""]
    assert paths("名称", "创建时间（年月）") == ["name", "opened"]


def test_width_and_case_make_no_difference():
    assert normalised("ＱＱ　群号 (Qq)") == normalised("qq群号（QQ）") == "qq群号qq"


def test_the_first_of_two_columns_that_mean_the_same_has_it():
    assert paths("名称", "账号名称", "单位") == ["name", "", "unit"]


def test_the_surer_of_two_spellings_has_it():
    assert paths("账号名称（别名）", "账号名称", "单位") == ["", "name", "unit"]


def test_what_a_person_said_once_goes_first():
    said = {normalised("挂靠部门"): "unit", normalised("名称"): PASSED_OVER, "旧列": "gone"}
    result = found(["挂靠部门", "名称", "账号名称", "旧列"], ["a", "b", "c", "d"], remembered=said)
    assert result.paths == ["unit", PASSED_OVER, "name", ""]


def test_our_hidden_key_is_known():
    assert paths("账号名称", KEY_HEADING) == ["name", KEY_PATH]


def test_a_header_of_two_rows_is_read_as_one():
    result = found(
        ["序号", "账号名称", "负责老师", "", "负责学生", ""],
        ["", "", "姓名", "电话", "姓名", "电话"],
        ["1", "甲", "王", "1380", "李", "1390"],
    )
    assert result.paths == [
        PASSED_OVER, "name", "teacher", "teacher_phone", "student", "student_phone",
    ]  # fmt: skip
    assert result.headings[2:4] == ["负责老师 姓名", "负责老师 电话"]
    assert (result.head, numbers(result)) == (2, [3])


def test_names_that_reach_over_both_rows_of_a_header_are_said_once():
    result = found(
        TITLE,
        ["序号", "账号名称", "负责学生", "", "负责老师", ""],
        ["序号", "账号名称", "姓名", "电话", "姓名", "电话"],
        ["1", "甲", "李", "1390", "王", "1380"],
        copied={3: (0, 1)},
    )
    assert result.headings[:3] == ["序号", "账号名称", "负责学生 姓名"]
    assert result.paths[2:] == ["student", "student_phone", "teacher", "teacher_phone"]
    assert (result.head, numbers(result)) == (3, [4])


def test_the_lower_row_alone_does_not_decide_whose_phone_it_is():
    result = found(
        ["账号名称", "负责老师", ""], ["账号名称", "姓名", "电话"], ["甲", "王", "1380"], copied={2: (0,)}
    )
    assert result.paths == ["name", "teacher", "teacher_phone"]


def test_a_bare_name_beside_another_belongs_to_it():
    assert paths("名称", "负责老师", "电话") == ["name", "teacher", "teacher_phone"]
    assert paths("名称", "姓名", "电话") == ["name", "student", "student_phone"]
    assert paths("名称", "单位", "学生姓名") == ["name", "unit", "student"]


def test_a_row_of_data_is_never_the_second_row_of_a_header():
    result = found([*HEADER, "备用"], ["1", "学院", "甲", "创建"], ["2", "学院", "乙", ""])
    assert (result.head, numbers(result)) == (1, [2, 3])
    result = found(HEADER, ["1", "学院", "甲"], ["2", "学院", "乙"], copied={3: (1,)})
    assert (result.head, numbers(result)) == (1, [2, 3])


def test_a_sheet_without_a_header_matches_nothing():
    assert found(TITLE, ["填表说明", "请逐行填写"]) == Match()
    assert found(["序号", "课程"], ["1", "高等数学"]) == Match()
    assert match(Sheet("空", ()), HEADINGS, {}) == Match()


def test_one_known_column_is_enough_when_it_is_the_needed_one():
    assert found(["账号名称"], ["甲"]).paths == ["name"]
    assert found(["管理单位"], ["学院"]) == Match()


def test_a_column_of_nothing_is_passed_over_and_one_without_a_name_is_asked_about():
    result = found([*HEADER, "", "", "备用"], ["1", "学院", "甲", "", "?"])
    assert result.paths[3:] == [PASSED_OVER, "", ""]
    assert result.headings[3:] == ["", "", "备用"]


@pytest.mark.parametrize("note", [
    ["备注：1．新媒体账号指本单位管理范围内所有新媒体平台"], ["备 注", "同上"], ["注:"],
    ["填表说明：", "逐行填写"], ["说明", "", "逐行填写"], ["备注１．本表"], ["注1.本表"],
])  # fmt: skip
def test_notes_and_what_follows_them_are_left_out(note):
    assert numbers(found(HEADER, ["1", "学院", "甲"], note, ["", "2．分级"], ["", "", "乙"])) == [2]


def test_a_name_that_begins_like_a_note_is_data():
    assert numbers(found(["管理单位", "账号名称"], ["说明文档学院", "甲"], ["注册中心", "乙"])) == [2, 3]


def test_a_header_that_is_repeated_is_left_out_and_data_goes_on_after_it():
    rows = [HEADER, ["1", "学院", "甲"], ["备注：见下页"], TITLE, HEADER, ["2", "学院", "乙"]]
    assert numbers(found(*rows)) == [2, 6]


@pytest.mark.parametrize("row", [
    ["2"], ["2", "", ""], ["合计", "", "12"], ["小 计：", "", "3"], ["填表人：张三", "", "电话：138"],
    ["负责人签字：", "", "2022年2月20日"], ABOVE,
])  # fmt: skip
def test_rows_that_say_nothing_of_a_channel_are_left_out(row):
    assert numbers(found(HEADER, ["1", "学院", "甲"], row, ["3", "学院", "丙"])) == [2, 4]


def test_a_row_that_has_only_what_a_merged_cell_says_is_left_out():
    result = found(HEADER, ["1", "学院", "甲"], ["2", "学院", ""], copied={3: (1,)})
    assert numbers(result) == [2]


def test_a_cell_over_the_whole_width_is_a_title_between_the_rows():
    assert numbers(found(HEADER[1:], ["一、学院"], ["学院", "甲"], wide=(2,))) == [3]


def test_a_row_of_damage_alone_is_data():
    rows = (
        SheetRow(1, tuple(HEADER)),
        SheetRow(2, ("", "", ""), {2: "公式"}),
        SheetRow(3, ("", "", ""), {0: "公式"}),
    )
    assert numbers(match(Sheet("表", rows), HEADINGS, {})) == [2]
