"""台账: its head, its marks, where one is in it, and phones that are asked for without an address."""

import re

import pytest

from tests import pages
from tests.builders import ACCOUNT

PHONE = "13987654321"


@pytest.fixture
def office(sign_in):
    return sign_in("wutong")


def line(page, title: str) -> str:
    """All words of a channel's line."""
    row = next(
        row for row in page.soup.select("#results tbody tr") if title in row.td.get_text("", strip=True)
    )
    return row.get_text(" ", strip=True)


def file(sign_in, office, said) -> None:
    """A filing that everybody agrees to."""
    address = pages.filed_by(sign_in("linxiao"), said)
    pages.decide(sign_in("zhoumin"), address, "同意")
    pages.decide(office, address, "同意备案")


def by_phone(browser, typed: str, **more):
    browser.open("/pdsu/register")
    return browser.submit("查电话", phone=typed, **more)


@pytest.mark.parametrize("username", ["wutong", "linxiao"])
def test_each_count_of_the_head_leads_to_the_list_that_it_counts(sign_in, username):
    browser = sign_in(username)
    heads = browser.open("/pdsu/register").soup.select(".sub a")
    words = [head.get_text() for head in heads]
    assert [one.split()[0] for one in words][:3] == ["在册", "待核实", "待补充"]
    for head in heads:
        name, count, _ = head.get_text().split()
        page = browser.open(head["href"])
        assert len(pages.titles(page)) == int(count), name


def test_the_foot_says_which_lines_are_shown_of_how_many(office, monkeypatch):
    monkeypatch.setattr("blueprints.institution.channels.register.PAGE_SIZE", 4)
    total = re.search(r"在册 (\d+)", office.open("/pdsu/register").text)[1]
    shown = lambda: office.page.find(".list-foot span").get_text()  # noqa: E731
    assert shown() == f"第 1–4 条，共 {total} 条"
    first = pages.titles(office.page)
    address = office.follow("下一页").response.request.url
    assert shown() == f"第 5–8 条，共 {total} 条"
    second = pages.titles(office.page)
    office.follow("下一页")
    assert shown().startswith("第 9–")
    office.follow("上一页")
    assert (shown(), pages.titles(office.page)) == (f"第 5–8 条，共 {total} 条", second)
    office.follow("上一页")
    assert (shown(), pages.titles(office.page)) == (f"第 1–4 条，共 {total} 条", first)
    assert "上一页" not in office.page.text
    # The address is the page: opened again, by anybody who may, it is the same.
    assert pages.titles(office.open(address)) == second


def test_what_was_searched_is_marked_and_nothing_typed_becomes_markup(office):
    page = office.open("/pdsu/register?q=PDSU_")
    marks = {mark.get_text() for mark in page.soup.select("#results mark")}
    assert {mark.lower() for mark in marks} == {"pdsu_"}
    page = office.open("/pdsu/register?q=<b>信工</b>")
    assert page.soup.select("#results b") == []
    assert "<b>信工</b>" in page.find(".chip").text


def test_an_administrator_is_found_as_the_responsible_person_is(office, sign_in):
    file(sign_in, office, ACCOUNT | {"负责学生": "欧阳小满"})
    assert pages.titles(office.open("/pdsu/register?q=欧阳小")) == ["平院信工快报"]


def test_a_stale_account_says_since_when_and_is_found_by_its_mark(office):
    page = office.open("/pdsu/register?stale=1")
    stale = pages.titles(page)
    assert stale
    for title in stale:
        assert "待核实" in line(page, title)
        assert re.search(r"\d+(个月|年)前", line(page, title))
    assert [chip.get_text() for chip in page.soup.select(".chip")] == ["取消筛选：待核实"]


