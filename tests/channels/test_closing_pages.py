"""Closing an account: with reason and proof, then 待核实销号 until the office has seen it gone."""

from io import BytesIO

import pdfplumber
import pytest
from openpyxl import load_workbook

from tests import builders, pages

CLOSINGS = "/pdsu/closings"
WHY = {"停用日期": "2026-11-18", "注销原因": "半年以上未更新", "注销说明": "并入学院公众号。"}


def close(sign_in, said=WHY, account: str = "pdsu_xg") -> str:
    """平院信工 is closed by its unit and approved by all; the address of its page."""
    reporter = sign_in("linxiao")
    reporter.open(f"/pdsu/register?q={account}")
    channel = reporter.follow("平院信工").address
    reporter.submit("注销")
    page = pages.hand_in(reporter, said)
    assert pages.state(page) == "待单位意见", pages.sentences(page)
    pages.decide(sign_in("zhoumin"), page.address, "同意")
    pages.decide(sign_in("wutong"), page.address, "同意注销")
    return channel


def row_of(page, title: str):
    return next(row for row in page.soup.select("#results tbody tr") if title in row.text)


def box_of(page, title: str) -> str:
    return row_of(page, title).find("input")["value"]


def words_of(page, place: str) -> str:
    return page.find(place).get_text(" ", strip=True)


@pytest.fixture
def closed(sign_in) -> str:
    return close(sign_in, WHY | {"注销证明": builders.file(builders.pdf(), "注销成功.pdf")})


def test_an_approved_closing_waits_on_the_offices_list_with_reason_and_proof(closed, sign_in):
    office = sign_in("wutong")
    home = office.open("/pdsu/")
    assert "2 待核实销号" in words_of(home, ".stats")
    page = office.follow("待核实销号")
    assert page.address == CLOSINGS
    row = row_of(page, "平院信工").get_text(" ", strip=True)
    for words in ("pdsu_xg", "信息工程学院", "半年以上未更新", "并入学院公众号", "注销成功.pdf", "今天"):
        assert words in row
    proof = row_of(page, "平院信工").select_one("a.file")["href"]
    assert office.client.get(proof).data.startswith(b"%PDF-")
    assert "没有提供" in row_of(page, "化工青年").text
    assert "待核实销号" in office.open(closed).find(".page-title").text


def test_the_office_sees_many_gone_at_once_with_a_result_for_each(closed, sign_in):
    office = sign_in("wutong")
    page = office.open(CLOSINGS)
    chosen = [box_of(page, "平院信工"), box_of(page, "化工青年")]
    part = office.submit("核实销号", htmx=True, channel=chosen)
    results = [line.get_text(" ", strip=True) for line in part.soup.select("[role=status] li")]
    assert sorted(results) == ["化工青年 ： 已核实销号", "平院信工 ： 已核实销号"]
    assert "没有待核实销号的账号" in part.text
    page = office.open(closed)
    assert "吴桐核实销号" in page.text
    assert not page.soup.select("button[value=gone]")
    assert "待核实销号" not in words_of(office.open("/pdsu/"), ".stats")


def test_what_is_still_there_is_sent_to_its_unit_with_the_offices_words(closed, sign_in):
    office, reporter = sign_in("wutong"), sign_in("linxiao")
    page = office.open(CLOSINGS)
    one = [box_of(page, "平院信工")]
    page = office.submit("仍未销号", channel=one)
    assert page.status == 422
    assert "请写明查到的情况" in pages.sentences(page)
    assert row_of(page, "平院信工").find("input").has_attr("checked")
    page = office.submit("仍未销号", opinion="11月22日仍能搜到。", channel=one)
    assert "仍未销号" in words_of(page, "[role=status]")
    assert "吴桐核实仍未销号：11月22日仍能搜到。" in row_of(page, "平院信工").text

    home = reporter.open("/pdsu/")
    assert "核实仍未销号：11月22日仍能搜到。" in words_of(home, "main")
    assert "“平院信工”经核实仍未销号" in words_of(home, "main")
    assert "核实仍未销号：11月22日仍能搜到。" in words_of(reporter.open(closed), "aside")


