"""Summary tables as files: ticked rows, what a filter leaves, and long ones made apart."""

from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from blueprints.institution.components import summary_files
from models import jobs
from models.database import db
from models.events import history
from models.events.history import Event
from models.jobs import FileJob, Progress
from models.people.person import Person
from models.rules.row_key import read_key
from tests.file_jobs import downloaded, finished

PAGE, XLSX = "/pdsu/summaries/accounts", "/pdsu/summaries/accounts.xlsx"


def boxes(page) -> dict[str, str]:
    """The rows that can be ticked: the account's name to the value of its box."""
    return {
        row.select_one("a").get_text(strip=True): row.select_one("input[name=channel]")["value"]
        for row in page.soup.select("tbody tr")
    }


def names_in(response) -> list[str]:
    """What stands under 账号名称 of a workbook, down to the notes."""
    sheet = load_workbook(BytesIO(response.data)).worksheets[0]
    return [row[4] for row in sheet.iter_rows(min_row=4, values_only=True) if row[4]]


def exported(app) -> list[str]:
    """What the events say of the exports so far."""
    with app.app_context():
        assert history.verify("pdsu") is None
        return list(db.session.scalars(select(Event.opinion).where(Event.verb == "export")))


@pytest.fixture
def long(monkeypatch) -> None:
    """Every table is too long to be written while one waits."""
    monkeypatch.setattr(summary_files, "MOST_AT_ONCE", {".xlsx": 0, ".pdf": 0})


@pytest.fixture
def still(monkeypatch) -> list[int]:
    """No process is started; the ids of the jobs that would have been."""
    started = []
    monkeypatch.setattr("blueprints.institution.components.file_jobs._start", started.append)
    return started


def make(app, job_id: int) -> tuple[Progress, str]:
    """Run the job here; how it stands then."""
    with app.app_context():
        said = app.test_cli_runner().invoke(args=["make-file", str(job_id)])
        assert said.exit_code == 0, said.output
        db.session.rollback()
        return db.session.get(FileJob, job_id).status()


def test_the_ticked_rows_alone_are_exported_in_the_tables_order(app, sign_in):
    office = sign_in("suyi")
    rows = boxes(office.open(PAGE))
    wanted = list(rows)[1:3]
    page = office.submit("导出所选", channel=[rows[name] for name in reversed(wanted)])
    assert names_in(page.response) == wanted
    assert exported(app) == ["平顶山学院新媒体账号信息汇总表（平顶山学院，所选，2行，Excel）"]


def test_nothing_ticked_is_said_and_the_unit_stays(app, sign_in):
    office = sign_in("suyi")
    address = office.open(PAGE).find("#unit option:nth-of-type(2)")["value"]
    office.open(f"{PAGE}?unit={address}")
    page = office.submit("导出所选")
    assert "请先勾选要导出的行" in page.text
    assert page.find("#unit option[selected]")["value"] == address
    assert exported(app) == []


def test_rows_of_other_units_are_left_out_however_they_are_asked_for(app, sign_in):
    every = boxes(sign_in("suyi").open(PAGE))
    reporter = sign_in("linxiao")
    own = boxes(reporter.open(PAGE))
    others = [box for name, box in every.items() if name not in own]
    name, box = next(iter(own.items()))
    page = reporter.submit("导出所选", channel=[*others, box, "²", "9" * 30])
    assert names_in(page.response) == [name]
    reporter.open(PAGE)
    assert "没有导出" in reporter.submit("导出所选", channel=others).text
    assert len(exported(app)) == 1


def test_the_register_exports_what_its_filters_leave(app, sign_in):
    office = sign_in("suyi")
    office.open("/pdsu/register?q=平院信工")
    page = office.submit("导出 Excel", table="accounts")
    found = names_in(page.response)
    assert found
    assert all("平院信工" in name for name in found)
    assert "筛选结果" in exported(app)[0]
    reporter = sign_in("linxiao")
    reporter.open("/pdsu/register")
    mine = reporter.submit("导出 Excel", table="accounts")
    assert set(names_in(mine.response)) <= set(boxes(reporter.open(PAGE)))


def test_filters_that_leave_nothing_of_a_table_are_said_and_stay(app, sign_in):
    office = sign_in("suyi")
    office.open("/pdsu/register?q=平院信工")
    page = office.submit("导出 Excel", table="groups")
    assert "没有导出" in page.text
    assert page.find("#q")["value"] == "平院信工"
    assert office.open("/pdsu/register.xlsx?table=nothing").status == 404


