"""The dirty list on its whole way: reported row by row, put right, confirmed, sent once more."""

from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from models.database import db
from models.filings.filing import Filing
from models.rules.filing_kind import FilingKind
from models.rules.workflow import State
from tests.imports.pages.conftest import press, read_on, row, send, tabs
from tests.imports.pages.dirty import OTHER, OTHERS, ROWS, SHEET, Told, dirty_workbook
from tests.workbook.office import saved_again

ACCOUNTS = "form:account"
TOLD = {number: told for number, (_, told) in [*ROWS.items(), *OTHERS.items()] if told}
# How the list heads what the preview calls otherwise.
HEADS = {
    SHEET: {
        "账号或网址": "账号/网址",
        "账号分级": "级别",
        "创建时间": "创建时间（年月）",
        "关注人数": "关注人数（万）",
    },
    OTHER: {"账号名称": "名称"},
}
# An account cannot be closed by a list: the row is emptied, or left out.
CLOSED = 21
MENDED = {number: told.mended for number, told in TOLD.items() if told.mended}


@pytest.fixture(
    scope="module", params=["as written", pytest.param("by LibreOffice", marks=pytest.mark.office)]
)
def sheet(request, tmp_path_factory) -> tuple[bytes, dict[int, Told]]:
    """The list, and what is to be said of it. LibreOffice reckons the formula: that row is good."""
    if request.param == "as written":
        return dirty_workbook(), TOLD
    again = saved_again(tmp_path_factory.mktemp("dirty") / "office", {"dirty": dirty_workbook()}, "xlsx")
    return again["dirty"], TOLD | {18: Told("新增")}


@pytest.fixture
def content(sheet) -> bytes:
    return sheet[0]


@pytest.fixture
def told(sheet) -> dict[int, Told]:
    return sheet[1]


@pytest.fixture
def address(reporter, content) -> str:
    """The preview of the list, all rows shown, after saying what its unknown columns are."""
    page = send(reporter, content, "统计表.xlsx", ACCOUNTS)
    assert page.heading == "核对列名"
    assert "有 2 列的名称系统不认识" in page.text
    assert "“说明”：没有找到表头" in page.text
    kind, articles = (
        page.find(f"select[aria-label='“{name}”对应']")["name"] for name in ("类型", "推文数量")
    )
    reporter.submit("继续检查", **{kind: "platform", articles: "-"})
    address = read_on(reporter).address
    reporter.open(f"{address}?show=all")
    return address


@pytest.fixture
def drafts(app):
    """Every new draft, by its name: its kind and its answers."""
    with app.app_context():
        before = db.session.scalar(select(func.max(Filing.id)))

    def found() -> dict[str, Filing]:
        with app.app_context():
            asked = select(Filing).where(Filing.id > before)
            return {one.title: one for one in db.session.scalars(asked)}

    return found


def said_of(line) -> tuple[str, dict[str, str], str]:
    """A row of the preview: its state, the sentence beside each cell, what stands below."""
    beside = {}
    for error in line.select("td .error"):
        place = error.find_parent("td", class_="faulty") or error.find_parent(class_="import-beyond")
        if place:
            label = place.select_one("[aria-label]")["aria-label"].split(" ", 3)[3]
            beside[label] = error.get_text(strip=True)
    notes = " ".join(note.get_text(strip=True) for note in line.select(".import-said .warning"))
    return line.select_one(".tag").get_text(strip=True).removeprefix("状态："), beside, notes


def numbers(page) -> list[int]:
    return [int(line.th.get_text(" ", strip=True).split("第 ")[1].split(" 行")[0])
            for line in page.soup.select(".import-row")]  # fmt: skip


@pytest.mark.usefixtures("address")
def test_every_row_is_told_its_own_faults_beside_their_cells(reporter, told):
    assert numbers(reporter.page) == list(told)
    for number, wanted in told.items():
        state, beside, notes = said_of(row(reporter.page, number))
        assert (number, state, set(beside)) == (number, wanted.state, set(wanted.beside))
        for label, piece in wanted.beside.items():
            assert piece in beside[label], number
        assert wanted.note in notes, number


def test_every_fault_can_be_put_right_there(reporter, address, told):
    for number, typed in MENDED.items():
        if told[number].state == "错误":
            press(reporter, number, "保存", **typed)
            assert said_of(row(reporter.page, number))[:2] == ("新增", {}), number
            reporter.open(f"{address}?show=all")
    press(reporter, CLOSED, "不导入")
    assert said_of(row(reporter.open(f"{address}?show=all"), 24))[0] == "变更"
    assert tabs(reporter.open(address)) == {
        "全部": len(TOLD),
        "新增": len(TOLD) - 5,
        "变更": 1,
        "无变化": 1,
        "错误": 0,
        "重复": 2,
        "不导入": 1,
    }


def mended_in_excel(browser, address: str) -> bytes:
    """The annotated copy; each row in error says why, and is put right there."""
    copy = load_workbook(BytesIO(browser.client.get(f"{address}/annotated.xlsx").get_data()))
    for name, rows, head in ((SHEET, ROWS, 4), (OTHER, OTHERS, 1)):
        heads = [cell.value for cell in copy[name][head]]
        for number in set(rows) & set(TOLD):
            line = copy[name][number]
            sentences = line[heads.index("错误")].value or ""
            assert all(piece in sentences for piece in TOLD[number].beside.values() if sentences), number
            if number == CLOSED:
                line[heads.index("账号名称")].value = line[heads.index("账号/网址")].value = None
            for label, text in TOLD[number].mended.items():
                line[heads.index(HEADS[name].get(label, label))].value = text
    file = BytesIO()
    copy.save(file)
    return file.getvalue()


def test_the_copy_put_right_in_excel_is_confirmed_once(reporter, address, drafts):
    reporter.open(address)
    content = mended_in_excel(reporter, address)
    assert drafts() == {}
    page = send(reporter, content, "改好.xlsx", ACCOUNTS)
    counted = tabs(read_on(reporter))
    assert counted == {
        "全部": len(TOLD),
        "新增": len(TOLD) - 5,
        "变更": 1,
        "无变化": 1,
        "错误": 1,
        "重复": 2,
        "不导入": 0,
    }
    page = reporter.submit("确认导入")
    assert page.heading == "导入完成"
    written = drafts()
    kinds = {title: filing.kind for title, filing in written.items()}
    assert kinds.pop("平院信工") is FilingKind.change
    assert len(kinds) == len(TOLD) - 5
    assert set(kinds.values()) == {FilingKind.first}
    assert {filing.state for filing in written.values()} == {State.draft}
    for again in (content, dirty_workbook()):
        send(reporter, again, "再来.xlsx", ACCOUNTS)
        counted = tabs(read_on(reporter))
        assert (counted["新增"], counted["变更"]) == (0, 0)
        assert not reporter.page.soup.select("form[action$=confirm]")
    assert drafts().keys() == written.keys()


def test_what_was_spoilt_is_read_as_it_was_meant(reporter, address, drafts):
    reporter.open(address)
    reporter.submit("确认导入")
    written = {title: filing.answers for title, filing in drafts().items()}
    for number, phone in ((5, "13800000071"), (6, "13800000072"), (7, "13800000073"), (9, "2657100")):
        answers = written[f"信工账号{number}"]
        assert (answers["opened"], answers["teacher_phone"]) == ("2022-03", phone), number
        assert (answers["account"], answers["followers"]) == (f"xg_news_{number}", 6800), number
        assert answers["unit"]["name"] == "信息工程学院", number
    assert written["信工视频"]["followers"] == 3500
    assert written["信工视频"]["platform"] == "channels"
