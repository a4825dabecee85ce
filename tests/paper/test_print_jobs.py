"""Many filings in one file: ticked or filtered, drawn by a process of its own, kept for a day."""

import os
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import select, update

from models import jobs
from models.clock import utcnow
from models.database import db
from models.events import history
from models.events.history import Event
from models.filings.filing import Filing
from models.jobs import GIVEN_UP, KEPT, FileJob, JobFile, JobKind, Progress
from models.people.person import Person
from tests.file_jobs import downloaded, finished


def ticked(page) -> list[str]:
    """All that can be ticked on the list."""
    return [box["value"] for box in page.soup.select("#results input[name=filing]")]


def paper_of(browser) -> PdfReader:
    response = downloaded(browser)
    assert response.mimetype == "application/pdf"
    return PdfReader(BytesIO(response.data))


def words(page) -> str:
    return page.extract_text().replace("\n", "").replace(" ", "")


def prints(app) -> list[int | None]:
    with app.app_context():
        return list(db.session.scalars(select(Event.filing_id).where(Event.verb == "print")))


def job_of(app, username: str, **columns) -> int:
    """A print that this person asked for, as it would stand in the database."""
    with app.app_context():
        person = db.session.scalars(select(Person).filter_by(username=username)).first()
        asked = {"filings": [1], "everyone": False, "link": "http://localhost/pdsu/filings/"}
        job = jobs.start(person, JobKind.print, asked, "备案表（1件）.pdf", 1)
        for name, value in columns.items():
            setattr(job, name, value)
        db.session.commit()
        return job.id


@pytest.fixture
def still(monkeypatch) -> list[int]:
    """No process is started; the ids of the prints that would have been drawn."""
    started = []
    monkeypatch.setattr("blueprints.institution.components.file_jobs._start", started.append)
    return started


def test_ticked_filings_come_as_one_file_in_the_lists_order_each_with_its_own_foot(app, sign_in):
    office = sign_in("wutong")
    ids = ticked(office.open("/pdsu/filings/"))[:3]
    page = office.submit("打印所选", filing=ids)
    assert page.heading == "打印 3 件备案"
    finished(office)
    paper = paper_of(office)
    feet = [words(sheet) for sheet in paper.pages]
    found = [n for foot in feet for n in ids if f"备案件{n}" in foot]
    assert list(dict.fromkeys(found)) == ids
    assert [mark.title for mark in paper.outline] == _titles(app, ids)
    assert sorted(prints(app)) == sorted(map(int, ids))


def test_a_unit_prints_all_that_its_filters_leave_a_copy_for_each_holder(app, sign_in):
    reporter = sign_in("linxiao")
    page = reporter.open("/pdsu/filings/?form=account&state=filed")
    ids = ticked(page)
    reporter.submit("打印全部筛选结果", copies="all")
    finished(reporter)
    sheets = [words(sheet) for sheet in paper_of(reporter).pages]
    assert sum("第1份" in sheet for sheet in sheets) == len(ids)
    assert sum("第2份" in sheet for sheet in sheets) == len(ids)
    assert all("信息工程学院" in sheet or "软件工程" in sheet for sheet in sheets)


def test_the_page_says_how_far_it_is_and_stops_asking_when_it_is_done(app, sign_in, still):
    office = sign_in("wutong")
    ids = ticked(office.open("/pdsu/filings/"))[:2]
    page = office.submit("打印所选", filing=ids)
    assert page.find("#progress")["hx-trigger"] == "every 1s"
    assert "刷新进度" in page.text
    assert "0 / 2 件" in page.text
    with app.app_context():
        db.session.get(FileJob, still[0]).advance(Progress.done, 2)
        db.session.commit()
    page = office.open(page.address, htmx=True)
    assert not page.find("#progress").has_attr("hx-trigger")
    assert "下载 PDF" in page.text


def test_nothing_ticked_is_refused_in_words_and_the_filters_stay(sign_in, still):
    office = sign_in("wutong")
    office.open("/pdsu/filings/?form=account")
    page = office.submit("打印所选")
    assert "请先勾选" in page.text
    assert page.response.request.query_string == b"form=account"
    assert still == []


