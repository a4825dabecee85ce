"""Laying the scene out: units, people, and the filings of four units in every state."""

from hashlib import sha256

from flask import Flask, current_app

from models.clock import utcnow
from models.database import db
from models.filings import transitions
from models.filings.attachment import Attachment
from models.filings.filing import Filing
from models.filings.starting import start
from models.messaging import messages
from models.people.person import Person
from models.people.unit import Unit, add_unit
from models.register.closing import confirm_gone
from models.rules import passwords
from models.rules.workflow import Role
from tests import builders
from tests.authz import laying_more
from tests.authz.canaries import phone, word
from tests.conftest import Demo

# 青年志愿者协会 is below 校团委 in the demo; a team is laid below it.
UNITS = {
    "above": "校团委",
    "own": "青年志愿者协会",
    "below": "志愿服务小队",
    "elsewhere": "文学院",
    "nobodys": "音乐学院",
    "person": "个人申报",
}
# Who of the demo is which persona, and who is added: name, username, role, unit.
DEMO = {
    "reporter_above": "xuyan",
    "reporter_elsewhere": "sunli",
    "head_elsewhere": "qinling",
    "office": "suyi",
    "admin": "guanyiming",
    "auditor": "shenzhi",
}
ADDED = {
    "reporter": ("言青", "yanqing", Role.reporter, "own"),
    "head": ("展鹏", "zhanpeng", Role.head, "own"),
    "reporter_below": ("卫东", "weidong", Role.reporter, "below"),
}
PASSWORD = "seven-Quiet-lanterns-41"


def lay_out(app: Flask, demo: Demo) -> tuple[dict[str, dict], dict[str, int], dict[str, tuple]]:
    """Out: what lies there by name, the personas' ids, and school, name and password of each."""
    school = app.extensions["institutions"]["pdsu"]
    units = {code: _unit(name) for code, name in UNITS.items() if code != "below"}
    units["below"] = add_unit("pdsu", UNITS["below"], "society", units["own"])
    people = {persona: _person(name) for persona, name in DEMO.items()}
    people |= {persona: _add(*told[:3], units[told[3]]) for persona, told in ADDED.items()}
    people["reporter"].email = f"{word('mailbox', 'address')}@example.com"
    people |= {"wutong": _person("wutong"), "hejia": _person("hejia"), "stranger": _person("taoran")}
    things: dict[str, dict] = {}
    _lay_filings(school, units, people, things)
    laying_more.lay(app, school, units, people, things)
    db.session.commit()
    secrets = {persona: ("pdsu", name, demo.passwords["pdsu", name]) for persona, name in DEMO.items()}
    secrets |= {persona: ("pdsu", told[1], PASSWORD) for persona, told in ADDED.items()}
    secrets["wutong"] = ("pdsu", "wutong", demo.passwords["pdsu", "wutong"])
    secrets["stranger"] = ("ahbc", "taoran", demo.passwords["ahbc", "taoran"])
    return things, {persona: one.id for persona, one in people.items()}, secrets


def _unit(name: str) -> Unit:
    return db.session.scalars(db.select(Unit).filter_by(institution="pdsu", name=name)).one()


def _person(username: str) -> Person:
    return db.session.scalars(db.select(Person).filter_by(username=username)).one()


def _add(name: str, username: str, role: Role, unit: Unit) -> Person:
    person = Person(institution="pdsu", name=name, username=username)
    person.set_password(passwords.HASHER.hash(PASSWORD))
    person.grant(role, unit)
    db.session.add(person)
    db.session.flush()
    return person


def account(whose: str, trail: str, number: str) -> dict:
    """The answers of a media platform; its title is one that the trail may name."""
    answers = {
        name: word(whose, f"{name}{number}")
        for name in ("character", "introduction", "frequency", "teacher", "student")
    }
    leader = {"name": word(whose, "leader"), "identity": "教师", "phone": phone(whose, 0)}
    return answers | {
        "name": word(trail, f"name{number}"),
        "nature": "new_media",
        "platform": "wechat",
        "account": word(whose, f"account{number}"),
        "opened": "2019-09",
        "team": {"leader": leader},
        "tier": "third",
        "followers": 860,
        "upkeep": "together",
        "teacher_phone": phone(whose, 1),
        "student_phone": phone(whose, 2),
    }


def group(whose: str, trail: str, number: str) -> dict:
    """The answers of a chat group."""
    return {
        "platform": "wechat",
        "name": word(trail, f"group{number}"),
        "members": 24,
        "purpose": word(whose, "purpose"),
        "outsiders": "no",
        "created": "2021-09",
        "creator": word(whose, "creator"),
        "creator_phone": phone(whose, 3),
    }


def written(
    school,
    form: str,
    unit: Unit,
    actor: Person,
    answers: dict,
    kind: str = "first",
    channel=None,
    opened: bool = True,
) -> Filing:
    """A draft with these answers."""
    filing = start(school, school.forms[form], kind, unit, actor, channel, opened)
    transitions.keep(filing, school, filing.answers | answers, actor, filing.revision)
    return filing


