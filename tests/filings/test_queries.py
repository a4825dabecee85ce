"""The lists: who sees what, what waits for whom, and the summary table's rows."""

from datetime import date

import pytest

from models.channels.channel import Channel
from models.database import db
from models.filings import queries
from models.register import search
from models.reports import summary
from models.rules.filters import Filters
from tests.campus import SCHOOL, SUMMARY, Campus, day


@pytest.fixture
def campus(tmp_path):
    with Campus(f"sqlite:///{tmp_path / 'campus.sqlite3'}").open() as campus:
        yield campus
        db.engine.dispose()


def titles(asked) -> list[str]:
    return [row.title for row in db.session.scalars(asked)]


def test_a_reporter_sees_the_filings_of_own_units_and_the_office_sees_all_but_drafts(campus):
    campus.submitted(title="我院的")
    campus.draft(title="草稿", account="b")
    campus.submitted(by="zhou", unit="医学院", title="他院的", account="c")
    assert sorted(titles(queries.filings(campus.person("chen")))) == ["我院的", "草稿"]
    assert titles(queries.filings(campus.person("wang"))) == ["我院的"]
    assert sorted(titles(queries.filings(campus.person("li")))) == ["他院的", "我院的"]
    assert titles(queries.filings(campus.person("qian"))) == []


@pytest.mark.parametrize("words", ["之声", "XGZS", "张三", "信息工程", "xxgc", "宣备-2026-001", "微信"])
def test_a_search_finds_name_account_person_unit_pinyin_and_number(campus, words):
    campus.filed(now=day(6, 1))
    campus.filed(
        by="zhou",
        head="sun",
        unit="医学院",
        title="医路",
        platform="weibo",
        account="yl",
        leader="李四",
        now=day(6, 2),
    )
    person, filters = campus.person("li"), Filters(q=words)
    assert titles(queries.filings(person, filters)) == ["信工之声"]
    assert titles(search.channels(campus.school, person, filters)) == ["信工之声"]


@pytest.mark.parametrize("words", ["%", "_", "\\"])
def test_signs_of_the_pattern_language_are_searched_for_as_they_are(campus, words):
    campus.filed()
    assert titles(search.channels(campus.school, campus.person("li"), Filters(q=words))) == []
    campus.filed(title=f"带{words}的名字", account="b")
    assert titles(search.channels(campus.school, campus.person("li"), Filters(q=words))) == [
        f"带{words}的名字"
    ]


def test_filters_narrow_by_every_column(campus):
    campus.filed(unit="机器人社", tier="first", account=None, now=day(6, 1))
    campus.filed(
        by="zhou", head="sun", unit="医学院", title="医路", platform="weibo", account="yl", now=day(6, 2)
    )
    li, college = campus.person("li"), campus.unit("信息工程学院").id
    for filters in (
        Filters(unit=college),
        Filters(platform="微信公众号"),
        Filters(tier="first"),
        Filters(incomplete=True),
        Filters(incomplete=True, year=2026),
        Filters(form="account", unit=college, kind="first"),
    ):
        assert titles(search.channels(campus.school, li, filters)) == ["信工之声"]
        assert titles(queries.filings(li, filters)) == ["信工之声"]
    for filters in (Filters(year=2025), Filters(state="no such"), Filters(kind="no such")):
        assert (
            titles(search.channels(campus.school, li, filters)) == titles(queries.filings(li, filters)) == []
        )


def test_an_address_that_makes_no_sense_narrows_nothing():
    assert Filters.read({"unit": "²", "year": "9" * 5000, "q": " \x00 "}) == Filters()
    assert Filters.read({"unit": "7", "year": "2026", "incomplete": "1"}) == Filters(
        unit=7, year=2026, incomplete=True
    )


def test_the_register_shows_what_is_in_force(campus):
    campus.submitted(title="还没批", account="a")
    first = campus.filed(title="在册", account="b")
    campus.filed(kind="close", channel=first.channel, title="在册")
    campus.filed(title="还在", account="c")
    assert titles(search.channels(campus.school, campus.person("li"))) == ["还在"]
    for state, found in (("closing", ["在册"]), ("closed", []), ("all", ["在册", "还在"])):
        assert titles(search.channels(campus.school, campus.person("li"), Filters(state=state))) == found


def test_pages_count_exactly_and_stay_within_the_list(campus):
    for number in range(5):
        campus.filed(title=f"第{number}个", account=str(number))
    asked = search.channels(campus.school, campus.person("li"))
    last = queries.page(asked, 99, size=2)
    assert (last.total, last.number, last.pages) == (5, 3, 3)
    assert [row.title for row in last.items] == ["第4个"]
    assert queries.page(asked, 0, size=2).number == 1
    assert queries.page(search.channels(campus.school, campus.person("qian")), 1).pages == 1


