"""What a campaign's pages do at their edges: addresses that lead nowhere, long words, late hours."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from blueprints.institution.campaigns.words import late_by
from models.campaigns.campaign import Campaign
from models.campaigns.report import Report
from models.campaigns.transitions import ask_units
from models.clock import utcnow
from models.database import db
from models.people.unit import Unit, add_unit
from models.rules.report_workflow import ReportState
from tests import finding
from tests.campaigning import ask, unit_id

NOBODYS = "99999999999999999999"


@pytest.fixture
def campaign(app) -> int:
    return ask(app)


@pytest.fixture
def board(campaign) -> str:
    return f"/pdsu/campaigns/{campaign}"


def report(app, unit: str = "文学院") -> Report:
    return db.session.scalars(db.select(Report).filter_by(unit_id=unit_id(app, unit))).one()


@pytest.mark.parametrize("place", ["", "/receipt", "/scan"])
def test_a_unit_that_no_number_can_be_is_not_there(sign_in, board, place):
    assert sign_in("wutong").open(f"{board}/reports/{NOBODYS}{place}").status == 404


@pytest.mark.parametrize("word", ["a\x00b", "\x07", "长" * 10_000, "²", NOBODYS, "'%_\\"])
@pytest.mark.parametrize("name", ["q", "state", "late", "below", "unit", "page"])
def test_the_board_answers_any_address(sign_in, board, name, word):
    page = sign_in("wutong").client.get(board, query_string={name: word})
    assert page.status_code == 200
    assert b"\x00" not in page.data


def test_signs_that_nobody_types_do_not_hide_a_unit(sign_in, board):
    page = sign_in("wutong").open(f"{board}?q=%00文学%07院%C2%A0")
    assert "文学院" in page.find("table.board").text


def test_a_deadline_moved_past_an_extension_holds_for_that_unit_too(app, campaign):
    with app.app_context():
        one, all_of_it = report(app), db.session.get(Campaign, campaign)
        one.extended_to = all_of_it.closes_at + timedelta(days=1)
        all_of_it.closes_at += timedelta(days=9)
        assert one.due_at == all_of_it.closes_at
        assert not one.late(one.extended_to + timedelta(days=1))


@pytest.mark.parametrize(("days", "said"), [(-1, ""), (2, "逾期 2 天")])
def test_the_clock_of_a_campaign_stops_when_it_is_ended(app, campaign, days, said):
    with app.app_context():
        one, all_of_it = report(app), db.session.get(Campaign, campaign)
        all_of_it.ended_at = all_of_it.closes_at + timedelta(days=days)
        assert late_by(one, all_of_it.closes_at + timedelta(days=300)) == said


def test_a_reason_too_long_is_not_cut_and_nothing_is_received(app, sign_in, board):
    with app.app_context():
        one = report(app)
        one.state, one.reported_at = ReportState.reported, utcnow()
        db.session.commit()
        place = f"{board}/reports/{one.unit_id}/receipt"
    office = sign_in("suyi")
    office.open(place)
    page = office.submit("接收", reason__7="长" * 501)
    assert page.status == 422
    assert "最多500个字" in page.text
    with app.app_context():
        assert report(app).state is ReportState.reported


def test_what_was_noted_first_is_kept_however_often_it_is_noted(sign_in):
    first = "最早是在食堂的海报上看到的。"
    finding.noted(sign_in("linxiao"), finding.LATE | {"发现情况": first})
    for who in ("sunli", "xuyan"):
        finding.noted(sign_in(who), finding.LATE | {"发现情况": "又" * 1_999})
    office = sign_in("wutong")
    office.open("/pdsu/found")
    page = office.follow(finding.LATE["名称"])
    assert first in page.text


def test_a_note_pressed_twice_says_what_it_says_once(sign_in):
    browser, said = sign_in("linxiao"), "在食堂的海报上看到的。"
    for _ in range(2):
        page = finding.noted(browser, finding.LATE | {"发现情况": said})
    assert page.find("dd.prose").text.count(said) == 1


@pytest.mark.parametrize("who", ["guanyiming", "shenzhi", "linxiao", "zhoumin"])
def test_who_has_no_part_in_it_changes_nothing(app, sign_in, board, who):
    """Administrator, auditor, and the people of another unit."""
    unit = unit_id(app, "文学院")
    person = sign_in(who)
    person.open("/pdsu/")
    token = {"csrf_token": person.page.find("[name=csrf_token]")["value"], "revision": "1"}
    sent = token | {
        "answer": "unchanged",
        "rest": "1",
        "nil": "1",
        "form": "account",
        "all": "1",
        "reason": "x",
        "extension-until": "2099-01-01T10:00",
        "extension-reason": "x",
        "day": "2022-02-20",
    }
    verbs = ["say", "nil", "new", "hand_in", "take_back", "sign", "return", "receipt", "extend", "paper"]
    places = [f"{board}/reports/{unit}/{verb}" for verb in verbs]
    places += [f"{board}/{verb}" for verb in ("edit", "end", "delete", "remind")]
    for place in places:
        assert person.client.post(place, data=sent).status_code in (403, 404), place
    with app.app_context():
        assert report(app).revision == 1


def asked_of_the_database(app, browser, place: str) -> int:
    """How many questions a page asks."""
    found = []

    def count(*_) -> None:
        found.append(1)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", count)
    try:
        assert browser.open(place).status == 200
    finally:
        event.remove(engine, "before_cursor_execute", count)
    return len(found)


@pytest.mark.parametrize("place", ["", "campaigns/", "campaigns/{id}", "campaigns/{id}/remind"])
def test_more_units_ask_no_more_questions(app, sign_in, campaign, place):
    """The school's own head sees every unit's report; the office too, and the page to remind."""
    browser = sign_in("wutong" if "remind" in place else "zhenghao")
    address = "/pdsu/" + place.format(id=campaign)
    before = asked_of_the_database(app, browser, address)
    with app.app_context():
        root = db.session.get(Unit, unit_id(app, "平顶山学院"))
        for number in range(20):
            add_unit("pdsu", f"第{number}研究所", root.kind, root)
        ask_units(db.session.get(Campaign, campaign))
        db.session.commit()
    assert asked_of_the_database(app, browser, address) <= before + 2
