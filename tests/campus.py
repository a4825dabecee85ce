"""A small campus for the tests of the rows: one school, two colleges, a club, seven people."""

from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask

from models import tables  # noqa: F401 - every table belongs to the database
from models.database import db, init_database
from models.filings import transitions
from models.filings.starting import start
from models.people.person import Person
from models.people.unit import add_unit
from models.rules.definitions.institution import Clocks, Institution, NumberPattern
from models.rules.definitions.loader import read_form
from models.rules.definitions.register import Register
from tests import databases

ACCOUNT = """
code: account
title: 媒体平台备案表
short: 媒体平台
noun: 平台
channel: {title: title, platform: platform, account: account, person: leader, phone: phone, tier: tier, happened: {change: changed}}
route:
  steps:
    - {name: unit, label: 单位意见, short: 单位意见, role: head, of: unit}
    - {name: office, label: 宣传部意见, short: 宣传部意见, role: office, of: office}
sections:
  - title: 平台
    items:
      - {name: unit, type: unit, label: 创建单位, required: true}
      - {name: title, type: text, label: 平台名称, required: true}
      - {name: platform, type: choice, label: 账号类型, choices: {wechat: 微信公众号, weibo: 微博}}
      - {name: account, type: account, label: 账号, later: true, required: true}
      - {name: tier, type: choice, label: 账号分级, choices: {first: 一级, second: 二级}}
      - {name: followers, type: number, label: 关注人数, unit: 人, scale_unit: 万, scale: 10000}
      - {name: leader, type: text, label: 负责人}
      - {name: phone, type: phone, label: 联系电话}
  - title: 变更
    kinds: [change]
    items:
      - {name: changed, type: date, label: 变更日期}
  - title: 注销
    kinds: [close]
    items:
      - {name: reason, type: text, label: 注销理由}
"""

GROUP = ACCOUNT.replace("code: account", "code: group").replace("route:\n", "route:\n  signed_as: list\n")
PLAIN = ACCOUNT.replace("code: account", "code: plain").split("route:")[0] + (
    "route: {}\nsections:" + ACCOUNT.split("sections:")[1]
)

SUMMARY = Register.model_validate(
    {
        "code": "accounts",
        "title": "汇总表",
        "short": "汇总表",
        "form": "account",
        "columns": [
            {"label": label, "value": value, "width": 10.0}
            for label, value in [
                ("序号", "serial"),
                ("管理单位", "unit"),
                ("账号分级", "tier"),
                ("账号名称", "title"),
                ("账号或网址", "account"),
                ("关注人数", "followers"),
            ]
        ],
        "closed": {"column": "账号名称", "mark": "（已注销）"},
    }
)

SCHOOL = Institution(
    code="xx",
    name="某某大学",
    system="备案系统",
    names=["某某大学"],
    office="党委宣传部",
    unit_kinds={"school": "学校", "college": "学院", "club": "组织社团"},
    tiers={"first": "一级平台", "second": "二级平台"},
    clocks=Clocks(waiting_days=3),
    number=NumberPattern(text="宣备-{year}-{serial}", digits=3),
    forms={
        code: read_form(text) for code, text in {"account": ACCOUNT, "group": GROUP, "plain": PLAIN}.items()
    },
    registers={"accounts": SUMMARY},
)

PEOPLE = [  # name, username, role, unit
    ("小陈", "chen", "reporter", "信息工程学院"),
    ("王院长", "wang", "head", "信息工程学院"),
    ("小周", "zhou", "reporter", "医学院"),
    ("孙院长", "sun", "head", "医学院"),
    ("李老师", "li", "office", "某某大学"),
    ("赵老师", "zhao", "office", "某某大学"),
    ("钱管理", "qian", "admin", "某某大学"),
]


def app_on(uri: str) -> Flask:
    """An app that has this school and no pages."""
    app = Flask("campus")
    app.config["SQLALCHEMY_DATABASE_URI"] = uri
    init_database(app)
    app.extensions["institutions"] = {"xx": SCHOOL}
    return app


@cache
def laid_out() -> bytes:
    """The database file of a new campus, made once per process."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "campus.sqlite3"
        with app_on(databases.uri(file)).app_context():
            db.create_all()
            populate()
            db.session.commit()
            db.engine.dispose()
        return file.read_bytes()


def populate() -> None:
    """The units and people, in a database that has nothing but its tables."""
    school = add_unit("xx", "某某大学", "school")
    units = {"某某大学": school}
    for name in ("信息工程学院", "医学院"):
        units[name] = add_unit("xx", name, "college", school)
    units["机器人社"] = add_unit("xx", "机器人社", "club", units["信息工程学院"])
    for name, username, role, unit in PEOPLE:
        person = Person(institution="xx", name=name, username=username)
        person.grant(role, units[unit])
        db.session.add(person)
    db.session.flush()


class Campus:
    """The app and the shortest words for what the tests do with it."""

    def __init__(self, uri: str):
        file = Path(uri.removeprefix("sqlite:///"))
        file.write_bytes(laid_out())
        self.app = app_on(databases.uri(file))

    @contextmanager
    def open(self):
        """An app context that ends its transaction, as a request does."""
        with self.app.app_context():
            yield self
            db.session.rollback()

    @property
    def school(self) -> Institution:
        """The definition as the app has it, which some tests replace."""
        return self.app.extensions["institutions"]["xx"]

    def person(self, username: str) -> Person:
        return db.session.scalars(db.select(Person).filter_by(username=username)).one()

    def unit(self, name: str):
        from models.people.unit import Unit

        return db.session.scalars(db.select(Unit).filter_by(name=name)).one()

    def draft(
        self, by="chen", unit="信息工程学院", form="account", kind="first", channel=None, now=None, **answers
    ):
        """A draft by someone, with answers kept."""
        actor = self.person(by)
        filing = start(SCHOOL, SCHOOL.forms[form], kind, self.unit(unit), actor, channel, now=now)
        transitions.keep(
            filing, self.school, {**filing.answers, **wechat(**answers)}, actor, filing.revision, now=now
        )
        return filing

    def submitted(self, by="chen", **words):
        filing = self.draft(by=by, **words)
        self.do(filing, "submit", by, now=words.get("now"))
        return filing

    def filed(self, by="chen", head="wang", **words):
        """A filing that went all the way."""
        filing = self.submitted(by=by, **words)
        self.do(filing, "approve", head, now=words.get("now"))
        self.do(filing, "approve", "li", now=words.get("now"))
        return filing

    def do(self, filing, verb: str, by: str, opinion: str = "", revision=None, now=None):
        seen = filing.revision if revision is None else revision
        return transitions.move(filing, self.school, verb, self.person(by), opinion, seen, now=now)


def wechat(**answers) -> dict:
    return {
        "title": "信工之声",
        "platform": "wechat",
        "account": "xgzs",
        "tier": "second",
        "followers": 350,
        "leader": "张三",
        "phone": "2657100",
        **answers,
    }


def day(month: int, number: int, hour: int = 9) -> datetime:
    return datetime(2026, month, number, hour, tzinfo=UTC)
