"""A head who is away names somebody who signs; only then, and history says so."""

from datetime import datetime, timedelta

import pytest

from models import clock
from models.campaigns import transitions
from models.campaigns.campaign import Campaign
from models.campaigns.report import report_of
from models.campaigns.transitions import publish
from models.clock import today, utcnow
from models.database import db
from models.events import history
from models.people.person import Person
from models.people.unit import Unit
from models.rules.report_workflow import ReportState, ReportVerb
from tests import builders, pages

PLACE = "/pdsu/substitutes"


def day(offset: int) -> str:
    return (clock.today() + timedelta(offset)).isoformat()


def choice(page, box: str, words: str) -> str:
    return next(
        option["value"] for option in page.soup.select(f"select[name={box}] option") if words in option.text
    )


def name(browser, who: str, from_on: str = "", until_on: str = "", **typed):
    page = browser.open(PLACE)
    typed.setdefault("person", choice(page, "person", who))
    return browser.submit("指定", from_on=from_on or day(0), until_on=until_on or day(3), **typed)


@pytest.fixture
def waiting(sign_in) -> str:
    """A filing of 信息工程学院 that waits for 周敏, its head; its address."""
    return pages.filed_by(sign_in("linxiao"), builders.ACCOUNT)


@pytest.fixture
def move_clock(monkeypatch):
    """Moves the campus day that decides who stands in."""

    def move(offset: int) -> None:
        moment = utcnow() + timedelta(days=offset)
        monkeypatch.setattr(clock, "utcnow", lambda: moment)

    return move


def signs(browser, address: str) -> bool:
    page = browser.open(address)
    return page.status == 200 and any("同意" in one.text for one in page.soup.select("main button"))


def test_a_substitute_signs_within_the_period_only(sign_in, waiting, move_clock):
    stand_in, admin = sign_in("sunli"), sign_in("guanyiming")
    assert stand_in.open(waiting).status == 404
    page = name(sign_in("zhoumin"), "孙立", from_on=day(1), until_on=day(2))
    assert "已指定孙立代签“信息工程学院”" in page.text
    for offset, may in [(0, False), (1, True), (2, True), (3, False)]:
        move_clock(offset)
        assert signs(stand_in, waiting) is may, offset
        listed = stand_in.open("/pdsu/").text
        assert ("平院信工快报" in listed) is may, offset
        signers = admin.open("/pdsu/units/?q=信息工程学院").text
        assert ("周敏、孙立" in signers or "孙立、周敏" in signers) is may, offset


def test_what_a_substitute_signs_says_so(sign_in, waiting):
    head, stand_in = sign_in("zhoumin"), sign_in("sunli")
    name(head, "孙立")
    assert pages.waiting(stand_in.open("/pdsu/desk")) == pages.waiting(head.open("/pdsu/desk")) > 0
    assert "您现在代签“信息工程学院”" in stand_in.open("/pdsu/").text
    page = pages.decide(stand_in, waiting, "同意")
    assert pages.state(page) == "待宣传部意见"
    assert "孙立（代） 同意" in page.text
    assert "周敏（代）" not in page.text


def test_the_head_still_signs_under_their_own_name(sign_in, waiting):
    head = sign_in("zhoumin")
    name(head, "孙立")
    assert "周敏 同意" in pages.decide(head, waiting, "同意").text


def test_a_substitute_does_not_sign_what_they_handed_in(sign_in, waiting):
    name(sign_in("zhoumin"), "林晓")
    assert not signs(sign_in("linxiao"), waiting)


def test_it_is_taken_back_early_and_both_are_told(sign_in, waiting):
    head, stand_in = sign_in("zhoumin"), sign_in("sunli")
    name(head, "孙立")
    assert "孙立正在代签“信息工程学院”" in head.open("/pdsu/").text
    assert "您被指定为“信息工程学院”的代签人" in stand_in.open("/pdsu/").text
    head.open(PLACE)
    page = head.submit("确认结束")
    assert "孙立的代签已结束" in page.text
    assert "提前结束" in page.text
    assert stand_in.open(waiting).status == 404
    assert "孙立" not in sign_in("guanyiming").open("/pdsu/units/?q=信息工程学院").text
    assert "您为“信息工程学院”的代签已结束" in stand_in.open("/pdsu/").text


