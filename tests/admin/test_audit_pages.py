"""The auditor searches what was done, sees whether it is whole, and changes nothing."""

from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select, text
from werkzeug.routing import AnyConverter, IntegerConverter

from blueprints.cli.audit import JOB, seal_today
from blueprints.cli.workers import Worker
from models.database import db
from models.events import append_only, history
from models.events.history import Event
from models.people.person import Person
from models.rules.policy import Action
from tests import pages
from tests.builders import ACCOUNT


def rows(page) -> list[str]:
    return [
        row.get_text(" ", strip=True)
        for row in page.soup.select("#results tbody > tr")
        if row.select_one("[data-label=时间]")
    ]


def command_line(app):
    """Runs a command as `flask` does, within the app."""

    def run(command: str):
        with app.app_context():
            return app.test_cli_runner().invoke(args=[command])

    return run


def example(rule, name: str) -> str:
    """Something a part of an address can be."""
    converter = rule._converters[name]
    if isinstance(converter, AnyConverter):
        return sorted(converter.items)[0]
    return "1" if isinstance(converter, IntegerConverter) else "x"


@pytest.fixture
def auditor(sign_in):
    return sign_in("shenzhi")


@pytest.fixture
def events(app):
    """How many events the school has now."""

    def counted() -> int:
        with app.app_context():
            asked = select(func.count()).select_from(Event).where(Event.institution == "pdsu")
            return db.session.scalar(asked)

    return counted


def test_the_newest_deed_is_on_top_with_who_what_and_about_what(sign_in, auditor):
    pages.filed_by(sign_in("linxiao"), ACCOUNT)
    auditor.open("/pdsu/")
    top = rows(auditor.follow("审计"))[0]
    for words in ("林晓", "提交", "草稿 → 审核中", ACCOUNT["平台名称"], "信息工程学院"):
        assert words in top
    assert auditor.page.soup.select("#results td[data-label=所涉事项] > a") == []


@pytest.mark.parametrize(
    ("asked", "holds"),
    [
        ("person=林晓", "林晓"),
        ("deed=approve", "同意"),
        ("words=情况属实", "情况属实"),
        ("since=2000-01-01&until=2999-01-01", "提交"),
    ],
)
def test_the_filters_show_only_what_they_say(auditor, asked, holds):
    found = rows(auditor.open(f"/pdsu/audit?{asked}"))
    assert found
    assert all(holds in row for row in found) or asked.startswith("since")
    assert rows(auditor.open(f"/pdsu/audit?{asked}", htmx=True)) == found


def test_one_thing_can_be_followed_through_its_life(sign_in, auditor):
    pages.filed_by(sign_in("linxiao"), ACCOUNT)
    auditor.open("/pdsu/audit")
    auditor.follow("只看这件")
    assert len(rows(auditor.page)) == 1
    assert "备案" in auditor.page.find(".chips").text


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("since=昨天", "日期看不懂"),
        ("until=2026-02-30", "日期看不懂"),
        ("since=2026-03-02&until=2026-03-01", "结束日期早于开始日期"),
    ],
)
def test_a_date_that_is_none_gets_a_sentence(auditor, asked, said):
    page = auditor.open(f"/pdsu/audit?{asked}")
    assert (page.status, said in page.text) == (200, True)


@pytest.mark.parametrize(
    "asked",
    [
        "below=abc",
        "below=99999999999999999999",
        "unit=x&filing=-1&channel=²",
        "deed=nonsense",
        "words=%25_%5C",
        "person=%00",
        "since=0001-01-01",
    ],
)
def test_nonsense_in_the_address_does_no_harm(auditor, asked):
    assert auditor.open(f"/pdsu/audit?{asked}").status == 200


def test_nothing_that_is_found_says_so(auditor):
    page = auditor.open("/pdsu/audit?words=没有这样的话")
    assert "没有符合条件的记录" in page.text


def test_going_back_in_time_shows_every_event_once(auditor, events, monkeypatch):
    monkeypatch.setattr("blueprints.institution.admin.audit.PAGE_SIZE", 20)
    seen = rows(auditor.open("/pdsu/audit"))
    while auditor.page.soup.select("a[rel=next]"):
        seen += rows(auditor.follow("更早"))
    assert len(seen) == len(set(seen)) == events()


def test_looking_writes_nothing_and_an_export_is_an_event(auditor, events):
    before = events()
    for place in ("", "?person=林晓", "/check", "/check?all=1"):
        auditor.open(f"/pdsu/audit{place}")
    assert events() == before
    auditor.open("/pdsu/audit?person=林晓")
    auditor.submit("导出 Excel")
    assert events() == before + 1
    assert "审计记录（操作人：林晓" in rows(auditor.open("/pdsu/audit"))[0]


def test_the_workbook_holds_what_the_filters_show(auditor):
    shown = rows(auditor.open("/pdsu/audit?person=林晓&deed=submit"))
    file = auditor.submit("导出 Excel").response
    lines = list(load_workbook(BytesIO(file.data)).active.iter_rows(values_only=True))
    heads = next(number for number, line in enumerate(lines) if line[0] == "时间")
    assert len(lines[heads + 1 :]) == len(shown)
    assert {line[1] for line in lines[heads + 1 :]} == {"林晓"}


