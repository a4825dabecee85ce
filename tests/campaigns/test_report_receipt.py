"""The list that a report signs for, who was faster, and what is late."""

from datetime import timedelta

import pytest

from models.campaigns.problems import problems
from models.campaigns.report import Report, ReportConflict
from models.campaigns.transitions import Scan, extend, receive, receive_paper
from models.clock import utcnow
from models.database import db
from models.events import history
from models.messaging import notices
from models.rules.workflow import Refused
from tests.campaigns.reporting import CLOSES, Reporting
from tests.campus import day


@pytest.fixture
def campus(tmp_path):
    with Reporting(f"sqlite:///{tmp_path / 'campus.sqlite3'}").open() as campus:
        yield campus


@pytest.fixture
def groups(campus):
    """Two rows of the unit's list, handed in."""
    return [
        campus.submitted(form="group", title=title, account=title, now=day(3, 4))
        for title in ("一群", "二群")
    ]


@pytest.fixture
def report(campus, groups):
    return campus.report(campus.ask())


def test_the_signature_approves_the_rows_and_the_receipt_files_them(campus, report, groups):
    assert problems(report, campus.school) == []
    rows = campus.reported(report)
    assert [(decision.row.title, decision.problem) for decision in rows] == [("一群", ""), ("二群", "")]
    assert {(one.state, one.waits_for) for one in groups} == {("in_review", "office")}
    receive(report, campus.school, campus.person("li"), report.revision, {}, day(3, 8))
    assert [(one.state, one.channel.state) for one in groups] == [("filed", "in_force")] * 2
    assert history.verify("xx") is None


def test_a_row_is_returned_with_its_reason_and_the_rest_is_filed(campus, report, groups):
    campus.reported(report)
    receive(
        report, campus.school, campus.person("li"), report.revision, {groups[1].id: "群名不全"}, day(3, 8)
    )
    assert [one.state for one in groups] == ["filed", "returned"]
    assert groups[1].events[-1].opinion == "群名不全"
    assert report.state == "received"


def test_a_row_to_be_returned_without_a_reason_stops_the_receipt(campus, report, groups):
    campus.reported(report)
    with pytest.raises(Refused, match="逐行填写"):
        receive(report, campus.school, campus.person("li"), report.revision, {groups[1].id: " "})
    assert (report.state, groups[0].state) == ("reported", "in_review")


def test_a_row_that_somebody_decided_meanwhile_is_not_passed_over_in_silence(campus, report, groups):
    campus.reported(report)
    campus.do(groups[1], "approve", "zhao")
    rows = receive(report, campus.school, campus.person("li"), report.revision, {groups[1].id: "群名不全"})
    assert [(decision.row.title, decision.problem) for decision in rows] == [
        ("一群", ""),
        ("二群", "已由他人办理，现在是“已备案”，没有退回。"),
    ]


def test_a_row_the_head_handed_in_is_left_and_named(campus, groups, report):
    groups[0].submitted_by_id = campus.person("wang").id
    db.session.flush()
    rows = campus.reported(report)
    assert ["是您提交的" in decision.problem for decision in rows] == [True, False]
    assert groups[0].waits_for == "head"


def test_of_two_who_sign_the_second_is_told_who_was_first(campus, report):
    campus.deed(report, "hand_in", "chen")
    seen = report.revision
    campus.deed(report, "sign", "wang", now=day(3, 6))
    with pytest.raises(ReportConflict, match=r"王院长 签字报送（3月6日 17:00），这份报送现在是“已报送”"):
        campus.deed(report, "sign", "wang", revision=seen)


def test_of_a_signature_and_a_return_the_later_one_is_told(campus, report):
    campus.deed(report, "hand_in", "chen")
    campus.deed(report, "sign", "wang")
    seen = report.revision
    campus.deed(report, "return", "li", "缺一页")
    with pytest.raises(ReportConflict, match="李老师 退回"):
        receive(report, campus.school, campus.person("zhao"), seen, {})
    assert report.state == "returned"
    with pytest.raises(ReportConflict):
        campus.deed(report, "sign", "wang", revision=seen)