def test_first_filings_of_groups_that_are_signed_as_a_list_cannot_be_ticked(sign_in):
    assert ticked(sign_in("wutong").open("/pdsu/filings/?form=group&kind=first")) == []


def test_filings_of_other_units_are_left_out_however_they_are_asked_for(app, sign_in, still):
    others = ticked(sign_in("wutong").open("/pdsu/filings/?q=文学院"))
    assert others
    reporter = sign_in("linxiao")
    own = ticked(reporter.open("/pdsu/filings/"))[:1]
    reporter.submit("打印所选", filing=[*others, *own, "²", "9" * 30])
    with app.app_context():
        assert db.session.get(FileJob, still[0]).request["filings"] == list(map(int, own))


def test_one_print_at_a_time_for_each_person_and_three_for_all(app, sign_in, still):
    office = sign_in("wutong")
    job_of(app, "wutong")
    ids = ticked(office.open("/pdsu/filings/"))[:1]
    assert "您的上一份文件还在生成" in office.submit("打印所选", filing=ids).text
    with app.app_context():
        db.session.execute(update(FileJob).values(updated_at=utcnow() - GIVEN_UP * 2))
        db.session.commit()
    assert "正在生成文件" in office.submit("打印所选", filing=ids).text
    for other in ("linxiao", "suyi"):
        job_of(app, other)
    head = sign_in("zhoumin")
    ids = ticked(head.open("/pdsu/filings/"))[:1]
    assert "过一两分钟" in head.submit("打印所选", filing=ids).text


def test_a_print_belongs_to_who_asked_for_it(app, sign_in):
    job = job_of(app, "wutong", progress=Progress.done)
    for place in ("prints", "exports", "files"):
        assert sign_in("suyi").open(f"/pdsu/{place}/{job}").status == 404


def made_for(app, username: str, filing_ids: list[int]) -> str:
    """The address of a print of these filings that was made for this person."""
    request = {"filings": filing_ids, "everyone": False, "link": "http://localhost/pdsu/filings/"}
    job = job_of(app, username, progress=Progress.done, request=request)
    with app.app_context():
        jobs.keep(db.session.get(FileJob, job), b"%PDF-")
        db.session.commit()
    return f"/pdsu/files/{job}"


def answer_to(browser, address: str) -> int:
    with browser.client.get(address) as answer:
        return answer.status_code


def test_a_print_is_shut_to_who_may_no_longer_see_its_filings(app, sign_in):
    everything = [int(number) for number in ticked(sign_in("wutong").open("/pdsu/filings/"))]
    office = sign_in("suyi")
    address = made_for(app, "suyi", everything)
    assert answer_to(office, address) == 200
    with app.app_context():
        left = db.session.scalars(select(Person).filter_by(username="suyi")).one()
        reporter = db.session.scalars(select(Person).filter_by(username="linxiao")).one()
        left.set_grants({(grant.role, grant.unit_id) for grant in reporter.grants})
        db.session.commit()
    assert answer_to(sign_in("suyi"), address) == 404


def test_a_single_filing_that_went_to_another_unit_shuts_the_print(app, sign_in):
    reporter = sign_in("linxiao")
    own = [int(number) for number in ticked(reporter.open("/pdsu/filings/"))[:3]]
    address = made_for(app, "linxiao", own)
    assert answer_to(reporter, address) == 200
    with app.app_context():
        mine = db.session.get(Filing, own[0]).unit_id
        other = db.session.scalars(select(Filing.unit_id).where(Filing.unit_id != mine)).first()
        other = (
            db.session.scalars(select(Filing.unit_id).where(Filing.title.contains("文学院"))).first() or other
        )
        db.session.execute(update(Filing).where(Filing.id == own[1]).values(unit_id=other))
        db.session.commit()
    assert answer_to(reporter, address) == 404


def test_a_print_is_shut_when_a_draft_in_it_was_thrown_away(app, sign_in):
    reporter = sign_in("linxiao")
    with app.app_context():
        never = (Filing.state == "draft", Filing.submitted_at.is_(None))
        drafts = list(db.session.scalars(select(Filing.id).where(*never, Filing.form == "account")))
    draft = next(number for number in drafts if reporter.open(f"/pdsu/filings/{number}").status == 200)
    address = made_for(app, "linxiao", [draft])
    assert answer_to(reporter, address) == 200
    reporter.open(f"/pdsu/filings/{draft}/edit")
    reporter.submit("删除")
    assert answer_to(reporter, address) == 404


