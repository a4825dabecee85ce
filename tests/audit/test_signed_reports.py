"""What a head signed of a report is found when it was changed beside the app, and forgets when it must."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from models.audit import comparing, erasing
from models.audit.signed_reports import at_reports
from models.campaigns.freezing import paper_of
from models.campaigns.signed_paper import SignedRow, content_of, row_digest
from models.campaigns.supplementing import begin, move
from models.channels.channel import Channel
from models.database import db, empty_journal
from models.events import history
from models.register import closing
from models.rules.report_workflow import ReportVerb
from tests.campaigns.reporting import SIGNED_ON, Reporting

OF_PEOPLE = ["慕容霜", "canary_account_77"]


@pytest.fixture
def campus(tmp_path):
    with Reporting(f"sqlite:///{tmp_path / 'campus.sqlite3'}").open() as campus:
        yield campus
        db.engine.dispose()


@pytest.fixture
def report(campus):
    """A report with two accounts, signed; and a supplement of it."""
    campaign = campus.ask()
    one = campus.filed(leader="慕容霜", account="canary_account_77")
    other = campus.filed(title="信工就业", account="xgjy")
    report = campus.report(campaign)
    for channel in (one.channel, other.channel):
        if channel.current.decided_at < campaign.published_at:
            campus.say(report, "unchanged", channel)
    campus.reported(report)
    campus.deed(report, "receive", "li")
    db.session.commit()
    return report


def supplement(campus, report):
    campus.filed(title="信工新号", account="xgxh")
    supplement = begin(report, campus.school, campus.person("chen"), SIGNED_ON)
    move(supplement, campus.school, ReportVerb.sign, campus.person("wang"), supplement.revision)
    db.session.commit()
    return supplement


def said() -> str:
    return "\n".join(map(str, comparing.differences("xx")))


def test_what_was_signed_fits(campus, report):
    supplement(campus, report)
    assert said() == ""
    assert at_reports("xx").checked == 2
    assert [at_reports("xx", after, 1).checked for after in (0, 1, 2)] == [1, 1, 0]


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE signed_row SET title = '另一个' WHERE serial = 1", "第1行“另一个”"),
        ("UPDATE signed_row SET filing_id = 3 - filing_id WHERE serial = 1", "第1行"),
        ("UPDATE signed_row SET unit_id = 1 WHERE serial = 2", "第2行"),
        ("UPDATE signed_row SET cells = replace(cells, '0.035', '0.085')", "汇总表第1行"),
        ("DELETE FROM signed_row WHERE serial = 2", "报送清单的行或表头"),
        ("UPDATE signed_row SET erased = 1, salt = '' WHERE serial = 1", "报送清单第1行"),
        ("UPDATE signed_table SET definition = replace(definition, '关注人数', '粉丝')", "汇总表的行或表头"),
        ("DELETE FROM signed_row WHERE table_id = 2; DELETE FROM signed_table WHERE id = 2", "缺少一张表"),
        ("UPDATE signed_paper SET nil = 1", "登记信息"),
        ("UPDATE signed_paper SET signed_by_name = '别人'", "登记信息"),
        ("UPDATE signed_paper SET returned_at = '2026-03-09 00:00:00'", "没有记录"),
        ("UPDATE report SET nil = 1", "改为另一种报送"),
        ("UPDATE signed_paper SET event_id = NULL", "没有签署它的记录"),
        ("DELETE FROM signed_row; DELETE FROM signed_table; DELETE FROM signed_paper", "签署的内容却不见了"),
    ],
)
@pytest.mark.sqlite("JSON is text there, and replaced as such")
def test_each_change_by_plain_sql_is_named(campus, report, statement, words):
    for one in statement.split("; "):
        db.session.execute(text(one))
    db.session.commit()
    assert words in said()
    assert "报送" in said()


def test_a_row_rewritten_with_a_digest_of_its_own_is_named(campus, report):
    row = db.session.scalars(db.select(SignedRow).order_by(SignedRow.id)).first()
    row.cells = row.cells | {"账号": "changed"}
    row.digest = row_digest(row.salt, content_of(row))
    db.session.commit()
    assert "报送清单的行或表头" in said()


@pytest.mark.sqlite("looks into the file")
def test_a_purge_empties_the_rows_of_the_account_and_the_rest_still_fits(campus, report, tmp_path):
    supplement(campus, report)
    channel = next(
        row for row in db.session.scalars(db.select(Channel)) if row.account == "canary_account_77"
    )
    long_ago = SIGNED_ON
    close = campus.draft(kind="close", channel=channel, now=long_ago)
    for verb, who in (("submit", "chen"), ("approve", "wang"), ("approve", "li")):
        campus.do(close, verb, who, now=long_ago)
    seen = closing.awaited([channel])[0].seen
    closing.confirm_gone(channel, seen, campus.person("li"), now=long_ago)
    db.session.commit()
    assert left_in(tmp_path) == OF_PEOPLE
    erasing.erase(channel, campus.school, 1, campus.person("li"), long_ago + timedelta(days=800))
    db.session.commit()
    empty_journal()
    assert left_in(tmp_path) == []
    rows = db.session.scalars(db.select(SignedRow).where(SignedRow.channel_id == channel.id)).all()
    assert len(rows) == 4, "the list and the register, on two papers"
    assert all(row.title == "信工之声" and not row.salt and row.erased for row in rows)
    assert "账号名称" in rows[1].cells
    assert said() == ""
    assert history.verify("xx") is None


def test_a_row_emptied_without_a_purge_of_its_account_is_named(campus, report):
    row = db.session.scalars(db.select(SignedRow).order_by(SignedRow.id)).first()
    row.cells, row.salt, row.erased = {}, "", True
    db.session.commit()
    assert "报送清单第1行" in said()


def test_what_was_signed_again_after_a_return_stays_beside_the_first(campus):
    campaign = campus.ask()
    report = campus.report(campaign)
    campus.filed()
    campus.reported(report)
    first = paper_of(report)
    campus.deed(report, "return", "li", "漏了一行")
    assert paper_of(report) is None
    campus.filed(title="信工就业", account="xgjy")
    campus.reported(report)
    assert paper_of(report) is not first
    assert first.returned_at is not None
    db.session.commit()
    assert said() == ""


def left_in(folder) -> list[str]:
    """The words whose bytes are anywhere in the database's files, also as JSON escapes them."""
    content = b"".join(file.read_bytes() for file in folder.glob("campus.sqlite3*"))
    return [
        word for word in OF_PEOPLE if word.encode() in content or word.encode("unicode_escape") in content
    ]
