"""The summary table as a workbook: the school's own sheet, and text that stays text."""

import subprocess
import tracemalloc
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from blueprints.institution import workbook
from models.rules.definitions.register import BlankRows
from tests.workbook.summary_examples import DAY, account, accounts, groups, row, school


def written(register, rows=None, unit_name="信息工程学院", day=DAY):
    """The workbook's file; without rows the school's blank sheet."""
    rows_for = None if rows is None else lambda _condition: rows
    return workbook.write(register, school(), rows_for, unit_name, day)


def opened(*filling, **named):
    """The first sheet of the workbook, as openpyxl reads it back."""
    return load_workbook(written(*filling, **named)).worksheets[0]


def texts(sheet, number):
    return [cell.value for cell in sheet[number]]


def under(sheet, label, number=4):
    """The cell under a column's label in a row."""
    return sheet.cell(number, texts(sheet, 3).index(label) + 1)


def test_title_head_line_and_columns_are_the_schools_own():
    sheet = opened(accounts(), [account(1)])
    assert sheet["A1"].value == "平顶山学院新媒体账号信息汇总表"
    assert sheet["A2"].value == "报送单位（负责人签字加盖公章）：信息工程学院"
    assert [value for value in texts(sheet, 2)[1:] if value] == ["汇总时间：2022年 2月 20日"]
    assert texts(sheet, 3)[:-1] == [column.label for column in accounts().columns]
    assert len(texts(sheet, 3)[:-1]) == 14


def test_title_and_both_ends_of_the_head_line_are_merged():
    sheet = opened(accounts(), [account(1)])
    merged = {str(area) for area in sheet.merged_cells.ranges}
    assert {"A1:N1", "A2:J2", "K2:N2"} <= merged


def test_a_name_that_begins_with_an_equals_sign_stays_text():
    cell = under(opened(accounts(), [account(1, 账号名称="=1+1")]), "账号名称")
    assert (cell.value, cell.data_type, cell.number_format) == ("=1+1", "s", "@")
    assert cell.quotePrefix


@pytest.mark.parametrize("phone", ["2657100", "13812345678", "0375-2657100", "000123"])
def test_phones_keep_every_digit(phone):
    assert under(opened(accounts(), [account(1, 负责老师电话=phone)]), "负责老师电话").value == phone


def test_followers_are_a_number_in_ten_thousands():
    cell = under(opened(accounts(), [account(1)]), "关注人数")
    assert (cell.value, cell.data_type) == (0.68, "n")


def test_a_month_reads_as_people_write_it():
    assert under(opened(accounts(), [account(1)]), "创建时间").value == "2019年9月"


def test_a_closed_account_carries_its_mark():
    closed = account(1, 账号名称="平院信工青年（已注销）")
    assert "（已注销）" in under(opened(accounts(), [closed]), "账号名称").value


def test_few_rows_leave_the_sheets_empty_ones_below():
    sheet = opened(accounts(), [account(1), account(2)])
    assert [sheet.cell(number, 1).value for number in range(4, 11)] == [1, 2] + [None] * 5
    assert all(cell.border.left.style == "thin" for cell in sheet[10][:14])


def test_a_unit_without_a_single_row_gets_no_printed_examples():
    sheet = opened(accounts(), [])
    assert [sheet.cell(number, 1).value for number in range(4, 11)] == [None] * 7
    assert under(sheet, "账号类型", 4).value is None


def test_the_blank_sheet_keeps_the_printed_serials_and_examples():
    sheet = opened(accounts(), unit_name="", day=None)
    assert sheet["A2"].value == "报送单位（负责人签字加盖公章）："
    assert [sheet.cell(number, 1).value for number in range(4, 11)] == ["1", "2"] + [None] * 5
    assert under(sheet, "账号类型", 4).value == "微信"
    assert under(sheet, "更新频率", 4).value == "1次/日"
    assert under(sheet, "更新频率", 5).value == "2-3次/周/月"


