"""A school's YAML is either sound, or every mistake is named with its file, line and cure."""

import json
import shutil
from pathlib import Path

import pytest
import yaml

from models.kinds import FilingKind
from models.loader import DefinitionErrors, load_institution, load_institutions, read_form
from models.schema import schema

SCHOOLS = Path(__file__).parents[1] / "definitions"
BUILT_IN = Path(__file__).parents[2] / "blueprints"
ACCOUNT, REGISTER = "demo/forms/account.yaml", "demo/registers/accounts.yaml"
SCHOOL = "demo/institution.yaml"


@pytest.fixture
def folder(tmp_path):
    return Path(shutil.copytree(SCHOOLS, tmp_path / "schools"))


def errors_of(*folders) -> list[str]:
    with pytest.raises(DefinitionErrors) as caught:
        load_institutions(*folders)
    return caught.value.errors


def change(folder, name, *changes):
    """Replace words of a file, each of which must be there."""
    text = (folder / name).read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    (folder / name).write_text(text, "utf-8")
    return text


def line_of(text: str, words: str) -> int:
    return text[: text.index(words)].count("\n") + 1


def test_a_sound_school_loads_with_forms_registers_and_presets():
    school = load_institution([SCHOOLS], "demo")
    form = school.forms["account"]
    assert (school.code, form.code) == ("demo", "account")
    assert form.field("phone").label == "值班电话"
    assert form.route.steps[1].sign == ["签章："]
    assert school.notice.date == "2022-02-18"
    assert school.number.number(2026, 7) == "示宣备-2026-007"
    assert school.registers["accounts"].blank.samples == {"1": {"账号名称": "微信"}}
    assert form.paper.notes == "备注：1．此表一式两份。\n3．编号没有2。\n"


def test_the_built_in_schools_load_and_their_editions_read_back():
    schools = load_institutions(BUILT_IN)
    assert list(schools) == ["ahbc", "pdsu"]
    assert list(schools["pdsu"].registers["accounts"].blank.samples) == ["1", "2"]
    for school in schools.values():
        assert school.forms
        for form in school.forms.values():
            assert read_form(form.source) == form


def test_an_edition_stands_on_its_own_and_reads_back_the_same():
    form = load_institution([SCHOOLS], "demo").forms["account"]
    assert "preset" not in form.source
    assert "值班电话" in form.source
    again = read_form(form.source)
    assert again == form
    assert again.digest == form.digest
    assert len(form.digest) == 64


def test_an_edition_may_hold_a_text_that_begins_with_a_wide_quote(folder):
    change(folder, ACCOUNT, ("title: 示范学院媒体平台备案表", 'title: "“平台”备案表"'))
    form = load_institution([folder], "demo").forms["account"]
    assert read_form(form.source).title == "“平台”备案表"


def test_a_changed_preset_changes_the_digest(folder):
    before = load_institution([folder], "demo").forms["account"].digest
    change(folder, "institution/presets.yaml", ("签章：", "签名："))
    assert load_institution([folder], "demo").forms["account"].digest != before


def test_a_later_folder_shadows_a_file_whole_and_may_add_a_school(folder, tmp_path):
    instance = tmp_path / "instance"
    shutil.copytree(SCHOOLS / "demo", instance / "third")
    (instance / "demo").mkdir()
    shutil.copy(SCHOOLS / SCHOOL, instance / SCHOOL)
    change(instance, SCHOOL, ("name: 示范学院", "name: 改名学院"))
    schools = load_institutions(folder, instance)
    assert list(schools) == ["demo", "third"]
    assert schools["demo"].name == "改名学院"
    assert "account" in schools["demo"].forms


def test_every_mistake_of_every_file_is_told_at_once(folder):
    text = change(folder, ACCOUNT, ("max_length: 30", "max_lenght: 30"), ("widths: [10", "widths: [11"))
    change(folder, REGISTER, ("value: title", "value: titel"))
    change(folder, SCHOOL, ("office: 党委宣传部\n", ""))
    assert errors_of(folder) == [
        f"{ACCOUNT}:{line_of(text, 'max_lenght')}: 没有“max_lenght”这个键，是不是“max_length”？请改正或删去。",
        f"{ACCOUNT}:{line_of(text, 'widths')}: widths 加起来是 101，应当是 100，请调整。",
        f"{SCHOOL}:1: 缺少必填的键“office”，请补上。",
        f"{REGISTER}:9: 列“titel”不是表里的项目，也不是 serial、unit、tier、number、state 之一"
        "，是不是“title”？请改正。",
    ]


