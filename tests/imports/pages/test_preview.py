"""The preview: every row, what it would do, and what is wrong beside its cell."""

from io import BytesIO

from openpyxl import load_workbook

from blueprints.institution.imports import preview as page_module
from tests.imports.pages.conftest import HEAD, book, group, press, preview, read_on, row, send, states, tabs

# As the register has it.
TEACHERS = {"群性质": "日常工作通知", "群人数": "86", "创建时间": "2021-09", "创建人电话": "13800000067"}


def annotated(browser):
    response = browser.client.get(f"{browser.page.address}/annotated.xlsx")
    assert response.headers["Cache-Control"] == "no-store"
    return response.get_data(), load_workbook(BytesIO(response.get_data()))


def test_every_row_says_what_it_would_do(reporter, filings):
    before = filings()
    page = preview(
        reporter,
        group("新群"),
        group("信工学院教工群", **TEACHERS),
        group("信工学院教工群", **TEACHERS),
        group(
            "信工2021级学生群",
            群聊平台="QQ群",
            群性质="学生工作通知",
            群人数="400",
            创建时间="2021-08",
            创建人电话="13800000068",
        ),
        group("错群", 群人数="很多", 创建人=""),
    )
    assert states(page) == ["新增", "无变化", "重复", "变更", "错误"]
    assert tabs(page) == {"全部": 5, "新增": 1, "变更": 1, "无变化": 1, "错误": 1, "重复": 1, "不导入": 0}
    assert "生成 1 件初次备案草稿" in page.find("#summary").get_text()
    assert "生成 1 件变更草稿" in page.find("#summary").get_text()
    assert filings() == before


def test_a_change_shows_what_was_and_what_will_be(reporter):
    page = preview(reporter, group("信工学院教工群", **TEACHERS | {"群人数": "90"}))
    cell = row(page, 2).select_one("del").find_parent("td")
    assert [one.get_text() for one in cell.select("del, ins")] == ["86", "90"]


def test_every_error_of_every_row_stands_beside_its_cell(reporter):
    page = preview(reporter, group("错群一", 群人数="很多", 创建人电话="123"), group("", 创建时间="很久以前"))
    labels = {
        number: {box.find_parent("td").select_one("[aria-label]")["aria-label"].split(" ", 3)[3]
                 for box in row(page, number).select("td .error")}
        for number in (2, 3)
    }  # fmt: skip
    assert labels == {2: {"群人数", "创建人电话"}, 3: {"群名称", "创建时间"}}


def test_the_errors_are_what_one_sees_first(reporter):
    page = preview(reporter, group("新群"), group("错群", 群人数="很多"), show="")
    assert states(page) == ["错误"]


def test_a_tab_shows_its_rows_and_an_empty_one_says_so(reporter):
    address = preview(reporter, group("新群"), group("错群", 群人数="很多")).address
    assert states(reporter.open(f"{address}?show=add")) == ["新增"]
    for show in ("change", "same", "double", "left_out"):
        assert "这一类没有行" in reporter.open(f"{address}?show={show}").text
    assert states(reporter.open(f"{address}?show=nonsense&page=x")) == ["错误"]


def test_many_rows_are_paged(reporter, monkeypatch):
    monkeypatch.setattr(page_module, "PAGE_SIZE", 3)
    page = preview(reporter, *(group(f"新群{n}") for n in range(8)))
    assert len(states(page)) == 3
    assert "第 5 行" in reporter.follow("下一页").text
    assert reporter.page.find(".tabs [aria-current]").get_text(strip=True) == "全部 8"


def test_the_annotated_copy_holds_every_sentence_and_may_come_back(reporter):
    preview(reporter, group("新群"), group("错群", 群人数="很多", 创建人=""), group("新群"))
    press(reporter, 3, "保存", 创建人="林晓")
    reporter.open(reporter.page.address)
    content, copy = annotated(reporter)
    sheet = copy["群聊"]
    lines = [[cell.value or "" for cell in line] for line in sheet.iter_rows()]
    assert lines[0] == [*HEAD, "错误"]
    assert [line[1] for line in lines[1:]] == ["新群", "错群", "新群"]
    assert lines[2][HEAD.index("创建人")] == "林晓"
    assert lines[1][-1] == ""
    assert lines[2][-1].startswith("群人数：")
    assert "重复" in lines[3][-1]
    red = {cell.column_letter for cell in sheet[3] if cell.fill.fill_type}
    assert red == {
        sheet.cell(1, HEAD.index("群人数") + 1).column_letter,
        sheet.cell(1, len(HEAD) + 1).column_letter,
    }
    assert not send(reporter, content, "副本.xlsx").address.endswith("/columns")
    assert tabs(read_on(reporter)) == {
        "全部": 3,
        "新增": 1,
        "变更": 0,
        "无变化": 0,
        "错误": 1,
        "重复": 1,
        "不导入": 0,
    }


def test_what_looks_like_a_formula_stays_text_in_the_copy(reporter):
    preview(reporter, group("错群", 群人数="很多"))
    press(reporter, 2, "保存", 创建人='=HYPERLINK("x")')
    reporter.open(reporter.page.address)
    cells = [cell for line in annotated(reporter)[1]["群聊"] for cell in line]
    assert "f" not in {cell.data_type for cell in cells}
    assert '=HYPERLINK("x")' in [cell.value for cell in cells]


def test_markup_in_a_cell_is_only_text(reporter):
    page = preview(reporter, group("<b>粗</b><script>x</script>"), group("</textarea>'\"", 群人数="很多"))
    assert not page.soup.select(".import-table b, .import-table script")
    assert "<b>粗</b>" in page.find(".import-table").get_text()


def test_other_people_work_on_while_a_file_is_read(reporter, sign_in):
    send(reporter, book(*(group(f"新群{n}") for n in range(3))))
    assert sign_in("sunli").open("/pdsu/filings/").status == 200
    assert states(reporter.open(f"{read_on(reporter).address}?show=all")) == ["新增"] * 3
