"""The board's numbers, held against a count of the rows one by one."""

from collections import Counter

import pytest

from models.campaigns import board
from models.campaigns.campaign import end
from models.channels.channel import Channel, ChannelState
from models.database import db
from models.people.unit import tree
from models.register.staleness import is_stale
from models.rules.definitions.institution import Institution
from models.rules.filing_kind import FilingKind
from tests.campaigns.reporting import CLOSES, OPENS, Reporting
from tests.campus import day

BEFORE, WITHIN, AFTER = day(2, 1), day(3, 5), day(6, 1)


@pytest.fixture
def campus(tmp_path):
    with Reporting(f"sqlite:///{tmp_path / 'campus.sqlite3'}").open() as campus:
        yield campus


@pytest.fixture
def campaign(campus):
    """Accounts of a college, of its club and of another college, on file before the opening."""
    for number, unit in enumerate(("信息工程学院", "机器人社", "医学院", "机器人社")):
        reporter, head = ("zhou", "sun") if unit == "医学院" else ("chen", "wang")
        campus.filed(
            by=reporter, head=head, unit=unit, account=f"on_file_{number}", title=f"账号{number}", now=BEFORE
        )
    return campus.ask()


def counted_by_hand(school: Institution, unit_ids: set[int]) -> dict[str, int]:
    rows = [
        one
        for one in db.session.scalars(db.select(Channel))
        if one.unit_id in unit_ids and one.state is ChannelState.in_force
    ]
    groups = sum(one.form == "group" for one in rows)
    return {
        "platforms": len(rows) - groups,
        "groups": groups,
        "stale": sum(is_stale(channel, school) for channel in rows),
        "incomplete": sum(one.incomplete for one in rows),
    }


def test_every_line_counts_its_unit_and_all_below_it(campus, campaign):
    drawn = board.draw(campaign, campus.school, campus.person("li"))
    assert [line.unit.name for line in drawn.lines] == ["信息工程学院", "医学院"]
    for line in drawn.lines:
        by_hand = counted_by_hand(campus.school, tree("xx").below({line.unit.id}))
        assert {name: line.counts[name] for name in by_hand} == by_hand, line.unit.name
    assert drawn.total("platforms") == 4
    (club,) = drawn.lines[0].below
    assert (club.unit.name, club.counts["platforms"]) == ("机器人社", 2)


def test_what_was_filed_before_the_opening_or_after_the_end_is_not_of_this_campaign(campus, campaign):
    office = campus.person("li")
    assert board.draw(campaign, campus.school, office).filed == Counter()
    campus.filed(account="within", title="期间新增", now=WITHIN)
    end(campaign, office, campaign.revision, CLOSES)
    campus.filed(account="after", title="结束以后", now=AFTER)
    assert board.draw(campaign, campus.school, office).filed == Counter({(False, FilingKind.first): 1})
    assert OPENS < WITHIN < CLOSES < AFTER


def test_each_stands_where_its_report_stands_and_a_nil_one_is_told_apart(campus, campaign):
    line = board.draw(campaign, campus.school, campus.person("li")).lines[0]
    line.report.state, line.report.nil = board.ReportState.reported, True
    drawn = board.draw(campaign, campus.school, campus.person("li"))
    assert drawn.states() == Counter({"nil": 1, "not_started": 1})
    assert [one.missing for one in drawn.lines] == [False, True]


def test_a_unit_sees_its_own_line_only(campus, campaign):
    drawn = board.draw(campaign, campus.school, campus.person("zhou"))
    assert [line.unit.name for line in drawn.lines] == ["医学院"]
    assert drawn.total("platforms") == 1


def test_the_board_asks_no_more_when_there_is_more_of_everything(campus, campaign):
    def questions() -> int:
        db.session.commit()
        asked = []
        listen = db.event.listens_for(db.engine, "before_cursor_execute")
        heard = listen(lambda *given: asked.append(given[2]))
        board.draw(campaign, campus.school, campus.person("li"))
        db.event.remove(db.engine, "before_cursor_execute", heard)
        return len(asked)

    before = questions()
    for number in range(5):
        campus.filed(account=f"more_{number}", title=f"更多{number}", now=WITHIN)
    assert questions() == before
