"""A college's list of chat groups as it comes out of Excel, and the way of a file into the app."""

from collections.abc import Callable, Mapping, Sequence
from io import BytesIO

import pytest
from bs4 import BeautifulSoup
from openpyxl import Workbook
from sqlalchemy import func, select

from models.database import db
from models.filings.filing import Filing
from models.imports.uploads import Upload, UploadRow
from tests.client import Browser, Page

GROUPS = "form:group"
HEAD = [
    "序号",
    "群名称",
    "群聊平台",
    "群性质",
    "群人数",
    "有无校外人员",
    "校外人员人数",
    "创建时间",
    "创建人",
    "创建人电话",
]
GROUP = {
    "群聊平台": "微信群", "群性质": "工作", "群人数": "35", "有无校外人员": "无", "校外人员人数": "",
    "创建时间": "2021年9月", "创建人": "林晓", "创建人电话": "13800000009",
}  # fmt: skip


def group(name: str, **said: str) -> dict[str, str]:
    """One group with every answer; `said` replaces some of them."""
    return {"群名称": name, **GROUP, **said}


def book(
    *rows: Mapping[str, str], head: Sequence[str] = HEAD, more: Mapping[str, list] | None = None
) -> bytes:
    """A workbook with one row per group; `more`: further sheets, each a list of rows."""
    made = Workbook()
    sheet = made.active
    sheet.title = "群聊"
    sheet.append(list(head))
    for number, row in enumerate(rows, 1):
        sheet.append([row.get(heading, str(number) if heading == "序号" else "") for heading in head])
    for name, lines in (more or {}).items():
        other = made.create_sheet(name)
        for line in lines:
            other.append(line)
    out = BytesIO()
    made.save(out)
    return out.getvalue()


def send(browser: Browser, content: bytes, name: str = "群聊.xlsx", target: str = GROUPS, **typed) -> Page:
    """Upload a file; the page that follows is the columns', the progress or the form again."""
    browser.open(f"/pdsu/imports/{target}/new")
    return browser.submit("上传并检查", file=(BytesIO(content), name), **typed)


def read_on(browser: Browser) -> Page:
    """Press 继续 until every row is judged, as one does without scripts."""
    while browser.page.soup.select("#progress"):
        browser.submit("继续")
    return browser.page


def preview(browser: Browser, *rows: Mapping[str, str], show: str = "all", **more) -> Page:
    """Upload rows and open the preview with all of them."""
    send(browser, book(*rows, **more))
    assert "/imports/" in read_on(browser).address, browser.page.text[:400]
    return browser.open(f"{browser.page.address}?show={show}")


def states(page: Page) -> list[str]:
    """What every row of the preview would do, from the top."""
    return [tag.get_text(strip=True).removeprefix("状态：") for tag in page.soup.select(".import-row .tag")]


def tabs(page: Page) -> dict[str, int]:
    """The counts above the rows; along with a single row they come in a template."""
    soup = BeautifulSoup(page.html.replace("template>", "div>"), "html.parser")
    words = [tab.get_text(strip=True).split() for tab in soup.select(".tabs a")]
    return {label: int(number) for label, number in words}


def row(page: Page, number: int):
    """The part of the preview about one row of the sheet."""
    found = [
        one for one in page.soup.select(".import-row") if f"第 {number} 行" in one.get_text(" ", strip=True)
    ]
    assert found, f"no row {number}:\n{page.text[:600]}"
    return found[0]


def press(browser: Browser, number: int, button: str, htmx: bool = False, **cells: str) -> Page:
    """Press a button of a row after typing in its cells, called by their column."""
    part = row(browser.page, number)
    form = part.select_one("form")
    data = {box["name"]: box.get("value", "") for box in form.select("input")}
    data |= {box["name"]: box["value"] for box in part.select("input[type=hidden][form]")}
    for box in part.select("input[form]:not([type=hidden]), textarea[form]"):
        label = box["aria-label"].split(" ", 3)[3]
        held = box.get_text().removeprefix("\n") if box.name == "textarea" else box.get("value", "")
        data[box["name"]] = cells.pop(label, held)
    assert not cells, f"no cell for {list(cells)}"
    [pressed] = [one for one in part.select("button") if button in one.get_text()]
    data[pressed["name"]] = pressed["value"]
    data["there"] = (browser.page.soup.select_one("#there") or {}).get("value", "")
    return browser._post(form["action"], data, htmx)


@pytest.fixture
def filings(app) -> Callable[[], int]:
    """How many filings there are."""

    def counted() -> int:
        with app.app_context():
            return db.session.scalar(select(func.count()).select_from(Filing))

    return counted


@pytest.fixture
def kept(app) -> Callable[[], tuple[int, int]]:
    """How many uploads and how many of their rows are kept."""

    def counted() -> tuple[int, int]:
        with app.app_context():
            return tuple(
                db.session.scalar(select(func.count()).select_from(kind)) for kind in (Upload, UploadRow)
            )

    return counted


@pytest.fixture
def reporter(sign_in) -> Browser:
    return sign_in("linxiao")
