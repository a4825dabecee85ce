"""What comes after a first filing, over HTTP: its button, its PDF, its place among many."""

from io import BytesIO
from urllib.parse import unquote

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import select

from blueprints.web.schools import institutions
from models.channels.channel import Channel
from models.database import db
from models.filings import transitions
from models.filings.filing import Filing
from models.filings.starting import start
from models.people.person import Person
from tests.paper.sheet_reading import Paper
from tests.paper.test_print_jobs import finished, ticked


def begun(app: Flask, title: str, kind: str, **answers) -> str:
    """The page of a filing that 林晓 begins about an account on the register."""
    with app.app_context():
        school = institutions()["pdsu"]
        channel = db.session.scalars(select(Channel).filter_by(title=title)).one()
        person = db.session.scalars(select(Person).filter_by(username="linxiao")).one()
        form = school.forms[channel.form]
        filing = start(school, form, kind, channel.unit, person, channel)
        transitions.keep(filing, school, {**filing.answers, **answers}, person, filing.revision)
        db.session.commit()
        return f"/pdsu/filings/{filing.id}"


@pytest.fixture
def closing(app: Flask) -> str:
    """The page of a closing that is filed."""
    with app.app_context():
        found = db.session.scalars(select(Filing).filter_by(institution="pdsu", kind="close"))
        return f"/pdsu/filings/{found.first().id}"


def test_a_change_is_marked_on_screen_and_printed_with_what_it_changes(app, sign_in):
    address = begun(app, "平院信工", "change", name="平院信工𬭎", changed_on="2026-11-20")
    reporter = sign_in("linxiao")
    page = reporter.open(address)
    assert [mark.get_text() for mark in page.soup.select(".sheet mark")] == ["▲平院信工𬭎"]
    assert "变更备案" in page.find(".sheet").get_text()
    response = reporter.client.get(f"{address}/sheet.pdf")
    name = unquote(response.headers["Content-Disposition"])
    assert "平顶山学院媒体平台备案表（平院信工𬭎，变更备案）.pdf" in name
    paper = Paper(response.data)
    assert len(paper.pages) == 2
    assert "平台名称平院信工平院信工𬭎" in paper.page_text(1)
    assert "变更日期2026年11月20日" in paper.page_text(1)


def test_a_closing_is_printed_for_every_holder(sign_in, closing):
    paper = Paper(sign_in("zhaozhuo").client.get(f"{closing}/sheet.pdf?copies=all").data)
    assert len(paper.pages) == 4
    assert paper.text.count("注销原因半年以上未更新") == 2


def test_a_change_of_a_group_has_a_button_and_a_page_though_the_group_has_no_sheet(app, sign_in):
    reporter = sign_in("linxiao")
    address = begun(app, "信工学院教工群", "change", members=90, changed_on="2026-11-20")
    links = [link["href"] for link in reporter.open(address).soup.select("#actions a")]
    assert f"{address}/sheet.pdf" in links
    assert not [link for link in links if "copies" in link]
    paper = Paper(reporter.client.get(f"{address}/sheet.pdf?copies=all").data)
    assert len(paper.pages) == 1
    assert "群人数8690" in paper.text


def test_a_first_filing_of_a_group_has_no_button_and_no_page(app, sign_in):
    with app.app_context():
        first = select(Filing.id).filter_by(institution="pdsu", form="group", kind="first", state="filed")
        address = f"/pdsu/filings/{db.session.scalars(first).first()}"
    office = sign_in("wutong")
    assert "打印" not in office.open(address).find("#actions").get_text()
    assert office.client.get(f"{address}/sheet.pdf").status_code == 404


def test_many_printed_together_hold_the_pages_of_changes_and_closings(app, sign_in, closing):
    change = begun(app, "信工学院教工群", "change", members=90, changed_on="2026-11-20")
    reporter = sign_in("linxiao")
    ids = [change.rpartition("/")[2]]
    page = reporter.open("/pdsu/filings/")
    assert ids[0] in ticked(page)
    reporter.submit("打印所选", filing=ids)
    finished(reporter)
    link = reporter.page.find("#progress a[download]")["href"]
    with reporter.client.get(link) as response:
        sheets = PdfReader(BytesIO(response.data)).pages
    assert len(sheets) == 1
    assert "变更情况对照" in sheets[0].extract_text().replace(" ", "")
