"""统计 by page: who sees what, the drawings and their tables, and the workbook."""

from io import BytesIO

import pytest
from bs4 import Tag
from openpyxl import load_workbook
from sqlalchemy import select, update

from blueprints.institution.dashboard import charts
from models.channels.channel import Channel
from models.database import db
from models.events.history import Event
from models.people.person import Person
from models.people.unit import Unit, add_unit
from models.rules import passwords
from models.rules.workflow import Role
from tests import pages
from tests.builders import ACCOUNT
from tests.client import Browser

PAGE, XLSX = "/pdsu/dashboard", "/pdsu/dashboard.xlsx"


def unit_id(app, name: str) -> int:
    with app.app_context():
        return db.session.scalar(select(Unit.id).where(Unit.name == name, Unit.institution == "pdsu"))


def table(page, code: str) -> list[list[str]]:
    """The rows of a section's table."""
    return [
        [cell.get_text(strip=True) for cell in row.select("th, td")]
        for row in page.soup.select(f"#{code} table tbody tr")
    ]


def drawn(section: Tag, words: str) -> list[str]:
    return [text.get_text(strip=True) for text in section.select(f"svg.chart .{words}")]


def in_force(page) -> str:
    return page.find(".stat strong").get_text(strip=True)


def test_the_office_sees_the_whole_school_and_a_head_the_own_units(app, sign_in):
    office = sign_in("wutong").open(PAGE)
    assert "平顶山学院 · 截至" in office.find(".sub").get_text(" ", strip=True)
    with app.app_context():
        every = db.session.scalar(
            select(db.func.count())
            .select_from(Channel)
            .where(Channel.institution == "pdsu", Channel.state == "in_force")
        )
    assert in_force(office) == str(every)
    head = sign_in("zhoumin").open(PAGE)
    assert "信息工程学院" in head.find(".sub").get_text()
    assert 0 < int(in_force(head)) < every
    names = [name for name, *_ in table(head, "most-followed")]
    assert "平院信工" in names
    assert "平顶山学院" not in names


def test_it_stands_in_the_masthead_of_the_office_and_of_heads_alone(sign_in):
    for username, stands in (("wutong", True), ("zhoumin", True), ("linxiao", False)):
        browser = sign_in(username)
        assert ("统计" in browser.open("/pdsu/").find("#places").get_text()) is stands
        page = browser.open(PAGE)
        assert page.status == 200
        lit = page.soup.select("#places [aria-current]")
        assert [one.get_text(strip=True) for one in lit] == ["统计"] * stands


def test_who_may_not_read_may_not_count(anyone, sign_in):
    assert anyone.open(PAGE).address == "/sign-in"
    assert sign_in("guanyiming").open(PAGE).status == 403
    assert sign_in("wutong").open("/ahbc/dashboard").status == 404


def test_another_units_figures_are_not_there(app, sign_in):
    other = unit_id(app, "文学院")
    for address in (PAGE, XLSX):
        assert sign_in("zhoumin").open(f"{address}?unit={other}").status == 404


def test_filters_live_in_the_address_and_are_taken_off_again(app, sign_in):
    office = sign_in("wutong")
    office.open(PAGE)
    page = office.submit("查看", unit=str(unit_id(app, "校团委")), form="account")
    assert "校团委 · 媒体平台" in page.find(".sub").get_text(" ", strip=True)
    assert [chip.get_text() for chip in page.soup.select(".chip")] == [
        "取消筛选：校团委",
        "取消筛选：媒体平台备案表",
    ]
    # 青年志愿者协会 is below 校团委.
    assert {"青年志愿者协会", "校团委"} == {row[2] for row in table(page, "most-followed")}
    assert "微信群" not in str(table(page, "platforms"))
    assert office.follow("清除筛选").soup.select(".chip") == []
    assert office.open(f"{PAGE}?form=group&unit=0").status == 404
    assert office.open(f"{PAGE}?form=nonsense").soup.select(".chip") == []


def test_every_drawing_has_a_name_a_description_and_its_table(sign_in):
    page = sign_in("wutong").open(PAGE)
    pictures = page.soup.select("svg[role=img]")
    assert len(pictures) == 7
    for picture in pictures:
        name = page.find(f"[id='{picture['aria-labelledby']}']")
        says = page.find(f"[id='{picture['aria-describedby']}']")
        assert name.name == "title"
        assert name.get_text(strip=True)
        assert any(sign.isdigit() for sign in says.get_text())
        section = picture.find_parent("section")
        assert section.select_one("details[open] table caption").get_text() == name.get_text()
    for other in page.soup.select("svg:not([role])"):
        assert other["aria-hidden"] == "true"


@pytest.mark.parametrize("code", ["platforms", "tiers", "units", "followers", "most-followed"])
def test_a_bar_says_what_its_table_says(sign_in, code):
    page = sign_in("wutong").open(PAGE)
    section = page.find(f"#{code}")
    rows = [row for row in table(page, code) if row[0] != "合计"]
    assert drawn(section, "chart-label") == [charts.elided(row[0]) for row in rows]
    numbers = [number.split()[0] for number in drawn(section, "chart-number")]
    assert numbers == [row[-1] for row in rows]


def test_the_years_and_the_states_are_drawn_as_tabled(sign_in):
    page = sign_in("wutong").open(PAGE)
    rows = table(page, "years")
    counts = [row[column] for column in (1, 2, 3) for row in rows]
    assert drawn(page.find("#years"), "chart-count") == counts
    assert drawn(page.find("#years"), "chart-tick") == [row[0][:4] for row in rows]
    legend = [
        one.get_text(" ", strip=True).rsplit(" ", 1)
        for one in page.soup.select("#standings .chart-legend li")
    ]
    assert legend == table(page, "standings")[:-1]


