"""Channels on file with the answers that a workbook is likeliest to spoil."""

from collections.abc import Iterator
from random import Random
from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from models.clock import utcnow
from models.database import db, will_write
from models.filings import for_channel
from models.filings.edition import pin
from models.filings.filing import Filing
from models.imports.writing import Beginning, start_many
from models.people.person import Person
from models.people.unit import Unit
from models.rules.answers import Reader
from models.rules.definitions.definition import Form
from models.rules.definitions.identifiers import identifier_of
from models.rules.definitions.institution import Institution
from models.rules.definitions.register import Column, Register
from models.rules.fields import Circumstances, Field
from models.rules.filing_kind import FilingKind
from models.rules.workflow import Role, State

# Whole answers that look like a number, a day, a formula, a fault, or a note.
ODD = [
    "=1+1", "=SUM(A1:A9)", "+86 375", "-5", "@某某", "007", "00123", "1.0", "1E5", "1e5", "1.5E1",
    "35万", "3-1", "3/1", "2022.3", "2022.10", "2022年3月", "12:30", "50%", "TRUE", "是", "无",
    "#REF!", "#某某", "'引号", '"引号"', "<b>粗</b>&amp;", "_x0041_号", "１２３ＡＢＣ", "甲　乙",
    "李𬭎", "㛃䶮𫖯", "合计", "备注：甲", "填表人：乙", "序号", "平院——信工", "👍🏽社", "（校外）", "A B",
    "13812345678901234567", "é", "……", "\\n", "a;b,c、d", "其他：甲", "{甲}", "10,000",
]  # fmt: skip
LONG = ["=第一行\n第二行", "007", "一、简介\n\n二、" + "很长的介绍，" * 499, "𬭎" * 3000, "1\n2\n3", *ODD]
NUMBERS = [1, 7, 350, 1000, 9999, 10_000, 12_345, 99_999, 100_000]
MANY = [0, *NUMBERS, 350_000, 1_234_567, 9_999_999_999]
MONTHS = ["1900-01", "1900-02", "1999-12", "2019-09", "2022-01", "2022-10", "2022-12", "2100-12"]
PHONES = [
    "2657100",
    "0375-2657100",
    "03752657100",
    "0375-2657100-801",
    "13812345678",
    "１３９００００００００",
]
ACCOUNTS = ["1E{}", "00{}", "=1+{}", "3-{}", "+86{}", "https://a.cn/{}", "wx_{}", "1000{}", "号{}", "1.0{}",
            "2022.{}"]  # fmt: skip
TYPED = {"long_text": LONG, "month": MONTHS, "phone": PHONES, "email": ["a.b+c@d.cn", "1@2.cn"],
         "account": ACCOUNTS, "number": [str(number) for number in MANY]}  # fmt: skip


def put_on_file(app: Flask, school: str, code: str, count: int, dice: Random) -> None:
    """That many channels of a form, in force somewhere in the school, with answers by chance."""
    form = app.extensions["institutions"][school].forms[code]
    with app.app_context():
        units = list(db.session.scalars(select(Unit.name).where(Unit.institution == school)))
    keep_in_force(
        app, school, code, [(dice.choice(units), _answers(form, number, dice)) for number in range(count)]
    )


def keep_in_force(app: Flask, school: str, code: str, said: list[tuple[str, dict]]) -> None:
    """Channels of these units with these answers, as if everybody had signed."""
    with app.test_request_context():
        will_write()
        institution = app.extensions["institutions"][school]
        form = institution.forms[code]
        people = db.session.scalars(select(Person).where(Person.institution == school))
        office = next(one for one in people if one.has(Role.office))
        units = {
            unit.name: unit for unit in db.session.scalars(select(Unit).where(Unit.institution == school))
        }
        beginnings = [Beginning(FilingKind.first, units[unit], None, answers, True) for unit, answers in said]
        digest, now = pin(school, form), utcnow()
        for number, new in enumerate(start_many(institution, form, beginnings, office, now)):
            filing = db.session.get_one(Filing, new)
            filing.state, filing.number = State.filed, f"{school}-{code}-{number:03}"
            filing.edition_digest, filing.decided_at = digest, now
            for_channel.file_on_channel(filing, form, now)
        db.session.commit()


def everything(institution: Institution, form: Form) -> Register:
    """A summary table of every answer, the long ones included."""
    paths = [path for item in form.items(FilingKind.first) for path in _paths(item)]
    asked = [path for path in paths if form.field(path).type not in ("unit", "image")]
    columns = [("序号", "serial"), ("单位", "unit"), *((f"第{at}项", path) for at, path in enumerate(asked))]
    return Register(
        code=f"all_{form.code}",
        title=f"{form.short}全表",
        short="全表",
        form=form.code,
        columns=[Column(label=label, value=value, width=5.0) for label, value in columns],
    )


def _paths(item: Field) -> list[str]:
    return [f"{item.name}.{tail}" for tail in item.parts()] or [item.name]


def _answers(form: Form, number: int, dice: Random) -> dict[str, Any]:
    """Answers that the form takes; what it refuses gives way to an example."""
    reader = Reader(form, FilingKind.first, Circumstances(draft=True))
    typed = MultiDict(
        (name, words) for item in form.items(FilingKind.first) for name, words in _typed(item, number, dice)
    )
    reading = reader.read(typed)
    for path in reading.errors:
        typed.poplist(path.replace(".", "-"))
        if path == form.channel.account:
            typed[path] = _account(identifier_of(form.channel, reading.values), number)
    reading = reader.read(typed)
    assert not reading.errors, reading.errors
    return reading.values


def _typed(item: Field, number: int, dice: Random) -> Iterator[tuple[str, str]]:
    """What a browser sends for one item."""
    for tail, part in (item.parts() or {"": item}).items():
        name = f"{item.name}-{tail.replace('.', '-')}".rstrip("-")
        if part.type in ("choice", "yes_no"):
            yield name, dice.choice(list(part.choices))
            yield f"{name}-other", dice.choice(ODD)
        elif part.type == "text":
            odd = "".join(dice.choices(ODD, k=dice.choice([1, 1, 2])))
            # Two groups of one name are another test.
            yield name, f"{odd}{number}" if part.name == "name" else odd[: part.max_length]
        elif part.type in TYPED:
            said = dice.choice(TYPED[part.type])
            yield name, said.format(number) if part.type == "account" else said


def _account(rule, number: int) -> str:
    if rule.shape == "digits":
        return str(100_000 + number)
    return f"{rule.example}{number}" if rule.shape == "wechat_id" else f"{rule.example.rstrip('/')}-{number}"
