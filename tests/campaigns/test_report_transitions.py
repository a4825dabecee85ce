"""A report from the first answer to its receipt, and what becomes of rows that are not right."""

import pytest

from models.campaigns import answering
from models.campaigns import campaign as campaigns
from models.campaigns.campaign import reporter_of, reporting_units
from models.campaigns.problems import problems
from models.campaigns.transitions import NotReady, ask_units, publish, receive
from models.database import db
from models.events import history
from models.filings import transitions as filing_transitions
from models.filings.filing import Filing, open_about
from models.people.unit import add_unit
from models.rules.workflow import Refused
from tests.campaigns.reporting import Reporting
from tests.campus import day


@pytest.fixture
def campus(tmp_path):
    with Reporting(f"sqlite:///{tmp_path / 'campus.sqlite3'}").open() as campus:
        yield campus


@pytest.fixture
def account(campus):
    """An account that was on the register before the campaign."""
    return campus.filed(now=day(3, 1)).channel


@pytest.fixture
def report(campus, account):
    return campus.report(campus.ask())


def sentences(campus, report) -> list[str]:
    return [f"{one.title}：{one.sentence}" for one in problems(report, campus.school)]


def test_publishing_asks_the_units_below_the_school_once(campus):
    campaign = campus.ask()
    names = {"信息工程学院", "医学院"}
    units = {campus.unit(name).id for name in names}
    assert set(reporting_units("xx")) == units
    assert campus.report(campaign, "机器人社") is None
    club, college = campus.unit("机器人社").id, campus.unit("信息工程学院").id
    assert reporter_of("xx", [club, college]) == {club: college, college: college}
    with pytest.raises(Refused, match="已经发布"):
        publish(campaign, campus.person("zhao"))


def test_a_unit_that_came_later_is_asked_too(campus):
    campaign = campus.ask()
    add_unit("xx", "文学院", "college", campus.unit("某某大学"))
    db.session.flush()
    assert campus.report(campaign, "文学院") is None
    ask_units(campaign)
    assert campus.report(campaign, "文学院").state == "not_started"
    assert campus.report(campaign, "医学院").id < campus.report(campaign, "文学院").id


def test_a_report_goes_from_not_started_to_received_and_each_step_is_an_event(campus, report, account):
    assert (report.state, sentences(campus, report)) == (
        "not_started",
        ["信工之声：还没有填报：请选“无变更”“变更”或“注销”。"],
    )
    assert campus.say(report, "unchanged", account) == []
    assert (report.state, problems(report, campus.school)) == ("writing", [])
    campus.deed(report, "hand_in", "chen")
    assert report.state == "to_sign"
    campus.deed(report, "sign", "wang", now=day(3, 7))
    assert (report.state, report.reported_at, report.signed_by.name) == ("reported", day(3, 7), "王院长")
    receive(report, campus.school, campus.person("li"), report.revision, {}, day(3, 8))
    assert (report.state, report.received_at) == ("received", day(3, 8))
    assert [event.label for event in report.events] == ["提交签字", "签字报送", "接收报送"]
    assert history.verify("xx") is None


def test_a_signed_unchanged_is_the_years_confirmation(campus, report, account):
    campus.say(report, "unchanged", account)
    assert account.confirmed_on is None
    campus.reported(report)
    assert str(account.confirmed_on) == "2026-03-06"


def test_a_change_opens_its_filing_and_answers_for_the_account(campus, report, account):
    campus.say(report, "change", account)
    paper = db.session.get(Filing, report.lines[0].filing_id)
    assert (paper.kind, paper.channel_id) == ("change", account.id)
    assert sentences(campus, report) == ["信工之声：变更备案还是“草稿”，请填好提交，不需要的请删除或撤回。"]
    filing_transitions.keep(
        paper, campus.school, {**paper.answers, "followers": 400}, campus.person("chen"), paper.revision
    )
    campus.do(paper, "submit", "chen")
    assert problems(report, campus.school) == []


def test_an_untouched_draft_goes_when_the_unit_says_unchanged_after_all(campus, report, account):
    campus.say(report, "change", account)
    assert campus.say(report, "unchanged", account) == []
    assert (report.lines[0].answer, report.lines[0].filing_id) == ("unchanged", None)
    assert problems(report, campus.school) == []


def test_a_draft_that_was_written_in_stays_and_the_row_says_so(campus, report, account):
    draft = campus.draft(kind="change", channel=account, followers=9)
    refused = campus.say(report, "unchanged", account)
    assert [sentence for _, sentence in refused] == [
        "有一件变更备案正在办理（草稿），不能填“无变更”；不需要办的，请先删除或撤回它。"
    ]
    assert db.session.get(type(draft), draft.id) is not None
    assert "正在办理" in campus.say(report, "close", account)[0][1]


