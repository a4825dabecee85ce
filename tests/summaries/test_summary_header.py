"""A register with a header of two rows and a sheet for each platform, on screen and in Excel."""

import shutil
from io import BytesIO

import pytest
from openpyxl import load_workbook

from app import HOUSE
from tests.lending import app_on

CHANGES = (
    ("{label: 负责老师, value", "{label: 姓名, group: 负责老师, value"),
    ("{label: 负责老师电话, value", "{label: 电话, group: 负责老师, value"),
    ("{label: 负责学生, value", "{label: 姓名, group: 负责学生, value"),
    ("{label: 负责学生电话, value", "{label: 电话, group: 负责学生, value"),
    (
        "blank:\n",
        (
            "sheets:\n"
            "  - {name: 微信, filter: {field: platform, in: [wechat]}}\n"
            "  - {name: 微博, filter: {field: platform, in: [weibo]}}\n"
            "blank:\n"
        ),
    ),
)


@pytest.fixture
def app(demo, tmp_path):
    """The app with a register of the school's own on this deployment."""
    shutil.copy(demo.file, tmp_path / "beian.sqlite3")
    own = tmp_path / "institutions" / "pdsu" / "registers" / "accounts.yaml"
    own.parent.mkdir(parents=True)
    text = (HOUSE / "blueprints/pdsu/registers/accounts.yaml").read_text("utf-8")
    for old, new in CHANGES:
        assert old in text
        text = text.replace(old, new, 1)
    own.write_text(text, "utf-8")
    return app_on(tmp_path)


def test_the_page_heads_two_columns_with_one_cell(sign_in):
    table = sign_in("wutong").open("/pdsu/summaries/accounts").soup.select_one("table.sheet-grid")
    upper, lower = table.select("thead tr")
    groups = [cell for cell in upper.select("th") if cell.get("colspan")]
    assert [(cell.text, cell["scope"], cell["colspan"]) for cell in groups] == [
        ("负责老师", "colgroup", "2"),
        ("负责学生", "colgroup", "2"),
    ]
    assert {cell.get("rowspan") for cell in upper.select("th") if cell not in groups} == {"2"}
    assert [cell.text for cell in lower.select("th")] == ["姓名", "电话", "姓名", "电话"]
    columns = sum(len(group.select("col")) for group in table.select("colgroup"))
    assert columns == len(table.select_one("tbody tr").select("td"))
    assert [len(group.select("col")) for group in table.select("colgroup")][-2:] == [2, 2]


def test_what_is_answered_stands_under_the_right_one_of_two_like_labels(sign_in):
    browser = sign_in("linxiao")
    cells = [
        cell.get_text(strip=True)
        for cell in browser.open("/pdsu/summaries/accounts").soup.select("tbody tr")[0].select("td")[-4:]
    ]
    file = browser.open("/pdsu/summaries/accounts.xlsx").response.data
    sheet = load_workbook(BytesIO(file))["微信"]
    assert [sheet.cell(5, column).value or "" for column in range(11, 15)] == cells
    assert cells[0] != cells[2]


def test_each_platform_has_its_sheet_and_no_account_is_lost(sign_in):
    browser = sign_in("wutong")
    page = browser.open("/pdsu/summaries/accounts")
    shown = {cell.get_text(strip=True) for cell in page.soup.select("tbody td a")}
    book = load_workbook(BytesIO(browser.open("/pdsu/summaries/accounts.xlsx").response.data))
    assert book.sheetnames[:2] == ["微信", "微博"]
    rows = [row for sheet in book for row in sheet.iter_rows(5, values_only=True) if row[4]]
    assert {row[4] for row in rows} == shown
    assert len({row[14] for row in rows}) == len(rows)
    assert {row[3] for row in book["微信"].iter_rows(5, values_only=True) if row[4]} == {"微信"}
