"""Any two papers of a channel side by side, at an address that can be passed on."""

import pytest

from tests import pages
from tests.client import Browser, Page

CHANGED = {"平台名称": "平院信工发布", "管理员2姓名": "白帆", "变更日期": "2026-11-20"}


def changed(sign_in, said: dict) -> Browser:
    """The page of 平院信工 after a change that is still in review, in its reporter's browser."""
    reporter = sign_in("linxiao")
    channel = pages.find_channel(reporter, "平院信工").address
    reporter.submit("办理变更")
    pages.hand_in(reporter, said)
    reporter.open(channel)
    return reporter


def rows(page: Page) -> list[list[str]]:
    return [
        [cell.get_text(" ", strip=True) for cell in row.select("th, td")]
        for row in page.soup.select("#comparison tbody tr")
    ]


def offered(page: Page) -> list[str]:
    """The papers to choose from, as the select box names them."""
    return [one["value"] for one in page.soup.select("[name=from] option")]


def test_the_two_newest_papers_are_compared_with_one_press(sign_in):
    reporter = changed(sign_in, CHANGED)
    page = reporter.submit("比较两件")
    assert rows(page) == [
        ["平台名称", "平院信工", "平院信工发布"],
        ["管理员2", "姓名 陈𬭎", "姓名 白帆"],
        ["变更日期", "（空）", "2026年11月20日"],
    ]
    assert "不同 3 项" in page.find("#comparison").text
    assert reporter.open(f"{page.address}?{page.response.request.query_string.decode()}").status == 200


def test_the_other_way_round_they_change_sides(sign_in):
    reporter = changed(sign_in, CHANGED)
    newer, older = offered(reporter.page)
    page = reporter.submit("比较两件", **{"from": newer, "to": older})
    assert rows(page)[0] == ["平台名称", "平院信工发布", "平院信工"]


def test_what_htmx_gets_is_a_part_of_the_page(sign_in):
    reporter = changed(sign_in, CHANGED)
    page = reporter.page
    part = reporter.submit("比较两件", htmx=True)
    assert [one.get("id") for one in part.soup.find_all(recursive=False)] == ["comparison"]
    reporter.page = page
    assert pages.piece(part, "#comparison") == pages.piece(reporter.submit("比较两件"), "#comparison")


def test_two_papers_that_say_the_same_are_said_to(sign_in):
    reporter = sign_in("linxiao")
    channel = pages.find_channel(reporter, "平院信工").address
    reporter.submit("年审")
    pages.hand_in(reporter, {})
    reporter.open(channel)
    newer, older = offered(reporter.page)
    page = reporter.submit("比较两件")
    assert "内容完全相同" in page.find("#comparison").text
    page = reporter.submit("比较两件", **{"from": newer, "to": newer})
    assert "选的是同一件备案" in page.find("#comparison").text
    page = reporter.open(f"{channel}/compare?from={older}")
    assert "请选择要比较的两件备案" in page.find("#comparison").text


def test_a_channel_with_one_paper_offers_no_comparison(sign_in):
    page = pages.find_channel(sign_in("linxiao"), "平院信工")
    assert not page.soup.select(".compare")
    assert not page.find("#comparison").get_text(strip=True)


@pytest.mark.parametrize("foreign", ["1", "0", "999999", "²", "9" * 40, "x", "-1", "\x00"])
def test_papers_of_other_channels_are_not_there(sign_in, foreign):
    reporter = changed(sign_in, CHANGED)
    newer, channel = offered(reporter.page)[0], reporter.page.address
    other = foreign if foreign != "1" else offered(_another(sign_in))[0]
    assert reporter.open(f"{channel}/compare?from={newer}&to={other}").status == 404


def _another(sign_in) -> Page:
    office = sign_in("wutong")
    pages.find_channel(office, "平顶山学院官方微博")
    office.submit("年审")
    pages.hand_in(office, {})
    return pages.find_channel(office, "平顶山学院官方微博")


def test_a_draft_is_compared_by_those_who_write_it_alone(sign_in):
    reporter = sign_in("linxiao")
    channel = pages.find_channel(reporter, "平院信工").address
    reporter.submit("办理变更")
    pages.keep(reporter, {"平台名称": "还没想好"})
    newer, older = offered(reporter.open(channel))
    assert rows(reporter.submit("比较两件"))[0][2] == "还没想好"
    head = sign_in("zhoumin")
    assert "还没想好" not in head.open(channel).text
    assert head.open(f"{channel}/compare?from={older}&to={newer}").status == 404
