"""A filing's life on a real database file."""

import threading

import pytest
from sqlalchemy import text, update

from models.channels.channel import ChannelState, Duplicate, kinds_for
from models.database import db
from models.events import history
from models.filings import transitions
from models.filings.conflict import Conflict
from models.filings.edition import Edition
from models.filings.filing import Filing
from models.rules.workflow import Refused, State, Verb
from tests.campus import SCHOOL, Campus, day, wechat


@pytest.fixture
def campus(tmp_path):
    with Campus(f"sqlite:///{tmp_path / 'campus.sqlite3'}").open() as campus:
        yield campus
        db.engine.dispose()


def test_a_new_account_is_written_signed_and_then_in_force(campus):
    filing = campus.filed()
    channel = filing.channel
    assert filing.state is State.filed
    assert channel.state is ChannelState.in_force
    assert channel.current is filing
    assert (channel.title, channel.platform, channel.account) == ("信工之声", "微信公众号", "xgzs")
    assert (channel.tier, channel.phone, channel.unit.name) == ("second", "2657100", "信息工程学院")
    assert [event.verb for event in filing.events] == ["submit", "approve", "approve"]
    assert [event.step_label for event in filing.events] == ["", "单位意见", "宣传部意见"]


def test_numbers_count_up_within_the_campus_year_and_begin_anew_in_the_next(campus):
    # 16:30 UTC on the last of December is already the new year on campus.
    numbers = [
        campus.filed(account=account, now=day(*when)).number
        for account, when in [("a", (12, 30)), ("b", (12, 31)), ("c", (12, 31, 17))]
    ]
    assert numbers == ["宣备-2026-001", "宣备-2026-002", "宣备-2027-001"]


def test_a_form_without_steps_is_filed_when_it_is_submitted(campus):
    assert campus.submitted(form="plain").state is State.filed


def test_a_first_filing_without_an_account_id_is_incomplete_until_the_unit_completes_it(campus):
    filing = campus.filed(account=None)
    assert filing.incomplete
    campus.person("chen")
    transitions.complete(
        filing, SCHOOL, {"account": "xgzs", "title": "别的名字"}, campus.person("chen"), filing.revision
    )
    assert not filing.incomplete
    assert filing.channel.account_key == "xgzs"
    assert filing.title == "信工之声"
    assert filing.events[-1].changes == [{"path": "account", "label": "账号", "before": "", "after": "xgzs"}]
    with pytest.raises(Refused, match="没有待补充"):
        transitions.complete(filing, SCHOOL, {"account": "x"}, campus.person("chen"), filing.revision)


def test_a_resubmission_tells_what_was_corrected_item_by_item(campus):
    filing = campus.submitted()
    campus.do(filing, "return", "wang", "名称请写全称")
    transitions.keep(
        filing, SCHOOL, {**filing.answers, "title": "信工之声公众号"}, campus.person("chen"), filing.revision
    )
    assert campus.do(filing, "submit", "chen").changes == [
        {"path": "title", "label": "平台名称", "before": "信工之声", "after": "信工之声公众号"}
    ]


def test_a_pending_change_shows_nowhere_until_it_is_approved(campus):
    channel = campus.filed().channel
    change = campus.submitted(kind="change", channel=channel, title="新名字")
    assert channel.title == "信工之声"
    assert change.events[0].changes[0]["after"] == "新名字"
    campus.do(change, "approve", "wang")
    campus.do(change, "approve", "li")
    assert (channel.title, channel.current) == ("新名字", change)


def test_a_closing_takes_the_channel_off_the_register_and_keeps_what_was_filed(campus):
    first = campus.filed()
    closing = campus.filed(kind="close", channel=first.channel, reason="不再运营")
    assert first.channel.state is ChannelState.closed
    assert first.channel.current is first
    assert closing.answers["reason"] == "不再运营"
    assert kinds_for(first.channel) == ["first"]


def test_a_rejected_first_filing_is_corrected_and_filed_again_on_the_same_channel(campus):
    filing = campus.submitted()
    campus.do(filing, "reject", "wang", "名称不符合规定")
    assert filing.channel.state is ChannelState.void
    again = campus.draft(channel=filing.channel, title="新名字")
    assert again.answers["leader"] == "张三"
    assert again.channel.state is ChannelState.planned
    campus.do(again, "submit", "chen")


def test_one_account_is_filed_once_however_it_is_spelt(campus):
    campus.submitted(account="xgzs")
    with pytest.raises(Duplicate, match=r"信息工程学院.*信工之声") as refusal:
        campus.submitted(by="zhou", unit="医学院", account="ＸＧＺＳ ")
    assert refusal.value.channel.title == "信工之声"


def test_the_same_id_on_another_platform_is_another_account(campus):
    campus.submitted()
    campus.submitted(by="zhou", unit="医学院", platform="weibo")


def test_an_account_that_was_rejected_or_withdrawn_is_free_for_others(campus):
    campus.do(campus.submitted(), "reject", "wang", "不符合规定")
    taken_back = campus.submitted()
    campus.do(taken_back, "withdraw", "chen")
    campus.filed(by="zhou", head="sun", unit="医学院")
    with pytest.raises(Duplicate):
        campus.do(taken_back, "submit", "chen")