def test_the_year_of_approval_narrows(office):
    options = office.open("/pdsu/register").soup.select("[name=year] option")
    years = [option["value"] for option in options if option["value"]]
    every = set(pages.titles(office.open("/pdsu/register")))
    found = set()
    for year in years:
        page = office.open(f"/pdsu/register?year={year}")
        assert f"{year} 年批准" in page.find(".chips").text
        found |= set(pages.titles(page))
    assert found == every
    assert pages.titles(office.open("/pdsu/register?year=1999")) == []


def test_a_change_on_its_way_shows_in_the_line_and_not_what_it_changes(office, sign_in):
    reporter = sign_in("linxiao")
    reporter.open("/pdsu/register?q=pdsu_xg")
    reporter.follow("平院信工")
    reporter.submit("办理变更")
    edit = reporter.page.address
    assert "变更" not in line(office.open("/pdsu/register?q=pdsu_xg"), "平院信工")
    said = {"平台名称": "平院信工新名", "变更日期": "2026-11-20", "变更原因": "更名"}
    reporter.open(edit)
    page = pages.hand_in(reporter, said)
    assert pages.state(page) == "待单位意见", pages.sentences(page)
    words = line(office.open("/pdsu/register?q=pdsu_xg"), "平院信工")
    assert "变更审核中" in words
    assert "新名" not in words


@pytest.fixture
def with_phone(sign_in, office):
    file(sign_in, office, ACCOUNT | {"负责老师电话": PHONE})


@pytest.mark.parametrize("typed", ["4321", "７６５４３２１", "139-8765 4321", PHONE])
@pytest.mark.parametrize("htmx", [False, True])
def test_a_phone_leads_to_its_account_and_stands_in_no_address(with_phone, office, typed, htmx):
    page = by_phone(office, typed, htmx=htmx)
    assert pages.titles(page) == ["平院信工快报"]
    assert page.address == "/pdsu/register"
    assert page.response.request.query_string == b""
    assert PHONE not in page.find("#results table").text
    assert "找到 1 个" in page.find("#results").text


def test_a_phone_of_other_units_is_not_found(with_phone, sign_in):
    assert pages.titles(by_phone(sign_in("linxiao"), "4321")) == ["平院信工快报"]
    page = by_phone(sign_in("hejia"), "4321")
    assert pages.titles(page) == []
    assert "没有这个尾号的电话" in page.text


@pytest.mark.parametrize("typed", ["", "432", "abcd", "号" * 5000])
def test_too_few_digits_get_a_sentence(office, typed):
    page = by_phone(office, typed)
    assert page.status == 422
    assert "请填写电话号码的最后 4 位或更多数字" in pages.sentences(page)


def test_of_very_many_only_the_first_are_shown_and_it_says_so(with_phone, sign_in, office, monkeypatch):
    monkeypatch.setattr("blueprints.institution.channels.register.MOST_BY_PHONE", 1)
    other = {"平台名称": "平院信工之友", "账号或网址": "pdsu_zhiyou", "负责学生电话": PHONE}
    file(sign_in, office, ACCOUNT | other)
    page = by_phone(office, "4321")
    assert len(pages.titles(page)) == 1
    assert "找到超过 1 个" in page.text


def test_a_part_of_the_page_asks_for_no_masthead(office, monkeypatch):
    asked = []
    monkeypatch.setattr("models.filings.queries.waiting", lambda person: asked.append(person) or 0)
    office.open("/pdsu/register?q=青年", htmx=True)
    assert asked == []
    office.open("/pdsu/register?q=青年")
    assert len(asked) == 1


def test_a_page_asks_the_same_number_of_questions_whatever_it_shows(office, app):
    from sqlalchemy import event

    from models.database import db

    asked = []
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *said: asked.append(said[2]))
    counts = {}
    for query in ("q=周敏", "state=all"):
        asked.clear()
        shown = len(pages.titles(office.open(f"/pdsu/register?{query}")))
        counts[shown] = len(asked)
    assert min(counts) < max(counts)
    assert max(counts.values()) - min(counts.values()) <= 1  # a full page is counted besides
