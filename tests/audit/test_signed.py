"""What was signed and then changed with plain SQL is found, and named; the life of a paper is not."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from models.database import db
from models.events import append_only, history
from models.filings.filing import Filing
from tests import builders, pages
from tests.builders import ACCOUNT, NOT_OPEN_YET
from tests.lending import DATABASE

pytestmark = pytest.mark.sqlite("changes the file past the application")

TITLE = ACCOUNT["平台名称"]


@pytest.fixture
def verified(run) -> Callable[[], tuple[int, str]]:
    """How `verify-history` ends, and what it says."""

    def verify() -> tuple[int, str]:
        output, ended_with = run("verify-history")
        return ended_with, output

    return verify


@pytest.fixture
def by_hand(app):
    """Plain SQL on the database's file, as anybody can do it who has the file."""

    @contextmanager
    def opened() -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(Path(app.instance_path, DATABASE))
        with connection:
            yield connection
        connection.close()

    return opened


@pytest.fixture
def submitted(sign_in) -> int:
    """A filing that a unit handed in, with a picture; nobody has decided."""
    reporter = sign_in("linxiao")
    pages.new_filing(reporter)
    page = pages.hand_in(reporter, {**ACCOUNT, "二维码": builders.file(builders.png(), "码.png")})
    assert pages.state(page) == "待单位意见", pages.sentences(page)
    return int(page.address.rsplit("/", 1)[1])


@pytest.fixture
def filed(sign_in, submitted) -> int:
    """The same, in force."""
    pages.decide(sign_in("zhoumin"), f"/pdsu/filings/{submitted}", "同意")
    page = pages.decide(sign_in("wutong"), f"/pdsu/filings/{submitted}", "同意备案")
    assert pages.state(page) == "已备案"
    return submitted


def number_of(app, filing: int) -> str:
    with app.app_context():
        return db.session.get(Filing, filing).number


ENTRY = "编号、名称、单位等登记信息"
FOLLOWERS = "json_set({0}, '$.followers', 99)"
BOTH = f"answers = {FOLLOWERS.format('answers')}, submitted_answers = {FOLLOWERS.format('submitted_answers')}"
OTHER_UNIT = "unit_id = (SELECT id FROM unit WHERE name = '文学院')"
OTHER_EDITION = "edition_digest = (SELECT digest FROM edition WHERE form = 'group')"
ITS_EDITION = "digest = (SELECT edition_digest FROM filing WHERE id = :id)"
OTHER_FILE = f"content = 'x', digest = '{sha256(b'x').hexdigest()}'"
# What is done to a paper or its parts, and what is said of it.
ALTERED = {
    f"UPDATE filing SET answers = {FOLLOWERS.format('answers')} WHERE id = :id": "填报内容",
    f"UPDATE filing SET {BOTH} WHERE id = :id": "填报内容",
    "UPDATE filing SET title = '别的号' WHERE id = :id": ENTRY,
    f"UPDATE filing SET {OTHER_UNIT} WHERE id = :id": ENTRY,
    f"UPDATE filing SET {OTHER_EDITION} WHERE id = :id": "表单版本",
    f"UPDATE edition SET text = text || ' ' WHERE {ITS_EDITION}": "表单版本",
    "DELETE FROM attachment WHERE filing_id = :id": "附件",
    f"UPDATE attachment SET {OTHER_FILE} WHERE filing_id = :id": "附件",
    "UPDATE attachment SET content = x'89504e47' WHERE filing_id = :id": "附件“码.png”",
    "UPDATE filing SET answers = '{' WHERE id = :id": "无法读取",
}


@pytest.mark.parametrize("stage", ["submitted", "filed"])
@pytest.mark.parametrize(("statement", "words"), ALTERED.items())
def test_what_was_changed_with_plain_sql_is_named(
    request, app, verified, by_hand, sign_in, stage, statement, words
):
    filing = request.getfixturevalue(stage)
    assert verified()[0] == 0
    with by_hand() as connection:
        assert connection.execute(statement, {"id": filing}).rowcount > 0
    ended_with, output = verified()
    [line] = [line for line in output.splitlines() if line.startswith(f"  备案 {filing}")][:1]
    assert (ended_with, words in line) == (1, True), output
    if words != "无法读取":
        assert number_of(app, filing) in line
        assert TITLE in line or "别的号" in line
    auditor = sign_in("shenzhi")
    page = auditor.open("/pdsu/audit/check")
    assert "不完整" in pages.sentences(page)
    assert words in page.text
    while "继续核对" in auditor.page.text:
        auditor.follow("继续核对")
    assert "没有发现改动" not in auditor.page.text


