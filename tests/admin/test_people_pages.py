"""The administrator lets people in, says what each may do, and keeps them out again."""

from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import select

from models.administration.people import other_administrators
from models.database import db
from models.people.person import Person
from models.people.unit import Unit
from models.rules.workflow import Role
from tests.client import Browser, Page


@dataclass
class Office:
    """The administrator's browser, and a unit to put people in."""

    browser: Browser
    person: str
    unit: str

    def add(self, username: str = "zhaoce", name: str = "赵测", **typed) -> Page:
        """Add a person; a reporter of the unit unless said otherwise."""
        self.browser.open(f"/pdsu/people/new?unit={self.unit}")
        typed.setdefault("grants__0__role", "reporter")
        return self.browser.submit("添加并生成密码", username=username, name=name, **typed)

    def open(self, username: str) -> Page:
        """The page of a person, found by search."""
        self.browser.open(f"/pdsu/people/?q={username}")
        return self.browser.open(self.browser.page.find("#results td a")["href"])

    def post(self, tail: str, data: str = "") -> int:
        """Send what no button of a page sends; the answer's status."""
        form = self.browser.open("/pdsu/people/new")
        token = form.find("main input[name=csrf_token]")["value"]
        answer = self.browser.client.post(
            f"/pdsu/people/{tail}",
            data=f"csrf_token={token}&{data}",
            content_type="application/x-www-form-urlencoded",
        )
        return answer.status_code


@pytest.fixture
def office(app: Flask, sign_in) -> Office:
    with app.app_context():
        held = Person.grants.any(role=Role.admin)
        person = db.session.scalar(select(Person).where(Person.institution == "pdsu", held))
        unit = db.session.scalar(select(Unit.id).where(Unit.institution == "pdsu"))
        username, person_id = person.username, str(person.id)
    return Office(sign_in(username), person_id, str(unit))


def password_on(page: Page) -> str:
    return page.find("#password").get_text()


def enter(app: Flask, username: str, password: str) -> Browser:
    """A browser of their own, in which somebody tried to sign in."""
    browser = Browser(app.test_client())
    browser.open("/sign-in?school=pdsu")
    browser.submit("登录", school="pdsu", username=username, password=password)
    return browser


def is_in(browser: Browser) -> bool:
    """Whether they got past the sign-in page, be it only to choose a password of their own."""
    return browser.open("/pdsu/").address != "/sign-in"


def names(page: Page) -> list[str]:
    return [link.get_text(strip=True) for link in page.soup.select("#results td:first-child a")]


def test_a_new_person_signs_in_with_the_password_shown_once(app, office):
    page = office.add()
    password = password_on(page)
    assert password not in office.open("zhaoce").html
    assert is_in(enter(app, "zhaoce", password))
    assert not is_in(enter(app, "zhaoce", "something else"))


def test_the_password_is_in_no_address_and_in_no_cookie(office):
    page = office.add()
    sent = f"{page.response.request.url} {page.response.headers.getlist('Set-Cookie')}"
    assert password_on(page) not in sent
    assert page.response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("item", "typed", "sentence"),
    [
        ("name", "", "请填写姓名"),
        ("name", "长" * 5000, "最多50个字"),
        ("username", "赵" * 5000, "2 至 40 个字母、数字"),
        ("phone", "12", "联系电话请填写"),
        ("grants-0-role", "", "没有选完整"),
        ("grants-0-role", "king", "没有选完整"),
        ("grants-0-unit", "99999999999999999999", "没有选完整"),
    ],
)
def test_what_cannot_be_kept_is_said_beside_the_item(office, item, typed, sentence):
    page = office.add(**{item.replace("-", "__"): typed})
    assert page.status == 422
    where = "grants" if item.startswith("grants") else item
    assert sentence in page.find(f"#item-{where}").get_text()
    if item != "name":
        assert page.find("input[name=name]")["value"] == "赵测"
    assert names(office.browser.open("/pdsu/people/?q=zhaoce")) == []


def test_half_a_character_is_no_username(office):
    assert office.post("new", "name=%ED%A0%80&username=%ED%A0%80&grants-0-role=%ED%A0%80") == 422


def test_rows_with_strange_numbers_are_read_past(office):
    typed = {"grants-²-role": "admin", "grants-" + "9" * 5000 + "-role": "admin", "grants-x": "1"}
    assert office.add(**typed).status == 200


def test_a_person_without_any_role_is_refused(office):
    assert "请至少选择一项角色" in office.add(grants__0__role="", grants__0__unit="").text


def test_a_username_is_given_once_in_a_school(office):
    office.add()
    page = office.add(username="ZhaoCe", name="钱二")
    assert page.status == 422
    assert "已由“赵测”使用" in page.error_at("username")


def test_full_width_digits_become_plain_ones(office):
    office.add(username="２０２２", phone="１３８１２３４５６７８")
    page = office.open("2022")
    assert page.find("#phone")["value"] == "13812345678"


