"""台账 and the list of filings: found by what people remember, filtered and paged by the address."""

import pytest

from tests import pages
from tests.builders import ACCOUNT


@pytest.fixture
def office(sign_in):
    return sign_in("wutong")


def register(office, query: str) -> list[str]:
    return pages.titles(office.open(f"/pdsu/register?{query}"))


@pytest.mark.parametrize(
    "query",
    [
        "q=平院信工",
        "q=PDSU_XG",
        "q=周敏",
        "q=信息工程",
        "q=xxgcxy",
        "q=XXGCXY",
        "q=平宣备-",
        "platform=微信",
        "tier=second",
        "form=account&q=xg",
    ],
)
def test_an_account_is_found_by_what_people_remember(office, query):
    assert "平院信工" in register(office, query)


@pytest.mark.parametrize(
    "query", ["q=wxy", "q=文学院", "platform=微博", "tier=first", "form=group", "state=closed", "q=%25"]
)
def test_an_account_is_left_out_by_what_it_is_not(office, query):
    found = register(office, query)
    assert "平院信工" not in found


def test_filters_work_together_and_are_taken_off_one_by_one(office):
    assert register(office, "q=pdsu&tier=second&platform=微信") != []
    chips = {chip.get_text(): chip["href"] for chip in office.page.soup.select(".chip")}
    assert any("二级平台" in words for words in chips)
    off = next(href for words, href in chips.items() if "二级平台" in words)
    assert "tier" not in off
    assert "platform=" in off
    office.follow("清除筛选")
    assert office.page.soup.select(".chip") == []


def test_a_unit_stands_for_those_below_it(sign_in):
    office = sign_in("wutong")
    page = office.open("/pdsu/register")
    units = {one.get_text(strip=True): one["value"] for one in page.soup.select("[name=unit] option")}
    assert "平院青年志愿者" in register(office, f"unit={units['校团委']}")
    assert register(office, f"unit={units['青年志愿者协会']}") == ["平院青年志愿者"]


def test_what_is_closed_or_incomplete_is_marked_and_found(office):
    assert register(office, "state=closing") == ["化工青年"]
    assert "待核实销号" in office.page.find("#results tbody").text
    assert register(office, "state=closed") == []
    assert "化工青年" in register(office, "state=all&q=青年")
    assert register(office, "incomplete=1") == ["文学院青年之声"]
    assert "待补充" in office.page.find("#results").text
    assert "化工青年" not in register(office, "")


def test_a_filing_under_way_is_not_on_the_register(office, sign_in):
    address = pages.filed_by(sign_in("linxiao"), ACCOUNT)
    assert register(office, "q=快报") == []
    pages.decide(sign_in("zhoumin"), address, "同意")
    assert register(office, "q=快报") == []
    pages.decide(office, address, "同意备案")
    assert register(office, "q=快报") == ["平院信工快报"]


def test_nothing_found_says_what_to_do(office):
    assert register(office, "q=没有这个") == []
    assert "没有符合条件的记录" in office.page.text
    office.follow("清除筛选")
    assert pages.titles(office.page)


@pytest.mark.parametrize(
    ("place", "module"), [("register", "channels.register"), ("filings/", "filings.filings")]
)
def test_a_list_has_pages_and_keeps_its_filters(office, monkeypatch, place, module):
    monkeypatch.setattr(f"blueprints.institution.{module}.PAGE_SIZE", 2)
    seen = pages.titles(office.open(f"/pdsu/{place}?platform=微信&form=account"))
    total = office.page.find(".list-foot span").text
    while "下一页" in office.page.text:
        office.follow("下一页")
        assert "form=account" in office.page.response.request.url
        seen += pages.titles(office.page)
    assert total.endswith(f"共 {len(seen)} {'条' if place == 'register' else '件'}")
    assert len(seen) > 2
    while "上一页" in office.page.text:
        office.follow("上一页")
    assert pages.titles(office.page) == seen[:2]
    assert pages.titles(office.open(f"/pdsu/{place}?platform=微信&form=account&page=999"))


@pytest.mark.parametrize("place", ["register", "filings/"])
def test_a_search_answers_with_its_results_which_are_part_of_the_page(office, place):
    address = f"/pdsu/{place}?q=平院&form=account"
    part = office.open(address, htmx=True)
    assert part.soup.select_one("h1") is None
    assert "HX-Request" in part.response.vary
    assert pages.piece(part, "#results") == pages.piece(office.open(address), "#results")


def test_the_filters_of_an_address_are_shown_as_chosen(office):
    page = office.open("/pdsu/filings/?q=平院&state=filed&kind=first&form=account")
    chosen = [one.get_text(strip=True) for one in page.soup.select("#filters option[selected]")]
    assert [words for words in chosen if "全部" not in words] == ["媒体平台备案表", "已备案", "初次备案"]
    assert page.find("#q")["value"] == "平院"


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ("state=returned", "平院音乐之声", "平院信工"),
        ("state=rejected", "文学院读书会", "平院音乐之声"),
        ("state=withdrawn", "平院社团联", "平院音乐之声"),
        ("kind=close", "化工青年", "平院信工"),
        ("form=group", "信工学院教工群", "平院信工"),
        ("q=yyxy", "平院音乐之声", "平院信工"),
    ],
)
def test_filings_are_narrowed_by_the_address(office, query, shown, hidden):
    found = pages.titles(office.open(f"/pdsu/filings/?{query}"))
    assert shown in found
    assert hidden not in found


def test_lists_never_show_a_whole_phone_number(office):
    for place in ("register", "filings/", "desk", "", "summaries/accounts"):
        page = office.open(f"/pdsu/{place}")
        assert "13800000" not in page.find("main").text, place
    assert "138****" in office.open("/pdsu/register").text


def test_a_channel_shows_what_is_in_force_and_every_paper_about_it(office):
    office.open("/pdsu/register?state=closing")
    page = office.follow("化工青年")
    papers = [one.get_text() for one in page.soup.select("aside .history a")]
    assert papers == ["注销", "初次备案"]
    assert "化工青年" in page.find(".sheet").text


@pytest.mark.parametrize(
    "query",
    [
        "q=%00",
        "q=%ED%A0%80",
        "q=" + "长" * 3000,
        "page=²",
        "page=" + "9" * 5000,
        "page=-1",
        "unit=²",
        "unit=" + "9" * 400,
        "after=²-9&from=x",
        "before=9-9&from=-1",
        "after=1",
        "year=²&stale=2",
        "state=king&tier=%00&form=../x",
        "q=%5C%25_'%22--",
        "incomplete=x",
    ],
)
@pytest.mark.parametrize("place", ["register", "filings/", "desk"])
def test_strange_addresses_are_answered(office, place, query):
    assert office.open(f"/pdsu/{place}?{query}").status == 200