def moved(filing: Filing, whose: str, *deeds: tuple[str, Person]) -> Filing:
    """The same filing after these verbs, each with an opinion."""
    school = current_app.extensions["institutions"][filing.institution]
    for verb, actor in deeds:
        transitions.move(
            filing, school, verb, actor, word(f"{whose}trail", verb.rstrip("_")), filing.revision
        )
    return filing


def attached(filing: Filing, actor: Person, whose: str, field: str = "qr") -> dict:
    """A picture on a filing; what an address of it needs."""
    content, name = builders.png(), f"{word(whose, 'picture')}.png"
    kept = Attachment(
        institution=filing.institution,
        filing_id=filing.id,
        field=field,
        name=name,
        mime="image/png",
        size=len(content),
        width=60,
        height=60,
        digest=sha256(content).hexdigest(),
        content=content,
        created_at=utcnow(),
    )
    db.session.add(kept)
    db.session.flush()
    school = current_app.extensions["institutions"][filing.institution]
    answers = filing.answers | {field: {"attachment": str(kept.id), "name": name}}
    transitions.keep(filing, school, answers, actor, filing.revision)
    return {"attachment_id": kept.id}


def _lay_filings(school, units: dict, people: dict, things: dict) -> None:
    writer, head, office = people["reporter"], people["head"], people["wutong"]
    signed = [("submit", writer), ("approve", head), ("approve", office)]
    states = {
        "in review": signed[:1],
        "at the office": signed[:2],
        "filed": signed,
        "returned": [*signed[:1], ("return", head)],
        "withdrawn": [*signed[:1], ("withdraw", writer)],
        "rejected": [*signed[:2], ("reject", office)],
    }
    for number, (state, deeds) in enumerate(states.items()):
        filing = written(school, "account", units["own"], writer, account("own", "owntrail", str(number)))
        if state == "filed":
            things["picture of the filed"] = attached(filing, writer, "own")
        moved(filing, "own", *deeds)
        _note(things, f"filing {state}", filing)
        if state == "in review":
            messages.write(filing, writer, word("own", "message"), "token-of-a-form")
    draft = written(school, "account", units["own"], writer, account("owndraft", "owndraft", "9"))
    things["picture of the draft"] = attached(draft, writer, "owndraft")
    _note(things, "filing draft", draft)
    row = written(school, "group", units["own"], writer, group("owndraft", "owndraft", "1"))
    _note(things, "list row draft", row)
    waiting = written(school, "group", units["own"], writer, group("own", "owntrail", "2"))
    _note(things, "list row in review", moved(waiting, "own", signed[0]))
    _lay_lives(school, units, people, things, signed)
    _lay_others(school, units, people)


def _note(things: dict, name: str, filing: Filing) -> None:
    things[name] = {"filing_id": filing.id}
    things[f"channel of the {name}"] = {"channel_id": filing.channel_id}


def _lay_lives(school, units: dict, people: dict, things: dict, signed: list) -> None:
    """An account with a change being written, one that was closed, one approved before it opened."""
    writer = people["reporter"]
    changing = moved(
        written(school, "account", units["own"], writer, account("own", "owntrail", "20")), "own", *signed
    )
    change = written(
        school,
        "account",
        units["own"],
        writer,
        {
            "frequency": word("owndraft", "change"),
            "changed_on": "2026-11-20",
            "change_reason": word("owndraft", "reason"),
        },
        "change",
        changing.channel,
    )
    _note(things, "change draft", change)
    early = account("own", "owntrail", "21") | {"account": "", "opened": "", "followers": None}
    _note(
        things,
        "filing approved before opening",
        moved(written(school, "account", units["own"], writer, early, opened=False), "own", *signed),
    )
    for state in ("to be seen gone", "seen gone"):
        ends = moved(
            written(school, "account", units["own"], writer, account("own", "owntrail", state[:2])),
            "own",
            *signed,
        ).channel
        said = {
            "stopped_on": "2026-11-18",
            "closing_reason": "stale",
            "closing_note": word("owntrail", "note"),
        }
        _note(
            things,
            f"closing {state}",
            moved(written(school, "account", units["own"], writer, said, "close", ends), "own", *signed),
        )
    confirm_gone(ends, ends.updated_at.isoformat(), people["wutong"])


def _lay_others(school, units: dict, people: dict) -> None:
    """What the other units have on file and in their drawers: nothing here is asked for by id."""
    writers = {
        "above": (people["reporter_above"], people["hejia"]),
        "below": (people["reporter_below"], people["head"]),
        "elsewhere": (people["reporter_elsewhere"], people["head_elsewhere"]),
    }
    for whose, (writer, head) in writers.items():
        deeds = [("submit", writer), ("approve", head), ("approve", people["wutong"])]
        for number, taken in (("30", deeds), ("31", deeds[:2]), ("32", deeds[:1])):
            filing = written(school, "account", units[whose], writer, account(whose, f"{whose}trail", number))
            moved(filing, whose, *taken)
            if taken is not deeds:
                messages.write(filing, writer, word(whose, "message"), f"token-{number}")
        listed = written(school, "group", units[whose], writer, group(whose, f"{whose}trail", "3"))
        moved(listed, whose, *deeds)
    written(
        school,
        "account",
        units["elsewhere"],
        people["reporter_elsewhere"],
        account("elsewhere", "elsewheredraft", "33"),
    )
