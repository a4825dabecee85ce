"""A unit counts to its own deadline; a deadline that has passed has passed by a minute at least."""

from datetime import UTC, datetime, timedelta

import pytest

from blueprints.institution.campaigns.words import countdown
from models.campaigns.report import Report
from models.database import db
from tests.campaigning import ask, unit_id

DUE = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-3600, "还剩 1 小时"),
        (-59, "就要截止"),
        (0, "就要截止"),
        (59, "就要截止"),
        (60, "已过 1 分钟"),
        (119, "已过 1 分钟"),
        (7200, "已过 2 小时"),
    ],
)
def test_no_deadline_is_nought_minutes_away(seconds, words):
    assert countdown(DUE, DUE + timedelta(seconds=seconds)).words == words


@pytest.mark.parametrize("place", ["/pdsu/", "/pdsu/campaigns/", "/pdsu/campaigns/{id}"])
def test_a_unit_with_an_extension_counts_to_its_own_deadline(app, sign_in, place):
    address = place.format(id=ask(app))
    with app.app_context():
        report = db.session.scalars(db.select(Report).filter_by(unit_id=unit_id(app, "信息工程学院"))).one()
        report.extended_to = report.campaign.closes_at + timedelta(days=4)
        own, common = report.due_at, report.campaign.closes_at
        db.session.commit()
    for who, due, words in (("linxiao", own, "还剩 6 天"), ("wutong", common, "还剩 2 天")):
        page = sign_in(who).open(address)
        assert words in page.text, who
        assert page.find(f'time[datetime^="{due:%Y-%m-%dT%H:%M}"]'), who
