"""What can be written wrongly in a register's header and sheets: each is told at its line."""

import pytest

from models.rules.definitions.loader import load_institutions
from tests.rules.written import REGISTER, change, copied_to, errors_of, line_of

UNIT, NAME = "label: 管理单位, ", "label: 账号名称, "
PHONE, CLOSED = "label: 负责人电话, ", "closed: {column"
WECHAT = "filter: {field: platform, in: [wechat]}"

# what is there, what a slip makes of it (pairs), words on the line to be named, the sentence
HEADERS = [
    ([(PHONE, NAME)], "fallback: phone", "有两列都叫“账号名称”，请改其中一列的 label 或 group。"),
    (
        [(UNIT, UNIT + "group: 管理单位, "), (NAME, NAME + "group: 管理单位, ")],
        "value: unit",
        "group 和 label 都是“管理单位”，请删去 group，或者把 label 写得更细。",
    ),
    (
        [(PHONE, PHONE + "group: 负责人, ")],
        "fallback: phone",
        "“负责人”下面只有一列，请给旁边的列也写上 group，或者删去它。",
    ),
    (
        [
            ("label: 序号, ", "label: 序号, group: 管理, "),
            (UNIT, UNIT + "group: 管理, "),
            (PHONE, PHONE + "group: 管理, "),
        ],
        "fallback: phone",
        "“管理”下面的列没有挨在一起，请把它们排到一处，或者给其中一处换个 group。",
    ),
    (
        [
            (UNIT, UNIT + "group: 账号, "),
            (NAME, "label: 名称, group: 帐号, "),
            (PHONE, PHONE + "group: 帐号, "),
        ],
        "1: {账号名称: 微信}",
        "没有名为“账号名称”的列",
    ),
]
SHEETS = [
    (
        "{name: 微信/公众号}",
        "工作表名“微信/公众号”里有 Excel 不认的符号，请去掉 [ ] : * ? / \\ 以及首尾的空格和单引号。",
    ),
    ('{name: "微信 "}', "里有 Excel 不认的符号"),
    (
        "{name: 一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二}",
        "太长，Excel 最多认 31 个字，请改短。",
    ),
    ("{name: 选项}", "工作表名“选项”是系统或 Excel 自己要用的，请换一个。"),
    ("{name: history}", "工作表名“history”是系统或 Excel 自己要用的，请换一个。"),
    ("{name: qq}\n  - {name: QQ}", "工作表名“QQ”用了两次（大小写算一样），请给其中一处改名。"),
    ("{name: 微信, filter: {field: platfrom, in: [wechat]}}", "没有名为“platfrom”的项目，是不是“platform”？"),
    ("{name: 微信, filter: {field: platform, in: [wechta]}}", "没有选项“wechta”，是不是“wechat”？"),
    ("{name: 微信, filter: {field: title, in: [wechat]}}", "条件只能看选择类项目，“title”不是"),
]


@pytest.mark.parametrize(("changes", "where", "sentence"), HEADERS)
def test_a_slip_in_the_header_is_named_with_its_line_and_its_cure(tmp_path, changes, where, sentence):
    folder = copied_to(tmp_path / "schools")
    line = line_of(change(folder, REGISTER, *changes), where)
    assert [
        error for error in errors_of(folder) if error.startswith(f"{REGISTER}:{line}: ") and sentence in error
    ], errors_of(folder)


@pytest.mark.parametrize(("sheet", "sentence"), SHEETS)
def test_a_slip_in_the_sheets_is_named_with_its_line_and_its_cure(tmp_path, sheet, sentence):
    folder = copied_to(tmp_path / "schools")
    change(folder, REGISTER, (CLOSED, f"sheets:\n  - {sheet}\n{CLOSED}"))
    line = line_of((folder / REGISTER).read_text(), sheet.split("\n")[-1])
    (found,) = errors_of(folder)
    assert found.startswith(f"{REGISTER}:{line}: ")
    assert sentence in found


def test_a_sound_register_of_two_header_rows_and_sheets_loads(tmp_path):
    folder = copied_to(tmp_path / "schools")
    change(
        folder,
        REGISTER,
        (UNIT, "label: 单位, group: 账号, "),
        (NAME, "label: 名称, group: 账号, "),
        (CLOSED, f"sheets:\n  - {{name: 微信, {WECHAT}}}\n  - {{name: 全部}}\n{CLOSED}"),
    )
    register = load_institutions(folder)["demo"].registers["accounts"]
    assert [len(heads) for heads in register.header] == [3, 2]
    assert [sheet.name for sheet in register.sheets] == ["微信", "全部"]
