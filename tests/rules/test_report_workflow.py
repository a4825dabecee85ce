"""Who may move a report where; nothing here looks at the clock."""

from datetime import UTC, datetime

import pytest

from models.campaigns.campaign import is_late
from models.rules import report_workflow
from models.rules.report_workflow import MOVES, ReportState, ReportVerb, Standing
from models.rules.workflow import Actor, Refused

REPORTER = Actor(1, reporter_units=frozenset({7}))
HEAD = Actor(2)
OFFICE = Actor(3, office=True)
STRANGER = Actor(4, reporter_units=frozenset({8}))


def standing(state: str, **more) -> Standing:
    return Standing(ReportState(state), 7, frozenset({2}), **more)


def verbs(state: str, actor: Actor, **more) -> set[str]:
    return {str(verb) for verb in report_workflow.allowed(standing(state, **more), actor)}


@pytest.mark.parametrize("state", ["not_started", "writing", "returned"])
def test_the_reporter_hands_in_and_the_office_may_do_it_for_them(state):
    assert verbs(state, REPORTER) == {"hand_in"}
    assert verbs(state, OFFICE) == {"hand_in"}
    assert verbs(state, HEAD) == set()


def test_what_waits_for_the_head_is_signed_or_returned_by_the_head_alone():
    assert verbs("to_sign", HEAD) == {"sign", "return"}
    assert verbs("to_sign", REPORTER) == {"take_back"}
    assert verbs("to_sign", STRANGER) == set()


def test_what_was_reported_is_received_or_returned_by_the_office_alone():
    assert verbs("reported", OFFICE) == {"receive", "return"}
    assert verbs("reported", HEAD) == verbs("reported", REPORTER) == set()
    assert verbs("received", OFFICE) == set()


def test_nobody_signs_what_they_handed_in():
    both = Actor(2, reporter_units=frozenset({7}))
    assert verbs("to_sign", both, handed_in_by=2) == {"take_back"}
    with pytest.raises(Refused, match="是您提交的"):
        report_workflow.move(standing("to_sign", handed_in_by=2), both, ReportVerb.sign)


def test_returning_needs_a_reason():
    with pytest.raises(Refused, match="理由"):
        report_workflow.move(standing("reported"), OFFICE, ReportVerb.return_, " \n")
    after = report_workflow.move(standing("reported"), OFFICE, ReportVerb.return_, "缺第三行")
    assert after is ReportState.returned


def test_a_unit_without_any_head_is_told_whom_to_ask():
    with pytest.raises(Refused, match="还没有登记单位负责人"):
        report_workflow.move(Standing(ReportState.to_sign, 7, frozenset()), HEAD, ReportVerb.sign)


def test_once_the_campaign_has_ended_only_receiving_is_left():
    assert verbs("writing", REPORTER, ended=True) == set()
    assert verbs("to_sign", HEAD, ended=True) == set()
    assert verbs("reported", OFFICE, ended=True) == {"receive"}
    with pytest.raises(Refused, match="已经结束"):
        report_workflow.move(standing("to_sign", ended=True), HEAD, ReportVerb.sign)


@pytest.mark.parametrize("state", list(ReportState))
def test_every_other_move_is_refused_with_the_state_it_is_in(state):
    for verb in ReportVerb:
        if state not in MOVES[verb]:
            for actor in (REPORTER, HEAD, OFFICE):
                with pytest.raises(Refused, match=state.label):
                    report_workflow.move(standing(state), actor, verb, "理由")


@pytest.mark.parametrize(
    ("at", "late"), [((16, 59, 59), False), ((17, 0, 0), False), ((17, 0, 59), False), ((17, 1, 0), True)]
)
def test_late_is_late_by_the_minute(at, late):
    due = datetime(2026, 2, 25, 17, 0, tzinfo=UTC)
    assert is_late(due, datetime(2026, 2, 25, *at, tzinfo=UTC)) is late