def test_a_channel_has_one_open_filing_at_a_time(campus):
    channel = campus.filed().channel
    change = campus.submitted(kind="change", channel=channel, title="新名字")
    with pytest.raises(Refused, match="正在办理"):
        campus.draft(kind="close", channel=channel)
    campus.do(change, "withdraw", "chen")
    campus.draft(kind="close", channel=channel)
    with pytest.raises(Refused, match="正在办理"):
        campus.do(change, "submit", "chen")


def test_the_kind_must_suit_the_channel(campus):
    channel = campus.filed().channel
    with pytest.raises(Refused, match="不能办理“初次备案”"):
        campus.draft(kind="first", channel=channel)
    with pytest.raises(Refused, match="先在台账中选择"):
        campus.draft(kind="change")


def test_a_reporter_files_for_the_units_below_but_not_beside(campus):
    campus.draft(by="chen", unit="机器人社")
    with pytest.raises(Refused, match="不能替这个单位"):
        campus.draft(by="chen", unit="医学院")


def test_answers_cannot_move_a_filing_to_a_unit_of_others(campus):
    filing, other = campus.draft(), campus.unit("医学院")
    theirs = {**filing.answers, "unit": {"id": str(other.id), "name": other.name}}
    with pytest.raises(Refused, match="不能替这个单位"):
        transitions.keep(filing, SCHOOL, theirs, campus.person("chen"), filing.revision)
    club = campus.unit("机器人社")
    transitions.keep(
        filing,
        SCHOOL,
        {**filing.answers, "unit": {"id": str(club.id), "name": club.name}},
        campus.person("chen"),
        filing.revision,
    )
    assert (filing.unit, filing.owner_kind) == (club, "club")


def test_a_unit_without_a_head_is_signed_for_by_the_one_above(campus):
    filing = campus.submitted(unit="机器人社")
    assert campus.unit("机器人社").signing_unit().name == "信息工程学院"
    assert filing.allowed(campus.person("wang"), SCHOOL.forms["account"])
    assert not filing.allowed(campus.person("sun"), SCHOOL.forms["account"])


def test_only_a_draft_nobody_has_seen_can_be_deleted(campus):
    draft = campus.draft()
    transitions.discard(draft, campus.person("chen"), draft.revision)
    assert db.session.scalar(text("SELECT count(*) FROM channel")) == 0
    submitted = campus.submitted()
    campus.do(submitted, "withdraw", "chen")
    with pytest.raises(Refused, match="从未提交过"):
        transitions.discard(submitted, campus.person("chen"), submitted.revision)


def test_a_submitted_filing_keeps_the_words_it_was_signed_under(campus):
    filing = campus.submitted()
    today = SCHOOL.forms["account"]
    reworded = today.model_copy(update={"title": "新的备案表"}).with_source("title: 新的备案表")
    tomorrow = SCHOOL.model_copy(update={"forms": {"account": reworded}})
    assert filing.definition(tomorrow).title == "媒体平台备案表"
    assert db.session.get(Edition, (filing.edition_digest, "xx")).text == today.source
    campus.do(filing, "return", "wang", "请按新表填报")
    assert filing.definition(tomorrow).title == "新的备案表"


def test_a_page_drawn_before_somebody_else_acted_changes_nothing_and_says_who_it_was(campus):
    filing = campus.submitted()
    seen = filing.revision
    campus.do(filing, "approve", "wang", now=day(6, 1))
    with pytest.raises(Conflict, match="王院长在6月1日 17:00 已“同意”") as stale:
        campus.do(filing, "return", "wang", "请修改", revision=seen)
    assert stale.value.event.verb == "approve"
    draft = campus.draft(account="b", now=day(6, 2))
    with pytest.raises(Conflict, match=r"小陈.*修改了内容"):
        transitions.keep(draft, SCHOOL, wechat(), campus.person("chen"), draft.revision - 1)


def test_of_two_who_decide_at_once_exactly_one_wins(campus):
    filing_id = campus.filed(account="other").id
    filing_id = campus.submitted().id
    filing = db.session.get(Filing, filing_id)
    campus.do(filing, "approve", "wang")
    revision = filing.revision
    db.session.commit()
    outcomes, together = [], threading.Barrier(2)

    def decide(username: str, verb: str) -> None:
        with campus.app.app_context():
            together.wait()
            try:
                mine = db.session.get(Filing, filing_id)
                campus.do(mine, verb, username, "材料不全", revision=revision)
                db.session.commit()
                outcomes.append(verb)
            except Conflict as stale:
                db.session.rollback()
                outcomes.append(stale)

    rivals = [threading.Thread(target=decide, args=pair) for pair in (("li", "approve"), ("zhao", "return"))]
    for rival in rivals:
        rival.start()
    for rival in rivals:
        rival.join()
    verbs = [one for one in outcomes if isinstance(one, str)]
    losers = [one for one in outcomes if isinstance(one, Conflict)]
    assert (len(verbs), len(losers)) == (1, 1)
    assert Verb(verbs[0]).label in str(losers[0])
    assert len(history.of(db.session.get(Filing, filing_id))) == 3


def test_the_update_itself_lets_only_one_of_two_through(campus):
    filing = campus.submitted()
    db.session.execute(update(Filing).values(revision=99).execution_options(synchronize_session=False))
    with pytest.raises(Conflict):
        transitions._write_unless_changed(filing, title="谁也没有写进去")
    assert filing.title == "信工之声"