def test_people_are_found_by_name_username_role_state_and_unit(app, office):
    office.add(phone="13812345678")
    with app.app_context():
        unit = db.session.get(Unit, int(office.unit))
        names_of_unit = (unit.name, unit.pinyin)
    for words in ("赵测", "ZHAOCE", "zhaoce&role=reporter&state=active", *names_of_unit):
        page = office.browser.open(f"/pdsu/people/?q={words}")
        assert "赵测" in names(page)
        assert "13812345678" not in page.html
    for query in ("q=zhaoce&role=head", "q=zhaoce&state=disabled", "q=%25"):
        assert names(office.browser.open(f"/pdsu/people/?{query}")) == []
    assert "没有符合条件的人员" in office.browser.page.text


def test_the_list_has_pages_and_keeps_its_filters(office, monkeypatch):
    monkeypatch.setattr("blueprints.institution.admin.people.PAGE_SIZE", 2)
    first = names(office.browser.open("/pdsu/people/?state=active"))
    second = names(office.browser.follow("下一页"))
    assert "state=active" in office.browser.page.response.request.url
    assert set(first) != set(second)


def test_changed_grants_count_from_the_next_sign_in(app, office):
    password = password_on(office.add())
    person = enter(app, "zhaoce", password)
    office.open("zhaoce")
    office.browser.submit("保存", grants__1__role="head", grants__1__unit=office.unit)
    assert "重新登录后生效" in office.browser.page.text
    assert not is_in(person)
    office.browser.submit("保存", grants__0__remove="y")
    page = office.open("zhaoce")
    chosen = [option["value"] for option in page.soup.select("#item-grants option[selected]")]
    assert Role.head in chosen
    assert Role.reporter not in chosen


def test_a_new_name_ends_no_session(app, office):
    person = enter(app, "zhaoce", password_on(office.add()))
    office.open("zhaoce")
    assert office.browser.submit("保存", name="赵测绘").heading == "赵测绘"
    assert is_in(person)


def test_a_disabled_person_is_out_at_once_and_comes_back_when_enabled(app, office):
    password = password_on(office.add())
    person = enter(app, "zhaoce", password)
    office.open("zhaoce")
    office.browser.submit("确认停用")
    assert not is_in(person)
    assert not is_in(enter(app, "zhaoce", password))
    office.browser.submit("确认启用")
    assert is_in(enter(app, "zhaoce", password))


def test_a_reset_password_replaces_the_old_one_and_ends_sessions(app, office):
    old = password_on(office.add())
    person = enter(app, "zhaoce", old)
    office.open("zhaoce")
    new = password_on(office.browser.submit("确认重置"))
    assert new != old
    assert not is_in(person)
    assert not is_in(enter(app, "zhaoce", old))
    assert is_in(enter(app, "zhaoce", new))


def test_administrators_cannot_lock_themselves_out(office):
    page = office.browser.open(f"/pdsu/people/{office.person}")
    assert "确认停用" not in page.text
    assert "确认重置" not in page.text
    rows = len(page.soup.select("#item-grants [name$=-remove]"))
    typed = {f"grants__{row}__remove": "y" for row in range(rows)}
    typed |= {f"grants__{rows}__role": "auditor", f"grants__{rows}__unit": office.unit}
    page = office.browser.submit("保存", **typed)
    assert page.status == 422
    assert "不能停用自己" in page.find("#item-grants").get_text()


def test_what_the_page_does_not_offer_is_refused_all_the_same(office):
    assert office.post(f"{office.person}/disable") == 422
    assert office.post(f"{office.person}/reset-password") == 422
    assert is_in(office.browser)


def test_administrators_may_change_their_own_other_roles_and_stay_signed_in(office):
    page = office.browser.open(f"/pdsu/people/{office.person}")
    rows = len(page.soup.select("#item-grants [name$=-remove]"))
    typed = {f"grants__{rows}__role": "auditor", f"grants__{rows}__unit": office.unit}
    assert office.browser.submit("保存", **typed).status == 200
    assert is_in(office.browser)


def test_the_last_administrator_stays_one(app, office):
    office.add(grants__0__role="admin")
    with app.app_context():
        first = db.session.get(Person, int(office.person))
        second = db.session.scalar(select(Person).filter_by(username="zhaoce"))
        assert other_administrators(first) >= 1
        for person in db.session.scalars(select(Person).where(Person.id != second.id)):
            person.active = False
        assert other_administrators(second) == 0


def test_another_schools_person_is_not_there(app, office):
    with app.app_context():
        other = db.session.scalars(select(Person.id).filter_by(institution="ahbc")).first()
        unit = db.session.scalars(select(Unit.id).filter_by(institution="ahbc")).first()
    assert other
    assert office.browser.open(f"/pdsu/people/{other}").status == 404
    for verb in ("disable", "enable", "reset-password"):
        assert office.post(f"{other}/{verb}") == 404
    assert office.add(grants__0__unit=str(unit)).status == 422