def test_the_blank_list_of_groups_keeps_its_full_width_digits():
    sheet = opened(groups(), unit_name="", day=None)
    assert [sheet.cell(number, 1).value for number in range(4, 13)] == ["１", "２"] + [None] * 7


def test_a_register_without_blank_rows_may_be_empty():
    bare = accounts().model_copy(update={"blank": BlankRows(), "notes": ""})
    assert opened(bare).max_row == 3
    assert opened(bare, []).max_row == 3


def test_notes_stand_at_the_foot_with_their_own_numbers():
    sheet = opened(accounts(), [account(1)])
    notes = [sheet.cell(number, 1).value for number in range(11, sheet.max_row + 1)]
    assert [note.removeprefix("备注：")[:2] for note in notes] == ["1．", "2．", "3．", "5.", "6."]
    assert notes[4] == "6.关注人数以万为单位。"
    assert "A11:N11" in {str(area) for area in sheet.merged_cells.ranges}


def test_it_prints_on_landscape_a4_with_the_header_on_every_page():
    sheet = opened(accounts(), [account(1)])
    assert (sheet.page_setup.orientation, str(sheet.page_setup.paperSize)) == ("landscape", "9")
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.print_title_rows == "$3:$3"
    assert sheet.print_area == "'新媒体账号信息汇总表'!$A$1:$N$15"
    assert sheet.freeze_panes == "A4"
    assert sheet.oddFooter.center.text == "第&P页 共&N页"


def test_every_word_is_set_in_song():
    sheet = opened(accounts(), [account(1)])
    assert {cell.font.name for line in sheet.iter_rows() for cell in line if cell.value} == {"宋体"}


def test_what_no_workbook_can_carry_is_left_out():
    cell = under(opened(accounts(), [account(1, 账号名称="平院\x00\x0b\ud800\ufffe信工")]), "账号名称")
    assert cell.value == "平院信工"


def test_a_text_longer_than_a_cell_is_cut():
    cell = under(opened(groups(), [row(groups(), 1, 群性质="长" * 40_000)]), "群性质")
    assert len(cell.value) == 32_767


def test_looks_are_shared_and_not_one_per_cell():
    rows = (account(number) for number in range(1, 301))
    with ZipFile(written(accounts(), rows)) as zipped:
        styles = zipped.read("xl/styles.xml").decode()
    assert styles.count("<xf ") < 50


def test_memory_does_not_grow_with_the_rows(tmp_path):
    def peak(count):
        tracemalloc.start()
        with (tmp_path / "long.xlsx").open("wb+") as file:
            rows = map(account, range(1, count))
            workbook.write(accounts(), school(), lambda _condition: rows, to=file)
        reached = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return reached

    peak(10)
    assert peak(3_000) < peak(300) + 100_000


def test_it_is_written_into_the_file_that_is_given(tmp_path):
    with (tmp_path / "given.xlsx").open("wb+") as file:
        written = workbook.write(accounts(), school(), lambda _condition: [account(1)], to=file)
        assert written is file
        assert load_workbook(file).worksheets[0]["A4"].value == 1


@pytest.mark.office
@pytest.mark.poppler
def test_libreoffice_prints_it_as_the_school_would(tmp_path):
    rows = [account(number) for number in range(1, 61)]
    file = written(accounts(), rows)
    (tmp_path / "summary.xlsx").write_bytes(file.getvalue())
    profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    convert = ["soffice", profile, "--headless", "--convert-to", "pdf", "summary.xlsx"]
    subprocess.run(convert, cwd=tmp_path, check=True, capture_output=True)
    said = subprocess.run(
        ["pdftotext", "-layout", "summary.pdf", "-"], cwd=tmp_path, check=True, capture_output=True
    ).stdout.decode()
    pages = said.split("\f")[:-1]
    assert len(pages) > 1
    assert all("更新频率" in page for page in pages)
    assert "报送单位（负责人签字加盖公章）：信息工程学院" in pages[0]
    assert "6.关注人数以万为单位。" in pages[-1]
    assert f"第2页 共{len(pages)}页" in pages[1]
