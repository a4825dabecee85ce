"""到期清理: what is known of people is really gone, and history still fits."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from models.audit import comparing, erasing
from models.channels.channel import ChannelState
from models.database import db, empty_journal
from models.events import append_only, history
from models.events.history import Event
from models.filings import transitions
from models.filings.applicant import Applicant
from models.filings.attachment import Attachment
from models.messaging.messages import Message
from models.messaging.notices import Notice, notify
from models.register import closing
from models.rules.workflow import Refused, State
from tests.campus import Campus, day

LONG_AGO = datetime(2020, 3, 1, 9, tzinfo=UTC)
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
YEARS = 3
# Found nowhere else: names, numbers, accounts and texts of people.
CANARIES = [
    "慕容霜",
    "17812349876",
    "canary_account_77",
    "拓跋宏",
    "15700001111",
    "尉迟敬说的话",
    "纳兰写的意见",
    "呼延的照片",
    "端木申请人",
    "鲜于的通知",
]


@pytest.fixture
def campus(tmp_path):
    with Campus(f"sqlite:///{tmp_path / 'campus.sqlite3'}").open() as campus:
        yield campus
        db.engine.dispose()


def gone(campus, now=LONG_AGO, **answers):
    """An account with everything a filing can leave behind, closed and seen gone."""
    said = {"leader": "慕容霜", "phone": "17812349876", "account": "canary_account_77", **answers}
    filing = campus.submitted(now=now, **said)
    campus.do(filing, "return", "wang", "纳兰写的意见", now=now)
    campus.do(filing, "submit", "chen", now=now)
    campus.do(filing, "approve", "wang", "纳兰写的意见，同意", now=now)
    campus.do(filing, "approve", "li", now=now)
    change = campus.draft(
        kind="change", channel=filing.channel, now=now, **{**said, "leader": "拓跋宏", "phone": "15700001111"}
    )
    campus.do(change, "submit", "chen", now=now)
    campus.do(change, "approve", "wang", now=now)
    campus.do(change, "approve", "li", now=now)
    _beside(campus, change, now)
    close = campus.draft(kind="close", channel=filing.channel, now=now)
    campus.do(close, "submit", "chen", now=now)
    campus.do(close, "approve", "wang", now=now)
    campus.do(close, "approve", "li", now=now)
    seen = closing.awaited([filing.channel])[0].seen
    closing.confirm_gone(filing.channel, seen, campus.person("li"), now=now)
    db.session.commit()
    return filing.channel


def _beside(campus, filing, now) -> None:
    author = campus.person("chen")
    db.session.add_all(
        [
            Attachment(
                institution="xx",
                filing_id=filing.id,
                field="qr",
                name="呼延的照片.png",
                mime="image/png",
                size=9000,
                digest="0" * 64,
                content="呼延的照片".encode() * 500,
                created_at=now,
            ),
            Applicant(filing_id=filing.id, name="端木申请人", phone="15700001111"),
            Message(
                filing_id=filing.id,
                author_id=author.id,
                author_name=author.name,
                side="unit",
                text="尉迟敬说的话" * 20,
                token="t",
                at=now,
            ),
        ]
    )
    notify("xx", [author.id], "鲜于的通知", filing=filing, now=now)
    db.session.flush()


def left_in(folder: Path) -> list[str]:
    """The canaries whose bytes are anywhere in the database's files, also as JSON escapes them."""
    found = b"".join(file.read_bytes() for file in folder.glob("campus.sqlite3*"))
    return [word for word in CANARIES if word.encode() in found or word.encode("unicode_escape") in found]


@pytest.mark.sqlite("looks into the file; its twin is in tests/house/test_engines.py")
def test_nothing_of_the_people_is_left_in_the_file(campus, tmp_path):
    channel = gone(campus)
    assert len(left_in(tmp_path)) >= len(CANARIES) - 1
    done = erasing.erase(channel, campus.school, YEARS, campus.person("li"), NOW)
    db.session.commit()
    empty_journal()
    assert left_in(tmp_path) == []
    assert (done.filings, done.files, done.messages) == (3, 1, 1)


