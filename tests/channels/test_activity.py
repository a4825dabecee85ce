"""核实: who was silent too long answers, and once a year a unit says that all still holds."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from models import clock
from models.channels.channel import Channel
from models.database import db
from models.events import history
from models.filings.filing import Filing
from models.rules.deadlines import months_before
from tests.client import Page

STALE, DUE = "信工2021级学生群", "平院信工"


@pytest.fixture
def channel(app: Flask):
    """`channel("平院信工")`: its row as the database has it now, apart from any page."""

    def found(title: str) -> Channel:
        with app.app_context():
            return db.session.scalars(select(Channel).where(Channel.title == title)).one()

    return found


@pytest.fixture
def deeds(app: Flask, channel):
    """`deeds("平院信工")`: what was done to a channel itself, oldest first."""

    def done(title: str) -> list[tuple[str, str, str]]:
        with app.app_context():
            events = history.of_channel(channel(title).id)
            return [(event.verb, event.to_state, event.opinion) for event in events]

    return done


def names(page: Page) -> list[str]:
    return [link.get_text() for link in page.soup.select("#results td[data-label=名称] a")]


def state_of(page: Page, title: str) -> str:
    row = next(row for row in page.soup.select("#results tbody tr") if title in row.get_text())
    return row.select_one("[data-label=状态]").get_text(" ", strip=True)


def test_the_home_page_counts_what_is_to_be_verified_and_leads_there(sign_in):
    reporter = sign_in("linxiao")
    counts = [stat.get_text(" ", strip=True) for stat in reporter.page.soup.select("a.stat")]
    assert {"1 待核实", "1 待年度确认"} <= set(counts)
    assert names(reporter.follow("待年度确认")) == [DUE]
    reporter.open("/pdsu/")
    assert names(reporter.follow("1 待核实")) == [STALE]
    assert names(sign_in("wutong").open("/pdsu/liveness")) == ["平院青年志愿者", STALE]


def test_search_and_unit_narrow_every_tab(sign_in, channel):
    office = sign_in("wutong")
    unit = channel(DUE).unit_id
    assert names(office.open("/pdsu/liveness?tab=due&q=微博")) == ["平顶山学院官方微博"]
    page = office.open(f"/pdsu/liveness?tab=all&unit={unit}")
    assert set(names(page)) == {DUE, STALE, "信工学院教工群"}
    assert "tab=all" in page.find(".chip")["href"]
    assert "没有符合条件" in office.open("/pdsu/liveness?tab=due&q=不存在").text
    assert names(office.open("/pdsu/liveness?tab=nonsense&page=99")) == ["平院青年志愿者", STALE]
    assert "没有待核实的账号" in sign_in("dingyi").open("/pdsu/liveness").text


def test_several_are_confirmed_in_one_click_each_with_its_result(sign_in, channel, deeds):
    office = sign_in("wutong")
    page = office.open("/pdsu/liveness?tab=due")
    ids = [box["value"] for box in page.soup.select("[name=channel]")]
    assert len(ids) == 3
    page = office.submit("所选确认无变更", htmx=True, channel=[*ids, str(channel(STALE).id)])
    results = [line.get_text() for line in page.soup.select("[role=status] li")]
    assert sum("已确认无变更。" in line for line in results) == 3
    assert any(STALE in line and "请先答复核实" in line for line in results)
    assert deeds(DUE)[-1][0] == "confirm"
    assert channel(DUE).confirmed_on == clock.today()


def test_a_second_click_confirms_nothing_again(sign_in, channel, deeds):
    reporter = sign_in("linxiao")
    number = str(channel(DUE).id)
    for _ in range(2):
        reporter.open("/pdsu/liveness?tab=all")
        page = reporter.submit("所选确认无变更", channel=[number, number])
    assert "今年已在" in page.text
    assert [verb for verb, *_ in deeds(DUE)].count("confirm") == 1


@pytest.mark.parametrize("chosen", [[], ["²"], ["x"], ["9" * 400], [str(n) for n in range(1, 302)]])
def test_nothing_or_too_much_ticked_is_told(sign_in, chosen):
    reporter = sign_in("linxiao")
    reporter.open("/pdsu/liveness?tab=all")
    page = reporter.submit("所选确认无变更", channel=chosen)
    assert page.status == 422
    assert "请" in page.find(".notice-red").text


def test_the_day_of_the_newest_post_is_registered_from_the_row(sign_in, channel):
    reporter = sign_in("linxiao")
    reporter.open(f"/pdsu/liveness?tab=all&q={DUE}")
    page = reporter.submit("登记", htmx=True, day="2099-01-01")
    assert page.status == 422
    assert "还没有到" in page.find("details[open] .item .error").text
    assert page.find("details[open] [name=day]")["value"] == "2099-01-01"
    reporter.open(f"/pdsu/liveness?tab=all&q={DUE}")
    page = reporter.submit("登记", day=months_before(clock.today(), 8).isoformat())
    assert "已超过6个月没有更新，请答复核实" in page.text
    assert "待核实" in state_of(page, DUE)
    assert channel(DUE).last_update_on == months_before(clock.today(), 8)
    assert "没有改动" in reporter.submit("登记", day=channel(DUE).last_update_on.isoformat()).text


def test_a_unit_explains_and_the_office_reads_it(sign_in, channel, deeds):
    head = sign_in("zhoumin")
    head.open("/pdsu/liveness")
    assert not head.page.soup.select("[name=answer][value=close]")
    page = head.submit("提交答复", answer="explain", words="")
    assert page.status == 422
    assert "请写明情况" in page.find("details[open] .error").text
    head.open("/pdsu/liveness")
    page = head.submit("提交答复", htmx=True, answer="explain", words="毕业班，已无新消息")
    assert names(page) == []
    assert deeds(STALE)[-1] == ("answer", "说明", "毕业班，已无新消息")
    office = sign_in("wutong")
    page = office.open(f"/pdsu/liveness?tab=all&q={STALE}")
    assert "已说明 毕业班，已无新消息" in state_of(page, STALE)
    assert "毕业班，已无新消息" in office.open(f"/pdsu/channels/{channel(STALE).id}").find("#liveness").text


def test_what_was_typed_stands_when_an_answer_is_refused(sign_in):
    reporter = sign_in("linxiao")
    reporter.open("/pdsu/liveness")
    page = reporter.submit("提交答复", answer="explain", words="长" * 501, day="2026-01-01")
    assert page.status == 422
    assert page.find("details[open] textarea").text.strip() == "长" * 501
    assert page.find("details[open] [value=explain]").has_attr("checked")


def test_closing_leads_to_the_prefilled_filing_once(sign_in, app, channel):
    reporter = sign_in("linxiao")
    for _ in range(2):
        reporter.open(f"/pdsu/channels/{channel(STALE).id}")
        token = reporter.page.find("#liveness [name=csrf_token]")["value"]
        answer = reporter.client.post(
            f"/pdsu/channels/{channel(STALE).id}/liveness",
            data={"csrf_token": token, "do": "answer", "answer": "close"},
        )
        assert answer.status_code == 303
        assert answer.location.endswith("/edit")
    with app.app_context():
        closings = db.session.scalars(
            select(Filing).where(Filing.channel_id == channel(STALE).id, Filing.kind == "close")
        ).all()
    assert len(closings) == 1
    row = reporter.open("/pdsu/liveness")
    assert "注销" in state_of(row, STALE)
    assert "提交答复" not in row.text


def test_the_channel_page_confirms_and_tells_its_deeds(sign_in, channel):
    reporter = sign_in("linxiao")
    address = f"/pdsu/channels/{channel(DUE).id}"
    reporter.open(address)
    page = reporter.submit("确认无变更", do="confirm")
    assert page.address == address
    assert "林晓 确认无变更" in page.find("#liveness .history").get_text(" ", strip=True)
    assert not page.soup.select("#liveness [name=do][value=confirm]")
    page = reporter.submit("登记", day="2099-01-01")
    assert page.status == 422
    assert "还没有到" in page.find("#liveness .item .error").text


def test_an_answer_that_came_too_late_is_told_so_on_the_channel_page(sign_in, channel):
    first, second = sign_in("linxiao"), sign_in("zhoumin")
    for browser in (first, second):
        browser.open(f"/pdsu/channels/{channel(STALE).id}")
    yesterday = (clock.today() - timedelta(days=1)).isoformat()
    assert first.submit("提交答复", answer="continue", day=yesterday).status == 200
    page = second.submit("提交答复", answer="explain", words="在用")
    assert page.status == 422
    assert "林晓已在" in page.find("#liveness .error").text


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"do": "burn"},
        {"do": "answer"},
        {"do": "answer", "answer": "burn"},
        {"do": "heard", "day": "²"},
        {"do": "heard"},
        {"do": "answer", "answer": "continue", "day": "x"},
    ],
)
@pytest.mark.parametrize("where", ["/pdsu/channels/{}/liveness", "/pdsu/liveness/{}"])
def test_what_no_form_sends_is_refused_in_a_sentence(sign_in, channel, where, sent):
    reporter = sign_in("linxiao")
    token = reporter.open("/pdsu/liveness").find("[name=csrf_token]")["value"]
    page = reporter._post(where.format(channel(STALE).id), {"csrf_token": token, **sent}, htmx=False)
    assert page.status == 422
    assert "请" in page.find(".error, li .late").text


def test_another_units_channel_is_not_there(sign_in, channel, deeds):
    stranger = sign_in("sunli")
    token = stranger.open("/pdsu/liveness?tab=all").find("[name=csrf_token]")["value"]
    for where in ("/pdsu/channels/{}/liveness", "/pdsu/liveness/{}"):
        page = stranger._post(where.format(channel(DUE).id), {"csrf_token": token, "do": "confirm"}, False)
        assert page.status == 404
    stranger.open("/pdsu/liveness?tab=all")
    page = stranger.submit("所选确认无变更", channel=[str(channel(DUE).id), "999999"])
    assert DUE not in page.text
    assert [verb for verb, *_ in deeds(DUE)] == ["heard"]
    assert sign_in("guanyiming").open("/pdsu/liveness").status == 403
