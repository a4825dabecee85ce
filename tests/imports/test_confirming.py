"""Confirmed rows become drafts, all of them or none, and only once."""

from threading import Barrier, Thread

import pytest
from sqlalchemy import event, func, inspect, select

from models.channels.channel import Channel, ChannelState
from models.clock import utcnow
from models.database import db
from models.events import history
from models.events.history import Event
from models.filings import transitions
from models.filings.filing import Filing
from models.imports.target import Overtaken, RowState
from models.rules.workflow import Refused, State
from tests.campus import Campus
from tests.imports.rows_of_a_list import FORM, exported, judged, one, target, typed

# What tells one row from another, and when it was written.
OWN = {"id", "channel_id", "revision", "created_at", "updated_at"}


@pytest.fixture
def campus(tmp_path):
    with Campus(f"sqlite:///{tmp_path / 'campus.sqlite3'}").open() as campus:
        yield campus


def drafts() -> list[Filing]:
    return list(db.session.scalars(select(Filing).order_by(Filing.id)))


def columns(row) -> dict:
    return {one.key: getattr(row, one.key) for one in inspect(type(row)).columns if one.key not in OWN}


def test_new_rows_become_drafts_of_first_filings_and_nothing_more(campus):
    lines = judged(campus, typed(), typed(title="第二个", account=""))
    assert target(campus).confirm(lines) == {"added": 2, "changed": 0}
    first, second = drafts()
    assert (first.kind, first.state, first.opened) == ("first", State.draft, True)
    assert not second.opened
    assert first.channel.state is ChannelState.planned
    assert first.channel.account_key == ""
    assert first.submitted_by_id is None
    assert not first.number


def test_a_row_becomes_the_very_draft_that_the_browser_would_keep(campus):
    kept = campus.draft(title="信工快报", account="xgkb", leader=None, phone=None)
    transitions.keep(kept, campus.school, kept.answers, campus.person("chen"), kept.revision, opened=True)
    by_hand, its_channel = columns(kept), columns(kept.channel)
    transitions.discard(kept, campus.person("chen"), kept.revision)
    target(campus).confirm(judged(campus, typed()))
    imported = drafts()[0]
    assert columns(imported.channel) == its_channel
    assert {**columns(imported), "answers": None} == {**by_hand, "answers": None}
    assert imported.answers == {name: value for name, value in kept.answers.items() if value}


def test_a_changed_row_becomes_a_change_that_says_from_what(campus):
    first = campus.filed()
    lines = judged(campus, *exported(campus, title="信工新声"))
    assert target(campus).confirm(lines) == {"added": 0, "changed": 1}
    change = drafts()[-1]
    assert (change.kind, change.state, change.opened) == ("change", State.draft, True)
    assert change.base is first
    assert change.base_answers == first.answers
    assert [one["label"] for one in change.changes(FORM)] == ["平台名称"]
    # The register shows what was approved.
    assert first.channel.title == "信工之声"
    assert first.channel.current is first


def test_an_imported_draft_can_be_handed_in(campus):
    target(campus).confirm(judged(campus, typed()))
    campus.do(drafts()[0], "submit", "chen")
    assert drafts()[0].channel.account_key == "xgkb"


def test_a_second_upload_of_the_same_file_changes_nothing(campus):
    campus.filed()
    old = exported(campus, tier="一级平台")
    rows = [typed(), typed(title="第二个", account=""), typed(unit="机器人社", account="club")]
    target(campus).confirm(judged(campus, *rows, *old))
    again = [
        typed(),
        typed(title="第二个", account=""),
        typed(unit="机器人社", account="club"),
        *exported(campus, tier="一级平台"),
    ]
    assert {line.state for line in judged(campus, *again)} == {RowState.same}


def test_only_new_and_changed_rows_are_written(campus):
    campus.filed()
    lines = judged(campus, typed(), typed(account="坏@b.cn"), *exported(campus))
    assert target(campus).confirm(lines) == {"added": 1, "changed": 0}
    assert len(drafts()) == 2


def test_one_event_tells_of_the_import(campus):
    campus.filed()
    before = db.session.scalar(select(func.count(Event.id)))
    target(campus).confirm(judged(campus, typed(), *exported(campus, title="信工新声")))
    entries = list(db.session.scalars(select(Event).order_by(Event.id)))[before:]
    assert [(entry.label, entry.opinion) for entry in entries] == [
        ("导入", "媒体平台：新增 1 件、变更 1 件草稿")
    ]
    assert history.verify("xx") is None


