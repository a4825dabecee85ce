"""A school of sixty units, each with a reporter, a head and what it has on file."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask

from models.database import db
from models.filings import transitions
from models.filings.starting import start
from models.people.person import Grant, Person
from models.people.unit import Unit, add_unit
from models.rules.passwords import HASHER
from models.rules.workflow import Role
from tests.client import Browser

PASSWORD = "sixty-units-2026"
UNITS = 60
ANSWERS = {
    "pdsu": {
        "nature": "print",
        "character": "报纸",
        "opened": "2019-09",
        "introduction": "报道新闻。",
        "team": {"leader": {"name": "甲", "identity": "教师", "phone": "2657000"}},
    },
    "ahbc": {
        "platform": {"other": "知乎"},
        "certified": "no",
        "opened": "2019-09",
        "interactive": "no",
        "team": {
            row: {"name": "甲", "post": "教师", "mobile": "13800000001"} for row in ("chief", "manager")
        },
    },
}


@dataclass
class School:
    """The app, the school's code, and the ids of its reporting units in order."""

    app: Flask
    code: str
    units: list[int]

    def sign_in(self, username: str) -> Browser:
        browser = Browser(self.app.test_client())
        browser.open(f"/sign-in?school={self.code}")
        page = browser.submit("登录", school=self.code, username=username, password=PASSWORD)
        assert page.status == 200, page.text
        return browser


def founded(app: Flask, code: str, channels_of: Callable[[int], int]) -> School:
    """Sixty units below the school; unit n has `channels_of(n)` accounts on the register.

    Unit n's people are `reporter<n>` and `head<n>`; the office is `office` and `deputy`.
    """
    with app.app_context():
        root = add_unit(code, "学校", "school")
        own = add_unit(code, "党委宣传部", "department", root)
        units = [add_unit(code, f"第{n:02}学院", "college", root) for n in range(1, UNITS)]
        # Below one of them: what it runs counts with its unit.
        add_unit(code, "学生社团", "society", units[0])
        people = {"office": (Role.office, own), "deputy": (Role.office, own)}
        for n, unit in enumerate([own, *units]):
            people |= {f"reporter{n}": (Role.reporter, unit), f"head{n}": (Role.head, unit)}
        _people(code, people)
        _register(app, code, [own, *units], channels_of)
        found = School(app, code, [own.id, *(unit.id for unit in units)])
        db.session.commit()
    return found


def _people(code: str, wanted: dict[str, tuple[Role, Unit]]) -> None:
    pattern = Person(institution=code, name="-", username="-")
    pattern.set_password(HASHER.hash(PASSWORD))
    for username, (role, unit) in wanted.items():
        person = Person(
            institution=code,
            name=f"{unit.name}{username}",
            username=username,
            password_hash=pattern.password_hash,
        )
        person.grants = [Grant(role=role, unit=unit)]
        db.session.add(person)
    db.session.flush()


def _register(app: Flask, code: str, units: list[Unit], channels_of: Callable[[int], int]) -> None:
    school = app.extensions["institutions"][code]
    office, deputy = person("office"), person("deputy")
    for n, unit in enumerate(units):
        for m in range(channels_of(n)):
            filing = start(
                school, school.forms["account"], "first", unit, person(f"reporter{n}"), opened=True
            )
            answers = {**filing.answers, **ANSWERS[code], "name": f"{unit.name}报{m}"}
            if code == "ahbc":
                answers["account"] = f"zhihu{n}-{m}"
            transitions.keep(filing, school, answers, person(f"reporter{n}"), filing.revision)
            transitions.move(filing, school, "submit", person(f"reporter{n}"), "", filing.revision)
            for signer in (person(f"reporter{n}"), person(f"head{n}"), office, deputy):
                if "approve" in filing.allowed(signer, school.forms["account"]):
                    transitions.move(filing, school, "approve", signer, "", filing.revision)
            assert filing.state == "filed"


def person(username: str) -> Person:
    return db.session.scalars(db.select(Person).filter_by(username=username)).one()