def test_too_many_rows_are_refused_in_words(auditor, events, monkeypatch):
    monkeypatch.setattr("blueprints.institution.admin.audit.MOST_EXPORTED", 3)
    auditor.open("/pdsu/audit")
    before, page = events(), auditor.submit("导出 Excel")
    assert (page.status, "缩小日期范围" in page.text, events()) == (422, True, before)


def test_old_events_with_full_numbers_are_shown_masked(app, auditor):
    with app.app_context():
        person = db.session.scalar(select(Person).where(Person.username == "linxiao"))
        entry = history.record("pdsu", "heard", person, opinion="打 13987650001 问")
        entry.changes = [{"path": "x", "label": "联系电话", "before": "13987650002", "after": ""}]
        entry.digest = entry.seal()
        append_only.remove(db.session.connection())
        changes = '[{"path": "x", "label": "联系电话", "before": "13987650002", "after": ""}]'
        db.session.expunge(entry)
        db.session.execute(
            text("UPDATE event SET changes = :changes, digest = :digest WHERE id = :id"),
            {"changes": changes, "digest": entry.digest, "id": entry.id},
        )
        db.session.commit()
    page = auditor.open("/pdsu/audit")
    assert "139****0001" in page.text
    assert "139****0002" in page.text
    assert "1398765000" not in page.html
    assert "完整" in auditor.open("/pdsu/audit/check").text


@pytest.mark.parametrize("username", ["linxiao", "qinling", "wutong"])
def test_nobody_else_opens_the_trail(sign_in, username):
    browser = sign_in(username)
    assert "审计" not in browser.page.find("#places").text
    for place in ("", "/check"):
        assert browser.client.get(f"/pdsu/audit{place}").status_code == 403


def test_the_auditor_can_send_nothing_but_the_export(app, auditor):
    token = auditor.open("/pdsu/me").find("[name=csrf_token]")["value"]
    open_doors = set()
    for rule in app.url_map.iter_rules():
        action = getattr(app.view_functions[rule.endpoint], "action", Action.OPEN)
        # Links for those without an account; one's own settings and notices.
        if action in (Action.OPEN, Action.ENTER) or "POST" not in rule.methods:
            continue
        if rule.endpoint.startswith("pdsu."):
            _, address = rule.build(
                {name: example(rule, name) for name in rule._converters} | (rule.defaults or {})
            )
            answer = auditor.client.post(address, data={"csrf_token": token})
            if answer.status_code not in (403, 404):
                open_doors.add(rule.endpoint)
    assert open_doors == {"pdsu.export_audit"}


def test_a_history_that_was_touched_is_named_on_the_page(app, auditor):
    with app.app_context():
        append_only.remove(db.session.connection())
        first = db.session.scalar(
            select(Event.id).where(Event.institution == "pdsu").order_by(Event.id).limit(1)
        )
        db.session.execute(text(f"UPDATE event SET opinion = '改' WHERE id = {first}"))
        db.session.commit()
    page = auditor.open("/pdsu/audit/check")
    assert f"从编号 {first} 的记录起不符" in pages.sentences(page)


def test_a_long_history_is_looked_at_in_pieces(auditor, events, monkeypatch):
    monkeypatch.setattr("models.audit.check.SLICE", 30)
    monkeypatch.setattr("blueprints.institution.admin.audit_check.ENOUGH", 0)
    page = auditor.open("/pdsu/audit/check?all=1")
    assert f"已核对 30 条，共 {events()} 条" in page.text
    assert page.find("#checked")["hx-get"]
    while "继续核对" in auditor.page.text:
        auditor.follow("继续核对")
    assert f"核对了 {events()} 条记录，没有发现改动" in auditor.page.text


def test_commands_seal_and_verify(app, auditor):
    run = command_line(app)
    assert "已封存" in run("seal").output
    assert "今天已经封存" in run("seal").output
    verified = run("verify-history")
    assert (verified.exit_code, "件备案的状态和内容都与记录、签署相符" in verified.output) == (0, True)
    assert "最近封存" in auditor.open("/pdsu/audit").text
    assert "与封存时的摘要一致" in auditor.open("/pdsu/audit/check").text


def test_commands_say_what_does_not_fit_and_end_with_1(app):
    run = command_line(app)
    with app.app_context():
        append_only.remove(db.session.connection())
        filing = db.session.scalar(
            select(Event.filing_id)
            .where(Event.institution == "pdsu", Event.filing_id.is_not(None))
            .order_by(Event.id)
            .limit(1)
        )
        db.session.execute(text(f"UPDATE filing SET submitted_at = NULL WHERE id = {filing}"))
        db.session.execute(text("UPDATE event SET opinion = '改' WHERE institution = 'ahbc'"))
        db.session.commit()
    verified = run("verify-history")
    assert verified.exit_code == 1
    assert f"备案 {filing}（平宣备-2025-0001）“" in verified.output
    assert "与流转记录不符：提交时间。" in verified.output
    assert "的记录起不符" in verified.output
    sealed = run("seal")
    assert (sealed.exit_code, "没有封存" in sealed.output) == (1, True)


def test_the_server_seals_by_itself_once_a_day(app, caplog):
    sealer = Worker(app, JOB)
    sealer.do_round()
    sealer.do_round()
    with app.app_context():
        assert seal_today("pdsu") is None
    file = Path(app.instance_path) / "seals" / "pdsu.log"
    assert len(file.read_text().splitlines()) == 1
    file.write_text(file.read_text() + "made up\n")
    sealer.do_round()
    assert "was not sealed" in caplog.text
