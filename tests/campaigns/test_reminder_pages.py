"""The office reminds those who have not answered: some, all, by the clock, or person by person."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from models.campaigns import reminders
from models.campaigns.campaign import Campaign
from models.campaigns.report import Report
from models.campaigns.transitions import publish
from models.channels.channel import Channel
from models.clock import utcnow
from models.database import db
from models.people.person import Person
from models.people.unit import Unit
from models.rules.report_workflow import ReportState
from tests import pages

NOBODY = "没有可以通知的人"


def running(app, school: str = "pdsu", office: str = "wutong", hours: float = 48, **columns) -> str:
    """A campaign that began an hour ago and closes in some hours; the address of its reminders."""
    with app.app_context():
        person = db.session.scalars(select(Person).filter_by(institution=school, username=office)).one()
        now = datetime.now(UTC).replace(second=0, microsecond=0)
        made = Campaign(
            institution=school,
            year=2026,
            title="年度备案",
            forms=["account", "group"],
            opens_at=now - timedelta(hours=1),
            closes_at=now + timedelta(hours=hours),
            created_by=person,
            created_at=now - timedelta(hours=2),
        )
        db.session.add(made)
        db.session.flush()
        publish(made, person, now - timedelta(hours=1))
        for name, value in columns.items():
            setattr(made, name, value)
        db.session.commit()
        return f"/{school}/campaigns/{made.id}/remind"


def set_state(app, unit: str, state: ReportState, **columns) -> None:
    with app.app_context():
        report = db.session.scalars(select(Report).join(Unit).where(Unit.name == unit)).one()
        report.state = state
        for name, value in columns.items():
            setattr(report, name, value)
        db.session.commit()


def table(page, number: int = 0) -> dict[str, str]:
    """A table of the page: the unit of each row to its words."""
    rows = page.soup.select("table.list")[number].select("tbody tr")
    return {
        row.select_one("[data-label=单位]").contents[0].strip(): row.get_text(" ", strip=True) for row in rows
    }


def box(page, unit: str):
    return page.soup.select_one(f"input[aria-label='选择 {unit}']")


def shift(monkeypatch, hours: float) -> None:
    """The clock of the reminders, so many hours on."""
    from blueprints.institution.campaigns import reminding

    moment = utcnow() + timedelta(hours=hours)
    for module in (reminders, reminding):
        monkeypatch.setattr(module, "utcnow", lambda: moment)


@pytest.fixture
def office(sign_in):
    return sign_in("wutong")


def test_only_the_missing_are_listed_and_only_the_ticked_are_told(app, office, sign_in):
    address = running(app)
    set_state(app, "文学院", ReportState.received)
    page = office.open(address)
    assert "文学院" not in table(page)
    page = office.submit("催报所选单位", unit=box(page, "信息工程学院")["value"])
    assert "信息工程学院：已通知 1 人。" in page.text
    assert "“年度备案”信息工程学院的报送还没有开始" in sign_in("linxiao").open("/pdsu/").text
    assert "还没有开始" not in sign_in("xuyan").open("/pdsu/notices").text
    [log] = [words for unit, words in table(page, 1).items() if unit == "信息工程学院"]
    assert "催报" in log
    assert "1 人" in log
    assert "吴桐" in log


def test_a_unit_just_reminded_is_skipped_with_the_hour_of_the_next(app, office, monkeypatch):
    address = running(app)
    page = office.open(f"{address}?unit={box(office.open(address), '信息工程学院')['value']}")
    ticked = page.soup.select("input[name=unit][checked]")
    assert [one["aria-label"] for one in ticked] == ["选择 信息工程学院"]
    page = office.submit("催报所选单位")
    assert box(page, "信息工程学院") is None
    assert "以后可以再催" in table(page)["信息工程学院"]
    page = office.submit("催报全部")
    assert "信息工程学院：已通知" not in page.text
    assert "文学院：已通知" in page.text
    shift(monkeypatch, 12.1)
    assert box(office.open(address), "信息工程学院") is not None


def test_a_tick_of_somebody_else_meanwhile_is_skipped_and_listed(app, office, sign_in):
    other, address = sign_in("suyi"), running(app)
    unit = box(office.open(address), "信息工程学院")["value"]
    other.open(address)
    other.submit("催报所选单位", unit=unit)
    page = office.submit("催报所选单位", unit=unit)
    assert "刚催过" in page.find("[role=status]").text
    assert "已通知 0 个单位" in page.text


def test_a_unit_with_nobody_to_tell_is_marked(app, office):
    page = office.open(running(app))
    assert NOBODY in table(page)["教务处"]
    assert box(page, "教务处") is None


def test_the_head_is_told_of_what_waits_for_the_signature(app, office, sign_in):
    address = running(app)
    set_state(app, "信息工程学院", ReportState.to_sign)
    page = office.open(address)
    page = office.submit("催报所选单位", unit=box(page, "信息工程学院")["value"])
    assert "信息工程学院：已通知 2 人。" in page.text
    assert "正等待单位负责人签字" in sign_in("zhoumin").open("/pdsu/").text


@pytest.mark.parametrize("unit", [[], ["x"], ["0"], ["²"], ["99999999999999999999"]])
def test_nothing_sensible_ticked_is_answered(app, office, unit):
    office.open(running(app))
    page = office.submit("催报所选单位", unit=unit or None)
    assert page.status in (409, 422)
    assert pages.sentences(page)


def test_nobody_is_reminded_once_it_has_ended(app, office):
    page = office.open(running(app, ended_at=datetime.now(UTC)))
    assert not page.soup.select("main button")


def test_only_the_office_reminds(app, sign_in):
    address = running(app)
    for who in ("linxiao", "zhoumin", "guanyiming", "shenzhi"):
        assert sign_in(who).open(address).status == 403
    assert sign_in("shilei", "ahbc").open(address.replace("pdsu", "ahbc")).status == 404


def test_the_log_has_pages(app, office):
    address = running(app)
    with app.app_context():
        report = db.session.scalars(select(Report)).first()
        db.session.add_all(
            reminders.Reminder(
                campaign_id=report.campaign_id,
                unit_id=report.unit_id,
                people=1,
                occasion="manual",
                by_id=report.campaign.created_by_id,
                at=utcnow(),
            )
            for _ in range(21)
        )
        db.session.commit()
    assert "共 21 条" in office.open(address).text
    assert "第 2 / 2 页" in office.follow("下一页").text


def run(app, *, code: int = 0) -> str:
    with app.app_context():
        result = app.test_cli_runner().invoke(args=["remind"])
    assert result.exit_code == code, result.output
    return result.output


def test_the_command_sends_what_is_due_once_and_says_so(app, office, sign_in):
    assert "没有到时间的催报" in run(app)
    address = running(app)
    running(app, "ahbc", "shilei", hours=2)
    said = run(app)
    assert "平顶山学院“年度备案”：开始时，催报" in said
    assert "安徽商贸职业技术学院“年度备案”：" in said
    assert "没有可以通知的人：" in said
    assert "催报 " not in run(app)
    assert "定时催报" in table(office.open(address), 1)["信息工程学院"]
    assert "信息工程学院的报送还没有开始" in sign_in("linxiao").open("/pdsu/").text


def test_the_command_goes_by_the_clock_and_by_each_units_deadline(app, monkeypatch):
    running(app, hours=100)
    set_state(app, "文学院", ReportState.writing, extended_to=utcnow() + timedelta(hours=300))
    run(app)
    shift(monkeypatch, 80)  # half-way and a day before went by; the former is not made up for
    said = run(app)
    assert "时间过半，催报" not in said
    assert "截止前一天，催报" in said
    shift(monkeypatch, 99)
    assert "截止前三小时，催报" in run(app)
    shift(monkeypatch, 160)
    assert "时间过半，催报 1 个单位" in run(app)


@pytest.fixture
def of_a_person(app) -> str:
    """An account on the register that a person runs; its name."""
    with app.app_context():
        units = {one.name: one for one in db.session.scalars(select(Unit).filter_by(institution="ahbc"))}
        asked = select(Channel).where(Channel.institution == "ahbc", Channel.state == "in_force")
        channel = db.session.scalars(asked.order_by(Channel.id)).first()
        channel.unit = units["个人申报"]
        db.session.commit()
        return channel.title


def test_persons_are_spoken_to_one_by_one(app, sign_in, of_a_person):
    office = sign_in("shilei", "ahbc")
    address = running(app, "ahbc", "shilei")
    office.open(address)
    page = office.follow("联系本人")
    row = page.find("#results tbody tr")
    assert row.find("a").text == of_a_person
    assert "****" in row.text
    page = office.submit("登记已联系", note="电话联系，答应明天报送")
    assert f"已登记联系“{of_a_person}”" in page.text
    assert "电话联系，答应明天报送" in page.find("#results tbody tr").text
    log = next(iter(table(office.open(address), 1).values()))
    assert "已联系本人" in log
    assert of_a_person in log
    assert "石磊" in log


def test_a_note_that_is_too_long_stays_typed(app, sign_in, of_a_person):
    office = sign_in("shilei", "ahbc")
    address = running(app, "ahbc", "shilei")
    office.open(address.replace("remind", "contacts"))
    page = office.submit("登记已联系", note="长" * 201)
    assert page.status == 422
    assert "最多 200 个字" in pages.sentences(page)
    assert page.find("details[open] input[name=note]")["value"] == "长" * 201