def test_a_long_table_is_made_apart_and_is_the_same_file(app, sign_in, monkeypatch):
    office = sign_in("suyi")
    at_once = names_in(office.open(XLSX).response)
    monkeypatch.setattr(summary_files, "MOST_AT_ONCE", {".xlsx": 0, ".pdf": 0})
    page = office.open(XLSX)
    assert page.heading == "导出 平顶山学院新媒体账号信息汇总表（平顶山学院）.xlsx"
    assert len(exported(app)) == 1, "it is an event when it is made"
    finished(office)
    assert f"共 {len(at_once)} 行" in office.page.text, office.page.text
    assert names_in(downloaded(office)) == at_once
    first, second = exported(app)
    assert first == second
    assert sign_in("wutong").open(page.address).status == 404


def test_a_long_table_on_paper_is_made_apart_too(app, sign_in, long, still):
    sign_in("linxiao").open(f"{PAGE}.pdf")
    assert make(app, still[0]) == (Progress.done, "")
    with app.app_context():
        assert jobs.content_of(db.session.get(FileJob, still[0])).startswith(b"%PDF-")
    assert exported(app)[0].endswith("PDF）")


def test_more_than_fits_on_paper_is_refused_with_what_to_do(app, sign_in, monkeypatch):
    monkeypatch.setattr(summary_files, "MOST_ON_PAPER", 1)
    page = sign_in("suyi").open(f"{PAGE}.pdf")
    assert "请按单位分几次打印" in page.text
    assert exported(app) == []


def test_who_was_disabled_meanwhile_gets_no_file(app, sign_in, long, still):
    sign_in("linxiao").open(XLSX)
    with app.app_context():
        db.session.scalars(select(Person).filter_by(username="linxiao")).one().active = False
        db.session.commit()
    progress, trouble = make(app, still[0])
    assert progress is Progress.failed
    assert "停用" in trouble
    assert exported(app) == []


def test_who_left_the_office_meanwhile_gets_not_the_whole_school(app, sign_in, long, still):
    sign_in("suyi").open(XLSX)
    with app.app_context():
        office = db.session.scalars(select(Person).filter_by(username="suyi")).one()
        reporter = db.session.scalars(select(Person).filter_by(username="linxiao")).one()
        office.set_grants({(grant.role, grant.unit_id) for grant in reporter.grants})
        db.session.commit()
    progress, trouble = make(app, still[0])
    assert progress is Progress.failed
    assert "重新导出" in trouble
    assert exported(app) == []


def test_a_file_that_is_made_already_is_shut_to_who_left_the_office(app, sign_in, long, still):
    office = sign_in("suyi")
    office.open(XLSX)
    assert make(app, still[0])[0] is Progress.done
    address = f"/pdsu/files/{still[0]}"
    with office.client.get(address) as answer:
        assert answer.status_code == 200
    with app.app_context():
        left = db.session.scalars(select(Person).filter_by(username="suyi")).one()
        reporter = db.session.scalars(select(Person).filter_by(username="linxiao")).one()
        left.set_grants({(grant.role, grant.unit_id) for grant in reporter.grants})
        db.session.commit()
    assert office.client.get(address).status_code == 404


def test_what_goes_wrong_leaves_a_sentence_and_no_file(app, sign_in, long, still, monkeypatch):
    def fail(*_, **__):
        raise MemoryError

    office = sign_in("suyi")
    address = office.open(XLSX).address
    monkeypatch.setattr(summary_files.workbook, "write", fail)
    assert make(app, still[0])[0] is Progress.failed
    assert "再导出一次" in office.open(address).text
    with app.app_context():
        assert jobs.content_of(db.session.get(FileJob, still[0])) is None
    assert exported(app) == []


def test_each_row_hides_which_channel_it_is(sign_in):
    office = sign_in("suyi")
    rows = boxes(office.open(PAGE))
    sheet = load_workbook(BytesIO(office.open(XLSX).response.data)).worksheets[0]
    keys = {
        row[4]: read_key(str(row[-1])) for row in sheet.iter_rows(values_only=True) if read_key(str(row[-1]))
    }
    assert {name: str(key.channel_id) for name, key in keys.items()} == rows