def test_a_change_that_was_deleted_or_withdrawn_is_asked_for_again(campus, report, account):
    campus.say(report, "change", account)
    draft = open_about(account.id)
    filing_transitions.discard(draft, campus.person("chen"), draft.revision)
    db.session.refresh(report)
    assert "请重新填报" in sentences(campus, report)[0]


def test_what_was_filed_or_changed_in_the_campaign_needs_no_further_word(campus, report):
    fresh = campus.filed(title="新号", account="xinhao", now=day(3, 4)).channel
    assert [one for one in sentences(campus, report) if one.startswith("新号")] == []
    assert campus.say(report, "unchanged", fresh) == []


def test_accounts_of_the_units_below_count_and_others_do_not(campus, report):
    club = campus.filed(unit="机器人社", title="机器人", account="robot", now=day(3, 1)).channel
    other = campus.filed(
        by="zhou", head="sun", unit="医学院", title="医", account="yi", now=day(3, 1)
    ).channel
    assert [one.title for one in problems(report, campus.school)] == ["信工之声", "机器人"]
    assert campus.say(report, "unchanged", club) == []
    assert campus.say(report, "unchanged", other) == [(other, "不在这次报送的范围内。")]


def test_a_stale_account_cannot_be_said_unchanged(campus, account, report, monkeypatch):
    monkeypatch.setattr(answering, "is_stale", lambda channel, institution, today=None: channel is account)
    assert campus.say(report, "unchanged", account) == [
        (account, "长时间没有更新，请先答复核实，再填“无变更”。")
    ]
    assert campus.say(report, "close", account) == []


def test_a_report_with_rows_in_error_is_refused_with_the_list(campus, report, account):
    campus.draft(title="没填完", account="x1")
    with pytest.raises(NotReady) as refused:
        campus.deed(report, "hand_in", "chen")
    assert [one.title for one in refused.value.problems] == ["信工之声", "没填完"]
    assert report.state == "not_started"


def test_a_row_that_goes_wrong_before_the_signature_stops_it(campus, report, account):
    campus.say(report, "unchanged", account)
    campus.deed(report, "hand_in", "chen")
    campus.draft(title="刚开的草稿", account="x2")
    with pytest.raises(NotReady, match="1 处"):
        campus.deed(report, "sign", "wang")
    assert (report.state, report.reported_at) == ("to_sign", None)


def test_a_unit_with_nothing_reports_nil(campus, report):
    other = campus.report(report.campaign, "医学院")
    assert sentences(campus, other) == ["医学院：没有在册账号，也没有新的备案：请确认作零报告。"]
    campus.nil(other, by="zhou")
    assert (other.nil, other.state, problems(other, campus.school)) == (True, "writing", [])
    campus.reported(other, "zhou", "sun")
    assert other.state == "reported"


def test_nil_is_refused_while_there_is_something_and_taken_for_an_error_later(campus, report):
    with pytest.raises(Refused, match="不能作零报告"):
        campus.nil(report)
    other = campus.report(report.campaign, "医学院")
    campus.nil(other, by="zhou")
    campus.submitted(by="zhou", unit="医学院", title="医", account="yi")
    assert "请取消零报告" in sentences(campus, other)[0]
    campus.nil(other, by="zhou", nil=False)
    assert problems(other, campus.school) == []


def test_a_unit_that_only_closed_its_accounts_need_not_report_nil(campus, report, account):
    campus.filed(kind="close", channel=account, reason="停用", now=day(3, 5))
    assert problems(report, campus.school) == []


def test_an_answer_to_a_returned_report_leaves_it_returned_until_it_is_handed_in(campus, report, account):
    campus.say(report, "unchanged", account)
    campus.reported(report)
    campus.deed(report, "return", "li", "请补充群聊")
    assert (report.state, report.returned_reason, report.reported_at) == ("returned", "请补充群聊", None)
    campus.say(report, "unchanged", account)
    assert report.state == "returned"
    campus.deed(report, "hand_in", "chen")
    assert (report.state, report.returned_reason) == ("to_sign", "")


def test_nobody_outside_the_unit_writes_its_report(campus, report, account):
    with pytest.raises(Refused, match="不能填报"):
        campus.say(report, "unchanged", account, by="zhou")
    with pytest.raises(Refused, match="经办人"):
        campus.deed(report, "hand_in", "zhou")


def test_a_campaign_that_ended_takes_no_more_answers(campus, report, account):
    campus.say(report, "unchanged", account)
    campaigns.end(report.campaign, campus.person("li"), report.campaign.revision)
    with pytest.raises(Refused, match="不能填报"):
        campus.say(report, "unchanged", account)
    with pytest.raises(Refused, match="已经结束"):
        campus.deed(report, "hand_in", "chen")
    campaigns.reopen(report.campaign, campus.person("li"), report.campaign.revision)
    campus.deed(report, "hand_in", "chen")
