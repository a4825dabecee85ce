"""What a unit answers in a report is remembered, once for each time it answers otherwise."""

import pytest

from models.database import db
from models.events import history
from tests.campaigns.reporting import Reporting


@pytest.fixture
def campus(tmp_path):
    with Reporting(f"sqlite:///{tmp_path / 'campus.sqlite3'}").open() as campus:
        yield campus
        db.engine.dispose()


def test_an_answer_is_an_event_of_its_channel_and_repeating_it_is_none(campus):
    channel = campus.filed().channel
    report = campus.report(campus.ask())
    for answer in ("unchanged", "unchanged", "change"):
        assert campus.say(report, answer, channel) == []
    found = [(one.label, one.from_state, one.to_state, one.opinion) for one in history.of_channel(channel.id)]
    assert found == [
        ("逐项填报", "", "无变更", "2026年备案工作"),
        ("逐项填报", "无变更", "变更", "2026年备案工作"),
    ]


def test_reporting_nothing_and_taking_it_back_are_events_of_the_report(campus):
    report = campus.report(campus.ask(), "医学院")
    for nil in (True, True, False):
        campus.nil(report, by="zhou", nil=nil)
    assert [one.label for one in report.events] == ["登记零报告", "取消零报告"]
    assert history.verify("xx") is None
