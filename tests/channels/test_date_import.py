"""Two columns pasted from a spreadsheet: shown first, then written down in one go."""

import pytest
from flask import Flask
from sqlalchemy import select

from models import clock
from models.channels.channel import Channel
from models.database import db
from models.events.history import Event
from models.rules.deadlines import months_before
from tests.client import Browser, Page

ADDRESS = "/pdsu/liveness/import"


@pytest.fixture
def heard(app: Flask):
    """Every day that is known, by the channel's name, and how many events wrote one down."""

    def found() -> tuple[dict[str, str], int]:
        with app.app_context():
            channels = db.session.scalars(select(Channel).where(Channel.last_update_on.is_not(None)))
            events = db.session.scalars(select(Event).where(Event.verb == "heard")).all()
            return {one.title: one.last_update_on.isoformat() for one in channels}, len(events)

    return found


def check(browser: Browser, *lines: str) -> Page:
    browser.open(ADDRESS)
    return browser.submit("核对", lines="\n".join(lines))


def results(page: Page) -> list[str]:
    return [cell.get_text(" ", strip=True) for cell in page.soup.select("[data-label=结果]")]


def test_nothing_is_saved_before_it_is_confirmed(sign_in, heard):
    reporter, before = sign_in("linxiao"), heard()
    page = check(reporter, "账号\t最近更新日期", "pdsu_xg\t2026.3.5", "信工学院教工群\t46086")
    assert results(page) == ["可以登记", "可以登记"]
    assert heard() == before
    page = reporter.submit("确认登记 2 个")
    assert "登记了 2 个账号" in page.text
    days, events = heard()
    assert days["平院信工"] == days["信工学院教工群"] == "2026-03-05"
    assert events == before[1] + 2


def test_pasting_the_same_again_changes_nothing(sign_in, heard):
    reporter = sign_in("linxiao")
    check(reporter, "pdsu_xg\t2026.3.5")
    reporter.submit("确认登记")
    before = heard()
    page = check(reporter, "pdsu_xg\t2026年3月5日")
    assert results(page) == ["没有变化"]
    assert not page.soup.select("[name=do][value=save]")
    page = reporter.submit("核对", do="save")
    assert "登记了 0 个" in page.text
    assert heard() == before


def test_every_line_says_what_is_wrong_with_it(sign_in):
    page = check(
        sign_in("linxiao"),
        "pdsu_xg\t昨天",
        "没有的号\t2026-03-05",
        "qcpy_demo\t2026-03-05",
        "信工学院教工群\t2099-01-01",
        "信工2021级学生群\t2026-02-30",
        "a\tb\tc",
        "只有一格",
    )
    assert [sentence[:20] for sentence in results(page)] == [
        "最近更新日期请写成“2022-02-20”或“2022年2月20日”。"[:20],
        "您单位的在册账号中没有这一个，请核对编号"[:20],
        "您单位的在册账号中没有这一个，请核对编号"[:20],
        "最近更新日期填的是2099年1月1日，还没有到"[:20],
        "最近更新日期填的 2026-02-30 在日历上"[:20],
        "这一行有3格，请只粘贴账号（或编号、名称）"[:20],
        "这一行有1格，请只粘贴账号（或编号、名称）"[:20],
    ]


def test_good_lines_are_saved_and_the_others_stay_to_be_mended(sign_in, heard):
    reporter = sign_in("linxiao")
    check(reporter, "pdsu_xg 2026.3.5", "信工学院教工群\t昨天", "PDSU_XG\t2026.3.6")
    page = reporter.submit("确认登记 1 个")
    assert "还有 2 行没有登记" in page.text
    assert page.find("textarea").text.strip().splitlines() == ["信工学院教工群\t昨天", "PDSU_XG\t2026.3.6"]
    assert heard()[0]["平院信工"] == "2026-03-05"


def test_a_channel_is_found_by_number_account_or_name(sign_in, app):
    with app.app_context():
        number = db.session.scalars(select(Channel.number).where(Channel.title == "平顶山学院官方微博")).one()
    page = check(
        sign_in("wutong"),
        f"{number}\t2026-03-05",
        "https://WEIBO.com/pdsu-demo/\t2026-03-05",
        "平顶山学院 官方微博\t2026-03-05",
    )
    assert results(page) == [
        "可以登记",
        "与第1行是同一个账号，请只留一行。",
        "与第1行是同一个账号，请只留一行。",
    ]


def test_a_name_that_two_channels_have_is_ambiguous(sign_in, app):
    with app.app_context():
        for one in db.session.scalars(select(Channel).where(Channel.platform == "QQ群")):
            one.title, one.title_key = "信工学院教工群", "信工学院教工群"
        db.session.commit()
    [sentence] = results(check(sign_in("linxiao"), "信工学院教工群\t2026-03-05"))
    assert sentence.startswith("有2个账号都对得上（平宣备-")


def test_an_old_day_makes_the_channel_stale(sign_in):
    reporter = sign_in("linxiao")
    check(reporter, f"pdsu_xg\t{months_before(clock.today(), 9)}")
    reporter.submit("确认登记")
    assert "平院信工" in reporter.open("/pdsu/liveness").find("#results").text


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "请粘贴"),
        (" \n\t\n", "请粘贴"),
        ("\x00", "请粘贴"),
        ("账号\t日期", "请粘贴"),
        ("x\t2026-01-01\n" * 501, "一次最多粘贴500行，现在有501行"),
    ],
)
def test_what_cannot_be_read_is_told(sign_in, text, sentence):
    reporter = sign_in("linxiao")
    reporter.open(ADDRESS)
    page = reporter.submit("核对", htmx=True, lines=text)
    assert page.status == 422
    assert sentence in page.find("#lines-error").text


@pytest.mark.parametrize(
    "text",
    [
        '"\t"',
        '"' * 3000 + "\t2026-01-01",
        "=1+1\t=2",
        "9" * 5000 + "\t" + "9" * 5000,
        "https://\t2026-01-01",
        "%\t2026-01-01",
    ],
)
def test_strange_lines_find_nothing_and_break_nothing(sign_in, text):
    page = check(sign_in("linxiao"), text, "pdsu_xg\t2026-01-01")
    assert results(page)[-1] == "可以登记"
    assert len(page.find("textarea").text) < 12_000


def test_words_without_an_account_do_not_mean_one_that_has_none(sign_in):
    page = check(sign_in("linxiao"), "信工学院教工群\t2026-03-05", "https://\t2026-03-05")
    assert results(page)[1].startswith("您单位的在册账号中没有这一个")
