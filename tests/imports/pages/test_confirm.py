"""Confirming: once, everything or nothing, and only what the person has seen."""

import pytest
from sqlalchemy import func, select, update

from models.database import db
from models.events.history import Event
from models.filings.filing import Filing
from models.imports import filings as filing_target
from models.imports.target import Overtaken
from models.imports.uploads import Upload
from models.rules.filing_kind import FilingKind
from models.rules.workflow import State
from tests.imports.pages.conftest import book, group, press, preview, read_on, send, states
from tests.imports.pages.test_preview import TEACHERS


@pytest.fixture
def written(app):
    """Every new draft of a group: its kind, unit and name."""
    with app.app_context():
        before = db.session.scalar(select(func.max(Filing.id)))

    def found() -> list[tuple[str, str, str]]:
        with app.app_context():
            asked = select(Filing).where(Filing.id > before, Filing.state == State.draft)
            return [
                (one.kind.value, one.unit.name, one.title)
                for one in db.session.scalars(asked.order_by(Filing.id))
            ]

    return found


def test_good_rows_become_drafts_and_the_rest_is_told(reporter, written, kept):
    preview(
        reporter,
        group("新群一"),
        group("错群", 群人数="很多"),
        group("信工学院教工群", **TEACHERS | {"群人数": "90"}),
    )
    page = reporter.submit("确认导入 2 行")
    assert page.heading == "导入完成"
    assert "生成 1 件初次备案草稿，生成 1 件变更草稿" in page.text.replace(" ，", "，").replace("， ", "，")
    assert "还有 1 行因为有错误没有导入" in page.text
    assert written() == [
        (FilingKind.first, "信息工程学院", "新群一"),
        (FilingKind.change, "信息工程学院", "信工学院教工群"),
    ]
    assert kept() == (1, 0)
    assert "新群一" in reporter.follow("查看这些草稿").text


def test_the_rows_are_found_in_the_list_that_is_signed(reporter):
    preview(reporter, group("新群一"))
    reporter.submit("确认导入 1 行")
    assert "新群一" in reporter.follow("打开群聊工具清单").html


def test_one_deed_is_written_down(reporter, app):
    preview(reporter, group("新群一"), group("新群二"))
    reporter.submit("确认导入 2 行")
    with app.app_context():
        [event] = db.session.scalars(select(Event).where(Event.verb == "import"))
        assert event.actor_name == "林晓"


def test_confirming_twice_says_that_it_is_done(reporter, written):
    page = preview(reporter, group("新群一"))
    held = {
        "csrf_token": page.find("[name=csrf_token]")["value"],
        "revision": page.find("[name=revision]")["value"],
    }
    reporter.submit("确认导入 1 行")
    page = reporter._post(f"{page.address}/confirm", held, htmx=False)
    assert "已经导入过了" in page.text
    assert page.heading == "导入完成"
    assert len(written()) == 1


def test_the_same_file_once_more_changes_nothing(reporter, written):
    content = book(group("新群一"), group("新群二"))
    send(reporter, content)
    reporter.open(read_on(reporter).address)
    reporter.submit("确认导入 2 行")
    before = written()
    send(reporter, content)
    page = reporter.open(f"{read_on(reporter).address}?show=all")
    assert not {"新增", "变更"} & set(states(page))
    assert "没有可以导入的行" in page.text
    assert written() == before


def test_an_outdated_page_confirms_nothing(reporter, written):
    page = preview(reporter, group("新群一"), group("新群二"))
    held = {
        "csrf_token": page.find("[name=csrf_token]")["value"],
        "revision": page.find("[name=revision]")["value"],
    }
    press(reporter, 3, "不导入")
    page = reporter._post(f"{page.address}/confirm", held, htmx=False)
    assert page.status == 409
    assert "别的窗口改过" in page.text
    assert written() == []
    assert reporter.submit("确认导入 1 行").heading == "导入完成"
    assert len(written()) == 1


def test_what_others_did_meanwhile_is_told_and_nothing_is_written(reporter, sign_in, written):
    rows = group("新群一"), group("新群二")
    preview(reporter, *rows)
    other = sign_in("linxiao")
    send(other, book(rows[0], group("别的群")))
    other.open(read_on(other).address)
    other.submit("确认导入 2 行")
    before = written()
    page = reporter.submit("确认导入 2 行")
    assert page.status == 409
    assert "有 1 行的情况变了" in page.text
    assert written() == before
    assert reporter.submit("确认导入 1 行").heading == "导入完成"
    assert len(written()) == 3


def test_nothing_is_half_written(reporter, written, monkeypatch):
    real = filing_target.FilingTarget.confirm

    def fails(self, lines):
        real(self, lines)
        raise Overtaken([0])

    preview(reporter, group("新群一"), group("新群二"))
    monkeypatch.setattr(filing_target.FilingTarget, "confirm", fails)
    assert reporter.submit("确认导入 2 行").status == 409
    assert written() == []


def test_an_upload_that_is_still_read_cannot_be_confirmed(reporter, app, written):
    page = preview(reporter, group("新群一"))
    held = {
        "csrf_token": page.find("[name=csrf_token]")["value"],
        "revision": page.find("[name=revision]")["value"],
    }
    with app.app_context():
        db.session.execute(update(Upload).values(stage="reading"))
        db.session.commit()
    assert "正在逐行检查" in reporter._post(f"{page.address}/confirm", held, htmx=False).text
    assert written() == []


def test_the_office_imports_for_every_unit_that_rows_name(sign_in, written):
    office = sign_in("wutong")
    head = ["管理单位", *group("x")]
    rows = [{"管理单位": unit, **group(f"{unit}群")} for unit in ("文学院", "音乐学院")]
    preview(office, *rows, head=head)
    office.submit("确认导入 2 行")
    assert [unit for _, unit, _ in written()] == ["文学院", "音乐学院"]


def test_new_people_get_their_passwords_shown_once(sign_in):
    admin = sign_in("guanyiming")
    head = ["姓名", "用户名", "角色", "单位"]
    rows = [{"姓名": "新来的", "用户名": "xinlaide", "角色": "经办人", "单位": "文学院"}]
    send(admin, book(*rows, head=head), target="people")
    admin.open(read_on(admin).address)
    page = admin.submit("确认导入 1 行")
    assert page.heading == "导入完成"
    [cells] = [
        [cell.get_text() for cell in line.select("td")] for line in page.soup.select(".table-scroll tbody tr")
    ]
    assert cells[:2] == ["xinlaide", "新来的"]
    assert cells[2] not in admin.open(page.address.removesuffix("/confirm")).html


def test_units_are_imported_and_listed(sign_in):
    admin = sign_in("guanyiming")
    rows = [
        {"单位名称": "新学院", "类别": "学院", "上级单位": "平顶山学院"},
        {"单位名称": "新社团", "类别": "组织社团", "上级单位": "新学院"},
    ]
    send(admin, book(*rows, head=list(rows[0])), target="units")
    page = admin.open(f"{read_on(admin).address}?show=all")
    assert states(page) == ["新增", "新增"], page.text
    assert "新增 2 个单位" in admin.submit("确认导入 2 行").text
    assert "新社团" in admin.open("/pdsu/units?q=新社团").text
