"""What a unit does to our file in its own program: only what it typed there is a change."""

from collections.abc import Callable
from io import BytesIO

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy import select

from models.database import db
from models.filings.filing import OPEN, Filing
from models.rules.row_key import KEY_HEADING, read_key
from tests.client import Browser
from tests.imports.pages.conftest import read_on, tabs
from tests.lending import app_on
from tests.workbook.office import saved_again

pytestmark = pytest.mark.office

OFFICE = {"pdsu": "suyi", "ahbc": "taoran"}
# Register: its form, and how it heads the name and a phone.
REGISTERS = {
    ("pdsu", "accounts"): ("account", "账号名称", "负责老师电话"),
    ("pdsu", "groups"): ("group", "群名称", "创建人电话"),
    ("ahbc", "accounts"): ("account", "帐号用户名（新媒体名称）", "第一责任人手机"),
    ("ahbc", "groups"): ("group", "群名称", "管理员手机"),
}
EVERY = pytest.mark.parametrize(("school", "register"), REGISTERS)
NAME, PHONE = "改过的名称", "13700000007"


class Table:
    """An exported table, opened to be typed in."""

    def __init__(self, content: bytes, name: str, phone: str, busy: set[int]):
        self.book = load_workbook(BytesIO(content))
        self.sheet: Worksheet = self.book.active
        rows = list(self.sheet.iter_rows())
        self.head = next(row[0].row for row in rows if row[0].value == "序号")
        self.columns = {cell.value: cell.column for cell in self.sheet[self.head] if cell.value}
        self.name, self.phone, self.key = name, phone, self.columns[KEY_HEADING]
        keys = {row[0].row: read_key(row[self.key - 1].value or "") for row in rows}
        self.data = [number for number, key in keys.items() if key]
        # Something that is not being changed already, and is not closed.
        self.at = next(
            number
            for number in self.data
            if keys[number].channel_id not in busy and "（已" not in self.said(number, name)
        )

    def said(self, row: int, label: str) -> str:
        return self.sheet.cell(row, self.columns[label]).value

    def type(self, label: str, text: str) -> None:
        self.sheet.cell(self.at, self.columns[label]).value = text

    def turn_round(self) -> None:
        """The rows in another order, keys and all."""
        said = [[cell.value for cell in self.sheet[number]] for number in self.data]
        for number, values in zip(self.data, reversed(said), strict=True):
            for column, value in enumerate(values, 1):
                self.sheet.cell(number, column).value = value
        self.at = self.data[len(self.data) - 1 - self.data.index(self.at)]

    def take_out(self, label: str) -> None:
        self.sheet.delete_cols(self.columns[label])

    def put_in(self) -> None:
        """A column of the unit's own."""
        self.sheet.insert_cols(3)
        self.sheet.cell(self.head, 3).value = "本单位内部编号"
        for number in self.data:
            self.sheet.cell(number, 3).value = f"N{number}"

    def copy_down(self) -> None:
        """A row copied as a pattern for a new one: its hidden key comes along."""
        last = self.data[-1] + 1
        self.sheet.insert_rows(last)
        for area in self.sheet.merged_cells.ranges:
            if area.min_row >= last:
                area.shift(row_shift=1)
        for cell in self.sheet[self.at]:
            self.sheet.cell(last, cell.column).value = cell.value
        self.sheet.cell(last, self.columns[self.name]).value = NAME
        for label in ("账号或网址", "账号id", "群号"):
            if label in self.columns:
                self.sheet.cell(last, self.columns[label]).value = None

    def content(self) -> bytes:
        file = BytesIO()
        self.book.save(file)
        return file.getvalue()


def _renamed(table: Table) -> None:
    table.type(table.name, NAME)


def _phoned(table: Table) -> None:
    table.type(table.phone, PHONE)


def _moved(table: Table) -> None:
    table.type(table.phone, PHONE)
    table.turn_round()
    table.sheet.title = "Sheet1 (2)"


def _keyless(table: Table) -> None:
    table.take_out(KEY_HEADING)


def _keyless_phoned(table: Table) -> None:
    table.type(table.phone, PHONE)
    table.turn_round()
    table.take_out(KEY_HEADING)