def test_a_filing_waits_for_one_role_at_a_time_and_the_list_agrees_with_the_rules(campus):
    filing = campus.submitted(unit="机器人社")
    for step in (("wang",), ("li", "zhao")):
        for username in ("chen", "wang", "sun", "li", "zhao", "qian"):
            person = campus.person(username)
            verbs = filing.allowed(person, filing.definition(campus.school))
            waits = filing in db.session.scalars(queries.queue(campus.school, person)).all()
            assert waits == (username in step) == ("approve" in verbs)
        campus.do(filing, "approve", step[0])


def test_what_the_office_submitted_does_not_wait_for_the_same_officer(campus):
    filing = campus.submitted(by="li", unit="信息工程学院")
    campus.do(filing, "approve", "wang")
    assert queries.waiting(campus.person("li")) == 0
    assert queries.waiting(campus.person("zhao")) == 1


def test_lists_are_signed_together_by_unit_and_form(campus):
    for title in ("一群", "二群"):
        campus.submitted(form="group", title=title, account=title)
    campus.submitted()
    wang = campus.person("wang")
    (waiting,) = queries.lists_waiting(campus.school, wang)
    assert (waiting.form, waiting.unit.name) == ("group", "信息工程学院")
    assert [filing.title for filing in waiting.filings] == ["一群", "二群"]
    assert titles(queries.queue(campus.school, wang, "sheet")) == ["信工之声"]
    assert len(titles(queries.queue(campus.school, wang))) == 3


def test_the_home_page_counts_what_waits_what_came_back_and_what_is_late(campus):
    campus.submitted(title="旧的", account="a", now=day(6, 1))
    campus.submitted(title="新的", account="b", now=day(6, 4))
    campus.draft(account="c")
    campus.do(campus.submitted(account="d"), "return", "wang", "请修改")
    wang, chen = campus.person("wang"), campus.person("chen")
    counts = queries.waiting_counts(campus.school, wang, now=day(6, 5))
    assert (counts.waiting, counts.overdue, counts.returned) == (2, 1, 0)
    assert titles(queries.overdue(campus.school, wang, now=day(6, 5))) == ["旧的"]
    counts = queries.waiting_counts(campus.school, chen)
    assert (counts.waiting, counts.returned, counts.drafts) == (0, 1, 1)


def test_the_summary_prints_channels_in_force_by_unit_with_followers_in_ten_thousands(campus):
    campus.filed(by="zhou", head="sun", unit="医学院", title="医路", account="yl")
    campus.filed()
    campus.filed(unit="机器人社", title="机器人", account="jqr", followers=None)
    campus.submitted(title="还没批", account="x")
    rows = list(summary.rows(SUMMARY, SCHOOL, None, date(2026, 11, 22)))
    assert [row.texts for row in rows] == [
        ["1", "信息工程学院", "二级平台", "信工之声", "xgzs", "0.035"],
        ["2", "机器人社", "二级平台", "机器人", "jqr", ""],
        ["3", "医学院", "二级平台", "医路", "yl", "0.035"],
    ]
    assert rows[0].cells["关注人数"][1] == 0.035


def test_the_summary_of_a_unit_has_only_its_own(campus):
    campus.filed()
    campus.filed(by="zhou", head="sun", unit="医学院", title="医路", account="yl")
    ours = campus.person("chen").visible_units()
    rows = list(summary.rows(SUMMARY, SCHOOL, ours, date(2026, 11, 22)))
    assert [row.cells["账号名称"][0] for row in rows] == ["信工之声"]


def test_what_was_closed_this_year_stays_with_a_mark_and_leaves_the_year_after(campus):
    first = campus.filed(now=day(3, 1))
    campus.filed(kind="close", channel=first.channel, now=day(6, 1))
    (row,) = summary.rows(SUMMARY, SCHOOL, None, date(2026, 11, 22))
    assert row.closed
    assert row.cells["账号名称"][0] == "信工之声（已注销）"
    assert list(summary.rows(SUMMARY, SCHOOL, None, date(2027, 1, 1))) == []


def test_a_pending_change_does_not_show_in_the_summary(campus):
    channel = campus.filed().channel
    campus.submitted(kind="change", channel=channel, title="新名字")
    (row,) = summary.rows(SUMMARY, SCHOOL, None, date(2026, 11, 22))
    assert row.cells["账号名称"][0] == "信工之声"


def test_a_renamed_unit_is_found_by_its_new_name(campus):
    campus.filed()
    campus.unit("信息工程学院").rename("人工智能学院")
    db.session.flush()
    assert titles(search.channels(campus.school, campus.person("li"), Filters(q="rgznxy"))) == ["信工之声"]
    assert db.session.scalars(db.select(Channel)).one().unit.name == "人工智能学院"
