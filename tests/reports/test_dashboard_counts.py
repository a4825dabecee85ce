"""统计 against a plain recount, and the years against what was done in them."""

from collections import Counter
from datetime import UTC, datetime

import pytest
from sqlalchemy import event, select

from models.channels.channel import Channel, ChannelState
from models.clock import campus_time, utcnow
from models.database import db
from models.filings.filing import Filing
from models.register.closing import confirm_gone
from models.register.staleness import is_stale
from models.reports import dashboard
from models.reports.dashboard import Question
from models.rules.definitions.institution import Institution
from models.rules.filing_kind import FilingKind
from models.rules.workflow import State
from tests.campus import SCHOOL, Campus, day

NOW = day(11, 22)


@pytest.fixture
def campus(tmp_path):
    with Campus(f"sqlite:///{tmp_path / 'campus.sqlite3'}").open() as campus:
        yield campus
        db.engine.dispose()


def of(units=None, form="", school=SCHOOL, now=NOW) -> dashboard.Figures:
    return dashboard.figures(Question(school, units, form), now)


def recounted(school: Institution, units: set[int] | None, form: str, now: datetime) -> dict:
    """The same figures, channel by channel, in Python."""
    every = [
        one
        for one in db.session.scalars(select(Channel).where(Channel.institution == school.code))
        if (units is None or one.unit_id in units) and (not form or one.form == form)
    ]
    on_register = [one for one in every if one.state is ChannelState.in_force]
    today = campus_time(now).date()
    stale = [one for one in on_register if is_stale(one, school, today)]
    incomplete = [one for one in on_register if one.incomplete and one not in stale]
    deeds = Counter(
        (campus_time(one.decided_at).year, one.kind)
        for one in db.session.scalars(select(Filing))
        if one.state is State.filed and one.channel in every
    )
    return {
        "in_force": len(on_register),
        "stale": len(stale),
        "incomplete": len(incomplete),
        "closing": sum(one.closing for one in every),
        "closed": sum(one.state is ChannelState.closed and not one.closing for one in every),
        "platforms": Counter(one.platform or one.nature for one in on_register),
        "followers": sum(one.followers or 0 for one in on_register),
        "kinds": Counter(one.unit.kind for one in on_register),
        "deeds": {key: count for key, count in deeds.items() if key[1] is not FilingKind.review},
    }


def counted(found: dashboard.Figures) -> dict:
    """What the database counted, in the recount's words."""
    standings = found.standings
    deeds = {
        (one.year, kind): count
        for one in found.years
        for kind, count in [("first", one.opened), ("change", one.changed), ("close", one.closed)]
        if count
    }
    return {
        **{
            name: getattr(standings, name)
            for name in ("in_force", "stale", "incomplete", "closing", "closed")
        },
        "platforms": {one.name: one.channels for one in found.platforms},
        "followers": sum(one.followers for one in found.platforms),
        "kinds": found.unit_kinds,
        "deeds": deeds,
    }


def check(school: Institution, units: set[int] | None, form: str, now: datetime) -> None:
    found = of(units, form, school, now)
    assert counted(found) == recounted(school, units, form, now)
    assert found.years[-1].in_force == found.standings.in_force
    assert sum(found.unit_kinds.values()) == found.standings.in_force


def test_the_demo_is_counted_as_by_hand(app):
    with app.app_context():
        for school in app.extensions["institutions"].values():
            for form in ("", "account", "group"):
                check(school, None, form, utcnow())
            for unit in {one.unit_id for one in db.session.scalars(select(Channel))}:
                check(school, {unit}, "", utcnow())
        assert of(school=app.extensions["institutions"]["pdsu"]).standings.every > 5


