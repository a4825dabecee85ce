"""The header of a summary table: one row, or two where columns share a head; and its freezing."""

from io import BytesIO

import pdfplumber
import pytest
from openpyxl import load_workbook

from blueprints.institution import workbook
from blueprints.institution.paper import summary_pdf
from models.rules.definitions.register import HeadCell
from tests.workbook.summary_examples import DAY, account, accounts, grouped, school


def sheet_of(register, rows=None):
    rows_for = None if rows is None else lambda _condition: rows
    return load_workbook(workbook.write(register, school(), rows_for, "", DAY)).worksheets[0]


def test_columns_without_a_group_have_a_header_of_one_row():
    assert [cell.text for cell in accounts().header[0]] == [column.label for column in accounts().columns]
    assert len(accounts().header) == 1


def test_neighbours_under_one_head_share_its_cell():
    upper, lower = grouped().header
    assert upper[0] == HeadCell("序号", 0, rows=2)
    assert upper[-2:] == [HeadCell("负责老师", 10, columns=2), HeadCell("负责学生", 12, columns=2)]
    assert [(cell.text, cell.column) for cell in lower] == [
        ("姓名", 10),
        ("电话", 11),
        ("姓名", 12),
        ("电话", 13),
    ]


def test_a_header_of_two_rows_is_merged_in_the_workbook():
    sheet = sheet_of(grouped(), [account(1, grouped())])
    merged = {str(area) for area in sheet.merged_cells.ranges}
    assert {"A3:A4", "J3:J4", "K3:L3", "M3:N3"} <= merged
    assert [sheet["K3"].value, sheet["K4"].value, sheet["L4"].value] == ["负责老师", "姓名", "电话"]
    assert [sheet["A5"].value, sheet["K5"].value] == [1, "周敏"]


def test_both_its_rows_stay_in_view_and_stand_on_every_page():
    sheet = sheet_of(grouped(), [account(1, grouped())])
    assert sheet.freeze_panes == "A5"
    assert sheet.print_title_rows == "$3:$4"


def test_what_is_merged_keeps_its_lines_all_around():
    sheet = sheet_of(grouped())
    edges = [
        sheet["A4"].border.bottom,
        sheet["J4"].border.right,
        sheet["L3"].border.right,
        sheet["K3"].border.top,
        sheet["M4"].border.left,
        sheet["N4"].border.bottom,
    ]
    assert {edge.style for edge in edges} == {"thin"}


def test_samples_and_marks_find_their_column_by_both_its_heads():
    blank = accounts().blank.model_copy(update={"samples": {"1": {"负责老师电话": "0375-2657100"}}})
    sheet = sheet_of(grouped().model_copy(update={"blank": blank}))
    assert sheet["L5"].value == "0375-2657100"


@pytest.mark.poppler
def test_on_paper_both_rows_stand_on_every_page():
    rows = [account(number, grouped()) for number in range(1, 61)]
    with pdfplumber.open(BytesIO(summary_pdf.draw(grouped(), school(), rows, "", DAY))) as paper:
        assert len(paper.pages) > 2
        for page in paper.pages:
            upper, lower, first, *_ = page.extract_table()
            assert [upper[0], upper[10], upper[12]] == ["序号", "负责老师", "负责学生"]
            assert lower[10:] == ["姓名", "电话", "姓名", "电话"]
            assert first[10:] == ["周敏", "2657100", "李𬭎", "13812345678"]


@pytest.mark.poppler
def test_on_paper_a_table_may_have_nothing_but_groups():
    under = [
        column.model_copy(update={"group": "一" if at < 7 else "二"})
        for at, column in enumerate(accounts().columns)
    ]
    paper = summary_pdf.draw(accounts().model_copy(update={"columns": under}), school())
    with pdfplumber.open(BytesIO(paper)) as opened:
        upper, lower, *_ = opened.pages[0].extract_table()
    assert [upper[0], upper[7]] == ["一", "二"]
    assert lower[:2] == ["序号", "管理单位"]
