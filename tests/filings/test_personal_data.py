"""Phones are shown in full to who writes or signs; to all others on request, which is an event."""

import pytest
from sqlalchemy import select

from models.database import db
from models.events.history import Event
from models.filings.filing import Filing
from tests import pages
from tests.builders import ACCOUNT, GROUP
from tests.imports.pages.conftest import group, preview

LEADER, TEACHER = "18612345001", "18612345002"
FULL = (LEADER, TEACHER)
SAID = ACCOUNT | {"负责人联系电话": LEADER, "负责老师电话": TEACHER}
BUTTON = "显示完整号码"
PHONES_ON_FILE = ("13800000001", "13800000002", "13800000003", "13800000004")


@pytest.fixture
def address(sign_in) -> str:
    return pages.filed_by(sign_in("linxiao"), SAID)


def numbers_in(page, numbers=FULL) -> set[str]:
    return {number for number in numbers if number in page.html}


def revealed(app) -> list[tuple[str, int | None, int | None]]:
    with app.app_context():
        asked = select(Event).where(Event.verb == "reveal").order_by(Event.id)
        found = list(db.session.scalars(asked))
        assert not any(
            digits in f"{one.opinion}{one.changes}" for one in found for digits in (*FULL, *PHONES_ON_FILE)
        )
        return [(one.actor_name, one.filing_id, one.channel_id) for one in found]


@pytest.mark.parametrize("username", ["linxiao", "zhoumin"])
def test_who_writes_it_and_who_signs_for_its_unit_see_the_numbers_of_the_paper(
    app, sign_in, address, username
):
    page = sign_in(username).open(address)
    assert numbers_in(page) == set(FULL)
    assert BUTTON not in page.text
    assert revealed(app) == []


@pytest.mark.parametrize("username", ["suyi", "wutong", "zhenghao"])
def test_the_office_and_a_head_above_see_masked_numbers_with_a_button(app, sign_in, address, username):
    page = sign_in(username).open(address)
    assert numbers_in(page) == set()
    assert "186****5001" in page.text
    assert "186****5002" in page.text
    assert BUTTON in page.text
    assert revealed(app) == []


def test_the_full_numbers_are_shown_once_and_remembered(app, sign_in, address):
    office = sign_in("suyi")
    office.open(address)
    page = office.submit(BUTTON)
    assert (page.status, numbers_in(page)) == (200, set(FULL))
    assert page.response.headers["Cache-Control"] == "no-store"
    assert BUTTON not in page.text
    assert revealed(app) == [("苏以", int(address.rpartition("/")[2]), None)]
    page = office.open(address)
    assert numbers_in(page) == set()
    assert "查看完整号码" in page.find("#status .history").text
    assert BUTTON in page.text


def test_htmx_swaps_the_parts_with_numbers_and_leaves_a_typed_opinion_alone(sign_in, address):
    office = sign_in("suyi")
    office.open(address)
    part = office.submit(BUTTON, htmx=True)
    assert numbers_in(part) == set(FULL)
    assert {tag["id"] for tag in part.soup.select("[hx-swap-oob]")} == {"sheet", "unprinted"}
    assert not part.soup.select("textarea, #status")


def test_a_change_is_compared_without_full_numbers(sign_in):
    reporter, office = sign_in("linxiao"), sign_in("suyi")
    pages.find_channel(reporter, "平院信工")
    reporter.submit("办理变更")
    page = pages.hand_in(reporter, {"变更日期": "2026-11-20", "变更原因": "换人", "负责老师电话": TEACHER})
    assert numbers_in(page, (TEACHER, "13800000004")) == {TEACHER, "13800000004"}
    page = office.open(page.address)
    row = page.find("#changes").get_text(" ", strip=True)
    assert "负责老师电话 138****0004 186****5002" in row
    part = office.submit(BUTTON, htmx=True)
    assert TEACHER in part.find("#changes").text


def test_a_channel_shows_masked_numbers_until_they_are_asked_for(app, sign_in):
    office = sign_in("suyi")
    page = pages.find_channel(office, "平院信工")
    assert numbers_in(page, PHONES_ON_FILE) == set()
    channel_id = int(page.address.rpartition("/")[2])
    part = office.submit(BUTTON, htmx=True)
    assert "13800000001" in part.find("#in-force").text
    assert revealed(app) == [("苏以", None, channel_id)]
    pages.find_channel(office, "平院信工")
    assert "13800000001" in office.submit(BUTTON).html
    assert numbers_in(pages.find_channel(sign_in("linxiao"), "平院信工"), PHONES_ON_FILE)


def test_comparing_two_papers_shows_no_full_number_to_the_office(sign_in):
    reporter, head, office = sign_in("linxiao"), sign_in("zhoumin"), sign_in("suyi")
    pages.find_channel(reporter, "平院信工")
    reporter.submit("办理变更")
    page = pages.hand_in(reporter, {"变更日期": "2026-11-20", "变更原因": "换人", "负责老师电话": TEACHER})
    pages.decide(head, page.address, "同意")
    pages.decide(office, page.address, "同意变更")
    pages.find_channel(office, "平院信工")
    page = office.submit("比较两件")
    assert "186****5002" in page.find("#comparison").text
    assert numbers_in(page, (*FULL, *PHONES_ON_FILE)) == set()


