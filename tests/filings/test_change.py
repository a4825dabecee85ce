"""A change about a channel in force: from what, to what, and what may not overtake it."""

from datetime import date

import pytest

from models.filings import transitions
from models.rules.workflow import Refused
from tests.campus import SCHOOL, Campus


@pytest.fixture
def campus(tmp_path):
    with Campus(f"sqlite:///{tmp_path / 'campus.sqlite3'}").open() as campus:
        yield campus


def test_a_change_that_changes_nothing_is_refused(campus):
    channel = campus.filed().channel
    with pytest.raises(Refused, match="没有变更可报"):
        campus.submitted(kind="change", channel=channel)


def test_a_change_remembers_what_was_in_force_when_it_was_begun(campus):
    first = campus.filed()
    change = campus.filed(kind="change", channel=first.channel, title="新名字", changed="2026-03-01")
    assert change.changes(SCHOOL.forms["account"]) == [
        {"path": "title", "label": "平台名称", "before": "信工之声", "after": "新名字"}
    ]
    assert change.base is first
    assert change.happened_on == date(2026, 3, 1)
    again = campus.draft(kind="change", channel=first.channel)
    # The next change has a day and a reason of its own.
    assert "changed" not in again.answers


def test_a_withdrawn_change_that_was_overtaken_cannot_be_handed_in_again(campus):
    channel = campus.filed().channel
    forgotten = campus.submitted(kind="change", channel=channel, title="旧想法")
    campus.do(forgotten, "withdraw", "chen")
    campus.filed(kind="change", channel=channel, title="新名字")
    with pytest.raises(Refused, match="已经由另一件备案或补充信息更新"):
        campus.do(forgotten, "submit", "chen")


def test_nothing_is_completed_while_a_change_is_open(campus):
    first = campus.filed(account=None)
    campus.submitted(kind="change", channel=first.channel, title="新名字")
    with pytest.raises(Refused, match="有一件备案正在办理"):
        transitions.complete(first, SCHOOL, {"account": "xgzs"}, campus.person("chen"), first.revision)