def test_a_print_is_gone_after_a_day_with_its_file(app, sign_in, tmp_path, still):
    job = job_of(app, "wutong", progress=Progress.done, created_at=utcnow() - KEPT)
    log = tmp_path / "files" / f"{job}.log"
    log.parent.mkdir(exist_ok=True)
    log.write_bytes(b"what its process said")
    a_day_ago = (utcnow() - KEPT).timestamp() - 1
    os.utime(log, (a_day_ago, a_day_ago))
    with app.app_context():
        jobs.keep(db.session.get(FileJob, job), b"%PDF-")
        db.session.commit()
    office = sign_in("wutong")
    assert office.open(f"/pdsu/files/{job}").status == 404
    ids = ticked(office.open("/pdsu/filings/"))[:1]
    office.submit("打印所选", filing=ids)
    assert not log.exists()
    with app.app_context():
        assert db.session.scalars(select(JobFile)).all() == []


def test_a_process_that_fell_silent_is_reported_with_what_to_do(app, sign_in):
    job = job_of(app, "wutong", updated_at=utcnow() - GIVEN_UP * 2)
    page = sign_in("wutong").open(f"/pdsu/prints/{job}")
    assert "再打印一次" in page.text
    assert not page.find("#progress").has_attr("hx-trigger")


def test_a_sheet_that_cannot_be_drawn_is_named_and_nothing_counts_as_printed(app, monkeypatch):
    def refuse(pages, **_):
        raise print_module.PaperError("这张表排不成页。")

    from blueprints.institution.paper import batch_printing as print_module

    monkeypatch.setattr(print_module, "draw", refuse)
    job = job_of(app, "wutong")
    with app.app_context():
        said = app.test_cli_runner().invoke(args=["make-file", str(job)])
        assert said.exit_code == 0, said.output
        progress, trouble = db.session.get(FileJob, job).status()
    assert progress is Progress.failed
    assert "备案件 1：" in trouble
    assert "取消勾选" in trouble
    assert prints(app) == []


def test_the_chain_of_events_holds_after_prints(app, sign_in):
    office = sign_in("wutong")
    number = ticked(office.open("/pdsu/filings/"))[0]
    assert office.client.get(f"/pdsu/filings/{number}/sheet.pdf").status_code == 200
    assert prints(app) == [int(number)]
    with app.app_context():
        assert history.verify("pdsu") is None
    assert "打印" in office.open(f"/pdsu/filings/{number}").find(".history").get_text()


def test_printing_a_filing_under_review_does_not_stale_the_page_of_who_decides(app, sign_in):
    head, office = sign_in("zhoumin"), sign_in("wutong")
    with app.app_context():
        mine = select(Filing.id).where(Filing.waits_for == "head", Filing.form == "account")
        waiting = [f"/pdsu/filings/{n}" for n in db.session.scalars(mine)]
    address = next(a for a in waiting if "同意" in head.open(a).text)
    assert office.client.get(f"{address}/sheet.pdf").status_code == 200
    page = head.submit("同意", opinion="同意。")
    assert page.status == 200, page.text


def test_a_draft_that_was_printed_can_still_be_thrown_away(app, sign_in):
    reporter = sign_in("linxiao")
    with app.app_context():
        never = (Filing.state == "draft", Filing.submitted_at.is_(None))
        drafts = list(db.session.scalars(select(Filing.id).where(*never, Filing.form == "account")))
    address = next(a for n in drafts if reporter.open(a := f"/pdsu/filings/{n}").status == 200)
    assert reporter.client.get(f"{address}/sheet.pdf").status_code == 200
    reporter.open(f"{address}/edit")
    assert "草稿已删除" in reporter.submit("删除").text


def _titles(app, ids: list[str]) -> list[str]:
    with app.app_context():
        return [db.session.get(Filing, int(n)).title for n in ids]
