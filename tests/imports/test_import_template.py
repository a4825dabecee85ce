"""The fill-in template: what it asks, how it is filled in, and that it reads back as nothing."""

import subprocess
from dataclasses import replace
from io import BytesIO

import pytest
from openpyxl import load_workbook

from blueprints.institution.imports import template
from models.imports.headings import match
from models.imports.target import PASSED_OVER, Heading
from models.xlsx.reading import read_workbook
from tests.workbook.summary_examples import school

NAME = Heading("name", "账号名称", ("账号名称",), needed=True, help="写全称。")
KIND = Heading("platform", "账号类型", ("账号类型",), choices=("微信", "微博", "其他"))
SERIAL = Heading(PASSED_OVER, "序号", ("序号",))
COUNT = Heading("followers#scaled", "关注人数", ("关注人数",), help="以万为单位")
EXACT = Heading("followers", "关注人数（人）", ("关注人数（人）",))
LEADER = Heading("leader.name", "负责人姓名", ("负责人姓名",), group="负责人")
PHONE = Heading("leader.phone", "负责人电话", ("负责人电话",), group="负责人")


class Accounts:
    """A target with some columns."""

    code, title, one_whole = "form:account", "媒体平台备案", False

    def __init__(self, *headings):
        self._headings = list(headings)

    def headings(self):
        return self._headings


def written(*headings):
    return template.write(Accounts(*headings), school())


def opened(*headings):
    return load_workbook(written(*headings))


def sheet_of(*headings):
    return opened(*headings).worksheets[0]


def test_it_says_whose_it_is_and_where_it_is_to_be_uploaded():
    sheet = sheet_of(NAME, KIND)
    assert sheet["A1"].value == "平顶山学院媒体平台备案导入模板"
    assert "从第 4 行起" in sheet["A2"].value
    assert "“导入”页面上传" in sheet["A2"].value


def test_needed_columns_carry_a_star_and_columns_without_meaning_are_left_out():
    assert [cell.value for cell in sheet_of(SERIAL, NAME, KIND)[3]] == ["账号名称*", "账号类型"]


def test_one_count_is_asked_once():
    assert [cell.value for cell in sheet_of(NAME, COUNT, EXACT)[3]] == ["账号名称*", "关注人数"]


def test_columns_of_a_group_stand_under_it_by_their_own_words():
    sheet = sheet_of(NAME, LEADER, PHONE)
    assert {str(area) for area in sheet.merged_cells.ranges} >= {"A3:A4", "B3:C3"}
    assert [sheet[place].value for place in ("A3", "B3", "B4", "C4")] == [
        "账号名称*",
        "负责人",
        "姓名",
        "电话",
    ]
    assert sheet.freeze_panes == "A5"


def test_help_shows_on_the_heading_and_on_a_sheet_of_its_own():
    book = opened(NAME, KIND, LEADER)
    assert book.worksheets[0]["A3"].comment.text == "必填。写全称。"
    assert book.worksheets[0]["B3"].comment is None
    lines = [[cell.value for cell in row] for row in book["填写说明"].iter_rows(2)]
    assert lines == [
        ["A 列　账号名称*", "必填", "写全称。", None],
        ["B 列　账号类型", None, None, "微信、微博、其他"],
        ["C 列　负责人：姓名", None, None, None],
    ]


def test_choices_drop_down_in_all_prepared_rows_and_forbid_nothing():
    (rule,) = sheet_of(NAME, KIND).data_validations.dataValidation
    assert (str(rule.sqref), rule.formula1) == ("B4:B303", '"微信,微博,其他"')
    assert not rule.showErrorMessage


def test_what_is_typed_stays_text_in_the_prepared_rows_and_below():
    sheet = sheet_of(NAME, PHONE)
    rows = list(sheet.iter_rows(5))
    assert len(rows) == 300
    assert {cell.number_format for row in rows for cell in row} == {"@"}
    assert sheet.column_dimensions["B"].number_format == "@"


def test_uploaded_unfilled_it_holds_no_rows_and_every_column_is_known():
    headings = [SERIAL, NAME, KIND, COUNT, LEADER, PHONE]
    first, how_to = read_workbook(written(*headings).getvalue())
    found = match(first, headings, {})
    assert found.paths == ["name", "platform", "followers#scaled", "leader.name", "leader.phone"]
    assert found.rows == []
    assert match(how_to, headings, {}).head == 0


def test_what_is_filled_in_is_read_under_its_columns():
    headings = [NAME, KIND, PHONE]
    book = opened(*headings)
    for column, text in enumerate(("平院青年", "微博", "0375-2657100"), 1):
        book.worksheets[0].cell(5, column).value = text
    file = BytesIO()
    book.save(file)
    found = match(read_workbook(file.getvalue())[0], headings, {})
    assert [row.cells for row in found.rows] == [("平院青年", "微博", "0375-2657100")]


@pytest.mark.office
def test_libreoffice_keeps_notes_drop_downs_and_text(tmp_path):
    many = replace(KIND, choices=tuple(f"第{number}号平台，很长的名称" for number in range(40)))
    (tmp_path / "template.xlsx").write_bytes(written(NAME, many, PHONE).getvalue())
    profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    convert = [
        "soffice",
        profile,
        "--headless",
        "--convert-to",
        "xlsx:Calc MS Excel 2007 XML",
        "--outdir",
        "again",
        "template.xlsx",
    ]
    subprocess.run(convert, cwd=tmp_path, check=True, capture_output=True)
    book = load_workbook(tmp_path / "again" / "template.xlsx")
    sheet = book.worksheets[0]
    assert "必填。写全称。" in sheet["A3"].comment.text
    (rule,) = sheet.data_validations.dataValidation
    assert rule.formula1.lstrip("=") == "选项_1"
    assert book["选项"].sheet_state == "hidden"
    assert sheet["C9"].number_format == "@"
