"""When a unit is reminded, by hand and by the clock, on a real database file."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from models.campaigns.campaign import Campaign
from models.campaigns.reminders import Missing, Reminder, log, remind, remind_by_itself, sentence
from models.campaigns.report import report_of
from models.campaigns.transitions import publish
from models.database import db
from models.events import history
from models.messaging.notices import Notice
from models.rules.reminder_occasions import Occasion, latest, time_left, timetable
from models.rules.report_workflow import ReportState
from models.rules.workflow import Refused
from tests.campus import Campus

OPENS = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
CLOSES = datetime(2026, 11, 12, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def campus(tmp_path):
    campus = Campus(f"sqlite:///{tmp_path / 'campus.sqlite3'}")
    with campus.open():
        yield campus
        db.engine.dispose()


@pytest.fixture
def campaign(campus) -> Campaign:
    """Running since 2 November; both colleges are to answer."""
    li = campus.person("li")
    made = Campaign(
        institution="xx",
        year=2026,
        title="年度备案",
        forms=["account"],
        opens_at=OPENS,
        closes_at=CLOSES,
        created_by=li,
        created_at=OPENS - HOUR,
    )
    db.session.add(made)
    db.session.flush()
    publish(made, li, OPENS - HOUR)
    return made


def told(campus, username: str) -> list[str]:
    asked = select(Notice.text).where(Notice.person_id == campus.person(username).id)
    return list(db.session.scalars(asked.order_by(Notice.id)))


def state(campus, campaign, name: str, now: ReportState):
    report = report_of(campaign, campus.unit(name).id)
    report.state = now
    db.session.flush()
    return report


def occasions(done) -> list[tuple[str, str]]:
    return [(one.unit.name, one.occasion.value) for one in done]


def both(occasion: str) -> list[tuple[str, str]]:
    return [("信息工程学院", occasion), ("医学院", occasion)]


def test_only_those_who_have_not_reported_are_told(campus, campaign):
    state(campus, campaign, "医学院", ReportState.reported)
    [result] = remind(campaign, None, campus.person("li"), OPENS)
    assert (result.report.unit.name, result.people, result.problem) == ("信息工程学院", 1, "")
    assert told(campus, "chen") == [
        "“年度备案”信息工程学院的报送还没有开始。截止时间 11月12日 17:00，还剩 10 天 8 小时，请尽快报送。"
    ]
    assert told(campus, "zhou") == told(campus, "wang") == []


def test_the_head_is_told_too_of_what_waits_for_a_signature(campus, campaign):
    state(campus, campaign, "信息工程学院", ReportState.to_sign)
    remind(campaign, {campus.unit("信息工程学院").id}, campus.person("li"), CLOSES - HOUR)
    assert told(campus, "wang") == told(campus, "chen")
    assert "正等待单位负责人签字" in told(campus, "wang")[0]
    assert "还剩 1 小时" in told(campus, "wang")[0]


def test_a_unit_is_left_alone_for_twelve_hours(campus, campaign):
    li = campus.person("li")
    remind(campaign, {campus.unit("医学院").id}, li, OPENS)
    again = {one.report.unit.name: one for one in remind(campaign, None, li, OPENS + 11 * HOUR)}
    assert again["信息工程学院"].people == 1
    assert again["医学院"].problem == "11月2日 09:00刚催过，11月2日 21:00以后可以再催。"
    assert len(told(campus, "zhou")) == 1
    remind(campaign, None, li, OPENS + 12 * HOUR)
    assert len(told(campus, "zhou")) == 2


def test_a_unit_with_nobody_to_tell_says_so(campus, campaign):
    campus.person("zhou").active = False
    db.session.flush()
    results = remind(campaign, None, campus.person("li"), OPENS)
    assert [one.report.unit.name for one in results if "没有可以通知的人" in one.problem] == ["医学院"]
    assert [row.unit.name for row in db.session.scalars(log(campaign))] == ["信息工程学院"]


@pytest.mark.parametrize("columns", [{"published_at": None}, {"ended_at": OPENS}])
def test_nobody_is_reminded_of_what_does_not_run(campus, campaign, columns):
    for name, value in columns.items():
        setattr(campaign, name, value)
    with pytest.raises(Refused, match="不能催报"):
        remind(campaign, None, campus.person("li"), OPENS)
    assert remind_by_itself(campaign, CLOSES) == []


def test_each_reminder_is_kept_with_its_event(campus, campaign):
    remind(campaign, {campus.unit("医学院").id}, campus.person("li"), OPENS)
    remind_by_itself(campaign, CLOSES - HOUR)
    report = report_of(campaign, campus.unit("医学院").id)
    assert [(one.verb, one.actor_name, one.opinion) for one in report.events] == [
        ("remind", "李老师", "催报，通知 1 人"),
        ("remind", "定时催报", "截止前三小时，通知 1 人"),
    ]
    assert history.verify("xx") is None


def test_by_itself_each_occasion_is_sent_once(campus, campaign):
    assert remind_by_itself(campaign, OPENS - timedelta(minutes=1)) == []
    for now, occasion in [
        (OPENS, "opening"),
        (OPENS + (CLOSES - OPENS) / 2, "halfway"),
        (CLOSES - 24 * HOUR, "day_before"),
        (CLOSES - 3 * HOUR, "last_hours"),
    ]:
        before = len(told(campus, "zhou"))
        assert remind_by_itself(campaign, now - timedelta(minutes=1)) == []
        assert occasions(remind_by_itself(campaign, now)) == both(occasion)
        assert remind_by_itself(campaign, now + timedelta(minutes=1)) == []
        assert len(told(campus, "zhou")) == before + 1
    assert remind_by_itself(campaign, CLOSES + 48 * HOUR) == []


def test_what_was_missed_is_made_up_for_once_and_not_in_a_burst(campus, campaign):
    assert occasions(remind_by_itself(campaign, CLOSES - 20 * HOUR)) == both("day_before")
    assert remind_by_itself(campaign, CLOSES - 19 * HOUR) == []
    assert occasions(remind_by_itself(campaign, CLOSES + HOUR)) == both("last_hours")
    assert "已逾期 1 小时" in told(campus, "zhou")[-1]


def test_who_has_reported_since_is_not_reminded(campus, campaign):
    remind_by_itself(campaign, OPENS)
    state(campus, campaign, "医学院", ReportState.received)
    later = remind_by_itself(campaign, CLOSES - HOUR)
    assert occasions(later) == [("信息工程学院", "last_hours")]


def test_an_extended_unit_is_reminded_by_its_own_deadline(campus, campaign):
    remind_by_itself(campaign, CLOSES - HOUR)
    report = report_of(campaign, campus.unit("医学院").id)
    report.extended_to = CLOSES + 72 * HOUR
    db.session.flush()
    assert remind_by_itself(campaign, CLOSES) == []
    assert occasions(remind_by_itself(campaign, CLOSES + 48 * HOUR)) == [("医学院", "day_before")]
    assert occasions(remind_by_itself(campaign, CLOSES + 69 * HOUR)) == [("医学院", "last_hours")]
    assert "11月15日 17:00" in told(campus, "zhou")[-1]


def test_by_itself_it_goes_on_about_units_with_nobody_until_somebody_is_there(campus, campaign):
    zhou = campus.person("zhou")
    zhou.active = False
    db.session.flush()
    done = remind_by_itself(campaign, OPENS)
    assert [one.report.unit.name for one in done if isinstance(one, Missing)] == ["医学院"]
    zhou.active = True
    db.session.flush()
    assert occasions(remind_by_itself(campaign, OPENS + HOUR)) == [("医学院", "opening")]


def test_two_runs_at_once_send_once(campus, campaign):
    [first, _] = remind_by_itself(campaign, OPENS)
    db.session.query(Reminder).update({"at": OPENS - HOUR})  # as if the other had not been seen
    assert remind_by_itself(campaign, OPENS) == []
    assert first.people == len(told(campus, "chen")) == 1


def test_a_short_campaign_has_no_occasion_before_it_opens():
    due = OPENS + 2 * HOUR
    assert timetable(OPENS, due) == [(OPENS, Occasion.opening), (OPENS + HOUR, Occasion.halfway)]
    assert latest(OPENS, due, OPENS - HOUR) is None


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(days=2, hours=3, minutes=5), "还剩 2 天 3 小时"),
        (timedelta(days=1), "还剩 1 天"),
        (timedelta(minutes=40), "还剩 40 分钟"),
        (timedelta(hours=5, minutes=1), "还剩 5 小时 1 分钟"),
        (timedelta(seconds=-59), "就要截止"),
        (timedelta(minutes=-1), "已逾期 1 分钟"),
        (timedelta(days=-1, hours=-2), "已逾期 1 天 2 小时"),
    ],
)
def test_time_left_is_told_by_the_minute(left, words):
    assert time_left(CLOSES, CLOSES - left) == words


def test_a_returned_report_is_asked_for_again(campus, campaign):
    report = state(campus, campaign, "医学院", ReportState.returned)
    assert "已退回，还没有重新报送" in sentence(report, OPENS)
