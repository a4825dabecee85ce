"""A school's YAML is either sound, or every mistake is named with its file, line and cure."""

import json
import shutil

import pytest
import yaml

from app import HOUSE
from models.rules.definitions.loader import load_institution, load_institutions, read_form
from models.rules.definitions.schema import schema
from models.rules.definitions.yaml_source import parse_source, read_source
from models.rules.filing_kind import FilingKind
from tests.rules.written import (
    ACCOUNT,
    BUILT_IN,
    REGISTER,
    SCHOOL,
    SCHOOLS,
    change,
    copied_to,
    errors_of,
    line_of,
)


@pytest.fixture
def folder(tmp_path):
    return copied_to(tmp_path / "schools")


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


def test_libyaml_reads_what_is_shipped_as_pyyaml_does_and_so_does_a_machine_without_it(monkeypatch):
    files = sorted((HOUSE / "blueprints").glob("**/*.yaml"))
    quick = [read_source(file, file.name) for file in files]
    monkeypatch.setattr(yaml, "__with_libyaml__", False)
    assert quick == [read_source(file, file.name) for file in files]
    assert len(quick) > 10


@pytest.mark.parametrize(
    "line", ["a:\t1", "a: [b? c]", "a: {b: !c, d: e}", "a: {b?: 1}", "a: &x 1", "a: *x", "\ufeff"]
)
def test_what_libyaml_forgives_is_refused_all_the_same(line, monkeypatch):
    quick = parse_source(f"b: 1\n{line}\n", "x.yaml")
    monkeypatch.setattr(yaml, "__with_libyaml__", False)
    assert quick == parse_source(f"b: 1\n{line}\n", "x.yaml")


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
        (
            f"{REGISTER}:9: 列“titel”不是表里的项目，也不是 serial、unit、tier、number、state 之一"
            "，是不是“title”？请改正。"
        ),
    ]


def test_a_number_key_is_read_as_it_is_written(folder):
    change(folder, ACCOUNT, ("paper: 传统纸媒", "no: 传统纸媒"), ("in: [paper]", "in: ['no']"))
    form = load_institution([folder], "demo").forms["account"]
    assert form.field("platform").choices["no"] == "传统纸媒"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("\ufeffname: 示范".encode(), "BOM"),
        ("name: 示范学院".encode("gbk"), "不是 UTF-8 编码"),
        (b"name: \x07", "控制字符"),
        (b"- a", "键: 值"),
        (b"", "键: 值"),
        (b"a" * 600_000, "太大"),
        (b"[" * 5000, "嵌套太深"),
        (b"a: &x [1]\nb: *x", "引用"),
        (b"!!python/name:os.system {}", "缺少"),
        (b"name: !!binary aGk=", "不是能用的值"),
        (b"a: b\n---\nc: d", "语法"),
        (b"? [a]\n: b", "键必须是一个词"),
    ],
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