# file, what is there, what a slip makes of it, words on the line to be named, words of the sentence
SLIPS = [
    (ACCOUNT, "short: 媒体平台", "short: 媒体平台\nshort: 又一次", "short: 又一次", "键“short”重复了，第 3 行"),
    (ACCOUNT, "name: title, type", "name: unit, type", "name: unit, type: text", "名称“unit”用了两次"),
    (ACCOUNT, "noun: 平台\n", "", "order: 1", "缺少必填的键“noun”"),
    (ACCOUNT, "label: 平台名称, required", "required", "name: title, type", "缺少必填的键“label”"),
    (ACCOUNT, "short: 媒体平台", "short: no", "short: no", "读成了“否”，请加引号：'no'"),
    (ACCOUNT, "short: 媒体平台", "short: 0371", "short: 0371", "读成了数字 249，请加引号：'0371'"),
    (ACCOUNT, "short: 媒体平台", "short: 12:30:00", "short: 12", "读成了数字 45000，请加引号：'12:30:00'"),
    (ACCOUNT, "short: 媒体平台", "short:", "short:", "“short”是空的"),
    (ACCOUNT, "short: 媒体平台", "short: [媒体]", "short: [", "“short”应当是一段文字"),
    (ACCOUNT, "short: 媒体平台", "short：媒体平台", "short：", "冒号是全角的“：”"),
    (ACCOUNT, "short: 媒体平台", "short: “媒体”", "short: “", "引号是全角的"),
    (ACCOUNT, "    - {text: 附件1}", "    - text：附件1", "text：", "冒号是全角的“：”"),
    (ACCOUNT, "  steps:", "\tsteps:", "\tsteps:", "Tab"),
    (ACCOUNT, "noun: 平台", "noun: *平台", "noun: *", "不支持“*”引用"),
    (ACCOUNT, "max_length: 30", "max_length: 三十", "三十", "“max_length”应当是整数"),
    (ACCOUNT, "max_length: 30", "max_length: 0", "max_length: 0", "“max_length”应当不小于 1"),
    (ACCOUNT, "required: [first]", "required: [frist]", "[frist]", "“required”应当是true、false，或"),
    (ACCOUNT, "type: month", "type: moth", "type: moth", "没有“moth”这种类型，是不是“month”？"),
    (ACCOUNT, "name: opened, type: month", "name: opened", "name: opened", "缺少必填的键“type”"),
    (ACCOUNT, "name: opened", "name: Opened", "name: Opened", "名称“Opened”只能用小写字母"),
    (ACCOUNT, "name: opened", "name: data", "name: data", "名称“data”是系统保留的"),
    (ACCOUNT, "role: head", "role: boss", "role: boss", "“role”只能是：reporter、head、office"),
    (ACCOUNT, "kinds: [review]", "kinds: [reviews]", "kinds:", "“kinds”只能是：first、change、review、close"),
    (ACCOUNT, "news: 新闻", "news: 0371", "0371", "“news”写的 0371 被 YAML 读成了数字 249"),
    (ACCOUNT, "preset: phone_person", "preset: phone_persn", "phone_persn", "是不是“phone_person”？"),
    (ACCOUNT, "other: 其他}", "others: 其他}", "others:", "请补上 other: 其他"),
    (ACCOUNT, "微信, other", "传统纸媒, other", "choices:", "有两项的文字相同"),
    (ACCOUNT, "at_most: followers", "at_most: title", "at_most: title", "不是排在前面的 number 项目"),
    (ACCOUNT, "label: 创建时间}", "label: 创建时间, default: 去年}", "default: 去年", "不是有效的值"),
    (ACCOUNT, "label: 管理队伍\n", "label: 管理队伍\n        required: true\n", "        required: true\n        rows",
     "people 的必填写在 rows 和 columns 上"),
    (ACCOUNT, "{name: deputy", "{name: leader", "{name: leader, label: 管理员", "名称“leader”用了两次"),
    (ACCOUNT, "  title: title", "  title: titel", "  title: titel", "没有名为“titel”的项目，是不是“title”？"),
    (ACCOUNT, "platform, in: [wechat]", "platfrom, in: [wechat]", "platfrom", "是不是“platform”？"),
    (ACCOUNT, "platform, in: [wechat]", "platform, in: [wechta]", "wechta", "没有选项“wechta”，是不是“wechat”？"),
    (ACCOUNT, "platform, in: [wechat]", "title, in: [wechat]", "title, in", "“title”不是，请换一个"),
    (ACCOUNT, "platform, in: [wechat]", "owner_kind, in: [college]", "owner_kind, in: [college]}\n      - {name: foll",
     "只能用在签署步骤的 when 里"),
    (ACCOUNT, "label: 平台名称, required: true",
     "label: 平台名称, required: true, visible_when: {field: platform, in: [wechat]}", "label: 平台名称",
     "排在后面，条件只能看前面"),
    (ACCOUNT, "in: [college]", "in: [colleg]", "[colleg]", "没有选项“colleg”，是不是“college”？"),
    (ACCOUNT, "{item: unit, span: 2}", "{item: unit}", "{item: unit}", "第 1 行占了 3 列，widths 有 4 列"),
    (ACCOUNT, "side: 管理队伍, rows: 2", "side: 管理队伍, rows: 3", "step: unit, span: 4", "第 7 行占了 5 列"),
    (ACCOUNT, "{step: office, span: 4}", "{step: office, span: 4, rows: 2}", "step: office, span", "超出了表格的最后一行"),
    (ACCOUNT, "{item: phone}", "{label: 空}", "preset: phone_person", "问了却没有印在纸上"),
    (ACCOUNT, "{item: team.deputy.phone}", "{label: 空}", "name: team", "“team.deputy.phone”（管理员电话）问了却没有印"),
    (ACCOUNT, "{item: title, span: 2}", "{item: titel, span: 2}", "titel", "没有名为“titel”的项目"),
    (ACCOUNT, "{item: title, span: 2}", "{items: [title, code], span: 2}", "name: code", "写了 print: false，纸上却印了它"),
    (ACCOUNT, "{item: title, span: 2}", "{item: title, items: [title], span: 2}", "items: [title]", "item 和 items 只能写一个"),
    (ACCOUNT, "{item: title, span: 2}", "{itm: title, span: 2}", "itm", "看不出这是哪种格子（现有的键：itm、span）"),
    (ACCOUNT, "{item: title, span: 2}", "{item: title, spam: 2}", "spam", "没有“spam”这个键，是不是“span”？"),
    (ACCOUNT, "□微信 □其他", "□微信 其他", "boxes:", "boxes 里有 2 个“□”，选项有 3 个"),
    (ACCOUNT, "{item: title, span", "{item: title, boxes: □, span", "item: title, boxes", "不能印成方框"),
    (ACCOUNT, "{step: unit, span: 4}", "{label: 空, span: 4}", "name: unit\n      label: 单位意见", "没有签署的格子"),
    (ACCOUNT, "{step: unit, span: 4}", "{step: units, span: 4}", "step: units", "不在 route.steps 里，是不是“unit”？"),
    (ACCOUNT, "{step: unit, span: 4}", "{step: office, span: 4}", "step: office, span: 4}]\n  notes", "有两个格子"),
    (ACCOUNT, "{text: 附件1}", "{text: 附件1, item: titel}", "titel", "没有名为“titel”的项目"),
    (ACCOUNT, "{text: 附件1}", "{text: 附件1, item: title, fill: unit}", "fill: unit", "item 和 fill 只能写一个"),
    (ACCOUNT, "order: 1", "code: other", "code: other", "与文件名“account”不一致"),
    (REGISTER, "form: account", "form: acount", "acount", "没有“acount”这个表，是不是“account”？"),
    (REGISTER, "platform, in", "platfrom, in", "platfrom", "是不是“platform”？"),
    (REGISTER, "[wechat]", "[weibo]", "[weibo]", "没有选项“weibo”"),
    (REGISTER, "fallback: phone", "fallback: phon", "fallback: phon", "列“phon”"),
    (REGISTER, "column: 账号名称", "column: 账号名", "column: 账号名", "没有名为“账号名”的列，是不是“账号名称”？"),
    (REGISTER, "1: {账号名称", "4: {账号名称", "4: {", "行号“4”不在 1 到 3 之间"),
    (REGISTER, "1: {账号名称", "1: {帐号", "1: {", "没有名为“帐号”的列"),
    (REGISTER, "rows: 3", "rows: 1", "serials", "serials 有 2 个，空行只有 1 行"),
    (SCHOOL, "-{serial}", "", "number", "编号样式里缺少 {serial}"),
    (SCHOOL, "{year}", "{yaer}", "number", "不能用 {yaer}"),
    (SCHOOL, 'number: {text: "示宣备-{year}-{serial}", digits: 3}\n', "", "name: 示范学院", "缺少必填的键“number”"),
    (SCHOOL, "tiers:", "forms: {}\ntiers:", "forms: {}", "没有“forms”这个键"),
    (SCHOOL, "phone: \"2657100\"", "phone: 2657100", "phone: 2657100", "请加引号：'2657100'"),
]


