"""Since when a channel is silent, on a real database file."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import update

from models.channels.channel import Channel, ChannelState
from models.database import db
from models.events import history
from models.filings import transitions
from models.filings.filing import AlreadyOpen
from models.filings.starting import start
from models.register import activity
from models.register.activity import Answer, answer, confirm_unchanged, record_newest_post
from models.register.staleness import is_stale, stale_before, stale_condition
from models.rules.dates import read_day
from models.rules.deadlines import months_before
from models.rules.definitions.institution import Clocks
from models.rules.workflow import Refused, State
from tests.campus import SCHOOL, Campus, day

LIMITED = SCHOOL.model_copy(update={"clocks": Clocks(stale_months=6)})


@pytest.fixture
def campus(tmp_path):
    campus = Campus(f"sqlite:///{tmp_path / 'campus.sqlite3'}")
    campus.app.extensions["institutions"] = {"xx": LIMITED}
    with campus.open():
        yield campus
        db.engine.dispose()


def deeds(channel) -> list[str]:
    return [event.verb for event in history.of_channel(channel.id)]


def stale_titles(today: date, institution=LIMITED) -> list[str]:
    return list(db.session.scalars(db.select(Channel.title).where(stale_condition(institution, today))))


@pytest.mark.parametrize(
    ("today", "months", "expected"),
    [
        (date(2026, 8, 31), 6, date(2026, 2, 28)),
        (date(2024, 8, 31), 6, date(2024, 2, 29)),
        (date(2026, 3, 15), 6, date(2025, 9, 15)),
        (date(2026, 12, 31), 1, date(2026, 11, 30)),
        (date(2026, 1, 1), 13, date(2024, 12, 1)),
    ],
)
def test_months_are_counted_by_the_calendar(today, months, expected):
    assert months_before(today, months) == expected


def test_a_channel_is_stale_from_the_day_after_six_months(campus):
    channel = campus.filed(now=day(1, 5)).channel
    assert channel.quiet_since == date(2026, 1, 5)
    for today, stale in [(date(2026, 7, 5), False), (date(2026, 7, 6), True)]:
        assert is_stale(channel, campus.school, today) is stale
        assert stale_titles(today) == ([channel.title] if stale else [])


def test_only_what_is_on_the_register_grows_stale(campus):
    channel = campus.filed(now=day(1, 5)).channel
    channel.state = ChannelState.closed
    assert not is_stale(channel, campus.school, date(2026, 12, 1))
    assert stale_titles(date(2026, 12, 1)) == []


def test_a_school_without_a_limit_has_nothing_stale(campus):
    channel = campus.filed(now=day(1, 5)).channel
    assert stale_before(SCHOOL) is None
    assert not is_stale(channel, SCHOOL, date(2030, 1, 1))
    assert stale_titles(date(2030, 1, 1), SCHOOL) == []


def test_a_typed_day_of_eight_months_ago_outweighs_a_young_paper(campus):
    channel = campus.filed(now=day(11, 1)).channel
    record_newest_post(channel, date(2026, 3, 20), campus.person("chen"), day(11, 20))
    assert (channel.last_update_on, channel.quiet_since) == (date(2026, 3, 20), date(2026, 3, 20))
    assert is_stale(channel, campus.school, date(2026, 11, 20))
    [event] = history.of_channel(channel.id)
    assert event.changes == [
        {"path": "last_update_on", "label": "最近更新日期", "before": "", "after": "2026年3月20日"}
    ]
    assert history.verify("xx") is None


def test_a_typed_day_does_not_outweigh_a_later_word_of_the_unit(campus):
    channel = campus.filed(now=day(2, 1)).channel
    confirm_unchanged(channel, campus.school, campus.person("wang"), day(6, 1))
    record_newest_post(channel, date(2026, 3, 20), campus.person("chen"), day(11, 20))
    assert channel.quiet_since == date(2026, 6, 1)
    answered = campus.filed(account="b", now=day(2, 1)).channel
    answer(answered, campus.school, Answer.explain, campus.person("chen"), "假期", now=day(9, 1))
    record_newest_post(answered, date(2026, 3, 20), campus.person("chen"), day(11, 20))
    assert answered.quiet_since == date(2026, 9, 1)


def test_the_same_day_again_is_no_event(campus):
    channel = campus.filed(now=day(2, 1)).channel
    for event_is_made in (True, False):
        event = record_newest_post(channel, date(2026, 3, 20), campus.person("chen"), day(4, 1))
        assert (event is not None) is event_is_made
    assert deeds(channel) == ["heard"]


@pytest.mark.parametrize(
    ("wrong", "words"), [(date(2026, 11, 23), "还没有到"), (date(1999, 12, 31), "早于2000年")]
)
def test_an_impossible_day_is_refused(campus, wrong, words):
    channel = campus.filed(now=day(2, 1)).channel
    # 15:59 UTC is the last minute of the campus day.
    with pytest.raises(Refused, match=words):
        record_newest_post(channel, wrong, campus.person("chen"), datetime(2026, 11, 22, 15, 59, tzinfo=UTC))
    record_newest_post(channel, date(2000, 1, 1), campus.person("chen"), day(11, 22))
    tomorrow = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)
    assert record_newest_post(channel, date(2026, 11, 23), campus.person("chen"), tomorrow)


def test_a_channel_is_confirmed_once_a_year(campus):
    channel = campus.filed(now=day(2, 1)).channel
    confirm_unchanged(channel, campus.school, campus.person("chen"), day(5, 1))
    assert channel.confirmed_on == channel.quiet_since == date(2026, 5, 1)
    with pytest.raises(Refused, match="今年已在2026年5月1日确认过"):
        confirm_unchanged(channel, campus.school, campus.person("chen"), day(8, 1))
    record_newest_post(channel, date(2026, 12, 20), campus.person("chen"), day(12, 21))
    # Already the new year on campus.
    confirm_unchanged(channel, campus.school, campus.person("wang"), datetime(2026, 12, 31, 17, tzinfo=UTC))
    assert channel.confirmed_on == date(2027, 1, 1)
    assert deeds(channel) == ["confirm", "heard", "confirm"]


def test_what_somebody_else_wrote_meanwhile_is_seen(campus):
    channel = campus.filed(now=day(2, 1)).channel
    meanwhile = update(Channel).values(confirmed_on=date(2026, 4, 30))
    db.session.execute(meanwhile.execution_options(synchronize_session=False))
    with pytest.raises(Refused, match="今年已在2026年4月30日确认过"):
        confirm_unchanged(channel, campus.school, campus.person("chen"), day(5, 1))


def test_others_may_not_speak_for_a_channel(campus):
    channel = campus.filed(now=day(2, 1)).channel
    for stranger in ("zhou", "sun", "qian"):
        with pytest.raises(Refused, match="不是您单位"):
            confirm_unchanged(channel, campus.school, campus.person(stranger), day(5, 1))
    with pytest.raises(Refused, match="不在待核实"):
        answer(channel, campus.school, Answer.explain, campus.person("chen"), "在用", now=day(5, 1))
    channel.state = ChannelState.closed
    db.session.flush()
    with pytest.raises(Refused, match="不在册"):
        record_newest_post(channel, date(2026, 3, 1), campus.person("chen"), day(5, 1))
    assert deeds(channel) == []


def test_what_is_under_way_or_stale_is_not_confirmed(campus):
    channel = campus.filed(now=day(2, 1)).channel
    with pytest.raises(Refused, match="请先答复核实"):
        confirm_unchanged(channel, campus.school, campus.person("chen"), day(11, 1))
    start(LIMITED, LIMITED.forms["account"], "change", channel.unit, campus.person("chen"), channel)
    with pytest.raises(AlreadyOpen):
        confirm_unchanged(channel, campus.school, campus.person("chen"), day(5, 1))


def test_going_on_needs_news_or_a_reason(campus):
    channel, chen = campus.filed(now=day(2, 1)).channel, campus.person("chen")
    for said, sentence in [
        ({}, "请填写新的最近更新日期"),
        ({"words": " \n"}, "请填写新的"),
        ({"day": date(2026, 4, 30)}, "过了核实的期限"),
        ({"day": date(2026, 11, 2)}, "还没有到"),
        ({"words": "字" * 501}, "最多500个字，现在是501个字"),
    ]:
        with pytest.raises(Refused, match=sentence):
            answer(channel, campus.school, Answer.go_on, chen, now=day(11, 1), **said)
    answer(channel, campus.school, Answer.go_on, chen, day=date(2026, 5, 1), now=day(11, 1))
    assert (channel.last_update_on, channel.quiet_since) == (date(2026, 5, 1), date(2026, 11, 1))
    assert not is_stale(channel, campus.school, date(2027, 5, 1))
    assert is_stale(channel, campus.school, date(2027, 5, 2))


def test_an_explanation_is_kept_and_told_to_the_office_once(campus):
    channel, chen = campus.filed(now=day(2, 1)).channel, campus.person("chen")
    with pytest.raises(Refused, match="请写明情况"):
        answer(channel, campus.school, Answer.explain, chen, "　", now=day(11, 1))
    answer(channel, campus.school, Answer.explain, chen, "改版中", now=day(11, 1))
    with pytest.raises(Refused, match="小陈已在2026年11月1日答复“说明”"):
        answer(channel, campus.school, Answer.explain, campus.person("wang"), "改版中", now=day(11, 1))
    [event] = history.of_channel(channel.id)
    assert (event.from_state, event.to_state, event.opinion) == ("待核实", "说明", "改版中")
    told = db.session.scalars(db.select(activity.notices.Notice).filter_by(channel_id=channel.id))
    assert {(notice.person.name, notice.detail) for notice in told} == {
        ("李老师", "改版中"),
        ("赵老师", "改版中"),
    }


def test_closing_begins_a_draft_and_leaves_the_channel_stale_until_it_is_decided(campus):
    channel, chen = campus.filed(now=day(2, 1)).channel, campus.person("chen")
    closing = answer(channel, campus.school, Answer.close, chen, now=day(11, 1))
    assert (closing.kind, closing.state, closing.channel) == ("close", State.draft, channel)
    assert is_stale(channel, campus.school, date(2026, 11, 1))
    for choice in Answer:
        with pytest.raises(AlreadyOpen) as caught:
            answer(channel, campus.school, choice, chen, "再答一次", now=day(11, 1))
        assert caught.value.filing is closing
    transitions.discard(closing, chen, closing.revision)
    answer(channel, campus.school, Answer.explain, chen, "不注销了", now=day(11, 2))
    assert deeds(channel) == ["answer", "answer"]


def test_a_paper_of_an_earlier_year_is_due_for_confirmation(campus):
    campus.filed(title="去年的", now=datetime(2025, 12, 31, 15, tzinfo=UTC))
    campus.filed(title="今年的", account="b", now=datetime(2025, 12, 31, 16, tzinfo=UTC))
    due = activity.due_condition("xx", date(2026, 11, 22))
    asked = db.select(Channel).where(due)
    [channel] = db.session.scalars(asked)
    assert channel.title == "去年的"
    record_newest_post(channel, date(2026, 5, 1), campus.person("chen"), day(5, 2))
    confirm_unchanged(channel, campus.school, campus.person("chen"), day(5, 2))
    assert db.session.scalars(asked).all() == []


@pytest.mark.parametrize(
    "typed",
    ["2026.3.5", "2026年3月5日", "2026-03-05", "2026/3/5 0:00:00", "46086", "46086.5", "２０２６．３．５"],
)
def test_a_day_is_read_as_people_and_spreadsheets_write_it(typed):
    assert read_day(typed, "日期", date(2026, 11, 22)) == date(2026, 3, 5)


def test_a_month_alone_is_its_last_day_or_today():
    assert read_day("2026.2", "日期", date(2026, 11, 22)) == date(2026, 2, 28)
    assert read_day("2026年11月", "日期", date(2026, 11, 22)) == date(2026, 11, 22)


@pytest.mark.parametrize("typed", ["", "昨天", "3月5日", "2026-11-31", "²", "9" * 5000, "0000-1-1"])
def test_what_is_no_day_is_refused_in_a_sentence(typed):
    with pytest.raises(ValueError, match=r"日期.*。"):
        read_day(typed, "日期", date(2026, 11, 22))