def overtaken_by(campus, deed, *lines) -> list[int]:
    """The rows that confirming complains of when something was done since they were judged."""
    found = judged(campus, *lines)
    assert {line.state for line in found} <= {RowState.add, RowState.change}
    deed()
    before = len(drafts())
    with pytest.raises(Overtaken) as caught:
        target(campus).confirm(found)
    assert len(drafts()) == before
    return caught.value.numbers


def test_an_account_that_another_claimed_meanwhile_is_told(campus):
    assert overtaken_by(
        campus,
        lambda: campus.submitted(by="zhou", unit="医学院", account="xgkb"),
        typed(title="别的", account="other"),
        typed(),
    ) == [1]


def test_a_draft_of_the_same_account_begun_meanwhile_is_told(campus):
    assert overtaken_by(campus, lambda: campus.draft(account="xgkb"), typed()) == [0]


def test_a_change_begun_meanwhile_is_told(campus):
    channel = campus.filed().channel
    assert overtaken_by(
        campus, lambda: campus.draft(kind="change", channel=channel), *exported(campus, title="信工新声")
    ) == [0]


def test_a_filing_completed_meanwhile_is_told(campus):
    first = campus.filed(account=None)
    assert overtaken_by(
        campus,
        lambda: transitions.complete(
            first, campus.school, {"account": "id"}, campus.person("chen"), first.revision
        ),
        *exported(campus, title="信工新声"),
    ) == [0]


def test_a_unit_that_was_dissolved_meanwhile_is_told(campus):
    def dissolve():
        campus.unit("机器人社").active = False
        db.session.flush()

    assert overtaken_by(campus, dissolve, typed(), typed(unit="机器人社", account="club")) == [1]


def test_a_unit_that_one_no_longer_files_for_is_told_also_when_the_row_leaves_it(campus):
    campus.filed()

    def take_away():
        campus.unit("信息工程学院").active = False
        db.session.flush()

    moved = exported(campus, unit="医学院")
    judged(campus, *moved, by="li")
    take_away()
    with pytest.raises(Overtaken):
        target(campus, by="li").confirm(moved)
    assert len(drafts()) == 1


def test_two_rows_about_one_channel_are_refused_and_named(campus):
    campus.filed()
    renamed = exported(campus, account="new_id")[0]
    other = typed(9, account="xgzs", title="信工新声")
    with pytest.raises(Refused, match="第4行和第9行是同一个平台"):
        target(campus).confirm(judged(campus, renamed, other))


def test_of_two_who_confirm_the_same_file_exactly_one_wins(campus):
    db.session.commit()
    ready, told = Barrier(2), []

    def confirm(by: str) -> None:
        with campus.app.app_context():
            lines = judged(
                campus, *(typed(n, title=f"第{n}个", account=f"acc_{n}") for n in range(30)), by=by
            )
            db.session.rollback()
            ready.wait()
            try:
                told.append(target(campus, by=by).confirm(lines))
                db.session.commit()
            except Overtaken as problem:
                told.append(problem.numbers)
                db.session.rollback()

    threads = [Thread(target=confirm, args=(by,)) for by in ("chen", "li")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {"added": 30, "changed": 0} in told
    assert list(range(30)) in told
    assert db.session.scalar(select(func.count(Channel.id))) == 30


def test_many_rows_are_written_with_few_questions(campus):
    lines = judged(campus, *(typed(n, title=f"第{n}个", account=f"acc_{n}") for n in range(200)))
    told: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *words: told.append(words[2]))
    target(campus).confirm(lines)
    assert sum(not statement.startswith("INSERT") for statement in told) < 15
    assert db.session.scalar(select(func.count(Filing.id))) == 200


def test_a_closed_account_is_filed_anew_on_its_own_channel(campus):
    channel = campus.filed().channel
    campus.filed(kind="close", channel=channel)
    line = one(campus, account="xgzs", title="信工之声")
    target(campus).confirm([line])
    filing = drafts()[-1]
    assert (filing.kind, filing.channel, filing.base) == ("first", channel, None)
    assert channel.state is ChannelState.closed
    assert filing.created_at <= utcnow()