@pytest.mark.parametrize("slip", SLIPS, ids=lambda s: f"{s[2][:40]!a}")
def test_a_slip_is_named_with_its_line_and_its_cure(folder, slip):
    name, old, new, at, sentence = slip
    text = change(folder, name, (old, new))
    errors = errors_of(folder)
    where = f"{name}:{line_of(text, at)}: "
    assert [e for e in errors if e.startswith(where) and sentence in e], "\n".join([where, *errors])


def test_a_number_key_is_read_as_it_is_written(folder):
    change(folder, ACCOUNT, ("paper: 传统纸媒", "no: 传统纸媒"), ("in: [paper]", "in: ['no']"))
    form = load_institution([folder], "demo").forms["account"]
    assert form.field("platform").choices["no"] == "传统纸媒"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [("\ufeffname: 示范".encode(), "BOM"), ("name: 示范学院".encode("gbk"), "不是 UTF-8 编码"),
     (b"name: \x07", "控制字符"), (b"- a", "键: 值"), (b"", "键: 值"), (b"a" * 600_000, "太大"),
     (b"[" * 5000, "嵌套太深"), (b"a: &x [1]\nb: *x", "引用"), (b"!!python/name:os.system {}", "缺少"),
     (b"name: !!binary aGk=", "不是能用的值"), (b"a: b\n---\nc: d", "语法"), (b"? [a]\n: b", "键必须是一个词")],
    ids=lambda one: ascii(one[:12]),
)
def test_a_file_that_is_no_definition_is_refused_in_a_sentence(folder, content, sentence):
    (folder / SCHOOL).write_bytes(content)
    assert any(e.startswith(SCHOOL) and sentence in e for e in errors_of(folder)), errors_of(folder)