def test_the_phones_of_another_unit_cannot_be_asked_for(app, sign_in, address):
    stranger = sign_in("sunli")
    stranger.open("/pdsu/")
    token = stranger.page.find("[name=csrf_token]")["value"]
    for place in (address, "/pdsu/channels/1", "/pdsu/filings/99999", "/pdsu/channels/99999"):
        answer = stranger.client.post(f"{place}/phones", data={"csrf_token": token})
        assert answer.status_code == 404
    assert stranger.client.get(f"{address}/phones").status_code in (404, 405)
    assert revealed(app) == []


def test_the_lists_of_everybody_are_masked(sign_in, address):
    for username in ("suyi", "zhoumin", "linxiao"):
        browser = sign_in(username)
        for place in ("filings/", "desk", "register", "closings", ""):
            assert numbers_in(browser.open(f"/pdsu/{place}"), (*FULL, *PHONES_ON_FILE)) == set()


def test_the_office_sees_no_row_of_a_list_that_a_unit_is_still_writing(sign_in):
    reporter, office = sign_in("linxiao"), sign_in("suyi")
    page = reporter.open("/pdsu/lists/group")
    reporter.submit("存草稿", **pages.lines(page, GROUP | {"创建人电话": LEADER}))
    assert numbers_in(reporter.open("/pdsu/lists/group")) == {LEADER}
    unit = reporter.page.find("#list-form [name=unit]")["value"]
    page = office.open(f"/pdsu/lists/group?unit={unit}")
    assert page.status == 200
    assert numbers_in(page) == set()


def test_no_address_finds_a_phone(sign_in, address):
    office = sign_in("suyi")
    for place in ("register", "filings/", "desk", "closings"):
        for asked in (f"q={LEADER}", "q=5001", "phone=5001", f"ending={LEADER}", f"phones={LEADER}"):
            page = office.open(f"/pdsu/{place}?{asked}")
            shown = page.find("#results").text if asked.startswith("q=") else ""
            assert ACCOUNT["平台名称"] not in shown, f"{place}?{asked}"
    office.open("/pdsu/register")
    form = office.page.find("#by-phone")
    assert (form["method"], form["action"]) == ("post", "/pdsu/register")


def test_a_search_by_phone_leaves_it_out_of_every_address(sign_in):
    office = sign_in("suyi")
    office.open("/pdsu/register")
    page = office.submit("查电话", phone="13800000001")
    assert "平院信工" in page.find("#results").text
    for tag in page.soup.select("[href], [action], [hx-get], [hx-post]"):
        assert not any("0001" in str(tag.get(name, "")) for name in ("href", "action", "hx-get", "hx-post"))


@pytest.mark.parametrize("username", ["linxiao", "suyi", "guanyiming", "shenzhi"])
def test_no_answer_may_be_kept_by_a_browser(sign_in, username):
    browser = sign_in(username)
    for place in ("", "filings/", "register", "people/", "audit", "nowhere", "imports/"):
        answer = browser.client.get(f"/pdsu/{place}")
        assert answer.headers["Cache-Control"] == "no-store", place
    assert 'historyCacheSize":0' in browser.open("/pdsu/").html


def ways_out(app) -> dict[str, str]:
    """Every address of a school that hands out a file about people, and to whom."""
    with app.app_context():
        filing = db.session.scalar(select(Filing).where(Filing.title == "平院信工"))
        return {
            f"filings/{filing.id}/sheet.pdf": "print",
            f"filings/{filing.id}/sheet.pdf?copies=all": "print",
            "summaries/accounts.pdf": "export",
            "summaries/accounts.xlsx": "export",
            "dashboard.xlsx": "export",
        }


def test_every_file_about_people_that_leaves_is_an_event(app, sign_in):
    office = sign_in("suyi")
    for place, verb in ways_out(app).items():
        before = len(events(app, verb))
        answer = office.client.get(f"/pdsu/{place}")
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store"), place
        found = events(app, verb)
        assert (len(found), found[-1]) == (before + 1, "苏以"), place


def test_a_copy_with_the_mistakes_of_an_import_is_an_event(app, sign_in):
    reporter = sign_in("linxiao")
    page = preview(reporter, group("信工党支部群", 创建人电话=LEADER))
    before = len(events(app, "export"))
    answer = reporter.client.get(f"{page.address}/annotated.xlsx")
    assert answer.status_code == 200
    assert len(events(app, "export")) == before + 1


def test_an_empty_form_to_fill_in_is_none(app, sign_in):
    office = sign_in("suyi")
    assert office.client.get("/pdsu/forms/account/blank.pdf").status_code == 200
    assert office.client.get("/pdsu/imports/form:group/template.xlsx").status_code == 200
    assert events(app, "export") == events(app, "print") == []


def events(app, verb: str) -> list[str]:
    with app.app_context():
        asked = select(Event.actor_name).where(Event.verb == verb).order_by(Event.id)
        return list(db.session.scalars(asked))