@pytest.mark.parametrize(
    ("from_on", "until_on", "sentence"),
    [(-1, 3, "开始日期不能早于今天"), (3, 2, "结束日期不能早于开始日期"), (0, 400, "代签最长一年")],
)
def test_a_period_that_makes_no_sense_is_refused(sign_in, from_on, until_on, sentence):
    page = name(sign_in("zhoumin"), "孙立", day(from_on), day(until_on))
    assert page.status == 422
    assert sentence in pages.sentences(page)


def test_bad_input_is_answered_beside_the_item(sign_in):
    head = sign_in("zhoumin")
    page = name(head, "孙立", from_on="明天", until_on="2026-02-30")
    assert page.status == 422
    assert page.error_at("from_on")
    assert page.error_at("until_on")
    page = name(head, "孙立", person="99999999")
    assert page.error_at("person") == "代签人请从列表中选择。"
    page = name(head, "孙立", unit=choice(sign_in("guanyiming").open(PLACE), "unit", "文学院"))
    assert page.error_at("unit") == "单位请从列表中选择。"


def test_nobody_is_named_twice_for_the_same_days(sign_in):
    head = sign_in("zhoumin")
    name(head, "孙立")
    assert "在这段时间已经是代签人" in pages.sentences(name(head, "孙立", day(3), day(5)))
    assert "已指定" in name(head, "孙立", day(4), day(5)).text


def test_the_administrator_names_for_any_unit_and_the_unit_page_shows_it(sign_in):
    admin = sign_in("guanyiming")
    page = admin.open(PLACE)
    name(admin, "许岩", unit=choice(page, "unit", "文学院"))
    page = admin.open("/pdsu/units/?q=文学院")
    assert "秦岭、许岩" in page.text
    unit = next(link for link in page.soup.select("#results a") if link.text == "文学院")
    assert "许岩正在代签" in admin.open(unit["href"]).text


def test_who_heads_nothing_has_no_such_page(sign_in):
    assert sign_in("linxiao").open(PLACE).status == 403
    name(sign_in("zhoumin"), "林晓")
    assert sign_in("linxiao").open(PLACE).status == 403  # a substitute names nobody


def test_another_units_substitute_is_not_there_to_be_ended(sign_in):
    head = sign_in("zhoumin")
    name(head, "孙立")
    action = head.page.find("form[action$='/end']")["action"]
    other = sign_in("qinling")
    other.open(PLACE)
    other.page.find("main form")["action"] = action
    assert other.submit("指定").status == 404


def test_a_substitute_signs_the_units_report(app, sign_in):
    name(sign_in("zhoumin"), "孙立")
    with app.app_context():
        person = {
            one.username: one for one in db.session.scalars(db.select(Person).filter_by(institution="pdsu"))
        }
        now = utcnow()
        made = Campaign(
            institution="pdsu",
            year=today().year,
            title="年度备案",
            forms=["group"],
            opens_at=now,
            closes_at=now + timedelta(days=9),
            created_by=person["wutong"],
            created_at=datetime.now(now.tzinfo),
        )
        db.session.add(made)
        db.session.flush()
        publish(made, person["wutong"])
        unit = db.session.scalars(db.select(Unit).filter_by(institution="pdsu", name="信息工程学院")).one()
        report = report_of(made, unit.id)
        report.state, report.nil = ReportState.to_sign, True
        db.session.flush()
        school = app.extensions["institutions"]["pdsu"]
        assert report.allowed(person["sunli"], school)[0] is ReportVerb.sign
        transitions.move(report, school, ReportVerb.return_, person["sunli"], report.revision, "漏了一个群")
        event = db.session.scalars(db.select(history.Event).order_by(history.Event.id.desc())).first()
        assert (event.verb, event.actor_name) == ("report_return", "孙立（代）")
