"""Changes and closings have a day by which they are due: shown, counted, and said when missed."""

from datetime import timedelta

import pytest

from blueprints.web.presentation import day
from models import clock
from models.rules.deadlines import deadline
from models.rules.definitions.institution import Clocks
from models.rules.filing_kind import FilingKind
from tests import pages
from tests.client import Browser, Page

TODAY = clock.today()


def days_ago(days: int) -> str:
    return (TODAY - timedelta(days=days)).isoformat()


def changing(reporter: Browser, days: int) -> Page:
    """A change that happened so many days ago, kept as a draft."""
    pages.find_channel(reporter, "平院信工")
    reporter.submit("办理变更")
    return pages.keep(reporter, {"平台名称": "平院信工发布", "变更日期": days_ago(days)})


@pytest.fixture
def reporter(sign_in) -> Browser:
    return sign_in("linxiao")


@pytest.mark.parametrize(("days", "words"), [(2, "还有 5 天"), (7, "今天是最后一天"), (10, "已超过 3 天")])
def test_the_form_counts_the_days_that_are_left(reporter, days, words):
    page = changing(reporter, days)
    due = TODAY + timedelta(days=7 - days)
    assert f"应在{day(due)}前报备，{words}" in page.find("#standing").text
    assert bool(page.soup.select("#standing .late")) == ("超过" in words)


def test_the_count_follows_the_day_that_is_typed(reporter):
    pages.find_channel(reporter, "平院信工")
    form = reporter.submit("办理变更")
    assert "报备" not in form.find("#standing").text, "nobody has said when it happened"
    typed = pages.answered(form, {"变更日期": days_ago(12)})
    assert "已超过 5 天" in reporter.trigger("#item-changed_on", **typed).find("#standing").text


def test_a_closing_counts_working_days(reporter):
    pages.find_channel(reporter, "平院信工")
    reporter.submit("注销")
    page = pages.keep(reporter, {"停用日期": days_ago(1)})
    yesterday = TODAY - timedelta(days=1)
    due = deadline(Clocks(closing_days=7), FilingKind.close, yesterday, TODAY).due_on
    assert f"应在{day(due)}前办理注销，还有" in page.find("#standing").text


def test_what_is_overdue_is_counted_at_home_until_it_is_handed_in(sign_in, reporter):
    address = changing(reporter, 10).address
    home = reporter.open("/pdsu/")
    assert "1 逾期未报" in home.text
    assert home.find("#unreported + .list-box .late").get_text(strip=True) == "逾期 3 天"
    assert "逾期未报" not in sign_in("sunli").open("/pdsu/").text
    reporter.open(address)
    page = pages.hand_in(reporter, {})
    assert f"{day(TODAY)}提交，逾期 3 天" in page.find("#due.late").text
    assert "逾期未报" not in reporter.open("/pdsu/").text
    assert "逾期 3 天" in sign_in("zhoumin").open("/pdsu/desk").find("#results").text


def test_what_is_in_time_or_put_aside_is_not_counted(reporter):
    changing(reporter, 7)
    assert "逾期未报" not in reporter.open("/pdsu/").text
    pages.find_channel(reporter, "平院信工")
    reporter.follow("变更备案草稿")
    reporter.follow("继续填写")
    pages.hand_in(reporter, {"变更日期": days_ago(20)})
    reporter.submit("确认撤回")
    assert "逾期未报" not in reporter.open("/pdsu/").text


def test_taking_a_change_back_sets_its_clock_going_again(reporter):
    changing(reporter, 10)
    pages.hand_in(reporter, {})
    part = reporter.submit("确认撤回", htmx=True)
    assert "已超过 3 天" in part.find("#due").text


@pytest.mark.parametrize(("deed", "label", "most"), [("办理变更", "变更日期", 0), ("注销", "停用日期", 30)])
def test_a_day_too_far_ahead_is_refused_beside_the_item(reporter, deed, label, most):
    pages.find_channel(reporter, "平院信工")
    form = reporter.submit(deed)
    item = pages.box_of(form, label).find_parent(class_="item")["id"]
    for button in ("存草稿", "提交"):
        page = reporter.submit(button, **pages.answered(form, {label: days_ago(-most - 1)}))
        assert page.status == 422
        assert label in page.error_at(item.removeprefix("item-"))
        assert pages.held(page, label) == days_ago(-most - 1), "what was typed is kept"
    part = reporter.trigger(f"#{item}", **pages.answered(form, {label: days_ago(-most - 1)}))
    assert part.status == 422
    page = reporter.open(form.address)
    assert pages.held(page, label) == "", "but nothing of it is saved"
    assert pages.keep(reporter, {label: days_ago(-most)}).status == 200


@pytest.mark.parametrize(
    "typed",
    [
        "{0.year}-{0.month:02}-{0.day:02}",
        "{0.year}年{0.month}月{0.day}日",
        "{0.year}.{0.month}.{0.day}",
        "{0.year}/{0.month}/{0.day}",
    ],
)
def test_a_day_is_typed_as_people_write_it(reporter, typed):
    pages.find_channel(reporter, "平院信工")
    reporter.submit("办理变更")
    page = pages.keep(reporter, {"变更日期": typed.format(TODAY)})
    assert page.status == 200
    assert pages.held(page, "变更日期") == f"{TODAY.year}年{TODAY.month}月{TODAY.day}日"


def test_a_change_that_never_said_when_has_no_deadline(reporter):
    pages.find_channel(reporter, "平院信工")
    reporter.submit("办理变更")
    page = pages.hand_in(reporter, {"平台名称": "平院信工发布"})
    assert page.status == 422
    assert page.error_at("changed_on")