def test_the_account_and_its_filings_stay_as_shells(campus):
    channel = gone(campus)
    erasing.erase(channel, campus.school, YEARS, campus.person("li"), NOW)
    db.session.commit()
    assert (channel.title, channel.state, channel.number) == (
        "信工之声",
        ChannelState.closed,
        "宣备-2020-001",
    )
    assert (channel.account, channel.account_key, channel.person, channel.phones) == ("",) * 4
    assert channel.search == "信工之声\n微信公众号"
    paper = channel.current
    assert (paper.state, paper.purged_at, paper.submitted_answers) == (State.filed, NOW, None)
    assert set(paper.answers) == {"title", "platform", "tier", "unit"}


def test_history_still_fits_and_says_who_did_what(campus):
    channel = gone(campus)
    before = [(one.label, one.actor_name) for one in db.session.scalars(select(Event))]
    erasing.erase(channel, campus.school, YEARS, campus.person("li"), NOW)
    db.session.commit()
    events = list(db.session.scalars(select(Event).order_by(Event.id)))
    assert [(one.label, one.actor_name) for one in events] == [*before, ("清理个人信息", "李老师")]
    assert events[-1].opinion.startswith("备案 3 件，附件 1 个，留言 1 条，")
    assert all((one.opinion, one.changes, one.salt) == ("", [], "") for one in events[:-1])
    assert any(one.signed for one in events)
    assert history.verify("xx") is None
    assert comparing.differences("xx") == []


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE event SET actor_name = '别人' WHERE id = 2",
        "UPDATE event SET opinion = '同意' WHERE id = 2",
        "UPDATE event SET erased = 'x' WHERE id = 2",
        "UPDATE event SET verb = 'export' WHERE verb = 'purge'",
    ],
)
def test_history_that_was_touched_after_a_purge_is_found_out(campus, damage):
    channel = gone(campus)
    erasing.erase(channel, campus.school, YEARS, campus.person("li"), NOW)
    db.session.commit()
    with pytest.raises(DBAPIError, match="history cannot be changed"):
        db.session.execute(text(damage))
    db.session.rollback()
    append_only.remove(db.session.connection())
    db.session.execute(text(damage))
    assert history.verify("xx") is not None


@pytest.mark.parametrize("purged", ["purged_at = NULL", "purged_at = '2026-01-01'"])
def test_a_paper_that_was_emptied_without_a_purge_is_named(campus, purged):
    filing = campus.filed()
    db.session.execute(text(f"UPDATE filing SET answers = '{{}}', submitted_answers = NULL, {purged}"))
    [difference] = comparing.differences("xx")
    assert (difference.filing_id, "填报内容" in difference.sentence) == (filing.id, True)


def test_a_paper_that_a_purge_left_as_it_was_is_named(campus):
    channel = gone(campus)
    erasing.erase(channel, campus.school, YEARS, campus.person("li"), NOW)
    db.session.execute(text("UPDATE filing SET purged_at = NULL WHERE id = 1"))
    [difference] = comparing.differences("xx")
    assert "签署的摘要已清理，备案本身却没有" in difference.sentence


def test_a_purge_takes_no_digests_with_it(campus):
    channel = gone(campus)
    history.record("xx", history.PURGE, campus.person("li"), channel_id=channel.id)
    db.session.commit()
    emptied = "UPDATE event SET opinion = '', changes = '[]', salt = '', erased = 'x'"
    with pytest.raises(DBAPIError, match="history cannot be changed"):
        db.session.execute(text(f"{emptied}, signed = NULL WHERE id = 1"))
    db.session.rollback()
    db.session.execute(text(f"{emptied} WHERE id = 1"))


