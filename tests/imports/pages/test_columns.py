"""Headings that nobody knows: named by hand once, and known from then on."""

from tests.imports.pages.conftest import HEAD, book, group, preview, read_on, send, states, tabs

STRANGE = [{"群名称": "咱们的群叫啥"}.get(heading, heading) for heading in HEAD]
UNKNOWN = "咱们的群叫啥"


def strange(*names: str, **more) -> bytes:
    rows = [{UNKNOWN: name, **group(name)} for name in names]
    return book(*rows, head=STRANGE, **more)


def choice(page, heading: str):
    return page.find(f"select[aria-label='“{heading}”对应']")


def choose(browser, heading: str, label: str) -> dict[str, str]:
    box = choice(browser.page, heading)
    [value] = [one["value"] for one in box.select("option") if one.get_text(strip=True) == label]
    return {box["name"]: value}


def test_an_unknown_heading_is_asked_about_with_its_values(reporter):
    page = send(reporter, strange("群甲", "群乙", "群乙", "群丙", "群丁"))
    assert page.address.endswith("/columns")
    cells = choice(page, UNKNOWN).find_parent("tr")
    assert [one.get_text() for one in cells.select(".import-samples span")] == ["群甲", "群乙", "群丙"]
    assert "不导入这一列" in cells.get_text()


def test_what_was_said_is_remembered_for_the_next_file(reporter, sign_in):
    send(reporter, strange("群甲"))
    reporter.submit("继续检查", **choose(reporter, UNKNOWN, "群名称"))
    assert tabs(read_on(reporter))["新增"] == 1
    for browser in (reporter, sign_in("sunli")):
        page = send(browser, strange("群乙"))
        assert not page.address.endswith("/columns")
        assert tabs(read_on(browser))["新增"] == 1


def test_one_item_takes_one_column(reporter):
    send(reporter, strange("群甲"))
    page = reporter.submit("继续检查", **choose(reporter, UNKNOWN, "群性质"))
    assert page.status == 422
    assert "已经对应" in page.text
    assert choice(page, UNKNOWN).select_one("[selected]").get_text(strip=True) == "群性质"


def test_without_the_column_that_is_needed_nothing_goes_on(reporter):
    send(reporter, strange("群甲"))
    page = reporter.submit("继续检查")
    assert page.status == 422
    assert "“群名称”" in page.find(".notice").get_text()


def test_a_column_may_be_passed_over_and_taken_up_again_later(reporter):
    head = [*HEAD, "备注说明"]
    rows = [{**group("新群"), "备注说明": "教学"}]
    send(reporter, book(*rows, head=head))
    reporter.submit("继续检查")
    page = read_on(reporter)
    assert states(reporter.open(f"{page.address}?show=all")) == ["新增"]
    assert "教学" not in reporter.page.find(".import-table").get_text()
    reporter.follow("列名对应")
    page = reporter.submit(
        "按新的对应重新检查",
        **choose(reporter, "群性质", "不导入这一列"),
        **choose(reporter, "备注说明", "群性质"),
    )
    page = reporter.open(f"{read_on(reporter).address}?show=all")
    assert "教学" in page.find(".import-table").get_text()


def test_sheets_without_a_header_are_left_out_and_named(reporter):
    page = preview(
        reporter,
        group("新群"),
        more={"说明": [["请按要求填写"], ["谢谢"]], "别的": [["群聊平台", "群人数"], ["QQ群", "5"]]},
    )
    assert "“说明”：没有找到表头" in page.text
    assert "“别的”：缺少“群名称”列" in page.text
    assert states(page) == ["新增"]


def test_every_sheet_is_read_and_named(reporter):
    page = preview(
        reporter,
        group("新群一"),
        more={
            "QQ": [
                HEAD,
                ["1", *(group("新群二")[h] for h in HEAD[1:])],
                ["2", *(group("新群一")[h] for h in HEAD[1:])],
            ]
        },
    )
    assert states(page) == ["新增", "新增", "重复"]
    assert "QQ 第 2 行" in page.text
    assert "与“群聊”第2行重复。" in page.text
