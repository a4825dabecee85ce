"""What else a workbook holds: a sheet for each filter, hidden keys, days, closed rows, choices."""

from datetime import date

import pytest
from openpyxl import load_workbook

from blueprints.institution import workbook
from models.rules.definitions.register import RegisterSheet
from models.rules.fields import Condition
from models.rules.row_key import KEY_HEADING
from tests.workbook.summary_examples import DAY, account, accounts, groups, school

WECHAT = Condition(**{"field": "platform", "in": ["wechat"]})
WEIBO = Condition(**{"field": "platform", "in": ["weibo"]})
KINDS = ("wechat", "weibo", "wechat", "qq")


def opened(register, rows_for=None):
    return load_workbook(workbook.write(register, school(), rows_for, "", DAY))


def sheet_of(register, rows):
    return opened(register, lambda _condition: rows).worksheets[0]


def by_platform(condition):
    """Four accounts on three platforms, counted anew for every sheet."""
    found = [
        (number, kind) for number, kind in enumerate(KINDS, 1) if condition is None or kind in condition.codes
    ]
    for serial, (number, kind) in enumerate(found, 1):
        row = account(number, 账号名称=f"{kind}{number}")
        row.cells["序号"] = (str(serial), serial, "0")
        yield row


def in_sheets(*sheets):
    return accounts().model_copy(
        update={"sheets": [RegisterSheet(name=name, filter=condition) for name, condition in sheets]}
    )


def said(sheet, column="E"):
    return [cell.value for cell in sheet[column][3:] if cell.value]


def test_each_sheet_holds_the_rows_of_its_filter_with_title_and_notes_of_its_own():
    book = opened(in_sheets(("微信", WECHAT), ("微博", WEIBO), ("全部", None)), by_platform)
    assert book.sheetnames == ["微信", "微博", "全部"]
    assert said(book["微信"]) == ["wechat1", "wechat3"]
    assert said(book["微博"]) == ["weibo2"]
    assert said(book["全部"]) == ["wechat1", "weibo2", "wechat3", "qq4"]
    assert all(sheet["A1"].value == accounts().title for sheet in book)
    assert all(sheet["A15"].value == "6.关注人数以万为单位。" for sheet in book)


def test_a_row_that_belongs_on_no_sheet_is_not_lost():
    book = opened(in_sheets(("其他", WECHAT), ("微博", WEIBO)), by_platform)
    assert book.sheetnames == ["其他", "微博", "其他2"]
    assert said(book["其他2"]) == ["qq4"]
    assert book["其他2"]["A4"].value == 1


def test_no_sheet_is_added_when_all_rows_have_theirs():
    everything = Condition(**{"field": "platform", "in": ["qq", "wechat"]})
    book = opened(in_sheets(("其余", everything), ("微博", WEIBO)), by_platform)
    assert book.sheetnames == ["其余", "微博"]


def test_the_blank_sheet_is_one_however_many_filters_there_are():
    assert opened(in_sheets(("微信", WECHAT))).sheetnames == ["新媒体账号信息汇总表"]


def test_the_last_column_holds_the_rows_key_out_of_sight():
    sheet = sheet_of(accounts(), [account(7)])
    assert (sheet["O3"].value, sheet["O4"].value) == (KEY_HEADING, "7-7-0123456789ab")
    assert sheet.column_dimensions["O"].hidden
    assert not sheet.column_dimensions["N"].hidden


def test_the_hidden_column_is_outside_of_everything_printed():
    sheet = sheet_of(accounts(), [account(1)])
    assert sheet.print_area.endswith("$A$1:$N$15")
    areas = [area for area in sheet.merged_cells.ranges if str(area) != "O3:O4"]
    assert max(area.max_col for area in areas) == 14


def test_the_schools_blank_sheet_has_no_key():
    assert opened(accounts()).worksheets[0].max_column == 14


def test_nothing_is_locked():
    assert not sheet_of(accounts(), [account(1)]).protection.sheet


@pytest.mark.parametrize(
    ("day", "number_format", "text"),
    [
        (date(2019, 9, 1), 'yyyy"年"m"月"', "2019年9月"),
        (date(2019, 9, 12), 'yyyy"年"m"月"d"日"', "2019年9月12日"),
    ],
)
def test_a_day_is_a_day_and_shown_as_people_write_it(day, number_format, text):
    row = account(1)
    row.cells["创建时间"] = (text, day, number_format)
    cell = sheet_of(accounts(), [row])["G4"]
    assert (cell.value.date(), cell.number_format, cell.is_date) == (day, number_format, True)


def test_a_day_that_excel_does_not_know_stays_text():
    row = account(1)
    row.cells["创建时间"] = ("1895年4月", date(1895, 4, 1), 'yyyy"年"m"月"')
    cell = sheet_of(accounts(), [row])["G4"]
    assert (cell.value, cell.data_type) == ("1895年4月", "s")


def test_a_closed_row_is_grey_and_the_next_one_is_not():
    sheet = sheet_of(accounts(), [account(1, closed=True), account(2)])
    greys = [{cell.font.color and cell.font.color.rgb for cell in sheet[row][:14]} for row in (4, 5)]
    assert greys == [{"FF7F7F7F"}, {None}]


def test_what_looks_like_an_escape_of_excels_is_escaped():
    assert sheet_of(accounts(), [account(1, 账号名称="_x0041_号")])["E4"].value == "_x005F_x0041_号"


def rules(sheet):
    return {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}


def test_choices_drop_down_and_forbid_nothing():
    found = rules(opened(accounts()).worksheets[0])
    offered = {area: rule.formula1.strip('"').split(",") for area, rule in found.items()}
    assert offered["C4:C11"] == list(school().tiers.values())
    assert not any(rule.showErrorMessage for rule in found.values())


def test_without_notes_they_reach_below_the_table_for_those_who_type_on():
    bare = groups().model_copy(update={"notes": ""})
    assert "C4:C212" in rules(opened(bare).worksheets[0])


def test_what_is_typed_below_the_table_stays_text_and_counts_stay_numbers():
    widths = sheet_of(accounts(), [account(1)]).column_dimensions
    assert [widths[letter].number_format for letter in "ALIE"] == ["General", "@", "General", "@"]


def long_listed():
    """The school's accounts with more platforms than a rule can hold by itself."""
    form = school().forms["account"]
    platform = form.field("platform")
    many = {f"p{number}": f"第{number}号平台，很长的名称" for number in range(40)}
    wide = platform.model_copy(update={"choices": many})
    sections = [
        section.model_copy(update={"items": [wide if item is platform else item for item in section.items]})
        for section in form.sections
    ]
    changed = form.model_copy(update={"sections": sections})
    return school().model_copy(update={"forms": {**school().forms, "account": changed}})


def test_a_long_list_of_choices_stands_on_a_hidden_sheet():
    book = load_workbook(workbook.write(accounts(), long_listed()))
    assert book["选项"].sheet_state == "hidden"
    assert book.active.title == "新媒体账号信息汇总表"
    assert rules(book.worksheets[0])["D4:D11"].formula1 == "选项_1"
    assert book.defined_names["选项_1"].attr_text == "'选项'!$A$1:$A$40"
    assert [cell.value for cell in book["选项"]["A"]][::39] == [
        "第0号平台，很长的名称",
        "第39号平台，很长的名称",
    ]


def test_short_lists_need_no_hidden_sheet():
    assert opened(accounts()).sheetnames == ["新媒体账号信息汇总表"]