def test_words_that_were_emptied_without_a_purge_are_found_out(campus):
    campus.filed()
    db.session.commit()
    emptied = "UPDATE event SET opinion = '', changes = '[]', salt = '', erased = :digest WHERE id = 2"
    entry = db.session.get(Event, 2)
    digest = {"digest": history.digest_of_said(entry)}
    with pytest.raises(DBAPIError, match="history cannot be changed"):
        db.session.execute(text(emptied), digest)
    db.session.rollback()
    append_only.remove(db.session.connection())
    db.session.execute(text(emptied), digest)
    assert history.verify("xx") == 2


def test_an_event_from_before_the_salt_can_be_purged_too(campus):
    channel = gone(campus)
    append_only.remove(db.session.connection())
    previous = ""
    for entry in list(db.session.scalars(select(Event).order_by(Event.id))):
        db.session.expunge(entry)
        entry.salt, entry.previous = "", previous
        previous = entry.seal()
        db.session.execute(
            text("UPDATE event SET salt = '', previous = :previous, digest = :digest WHERE id = :id"),
            {"previous": entry.previous, "digest": previous, "id": entry.id},
        )
    append_only.install(db.session.connection())
    db.session.commit()
    assert history.verify("xx") is None
    erasing.erase(channel, campus.school, YEARS, campus.person("li"), NOW)
    db.session.commit()
    assert history.verify("xx") is None
    assert db.session.get(Event, 2).erased == history.UNSALTED


@pytest.mark.parametrize(
    ("years", "when", "is_due"),
    [(3, day(1, 1), False), (0, LONG_AGO, False), (3, LONG_AGO, True), (7, LONG_AGO, False)],
)
def test_only_what_has_been_gone_for_so_long_is_due(campus, years, when, is_due):
    channel = gone(campus, now=when)
    found = list(db.session.scalars(erasing.due("xx", years, NOW)))
    assert found == ([channel] if is_due else [])
    if not is_due:
        with pytest.raises(Refused, match="没有到期"):
            erasing.erase(channel, campus.school, years, campus.person("li"), NOW)


def test_what_was_refused_is_due_as_well_and_what_is_in_force_never(campus):
    refused = campus.submitted(now=LONG_AGO, leader="慕容霜")
    campus.do(refused, "reject", "wang", "不合要求", now=LONG_AGO)
    campus.filed(now=LONG_AGO, by="zhou", head="sun", unit="医学院", account="b")
    assert list(db.session.scalars(erasing.due("xx", YEARS, NOW))) == [refused.channel]
    erasing.erase(refused.channel, campus.school, YEARS, campus.person("li"), NOW)
    assert list(db.session.scalars(erasing.due("xx", YEARS, NOW))) == []


def test_an_account_that_is_being_filed_again_is_left_alone(campus):
    channel = gone(campus)
    again = campus.draft(channel=channel, account="canary_account_77")
    assert list(db.session.scalars(erasing.due("xx", YEARS, NOW))) == []
    transitions.discard(again, campus.person("chen"), again.revision)
    assert list(db.session.scalars(erasing.due("xx", YEARS, NOW))) == [channel]


def test_other_accounts_keep_what_they_say(campus):
    other = campus.filed(now=LONG_AGO, by="zhou", head="sun", unit="医学院", account="夏侯旧号")
    notify("xx", [1], "别的通知", filing=other)
    channel = gone(campus)
    erasing.erase(channel, campus.school, YEARS, campus.person("li"), NOW)
    assert other.answers["leader"] == "张三"
    assert [
        one.text
        for one in db.session.scalars(select(Notice))
        if one.filing_id == other.id and one.text == "别的通知"
    ]
    assert all(not one.erased for one in other.events)


@pytest.mark.sqlite("looks into the file; its twin is in tests/house/test_engines.py")
def test_a_draft_that_is_thrown_away_leaves_no_byte(campus, tmp_path):
    filing = campus.draft(leader="慕容霜", phone="17812349876", account="canary_account_77")
    _beside(campus, filing, NOW)
    db.session.execute(text("DELETE FROM message"))
    db.session.commit()
    assert "呼延的照片" in left_in(tmp_path)
    transitions.discard(filing, campus.person("chen"), filing.revision)
    db.session.commit()
    empty_journal()
    assert left_in(tmp_path) == []
