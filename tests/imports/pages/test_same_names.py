"""Groups have no account: two of one name in one unit are told apart by their hidden keys alone."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from tests.imports.pages.conftest import group, preview, read_on, row, send, tabs
from tests.paper.on_file import keep_in_force

GROUP = {"platform": "wechat", "name": "同名的群", "purpose": "教学", "members": 30, "outsiders": "no",
         "created": "2021-09", "creator": "林晓", "creator_phone": "13800000009"}  # fmt: skip


@pytest.fixture
def exported(app, reporter) -> bytes:
    """The unit's own table with the two groups in it."""
    both = [("信息工程学院", GROUP), ("信息工程学院", GROUP | {"members": 40})]
    keep_in_force(app, "pdsu", "group", both)
    return reporter.client.get("/pdsu/summaries/groups.xlsx").get_data()


def test_two_of_one_name_are_two_rows_that_stay_as_they_are(reporter, exported):
    send(reporter, exported)
    counted = tabs(read_on(reporter))
    assert counted["全部"] == counted["无变化"] > 2


def test_a_change_of_one_of_them_is_a_change_of_that_one(reporter, exported):
    book = load_workbook(BytesIO(exported))
    [cell] = [cell for line in book.active.iter_rows() for cell in line if cell.value == 40]
    cell.value = 41
    file = BytesIO()
    book.save(file)
    send(reporter, file.getvalue())
    counted = tabs(read_on(reporter))
    assert (counted["变更"], counted["重复"]) == (1, 0)
    page = reporter.open(f"{reporter.page.address}?show=change")
    assert [one.get_text() for one in row(page, cell.row).select("del, ins")] == ["40", "41"]


@pytest.mark.usefixtures("exported")
def test_without_a_key_nobody_can_tell_which_one_is_meant(reporter):
    page = preview(reporter, group("同名的群", 群人数="50"))
    assert "看不出是哪一个" in row(page, 2).get_text()