def test_a_folder_without_its_school_file_and_a_wrong_ending_are_told(folder):
    (folder / SCHOOL).rename(folder / "demo/school.yml")
    assert errors_of(folder) == [
        "demo/institution.yaml:1: 缺少 institution.yaml，学校的名称、部门等写在这个文件里。",
        "demo/school.yml:1: 文件名要以 .yaml 结尾，请改名。",
    ]


def test_a_file_in_a_folder_that_is_never_read_is_told(folder):
    (folder / "demo/registers").rename(folder / "demo/register")
    assert errors_of(folder) == [
        "demo/register/accounts.yaml:1: 文件夹“register”不会被读取，请把文件放进 forms 或 registers。"
    ]


def test_a_mistake_inside_a_preset_is_named_where_the_preset_is(folder):
    change(folder, "institution/presets.yaml", ("required: true", "required: ture"))
    change(folder, ACCOUNT, (", required: [first]", ""))
    assert errors_of(folder)[0].startswith("institution/presets.yaml:5: “required”")


def test_a_preset_may_not_use_a_preset(folder):
    change(folder, "institution/presets.yaml", ("office_step:\n", "office_step:\n  preset: phone_person\n"))
    assert ["只允许一层" in e for e in errors_of(folder)] == [True]


def test_the_route_depends_on_the_kind_of_owner():
    route = load_institution([SCHOOLS], "demo").forms["account"].route
    assert [s.name for s in route.steps_for({}, FilingKind.first, "college")] == ["unit", "office"]
    assert [s.name for s in route.steps_for({}, "first", "person")] == ["office"]


def test_editors_get_a_schema_that_knows_types_and_presets():
    told = json.loads(json.dumps(schema()))
    text = told["$defs"]["Text"]
    assert "max_length" in text["properties"]
    assert {"required": ["preset"]} in text["anyOf"]
    assert set(told["$defs"]) > {"Form", "Register", "Institution"}
    required = told["$defs"]["Form"]["anyOf"][0]["required"]
    written = yaml.safe_load((SCHOOLS / ACCOUNT).read_text("utf-8"))
    assert set(required) <= set(written)
