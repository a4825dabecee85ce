"""What is on file may look like a fault of Excel's; and a copied row takes its hidden key along."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from models.rules.row_key import KEY_HEADING
from tests.imports.pages.conftest import group, preview, read_on, send, states, tabs
from tests.paper.on_file import keep_in_force

ODD = {"platform": {"other": "1E5"}, "name": "#N/A", "purpose": "1.5E1", "members": 30, "outsiders": "no",
       "created": "1900-01", "creator": "=1+1", "creator_phone": "0375-2657100"}  # fmt: skip


@pytest.fixture
def exported(app, reporter) -> bytes:
    keep_in_force(app, "pdsu", "group", [("信息工程学院", ODD)])
    return reporter.client.get("/pdsu/summaries/groups.xlsx").get_data()


def test_what_was_filed_is_no_fault_when_it_comes_back(reporter, exported):
    send(reporter, exported)
    counted = tabs(read_on(reporter))
    assert counted["全部"] == counted["无变化"] > 1


def test_the_same_words_typed_anew_are_one(reporter):
    page = preview(reporter, group("新群", 群性质="#N/A"), group("1E5"))
    assert states(page) == ["错误", "新增"]


def test_a_key_that_stands_twice_says_nothing(reporter, exported):
    book = load_workbook(BytesIO(exported))
    sheet = book.active
    heads = [cell.value for cell in sheet[3]]
    key = heads.index(KEY_HEADING)
    [line] = [
        line for line in sheet.iter_rows(min_row=4) if line[heads.index("群名称")].value == "信工学院教工群"
    ]
    free = next(line for line in sheet.iter_rows(min_row=4) if not line[key].value)
    for cell, copied in zip(line, free, strict=True):
        copied.value = cell.value
    free[heads.index("群名称")].value = "另一个群"
    file = BytesIO()
    book.save(file)
    send(reporter, file.getvalue())
    counted = tabs(read_on(reporter))
    assert (counted["新增"], counted["变更"], counted["错误"]) == (1, 0, 0)