def test_every_standing_is_counted_once_and_drafts_and_mistakes_never(campus):
    campus.draft(title="草稿", account="a")
    for number in range(3):
        campus.filed(title=f"在册{number}", account=f"b{number}", now=day(11, 1))
    campus.filed(title="待补充", account=None, now=day(11, 1))
    stale = campus.filed(title="待核实也待补充", account="c", now=day(11, 1)).channel
    stale.quiet_since, stale.incomplete = day(1, 1).date(), True
    for name in ("待销号", "已注销"):
        first = campus.filed(title=name, account=name, now=day(11, 2))
        campus.filed(kind="close", channel=first.channel, title=name, now=day(11, 3))
    confirm_gone(first.channel, first.channel.updated_at.isoformat(), campus.person("li"))
    rejected = campus.submitted(title="不予备案", account="d", now=day(11, 1))
    campus.do(rejected, "reject", "wang", "不行")
    db.session.flush()
    limited = SCHOOL.model_copy(update={"clocks": SCHOOL.clocks.model_copy(update={"stale_months": 6})})
    check(limited, None, "", NOW)
    found = of(school=limited).standings
    assert (found.well, found.stale, found.incomplete, found.closing, found.closed) == (3, 1, 1, 1, 1)
    assert (found.in_force, found.every, found.both) == (5, 7, 1)


def test_a_year_ends_at_midnight_on_the_campus(campus):
    before = datetime(2025, 12, 31, 15, 59, tzinfo=UTC)
    after = datetime(2025, 12, 31, 16, 0, tzinfo=UTC)
    campus.filed(title="旧年", account="a", now=before)
    campus.filed(title="新年", account="b", now=after)
    *_, last, this = of().years
    assert (last.year, last.opened, last.in_force) == (2025, 1, 1)
    assert (this.year, this.opened, this.in_force) == (2026, 1, 2)


def test_what_was_closed_and_opened_again_was_not_there_in_between(campus):
    def moment(year):
        return datetime(year, 5, 1, tzinfo=UTC)

    channel = campus.filed(account="a", now=moment(2022)).channel
    campus.filed(kind="close", channel=channel, account="a", now=moment(2023))
    campus.filed(channel=channel, account="a", now=moment(2025))
    found = {one.year: (one.opened, one.closed, one.in_force) for one in of().years}
    assert found == {2022: (1, 0, 1), 2023: (0, 1, 0), 2024: (0, 0, 0), 2025: (1, 0, 1), 2026: (0, 0, 1)}


def test_five_years_are_shown_at_least_and_ten_at_most(campus):
    assert [one.year for one in of().years] == list(range(2022, 2027))
    campus.filed(account="a", now=datetime(2020, 5, 1, tzinfo=UTC))
    assert of().years[0].year == 2020
    campus.filed(account="b", title="很早的", now=datetime(2011, 5, 1, tzinfo=UTC))
    campus.filed(account="c", title="也早", now=datetime(2017, 5, 1, tzinfo=UTC))
    years = of().years
    assert (years[0].year, len(years)) == (2017, 10)
    # What began before the first year shown was there at its end all the same.
    assert years[0].in_force == 2


def test_the_most_followed_come_first_and_those_who_say_nothing_not_at_all(campus):
    for number in range(12):
        channel = campus.filed(title=f"号{number}", account=f"a{number}", now=day(6, 1)).channel
        channel.followers = number * 100
    campus.filed(title="没填", account="b", now=day(6, 1)).channel.followers = None
    db.session.flush()
    found = of()
    assert [one.title for one in found.most_followed] == [f"号{n}" for n in range(11, 1, -1)]
    assert [(one.channels, one.counted, one.followers) for one in found.platforms] == [(13, 12, 6600)]


def test_a_tier_is_missed_only_where_the_form_asks_for_one(campus):
    campus.filed(tier="first", now=day(6, 1))
    campus.filed(tier=None, account="b", title="未分级", now=day(6, 1))
    assert of().tiers == {"first": 1, "": 1}
    account = SCHOOL.forms["account"]
    untiered = account.model_copy(update={"channel": account.channel.model_copy(update={"tier": ""})})
    school = SCHOOL.model_copy(update={"forms": SCHOOL.forms | {"account": untiered}})
    assert of(school=school).tiers == {}


def test_the_questions_do_not_grow_with_the_channels(campus):
    asked = []
    event.listen(db.engine, "before_cursor_execute", lambda *words: asked.append(words[2]))
    counts = []
    for number in range(3):
        campus.filed(title=f"号{number}", account=f"a{number}", now=day(6, 1))
        asked.clear()
        of()
        counts.append(len(asked))
    assert counts[0] == counts[2] <= 8