DEEDS: dict[str, Callable[[Table], None]] = {
    "renamed": _renamed, "phoned": _phoned, "moved": _moved, "keyless": _keyless,
    "keyless-phoned": _keyless_phoned, "shorter": lambda table: table.take_out(table.phone),
    "wider": lambda table: table.put_in(), "copied": lambda table: table.copy_down(),
}  # fmt: skip


@pytest.fixture(scope="module")
def edited(demo, tmp_path_factory) -> dict[str, tuple[Table, bytes]]:
    """Every register's workbook after every deed, saved by LibreOffice."""
    folder = tmp_path_factory.mktemp("edited")
    (folder / "app").mkdir()
    (folder / "app" / "beian.sqlite3").write_bytes(demo.file.read_bytes())
    app, tables = app_on(folder / "app"), {}
    with app.app_context():
        busy = set(db.session.scalars(select(Filing.channel_id).where(Filing.state.in_(OPEN))))
    for (school, register), (_, name, phone) in REGISTERS.items():
        content = _exported(app, demo, school, register)
        for deed, do in DEEDS.items():
            table = tables[f"{school}-{register}-{deed}"] = Table(content, name, phone, busy)
            do(table)
    saved = saved_again(folder / "office", {name: one.content() for name, one in tables.items()}, "xlsx")
    return {name: (tables[name], content) for name, content in saved.items()}


def _exported(app, demo, school: str, register: str) -> bytes:
    browser, username = Browser(app.test_client()), OFFICE[school]
    browser.open(f"/sign-in?school={school}")
    browser.submit("登录", school=school, username=username, password=demo.passwords[school, username])
    return browser.client.get(f"/{school}/summaries/{register}.xlsx").get_data()


@pytest.fixture
def came_back(edited, sign_in):
    """Hands an edited workbook in; the table, and the browser at its preview (or its columns)."""

    def handed_in(school: str, register: str, deed: str):
        table, content = edited[f"{school}-{register}-{deed}"]
        browser = sign_in(OFFICE[school], school)
        browser.open(f"/{school}/imports/form:{REGISTERS[school, register][0]}/new")
        browser.submit("上传并检查", file=(BytesIO(content), "改过.xlsx"), unit="")
        read_on(browser)
        return table, browser

    return handed_in


def counts(browser) -> dict[str, int]:
    """The tabs that are not empty."""
    return {label: number for label, number in tabs(browser.page).items() if number}


def changes(browser) -> list[tuple[str, list[str]]]:
    """Of every row that changes: where it stands, and what was and will be."""
    page = browser.open(f"{browser.page.address}?show=change")
    return [
        (row.th.get_text(" ", strip=True).split(" 行")[0].split()[-1],
         [one.get_text() for one in row.parent.select("del, ins")])
        for row in page.soup.select(".import-row")
    ]  # fmt: skip


@EVERY
@pytest.mark.parametrize(
    ("deed", "typed"), [("renamed", NAME), ("phoned", PHONE), ("moved", PHONE), ("keyless-phoned", PHONE)]
)
def test_one_cell_typed_over_is_one_difference_of_its_row(came_back, school, register, deed, typed):
    table, browser = came_back(school, register, deed)
    total = len(table.data)
    assert counts(browser) == {"全部": total, "变更": 1, "无变化": total - 1}
    [(row, said)] = changes(browser)
    assert (row, said[-1], len(said)) == (str(table.at), typed, 2)


@EVERY
@pytest.mark.parametrize("deed", ["keyless", "shorter"])
def test_a_column_that_is_gone_changes_nothing(came_back, school, register, deed):
    table, browser = came_back(school, register, deed)
    assert counts(browser) == {"全部": len(table.data), "无变化": len(table.data)}


@EVERY
def test_a_column_of_the_units_own_is_asked_about_and_passed_over(came_back, school, register):
    table, browser = came_back(school, register, "wider")
    assert browser.page.heading == "核对列名"
    assert "本单位内部编号" in browser.page.text
    browser.submit("继续检查")
    read_on(browser)
    assert counts(browser) == {"全部": len(table.data), "无变化": len(table.data)}


@EVERY
def test_a_row_copied_with_its_hidden_key_is_a_new_one(came_back, school, register):
    table, browser = came_back(school, register, "copied")
    assert counts(browser) == {"全部": len(table.data) + 1, "新增": 1, "无变化": len(table.data)}
    page = browser.open(f"{browser.page.address}?show=add")
    assert NAME in page.find(".import-row").get_text()
