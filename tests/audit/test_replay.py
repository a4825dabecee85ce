"""The events alone say where every filing stands."""

import pytest
from sqlalchemy import text

from models.audit import comparing, papers
from models.database import db
from tests.campus import Campus


@pytest.fixture
def campus(tmp_path):
    with Campus(f"sqlite:///{tmp_path / 'campus.sqlite3'}").open() as campus:
        yield campus
        db.engine.dispose()


def test_every_move_can_be_replayed(campus):
    campus.filed()
    campus.draft(account="b", title="草稿")
    back = campus.submitted(account="c", title="退回的")
    campus.do(back, "return", "wang", "补二维码")
    campus.do(back, "submit", "chen")
    campus.do(back, "approve", "wang")
    campus.do(back, "reject", "li", "不予备案")
    campus.do(campus.submitted(account="d", title="撤回的"), "withdraw", "chen")
    campus.submitted(account="e", title="无须审核", form="plain")
    assert comparing.differences("xx") == []
    assert [papers.at_papers("xx", after, 2).checked for after in (0, 2, 4)] == [2, 2, 1]


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("state = 'in_review', step = 1", "与流转记录不符：状态、审核到第几步。"),
        ("submitted_by_id = 3", "与流转记录不符：提交人。"),
        ("decided_at = NULL", "与流转记录不符：办结时间。"),
    ],
)
def test_a_row_that_was_touched_behind_the_events_is_found(campus, damage, said):
    filing = campus.filed()
    db.session.execute(text(f"UPDATE filing SET {damage} WHERE id = {filing.id}"))
    [found] = comparing.differences("xx")
    assert (found.filing_id, found.title, found.sentence) == (filing.id, "信工之声", said)


@pytest.mark.sqlite("lets links lead nowhere, as SQLite can")
@pytest.mark.parametrize(
    "damage", ["DELETE FROM filing WHERE id = {}", "UPDATE filing SET institution = 'yy' WHERE id = {}"]
)
def test_a_filing_that_was_taken_away_behind_the_events_is_found(campus, damage):
    filing = campus.filed()
    db.session.commit()
    db.session.execute(text("PRAGMA defer_foreign_keys=ON"))
    db.session.execute(text(damage.format(filing.id)))
    sentences = {one.filing_id: one.sentence for one in comparing.differences("xx")}
    assert sentences == {filing.id: "记录中有它的流转，备案本身却不见了。"}
    db.session.rollback()


def test_a_draft_that_was_filed_without_an_event_is_found(campus):
    filing = campus.draft()
    db.session.execute(text(f"UPDATE filing SET state = 'filed' WHERE id = {filing.id}"))
    assert [one.sentence for one in comparing.differences("xx")] == ["与流转记录不符：状态。"]


def test_an_event_that_cannot_follow_the_one_before_it_is_named(campus):
    filing = campus.filed()
    db.session.execute(
        text(
            "INSERT INTO event (institution, filing_id, verb, actor_id, actor_name, step, step_label, "
            "opinion, from_state, to_state, changes, at, previous, digest) "
            "SELECT institution, filing_id, verb, actor_id, actor_name, step, step_label, opinion, "
            "from_state, to_state, changes, at, 'x', 'x' FROM event WHERE id = 2"
        )
    )
    [found] = comparing.differences("xx")
    assert found.filing_id == filing.id
    assert found.sentence == "编号 4 的记录从“审核中”开始，而前面的记录到“已备案”为止。"
