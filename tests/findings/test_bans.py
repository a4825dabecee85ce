"""取缔关闭: an account, registered or found, must be gone by a day and is listed until seen gone."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from models import clock
from models.database import db
from models.events.history import Event, verify
from models.findings.sanction import Sanction
from tests import pages

BANS, TITLE = "/ahbc/sanctions/bans", "安商贸会计系"


def row_of(page, title: str):
    return next(row for row in page.soup.select("#results tbody tr") if title in row.text)


def tick(page, title: str) -> list[str]:
    return [row_of(page, title).find("input")["value"]]


@pytest.fixture
def office(sign_in):
    return sign_in("taoran", "ahbc")


@pytest.fixture
def channel(office) -> str:
    """A registered account that the office bans; the address of its page."""
    address = pages.find_channel(office, TITLE, "ahbc").address
    office.follow("登记处理")
    page = office.submit("登记处理", code="banned", reason="逾期未补报。")
    assert page.status == 200, pages.sentences(page)
    return address


@pytest.fixture
def found(office) -> str:
    """An account that was found and is banned; the address of its page."""
    page = office.open("/ahbc/found/new")
    sent = pages.answered(page, {"名称": "安商贸表白墙", "平台": "微信"}, "#found-form")
    unit = next(o["value"] for o in page.find("select[name=unit]").select("option") if "电子商务系" in o.text)
    address = office.submit("登记", **sent, unit=unit).address
    office.open(address)
    office.follow("登记处理")
    assert office.submit("登记处理", code="banned", reason="未备案。").status == 200
    return address


def overdue(app) -> None:
    with app.app_context():
        db.session.execute(update(Sanction).values(due_on=clock.today() - timedelta(days=1)))
        db.session.commit()


def test_it_opens_a_task_with_its_day_that_unit_and_office_see(channel, office, sign_in):
    due = clock.today() + timedelta(days=7)
    assert "1 待取缔关闭" in office.open("/ahbc/").find(".stats").get_text(" ", strip=True)
    row = row_of(office.follow("待取缔关闭"), TITLE).text
    assert f"{due.month}月{due.day}日" in row
    home = sign_in("jiangfan", "ahbc").open("/ahbc/").text
    assert f"请在{due.month}月{due.day}日前关闭“{TITLE}”" in home
    assert "没有待取缔关闭的账号" in sign_in("xiayu", "ahbc").open(BANS).text


def test_the_office_sees_it_gone_and_it_leaves_the_register(channel, office, app):
    page = office.open(BANS)
    page = office.submit("核实销号", sanction=tick(page, TITLE))
    assert "已核实销号" in page.find("section[role=status]").text
    assert "已注销" in office.open(channel).find("h1").parent.text
    assert "没有待取缔关闭的账号" in office.open(BANS).text
    with app.app_context():
        event = db.session.scalars(
            select(Event).where(Event.verb == "gone").order_by(Event.id.desc())
        ).first()
        assert (event.from_state, event.to_state) == ("在册", "已注销")
        assert verify("ahbc") is None


def test_a_found_account_that_is_seen_gone_is_settled(found, office):
    page = office.open(BANS)
    assert "未备案" in row_of(page, "安商贸表白墙").text
    office.submit("核实销号", sanction=tick(page, "安商贸表白墙"))
    assert "取缔关闭：已核实关闭。" in office.open(found).text


def test_still_there_is_said_to_the_unit_and_it_stays_listed(channel, office, sign_in):
    page = office.open(BANS)
    ticked = tick(page, TITLE)
    page = office.submit("仍未销号", sanction=ticked, opinion="")
    assert (page.status, "请写明查到的情况" in pages.sentences(page)) == (422, True)
    office.open(BANS)
    office.submit("仍未销号", sanction=ticked, opinion="仍可关注，昨日有推送。")
    assert TITLE in office.open(BANS).find("#results").text
    home = sign_in("jiangfan", "ahbc").open("/ahbc/").text
    assert "经核实仍未关闭，请立即关闭" in home
    assert "昨日有推送" in home


def test_what_should_be_gone_by_now_is_marked_and_can_be_listed_alone(channel, office, app):
    assert "没有符合条件的记录" in office.open(f"{BANS}?late=1").text
    overdue(app)
    assert "逾期未关闭" in row_of(office.open(f"{BANS}?late=1"), TITLE).text


def test_of_two_who_see_it_gone_the_second_is_told(channel, office, sign_in):
    second = sign_in("shilei", "ahbc")
    ticked = tick(second.open(BANS), TITLE)
    office.submit("核实销号", sanction=tick(office.open(BANS), TITLE))
    page = second.submit("核实销号", sanction=ticked)
    assert "已由他人核实" in page.find("section[role=status]").text


def test_a_draft_about_it_cannot_be_handed_in_once_it_is_gone(channel, office, sign_in):
    reporter = sign_in("jiangfan", "ahbc")
    pages.find_channel(reporter, TITLE, "ahbc")
    reporter.submit("变更")
    office.submit("核实销号", sanction=tick(office.open(BANS), TITLE))
    said = {
        "帐号用户名（新媒体名称）": "安商贸会计系新",
        "变更日期": clock.today().isoformat(),
        "变更原因": "改名。",
    }
    page = pages.hand_in(reporter, said)
    assert page.status == 422
    assert "不能办理“变更备案”" in pages.sentences(page), pages.sentences(page)


def test_lifting_it_ends_the_task(channel, office):
    office.open("/ahbc/sanctions")
    office.submit("确认撤销", reason="已补报。")
    assert "没有待取缔关闭的账号" in office.open(BANS).text


def test_what_closes_an_account_needs_one(office):
    page = office.open("/ahbc/sanctions/new")
    unit = page.find("select[name=unit]").select("option")[2]["value"]
    page = office.submit("登记处理", unit=unit, code="banned", reason="未备案。")
    assert (page.status, "要针对一个账号或群" in pages.sentences(page)) == (422, True)


def test_a_kind_for_platforms_is_refused_for_a_group_and_the_other_way_round(sign_in):
    office = sign_in("wutong")
    page = office.open("/pdsu/register?form=group")
    office.open(page.soup.select("#results tbody a")[0]["href"])
    page = office.follow("登记处理")
    assert [option["value"] for option in page.soup.select("[name=code]")] == ["circular"]
    page = office.submit("登记处理", code="disqualified", reason="未备案。")
    assert (page.status, "请选择适用的处理" in pages.sentences(page)) == (422, True)
    page = office.open("/pdsu/found/new")
    sent = pages.answered(page, {"名称": "平院老乡群", "平台": "微信群"}, "#found-form")
    unit = page.find("select[name=unit]").select("option")[2]["value"]
    office.open(office.submit("登记", **sent, unit=unit).address)
    page = office.follow("登记处理")
    assert [option["value"] for option in page.soup.select("[name=code]")] == ["circular"]


def test_the_years_of_the_dashboard_count_it_as_closed(channel, office):
    def years() -> list[list[int]]:
        rows = office.open("/ahbc/dashboard").soup.select("#years table tbody tr")
        return [[int(cell.text.replace(",", "")) for cell in row.select("td")[-2:]] for row in rows]

    before = years()
    office.submit("核实销号", sanction=tick(office.open(BANS), TITLE))
    after = years()
    assert after[-1] == [before[-1][0] + 1, before[-1][1] - 1], "closed this year, in force now"
    assert after[:-1] == before[:-1]
