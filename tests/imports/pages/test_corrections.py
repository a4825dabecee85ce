"""Putting rows right in the preview: typed, judged at once, and never lost."""

from tests.imports.pages.conftest import group, press, preview, row, states, tabs


def test_a_wrong_row_is_put_right_where_it_stands(reporter):
    preview(reporter, group("错群", 群人数="很多"), group("别的错群", 创建人电话="123"))
    page = press(reporter, 2, "保存", htmx=True, 群人数="35")
    assert not page.soup.find("html")
    assert states(page) == ["新增"]
    assert tabs(page)["错误"] == 1
    assert 'id="summary" hx-swap-oob="true"' in page.html
    assert "生成 1 件初次备案草稿" in page.html


def test_without_scripts_the_page_comes_back_at_the_same_place(reporter):
    preview(reporter, group("错群", 群人数="很多"), group("新群"), show="all")
    page = press(reporter, 2, "保存", 群人数="35")
    assert "第 2 行现在是“新增”" in page.text
    assert states(page) == ["新增", "新增"]
    assert page.find(".tabs [aria-current]").get_text(strip=True).startswith("全部")


def test_what_was_typed_stays_also_when_it_is_wrong(reporter):
    address = preview(reporter, group("错群", 群人数="很多")).address
    page = press(reporter, 2, "保存", htmx=True, 群人数="更多")
    assert page.find("input[name=cell-members]")["value"] == "更多"
    assert reporter.open(address).find("input[name=cell-members]")["value"] == "更多"
    assert row(reporter.page, 2).select_one(".error")


def test_a_good_row_may_be_opened_and_closed(reporter):
    address = preview(reporter, group("新群")).address
    link = row(reporter.page, 2).select_one("a[hx-get]")
    assert link.get_text() == "改"
    page = reporter.open(link["hx-get"], htmx=True)
    assert page.find("input[name=cell-name]")["value"] == "新群"
    assert page.find("a[hx-get]").get_text() == "取消"
    assert not reporter.open(page.find("a[hx-get]")["hx-get"], htmx=True).soup.select("input[name=cell-name]")
    page = reporter.open(link["href"])
    assert page.find("input[name=cell-name]")["value"] == "新群"
    page = press(reporter, 2, "保存", 群名称="改名的群")
    assert "改名的群" in reporter.open(f"{address}?show=add").text


def test_a_row_may_be_left_out_and_taken_in_again(reporter):
    preview(reporter, group("新群"), group("错群", 群人数="很多"))
    page = press(reporter, 3, "不导入")
    assert states(page) == ["新增", "不导入"]
    page = press(reporter, 3, "重新导入")
    assert states(page) == ["新增", "错误"]


def test_when_the_first_is_left_out_its_double_takes_its_place(reporter):
    preview(reporter, group("新群"), group("新群"))
    page = press(reporter, 2, "不导入", htmx=True)
    assert states(page) == ["不导入", "新增"]
    assert [part.get("hx-swap-oob") for part in page.soup.select(".import-row")] == [None, "true"]
    page = reporter.open(f"{reporter.page.address.rpartition('/rows')[0]}?show=all")
    page = press(reporter, 2, "重新导入")
    assert states(page) == ["新增", "重复"]


def test_a_new_name_makes_a_double_a_row_of_its_own(reporter):
    preview(reporter, group("新群"), group("新群"))
    reporter.open(row(reporter.page, 3).select_one("a[hx-get]")["href"])
    page = press(reporter, 3, "保存", 群名称="另一个群")
    assert states(page) == ["新增", "新增"]
    reporter.open(row(page, 3).select_one("a[hx-get]")["href"])
    assert states(press(reporter, 3, "保存", 群名称="新群")) == ["新增", "重复"]


def test_two_windows_that_put_right_two_cells_of_a_row_keep_both(reporter):
    first = preview(reporter, group("错群", 群人数="很多", 创建人电话="12"))
    press(reporter, 2, "保存", htmx=True, 群人数="86")
    reporter.page = first
    assert states(press(reporter, 2, "保存", htmx=True, 创建人电话="13800001234")) == ["新增"]


def test_strange_input_breaks_nothing(reporter):
    page = preview(reporter, group("错群", 群人数="很多"))
    address = row(page, 2).select_one("form")["action"]
    for data in (
        {},
        {"do": "?"},
        {"cell-members": "\x00" * 50},
        {"cell-members": "9" * 20_000},
        {"cell-nothing": "x"},
        {"cell-name": "\ud800".encode("utf-8", "surrogatepass")},
        {"there": "x ² 99999999999999999999"},
    ):
        token = page.find("[name=csrf_token]")["value"]
        answer = reporter._post(address, {"csrf_token": token, **data}, htmx=True)
        assert answer.status == 200, data