def test_of_two_who_look_the_second_is_told_who_was_first(closed, sign_in):
    first, second = sign_in("wutong"), sign_in("suyi")
    page = first.open(CLOSINGS)
    one = [box_of(page, "平院信工")]
    second.open(CLOSINGS)
    first.submit("核实销号", channel=one)
    page = second.submit("仍未销号", opinion="还在", channel=one)
    assert "吴桐在" in words_of(page, "[role=status]")
    assert "已对“平院信工”核实销号" in words_of(page, "[role=status]")


def test_the_channels_page_offers_the_same_to_the_office(closed, sign_in):
    office = sign_in("suyi")
    office.open(closed)
    page = office.submit("核实销号")
    assert "平院信工 ： 已核实销号" in words_of(page, "[role=status]")


def test_a_unit_sees_what_of_its_own_is_awaited_and_judges_nothing(closed, sign_in):
    reporter = sign_in("linxiao")
    assert "等待核实销号 平院信工" in words_of(reporter.open("/pdsu/"), "main")
    page = reporter.open(CLOSINGS)
    assert pages.titles(page) == ["平院信工"]
    assert not page.soup.select("main form[method=post]")
    token = page.find("[name=csrf_token]")["value"]
    sent = {"csrf_token": token, "channel": closed.rpartition("/")[2], "verb": "gone"}
    assert reporter.client.post(CLOSINGS, data=sent).status_code == 403
    assert pages.titles(sign_in("sunli").open(CLOSINGS)) == []


def test_the_list_is_searched_and_says_so_when_nothing_is_found(closed, sign_in):
    office = sign_in("wutong")
    for words in ("信工", "PDSU_XG", "xxgc"):
        assert pages.titles(office.open(f"{CLOSINGS}?q={words}")) == ["平院信工"], words
    assert "没有符合条件的记录" in office.open(f"{CLOSINGS}?q=²").text
    whole = office.open(f"{CLOSINGS}?q=信工")
    part = office.open(f"{CLOSINGS}?q=信工", htmx=True)
    assert pages.piece(part, "#results") == pages.piece(whole, "#results")


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"channel": "²"},
        {"channel": "999999"},
        {"verb": "void"},
        {"verb": "gone", "channel": "9" * 400},
        {"verb": "gone", "channel": [str(number) for number in range(1, 102)]},
    ],
)
def test_nonsense_gets_a_sentence_and_changes_nothing(closed, sign_in, sent):
    office = sign_in("wutong")
    office.open(CLOSINGS)
    page = office.submit("核实销号", **{"verb": "gone", **sent})
    assert page.status in (200, 422)
    assert len(pages.titles(page)) == 2


def test_a_note_too_long_to_keep_is_refused_and_not_lost(closed, sign_in):
    office = sign_in("wutong")
    page = office.open(CLOSINGS)
    page = office.submit("仍未销号", opinion="长" * 2001, channel=[box_of(page, "平院信工")])
    assert page.status == 422
    assert "最多2000个字" in pages.sentences(page)
    assert page.find("textarea[name=opinion]").text.strip() == "长" * 2001


def test_closed_this_year_is_marked_in_the_summary_before_and_after_it_is_seen_gone(closed, sign_in):
    office = sign_in("wutong")
    page = office.open(CLOSINGS)
    office.submit("核实销号", channel=[box_of(page, "平院信工")])
    assert pages.titles(office.open(CLOSINGS)) == ["化工青年"], "one is gone, one is awaited"
    marked = ["平院信工（已注销）", "化工青年（已注销）"]
    assert all(name in office.open("/pdsu/summaries/accounts").text for name in marked)
    sheet = load_workbook(BytesIO(office.open("/pdsu/summaries/accounts.xlsx").response.data))
    cells = [cell for row in sheet.worksheets[0].iter_rows(values_only=True) for cell in row]
    assert all(name in cells for name in marked)
    with pdfplumber.open(BytesIO(office.open("/pdsu/summaries/accounts.pdf").response.data)) as paper:
        table = [cell for page in paper.pages for row in page.extract_table() for cell in row if cell]
    assert all(name in [cell.replace("\n", "") for cell in table] for name in marked)
