"""待核实销号: an approved closing waits for the office, and the first of two looks counts."""

from datetime import date

import pytest

from models.database import db
from models.events import history
from models.filings import transitions
from models.filings.filing import Filing
from models.messaging import notices
from models.register.closing import awaited, awaiting, confirm_gone, dissolve, still_there
from models.register.opening import needs_opening, record_opening
from models.rules.workflow import Refused
from tests.campus import Campus, day


@pytest.fixture
def campus(tmp_path):
    with Campus(f"sqlite:///{tmp_path / 'campus.sqlite3'}").open() as campus:
        yield campus


@pytest.fixture
def channel(campus):
    """An account whose closing was approved."""
    found = campus.filed(now=day(3, 1)).channel
    campus.filed(kind="close", channel=found, reason="不再使用", now=day(4, 1))
    return found


def seen(channel) -> str:
    return awaited([channel])[0].seen


def titles(campus, username: str, words: str = "") -> list[str]:
    return [one.title for one in db.session.scalars(awaiting(campus.person(username), words))]


def test_a_closed_account_waits_until_the_office_has_seen_it_gone(campus, channel):
    assert channel.state_label == "待核实销号"
    assert titles(campus, "li") == ["信工之声"]
    confirm_gone(channel, seen(channel), campus.person("li"), day(4, 2))
    assert (channel.state_label, channel.gone_at) == ("已注销", day(4, 2))
    assert titles(campus, "li") == []
    event = history.of_channel(channel.id)[-1]
    assert (event.label, event.actor_name, event.from_state, event.to_state) == (
        "核实销号",
        "李老师",
        "待核实销号",
        "已注销",
    )
    assert history.verify("xx") is None


def test_it_is_found_by_name_account_and_unit_and_by_nobody_elses(campus, channel):
    for words in ("信工", "XGZS", "信息工程", "xxgcxy"):
        assert titles(campus, "li", words) == ["信工之声"], words
    assert titles(campus, "li", "%") == []
    assert titles(campus, "chen") == ["信工之声"]
    assert titles(campus, "zhou") == []


def test_who_comes_second_is_told_who_was_first_and_when(campus, channel):
    as_drawn = seen(channel)
    confirm_gone(channel, as_drawn, campus.person("li"), day(4, 2, 1))
    for deed in (
        lambda: confirm_gone(channel, as_drawn, campus.person("zhao")),
        lambda: still_there(channel, "还在", as_drawn, campus.person("zhao")),
    ):
        with pytest.raises(Refused, match=r"李老师在4月2日 09:00 已对“信工之声”核实销号"):
            deed()
    assert len(history.of_channel(channel.id)) == 1


def test_what_is_still_there_stays_listed_and_its_unit_is_told(campus, channel):
    with pytest.raises(Refused, match="写明查到的情况"):
        still_there(channel, " ", seen(channel), campus.person("li"))
    still_there(channel, "主页还能打开", seen(channel), campus.person("li"), day(4, 2))
    one = awaited([channel])[0]
    assert (one.look.label, one.look.opinion) == ("核实未销号", "主页还能打开")
    assert titles(campus, "chen") == ["信工之声"]
    told = db.session.scalars(notices.of(campus.person("chen"))).first()
    assert "仍未销号" in told.text
    assert told.detail == "主页还能打开"
    confirm_gone(channel, seen(channel), campus.person("zhao"), day(4, 3))
    assert channel.state_label == "已注销"


def test_only_the_office_judges_and_only_what_waits(campus, channel):
    with pytest.raises(Refused, match="备案审核部门"):
        confirm_gone(channel, seen(channel), campus.person("wang"))
    confirm_gone(channel, seen(channel), campus.person("li"))
    with pytest.raises(Refused, match="现在是“已注销”"):
        confirm_gone(channel, seen(channel), campus.person("li"))


def test_an_account_opened_and_closed_again_is_looked_at_anew(campus, channel):
    still_there(channel, "还在", seen(channel), campus.person("li"), day(4, 2))
    campus.filed(channel=channel, now=day(5, 1))
    assert titles(campus, "li") == []
    campus.filed(kind="close", channel=channel, now=day(6, 1))
    one = awaited([channel])[0]
    assert one.look is None
    assert one.filing.decided_at == day(6, 1)


def test_a_draft_of_what_was_dissolved_goes_and_its_name_stays(campus):
    draft = campus.draft(form="group", title="备赛群")
    draft_id = draft.id
    dissolve(draft, campus.person("chen"), draft.revision)
    assert db.session.get(Filing, draft_id) is None
    event = db.session.scalars(db.select(history.Event).where(history.Event.verb == "dissolve")).one()
    assert (event.label, event.opinion) == ("解散，无须备案", "备赛群（信息工程学院）")
    handed_in = campus.submitted(form="group", account="g2")
    with pytest.raises(Refused, match="从未提交过的草稿"):
        dissolve(handed_in, campus.person("chen"), handed_in.revision)


def test_the_paper_that_allows_an_opening_is_recorded_once_and_may_be_corrected(campus):
    filing = campus.filed(account=None)
    assert needs_opening(filing)
    office, when = campus.person("li"), date(2026, 4, 1)
    with pytest.raises(Refused, match="备案审核部门"):
        record_opening(filing, "开〔2026〕1号", when, "", campus.person("chen"))
    record_opening(filing, "开〔2026〕1号", when, "", office, day(4, 1, 1))
    with pytest.raises(Refused, match=r"李老师在4月1日 09:00 已登记开设手续：开〔2026〕1号"):
        record_opening(filing, "开〔2026〕2号", when, "", campus.person("zhao"))
    record_opening(filing, "开〔2026〕3号", when, "开〔2026〕1号", office)
    assert filing.channel.opening_number == "开〔2026〕3号"
    change = history.of_channel(filing.channel_id)[-1].changes[0]
    assert (change["before"], change["after"]) == (
        "开〔2026〕1号（2026年4月1日）",
        "开〔2026〕3号（2026年4月1日）",
    )
    told = db.session.scalars(notices.of(campus.person("chen"))).first()
    assert "开设手续" in told.text


def test_an_account_that_was_open_already_needs_no_such_paper(campus):
    filing = campus.draft()
    transitions.keep(
        filing, campus.school, filing.answers, campus.person("chen"), filing.revision, opened=True
    )
    campus.do(filing, "submit", "chen")
    campus.do(filing, "approve", "wang")
    campus.do(filing, "approve", "li")
    with pytest.raises(Refused, match="批准后才开通"):
        record_opening(filing, "1", date(2026, 4, 1), "", campus.person("li"))