def test_the_number_of_a_filed_paper_is_under_its_seal(app, filed, verified, by_hand):
    number = number_of(app, filed)
    with by_hand() as connection:
        connection.execute("UPDATE filing SET number = '平宣备-1999-0001' WHERE id = ?", [filed])
    ended_with, output = verified()
    assert (ended_with, "平宣备-1999-0001" in output, number in output) == (1, True, False)
    assert "编号、名称、单位等登记信息" in output


@pytest.mark.parametrize("digests", ["NULL", "json_set(signed, '$.answers', 'x')", "'null'", "'{}'"])
def test_the_digests_themselves_are_in_the_chain(app, filed, run, digests):
    with app.app_context():
        last_id = history.of(db.session.get(Filing, filed))[-1].id
        statement = text(f"UPDATE event SET signed = {digests} WHERE id = {last_id}")
        with pytest.raises(IntegrityError, match="history cannot be changed"):
            db.session.execute(statement)
        db.session.rollback()
        append_only.remove(db.session.connection())
        db.session.execute(statement)
        db.session.commit()
    output, ended_with = run("verify-history")
    assert (ended_with, f"编号 {last_id} 的记录起不符" in output) == (1, True)


def test_what_was_altered_between_two_signatures_is_not_signed(submitted, sign_in, by_hand, verified):
    with by_hand() as connection:
        connection.execute(f"UPDATE filing SET {BOTH} WHERE id = ?", [submitted])
    page = pages.decide(sign_in("zhoumin"), f"/pdsu/filings/{submitted}", "同意")
    assert "填报内容与林晓“提交”时的不一致" in page.text
    assert verified()[0] == 1


def test_what_is_being_written_again_is_compared_with_what_was_submitted(
    submitted, sign_in, by_hand, verified
):
    pages.decide(sign_in("zhoumin"), f"/pdsu/filings/{submitted}", "退回修改", "补充简介")
    reporter = sign_in("linxiao")
    reporter.open(f"/pdsu/filings/{submitted}/edit")
    pages.keep(reporter, {"简要介绍": "改过的介绍"})
    assert verified()[0] == 0
    with by_hand() as connection:
        altered = f"submitted_answers = {FOLLOWERS.format('submitted_answers')}"
        connection.execute(f"UPDATE filing SET {altered} WHERE id = ?", [submitted])
    assert verified()[0] == 1


def test_the_whole_life_of_a_paper_is_no_tampering(sign_in, verified):
    reporter, head, office = sign_in("linxiao"), sign_in("zhoumin"), sign_in("wutong")

    def fits() -> None:
        ended_with, output = verified()
        assert ended_with == 0, output

    def approved(address: str, button: str = "同意备案") -> None:
        pages.decide(head, address, "同意")
        fits()
        assert pages.state(pages.decide(office, address, button)) in {"待补充", "已备案"}
        fits()

    address = pages.filed_by(reporter, {**ACCOUNT, **NOT_OPEN_YET})
    fits()
    pages.decide(reporter, address, "撤回")
    fits()
    reporter.open(f"{address}/edit")
    pages.hand_in(reporter, {"简要介绍": "另一个介绍"})
    fits()
    pages.decide(head, address, "退回修改", "再改")
    fits()
    reporter.open(f"{address}/edit")
    pages.keep(reporter, {"简要介绍": "第三个介绍"})
    fits()
    pages.hand_in(reporter, {})
    approved(address)
    completed(reporter, address)
    fits()
    proof = builders.file(builders.pdf(), "证明.pdf")
    for verb, button, answers in (
        ("办理变更", "同意变更", {"简要介绍": "变更后的介绍", "变更日期": "2026-11-20"}),
        ("年审", "同意", {"关注人数": "500"}),
        ("注销", "同意注销", {"停用日期": "2026-11-18", "注销原因": "半年以上未更新", "注销证明": proof}),
    ):
        pages.find_channel(reporter, TITLE)
        reporter.submit(verb)
        page = pages.hand_in(reporter, answers)
        assert pages.state(page) == "待单位意见", pages.sentences(page)
        fits()
        approved(page.address, button)
    refused = pages.filed_by(reporter, {**ACCOUNT, "平台名称": "别的号", "账号或网址": "pdsu_bie"})
    pages.decide(head, refused, "同意")
    pages.decide(office, refused, "不予备案", "不合规定")
    fits()


def completed(reporter, address: str) -> None:
    """What could not be known before the account was opened, a picture among it."""
    reporter.open(address)
    missing = {
        label: answer
        for label, answer in {**ACCOUNT, "二维码": builders.file(builders.png(), "码.png")}.items()
        if label in {*NOT_OPEN_YET, "二维码"} - {"这个平台现在开通了吗？"}
    }
    page = reporter.submit("保存补充内容", **pages.answered(reporter.page, missing, "form[action$=complete]"))
    assert page.status == 200, pages.sentences(page)
