"""群聊清单: rows typed as a list, handed in together, signed by the head, received by the office."""

import pytest

from tests import pages
from tests.builders import GROUP

LIST = "/pdsu/lists/group"


@pytest.fixture
def reporter(sign_in):
    """The reporter of 音乐学院, whose list is empty yet."""
    browser = sign_in("dingyi")
    browser.open(LIST)
    return browser


def named(*names: str) -> list[dict[str, str]]:
    return [GROUP | {"群名称": name} for name in names]


def handed_in(reporter, *names: str):
    return reporter.submit("提交清单", **pages.lines(reporter.page, *named(*names)))


def kept_names(page) -> list[str]:
    boxes = page.soup.select("#list-form tbody [name$='-name']")
    return [box["value"] for box in boxes if box.get("value")]


def test_rows_are_kept_as_drafts_and_come_back(reporter):
    page = reporter.submit("存草稿", **pages.lines(reporter.page, *named("甲群", "乙群"), {"群名称": "半行"}))
    assert "已保存 3 行草稿" in pages.sentences(page)
    assert kept_names(reporter.open(LIST)) == ["甲群", "乙群", "半行"]
    assert pages.held(reporter.page, "群聊平台", pages.line(0)) == "微信群"


def test_a_row_that_is_emptied_is_thrown_away(reporter):
    reporter.submit("存草稿", **pages.lines(reporter.page, *named("甲群", "乙群")))
    empty = dict.fromkeys(pages.lines(reporter.page, GROUP), "")
    page = reporter.submit("存草稿", **empty)
    assert page.status == 200
    assert kept_names(reporter.open(LIST)) == ["乙群"]


def test_a_list_is_signed_by_the_head_and_received_by_the_office(reporter, sign_in):
    head, office = sign_in("fengning"), sign_in("wutong")
    page = handed_in(reporter, "甲群", "乙群")
    assert "已提交 2 行" in pages.sentences(page)
    assert "已有 2 行正在审核" in page.text
    assert kept_names(page) == []

    home = head.open("/pdsu/")
    assert "音乐学院 群聊工具" in home.find("main").get_text(" ", strip=True).replace("\u3000", " ")
    page = head.follow("打开清单")
    assert [cell.text.strip() for cell in page.soup.select("td[data-label=群名称]")] == ["甲群", "乙群"]
    assert len(page.soup.select("[name=filing][checked]")) == 2
    part = head.submit("同意所选", htmx=True, opinion="情况属实，同意备案。")
    assert len(part.soup.select("[role=status] li")) == 2
    assert pages.waiting(part) == 0

    office.open("/pdsu/desk")
    card = next(one for one in office.page.soup.select("section.card") if "音乐学院" in one.text)
    page = office.open(card.a["href"])
    page = office.submit("同意所选", opinion="已接收。")
    assert [one.text.count("已备案") for one in page.soup.select("[role=status] li")] == [1, 1]
    assert set(pages.titles(office.open("/pdsu/register?q=yyxy&form=group"))) == {"甲群", "乙群"}
    summary = office.open("/pdsu/summaries/groups")
    assert "甲群" in summary.text
    assert "已备案 2 行" in reporter.open(LIST).text


def test_one_bad_row_refuses_the_list_with_the_sentence_in_place(reporter):
    bad = GROUP | {"群名称": "乙群", "群人数": "很多", "创建人电话": "12", "创建时间": "2022-02-30"}
    typed = pages.lines(reporter.page, *named("甲群"), bad)
    page = reporter.submit("提交清单", **typed)
    assert page.status == 422
    assert "有 1 行需要修改" in pages.sentences(page)
    assert "请填写整数" in pages.beside(page, "群人数", pages.line(1))
    assert "7至8位" in pages.beside(page, "创建人电话", pages.line(1))
    assert "不是有效的年、月" in pages.beside(page, "创建时间", pages.line(1))
    assert pages.beside(page, "群人数", pages.line(0)) == ""
    assert kept_names(page) == ["甲群", "乙群"]
    assert pages.held(page, "群人数", pages.line(1)) == "很多"
    assert "正在审核" not in page.text

    mended = {"群人数": "20", "创建人电话": "2657100", "创建时间": "2022年2月"}
    page = reporter.submit("提交清单", **pages.lines(page, mended, start=1))
    assert "已提交 2 行" in pages.sentences(page)


def test_a_row_says_what_it_lacks(reporter):
    page = reporter.submit("提交清单", **pages.lines(reporter.page, {"群名称": "只有名字"}))
    assert page.status == 422
    assert "请选择群聊平台" in pages.beside(page, "群聊平台", pages.line(0))
    assert "请填写群人数" in pages.beside(page, "群人数", pages.line(0))