def test_this_year_is_set_against_the_last(sign_in):
    page = sign_in("wutong").open(PAGE)
    last, this = table(page, "years")[-2:]
    for row, column in zip(table(page, "against"), (1, 2, 3, 4), strict=True):
        label, before, now, more = row
        assert (before, now) == (last[column], this[column]), label
        assert int(more.replace("−", "-")) == int(now) - int(before)


def test_a_filed_account_is_counted_and_its_followers_are_never_nothing(app, sign_in):
    office = sign_in("wutong")
    before = int(in_force(office.open(PAGE)))
    address = pages.filed_by(sign_in("linxiao"), ACCOUNT)
    pages.decide(sign_in("zhoumin"), address, "同意")
    pages.decide(office, address, "同意")
    page = office.open(PAGE)
    assert int(in_force(page)) == before + 1
    assert ["平院信工快报", "微信", "信息工程学院", "0.035"] in table(page, "most-followed")


def test_many_platforms_and_long_names_fit_and_the_table_has_them_whole(app, sign_in):
    long = "平顶山学院信息工程学院团委学生会新媒体中心官方服务号"
    with app.app_context():
        channels = db.session.scalars(
            select(Channel).where(Channel.state == "in_force", Channel.institution == "pdsu")
        )
        first = channels.first()
        for number in range(20):
            # Straight into the table: what matters here is how many platforms there are.
            db.session.add(
                Channel(
                    institution="pdsu",
                    form="account",
                    title=f"号{number}",
                    platform=f"平台{number:02}",
                    unit_id=first.unit_id,
                    state="in_force",
                    updated_at=first.updated_at,
                )
            )
        first.title, first.followers = long, 9_999_999
        db.session.commit()
    page = sign_in("wutong").open(PAGE)
    labels = drawn(page.find("#platforms"), "chart-label")
    assert (len(labels), labels[-1]) == (10, "其他")
    rows = table(page, "platforms")
    assert len(rows) > 20
    rest = sum(int(row[1]) for row in rows[9:-1])
    assert drawn(page.find("#platforms"), "chart-number")[-1] == f"{rest} 个"
    assert f"合并了 {len(rows) - 10} 项，共 {rest} 个" in page.find("#platforms").get_text()
    shown = drawn(page.find("#most-followed"), "chart-label")[0]
    assert shown.endswith("…")
    assert long.startswith(shown[:-1])
    assert table(page, "most-followed")[0][0] == long


def test_a_school_without_tiers_and_followers_says_nothing_of_them(sign_in):
    page = sign_in("taoran", "ahbc").open("/ahbc/dashboard")
    assert page.status == 200
    sections = {one["id"] for one in page.soup.select("section.card")}
    assert sections == {"standings", "against", "platforms", "units", "years"}


def test_an_empty_school_is_told_what_will_be_here(empty_app):
    with empty_app.app_context():
        school = add_unit("pdsu", "学校", "school")
        person = Person(institution="pdsu", name="吴桐", username="wutong")
        person.set_password(passwords.HASHER.hash("kite-moon-maple-1"))
        person.grant(Role.office, school)
        db.session.add(person)
        db.session.commit()
    office = Browser(empty_app.test_client())
    office.open("/sign-in?school=pdsu")
    office.submit("登录", school="pdsu", username="wutong", password="kite-moon-maple-1")
    page = office.open(PAGE)
    assert "还没有可以统计的账号" in page.text
    assert page.soup.select("svg.chart") == []
    assert office.open(XLSX).status == 200


def test_only_closed_accounts_leave_no_drawing_empty(app, sign_in):
    with app.app_context():
        db.session.execute(update(Channel).values(state="closed"))
        db.session.commit()
    page = sign_in("wutong").open(PAGE)
    assert "还没有可以统计的数据" in page.find("#platforms").get_text()
    assert len(page.soup.select("#standings svg.chart rect")) == 1


def test_the_workbook_has_a_sheet_for_every_table_and_is_an_event(app, sign_in):
    office = sign_in("wutong")
    page = office.open(PAGE)
    answer = office.open(XLSX).response
    assert answer.headers["Cache-Control"] == "no-store"
    book = load_workbook(BytesIO(answer.data))
    assert book.sheetnames == [one.get_text() for one in page.soup.select("section.card h2")]
    for section in page.soup.select("section.card"):
        sheet = book[section.h2.get_text()]
        values = [
            [cell for cell in row if cell is not None] for row in sheet.iter_rows(min_row=5, values_only=True)
        ]
        rows = table(page, section["id"])
        assert len(values) == len(rows)
        for found, said in zip(values, rows, strict=True):
            read = [str(one) if isinstance(one, str) else f"{one:+,}" for one in found]
            plain = [word.replace("−", "-") for word in said if word]
            assert [word.lstrip("+") for word in read] == [word.lstrip("+") for word in plain]
    assert "截至" in book["按平台"]["A3"].value
    with app.app_context():
        last = db.session.scalars(select(Event).order_by(Event.id.desc())).first()
        assert (last.verb, last.actor_name, last.opinion) == ("export", "吴桐", "统计（平顶山学院，Excel）")


def test_a_name_that_looks_like_a_formula_stays_a_text(app, sign_in):
    with app.app_context():
        most = (
            select(Channel)
            .where(Channel.institution == "pdsu")
            .order_by(Channel.followers.desc().nulls_last())
        )
        db.session.scalars(most).first().title = "=1+1"
        db.session.commit()
    book = load_workbook(BytesIO(sign_in("wutong").open(XLSX).response.data))
    cell = book["关注人数前十"]["A5"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")