def test_the_database_itself_lets_only_one_win(campus, report):
    """What another transaction wrote since this one read is found out by the write itself."""
    campus.deed(report, "hand_in", "chen")
    seen = report.revision
    db.session.execute(
        db.update(Report)
        .where(Report.id == report.id)
        .values(revision=seen + 1, touched_by="王院长 签字报送", touched_at=day(3, 6))
        .execution_options(synchronize_session=False)
    )
    assert report.revision == seen
    with pytest.raises(ReportConflict, match="王院长"):
        campus.deed(report, "sign", "wang", revision=seen)
    assert report.events[-1].verb == "report_hand_in"


def test_late_is_counted_from_the_signature_and_an_extension_moves_it(campus, report):
    assert not report.late(CLOSES)
    assert report.late(CLOSES + timedelta(minutes=1))
    extend(report, CLOSES + timedelta(days=2), "经办人出差", campus.person("li"), report.revision)
    assert not report.late(CLOSES + timedelta(days=1))
    campus.reported(report, now=CLOSES + timedelta(days=1))
    assert not report.late(CLOSES + timedelta(days=9))
    assert (report.extension_reason, report.events[0].label) == ("经办人出差", "延期")


def test_an_extension_has_a_reason_is_later_and_is_the_offices(campus, report):
    later, li = CLOSES + timedelta(days=1), campus.person("li")
    with pytest.raises(Refused, match="理由"):
        extend(report, later, " ", li, report.revision)
    with pytest.raises(Refused, match="晚于统一的截止时间"):
        extend(report, CLOSES, "出差", li, report.revision)
    with pytest.raises(Refused, match="只有宣传部门"):
        extend(report, later, "出差", campus.person("chen"), report.revision)


@pytest.mark.parametrize("years", [-30, 30])
def test_a_clock_set_wrong_loses_no_answer(campus, report, years):
    wrong = day(3, 5).replace(year=2026 + years)
    campus.deed(report, "hand_in", "chen", now=wrong)
    campus.deed(report, "sign", "wang", now=wrong)
    receive(report, campus.school, campus.person("li"), report.revision, {}, utcnow())
    assert report.state == "received"
    assert [event.label for event in report.events] == ["提交签字", "签字报送", "接收报送"]
    assert history.verify("xx") is None


def test_the_paper_is_noted_once_it_is_reported_and_its_scan_stays(campus, report):
    on, li = day(3, 8).date(), campus.person("li")
    with pytest.raises(Refused, match="还没有可以登记的纸质件"):
        receive_paper(report, on, "425室", li, report.revision, now=day(3, 8))
    campus.reported(report)
    with pytest.raises(Refused, match="还没有到"):
        receive_paper(report, day(3, 9).date(), "425室", li, report.revision, now=day(3, 8))
    scan = Scan(b"%PDF-", "报送.pdf", "application/pdf")
    receive_paper(report, on, "425室", li, report.revision, scan, day(3, 8))
    receive_paper(report, on, "档案柜", li, report.revision, now=day(3, 9))
    assert (report.paper_place, report.scan_name, report.scan) == ("档案柜", "报送.pdf", b"%PDF-")


def test_each_hand_hears_of_it(campus, report):
    def heard(username):
        return [one.text for one in db.session.scalars(notices.of(campus.person(username)))]

    campus.deed(report, "hand_in", "chen")
    assert "“2026年备案工作”信息工程学院的报送等您签字报送。" in heard("wang")
    campus.deed(report, "sign", "wang")
    assert "“2026年备案工作”信息工程学院的报送已报送，请接收。" in heard("zhao")
    receive(report, campus.school, campus.person("li"), report.revision, {})
    assert "“2026年备案工作”信息工程学院的报送宣传部门已接收。" in heard("chen")