def test_how_many_outsiders_is_asked_only_of_groups_that_have_some(reporter):
    with_some = GROUP | {"有无校外人员": "有", "校外人员人数": "200"}
    without = GROUP | {"群名称": "乙群", "有无校外人员": "无", "校外人员人数": "x"}
    page = reporter.submit("提交清单", **pages.lines(reporter.page, with_some, without))
    assert page.status == 422
    assert "不能大于群人数（86）" in pages.beside(page, "校外人员人数", pages.line(0))
    assert pages.beside(page, "校外人员人数", pages.line(1)) == ""
    page = reporter.submit("提交清单", **pages.lines(page, {"校外人员人数": "6"}))
    assert "已提交 2 行" in pages.sentences(page)


def test_a_row_that_changed_meanwhile_refuses_the_list_and_says_who_changed_it(reporter, sign_in):
    reporter.submit("存草稿", **pages.lines(reporter.page, *named("甲群", "乙群")))
    other = sign_in("dingyi")
    other.open(LIST)
    other.submit("存草稿", **pages.lines(other.page, {"群名称": "改过的"}))
    page = reporter.submit("提交清单", **pages.lines(reporter.page, {"群名称": "我的改法"}))
    assert page.status == 409
    assert "丁一在" in pages.sentences(page)
    assert kept_names(page) == ["我的改法", "乙群"]
    assert "正在审核" not in reporter.open(LIST).text
    assert kept_names(reporter.page) == ["改过的", "乙群"]


def test_a_head_may_send_single_rows_back(reporter, sign_in):
    handed_in(reporter, "甲群", "乙群")
    head = sign_in("fengning")
    head.open("/pdsu/")
    page = head.follow("打开清单")
    first = page.find("[name=filing]")["value"]
    head.submit("退回所选", filing=[first], opinion="人数不对。")
    home = reporter.open("/pdsu/")
    assert "冯宁：人数不对。" in home.text
    page = reporter.open(LIST)
    assert kept_names(page) == ["甲群"]
    page = reporter.submit("提交清单", **pages.lines(page, {"群人数": "20"}))
    assert "已提交 1 行" in pages.sentences(page)


def test_a_draft_row_is_opened_in_its_list(reporter):
    reporter.submit("存草稿", **pages.lines(reporter.page, *named("甲群")))
    pages.find(reporter, "甲群")
    page = reporter.follow("继续填写")
    assert page.address == LIST


def test_the_office_chooses_whose_list_it_types(sign_in):
    office = sign_in("wutong")
    page = office.open(LIST)
    units = {one.get_text(strip=True): one["value"] for one in page.soup.select("[name=unit] option")}
    page = office.submit("切换单位", unit=units["文学院"])
    assert "管理单位为文学院" in page.text
    page = office.submit("提交清单", **pages.lines(page, GROUP))
    assert "已提交 1 行" in pages.sentences(page)
    assert "新生答疑群" in sign_in("sunli").open("/pdsu/filings/?q=新生答疑群").find("#results").text


def test_a_form_that_is_signed_on_its_own_sheet_has_no_list(reporter):
    assert reporter.open("/pdsu/lists/account").status == 404


def test_an_empty_list_handed_in_changes_nothing(reporter):
    page = reporter.submit("提交清单")
    assert page.status in (200, 422)
    assert "正在审核" not in page.text


@pytest.mark.parametrize(
    "word", ["²", "9" * 10_000, "a\x00b", "<script>alert(1)</script>", "长" * 3_000, "\u202e", "=1+1"]
)
def test_every_cell_answers_every_word_with_a_sentence_or_takes_it(reporter, word):
    typed = dict.fromkeys(pages.lines(reporter.page, GROUP | {"校外人员人数": "1"}), word)
    page = reporter.submit("提交清单", **typed)
    assert page.status == 422
    assert not page.soup.select("main script")
    assert pages.beside(page, "创建时间", pages.line(0))


def test_inputs_that_are_no_line_of_the_grid_are_dropped(reporter):
    strange = {
        "rows-²-name": "x",
        "rows-" + "9" * 50 + "-name": "x",
        "rows--1-name": "x",
        "rows-0-state": "filed",
        "rows-0-filing": "²",
        "rows-0-revision": "9" * 400,
        "rows-0-__class__": "x",
        "rows-x": "y",
    }
    page = reporter.submit("提交清单", **(pages.lines(reporter.page, GROUP) | strange))
    assert "已提交 1 行" in pages.sentences(page)
