"""A school to look around in: units, people and filings of its `demo.yaml`, done as people do them.

Every filing goes through the same start, keep and move as in a browser, at times spread over the
last weeks; passwords are made anew at every loading and shown once.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select

from models.auth.hashing import hashed
from models.clock import campus_time, utcnow
from models.database import db
from models.filings import transitions
from models.filings.filing import Filing
from models.filings.starting import start
from models.messaging import notices
from models.people.person import Grant, Person
from models.people.unit import Unit, add_unit
from models.purpose import begin_trial
from models.register.activity import record_newest_post
from models.rules.deadlines import months_before
from models.rules.definitions.institution import Institution
from models.rules.workflow import Refused, Role

WORDS = (
    "kite",
    "moon",
    "maple",
    "river",
    "lotus",
    "tiger",
    "panda",
    "cloud",
    "stone",
    "olive",
    "amber",
    "coral",
    "delta",
    "ember",
    "grove",
    "pearl",
)
OLDEST, NEWEST = timedelta(days=42), timedelta(hours=20)
USUAL_GAP = timedelta(hours=20)
# Nobody comes back to weeks of unread notices.
NEWS = timedelta(days=3)


@dataclass
class _Paper:
    """One filing of the file: what is described, when it begins, how long each hand keeps it.

    `about`: the earlier paper whose channel it is about; `heard`: when somebody says how long its
    channel has been silent, None where nobody does. `stopped`: the rules let it go no further.
    """

    described: dict[str, Any]
    title: str
    about: "_Paper | None"
    begins: datetime
    gap: timedelta
    heard: datetime | None = None
    filing: Filing | None = None
    stopped: bool = False

    def moment(self, step: int) -> datetime:
        return min(_in_office_hours(self.begins + self.gap * step), utcnow())

    @property
    def ends(self) -> datetime:
        return self.moment(len(self.described["path"]))


def is_wanted(institution: Institution) -> bool:
    """True for a school without units: a demo never mixes with real rows."""
    first_unit = select(Unit.id).where(Unit.institution == institution.code).limit(1)
    return db.session.scalar(first_unit) is None


@dataclass(frozen=True)
class LaidOut:
    """`accounts`: name, username, new password and roles of each person; `left_out`: why, a sentence each."""

    accounts: list[tuple[str, str, str, str]]
    left_out: list[str]


def load_demo(institution: Institution, folder: Path) -> LaidOut:
    """Loads `<folder>/demo.yaml` and commits it.

    The database is a trial from then on. A school may have other forms, items and steps than its
    demo was written for: a filing goes as far as it can, and what was left out is said.
    Raises Refused where the school has units already, and in a real database.
    """
    if not is_wanted(institution):
        raise Refused(f"{institution.name}已有单位，不能再装入演示数据。")
    db.session.rollback()
    described = yaml.safe_load((folder / "demo.yaml").read_text("utf-8"))
    passwords = [(password := _password(), hashed(password)) for _ in described["people"]]
    begin_trial()
    units = _add_units(institution, described["units"])
    people, accounts = _add_people(institution, described["people"], units, passwords)
    filings = described.get("filings", [])
    looked_through = [(entry, _misfit(institution, entry, units, people)) for entry in filings]
    left_out = [sentence for _, sentence in looked_through if sentence]
    papers = _plan(institution, [entry for entry, sentence in looked_through if not sentence], utcnow())
    for paper, step in _by_time(papers):
        left_out += _go_on(institution, paper, step, units, people)
    notices.read_before(institution.code, utcnow() - NEWS)
    db.session.commit()
    return LaidOut(accounts, left_out)


def _misfit(
    institution: Institution, entry: dict, units: Mapping[str, Unit], people: Mapping[str, Person]
) -> str:
    """What a filing of the file names that this school has not; '' when it has all of it."""
    what = f"{entry.get('form')}“{entry['answers'].get('name') or entry.get('channel') or entry['unit']}”"
    form = institution.forms.get(entry["form"])
    if form is None:
        return f"{what}：本校没有表单 {entry['form']}。"
    if entry["unit"] not in units:
        return f"{what}：没有单位“{entry['unit']}”。"
    hands = [entry["by"], *(move["by"] for move in entry.get("path", ()))]
    if unknown := [hand for hand in hands if hand not in people]:
        return f"{what}：没有人员 {unknown[0]}。"
    items = {item.name for item in form.items()}
    if unknown := [name for name in entry["answers"] if name not in items]:
        return f"{what}：表单 {form.code} 没有项目 {'、'.join(unknown)}。"
    return ""


def _go_on(
    institution: Institution, paper: _Paper, step: int, units: dict[str, Unit], people: dict[str, Person]
) -> list[str]:
    """One more step of a paper. Out: the sentence that says why it goes no further, if it does not."""
    what = f"{paper.described['form']}“{paper.title or paper.described['unit']}”"
    if paper.stopped:
        return []
    if paper.described.get("channel") and (paper.about is None or paper.about.filing is None):
        paper.stopped = True
        return [f"{what}：前面没有装入“{paper.described['channel']}”。"]
    try:
        with db.session.begin_nested():
            if step == 0:
                _write(institution, paper, units, people)
            elif step <= len(paper.described["path"]):
                _move(institution, paper, step, people)
            else:
                _hear(paper, people)
    except Refused as refused:
        paper.stopped = True
        return [f"{what}：{refused}"]
    return []


def _add_units(institution: Institution, described: list[dict]) -> dict[str, Unit]:
    units: dict[str, Unit] = {}
    for entry in described:
        parent = units[entry["under"]] if entry.get("under") else None
        units[entry["name"]] = add_unit(institution.code, entry["name"], entry["kind"], parent)
    return units


def _add_people(
    institution: Institution, described: list[dict], units: dict[str, Unit], passwords: list[tuple[str, str]]
) -> tuple[dict[str, Person], list[tuple]]:
    """`passwords`: one for each, with its hash."""
    people, accounts = {}, []
    for entry, (password, password_hash) in zip(described, passwords, strict=True):
        person = Person(institution=institution.code, name=entry["name"], username=entry["username"])
        person.set_password(password_hash)
        person.grants = [
            Grant(role=Role(grant["role"]), unit=units[grant["unit"]]) for grant in entry["grants"]
        ]
        db.session.add(person)
        people[person.username] = person
        roles = "、".join(f"{grant.role.label}（{grant.unit.name}）" for grant in person.grants)
        accounts.append((person.name, person.username, password, roles))
    db.session.flush()
    return people, accounts


def _plan(institution: Institution, described: list[dict], now: datetime) -> list[_Paper]:
    """When each filing begins, the first longest ago; one about an earlier channel after that."""
    papers: list[_Paper] = []
    for number, entry in enumerate(described):
        entry.setdefault("path", [])
        title = entry["answers"].get(institution.forms[entry["form"]].channel.title)
        about = _latest(papers, entry["channel"]) if entry.get("channel") else None
        begins = now - OLDEST + (OLDEST - NEWEST) * number / max(1, len(described) - 1)
        if entry.get("months_ago"):
            begins = _months_ago(now, entry["months_ago"])
        if about:
            begins = max(begins, about.ends + timedelta(minutes=30))
        gap = min(USUAL_GAP, (now - begins) / (len(entry["path"]) + 1))
        heard = _in_office_hours(now - NEWEST) if entry.get("last_update_months") else None
        papers.append(_Paper(entry, title or entry.get("channel"), about, begins, gap, heard))
    return papers


def _months_ago(now: datetime, months: int) -> datetime:
    """The same hour so many months earlier."""
    campus = campus_time(now)
    return datetime.combine(months_before(campus.date(), months), campus.timetz())


def _latest(papers: list[_Paper], title: str) -> _Paper | None:
    return next((paper for paper in reversed(papers) if paper.title == title), None)


def _by_time(papers: list[_Paper]) -> list[tuple[_Paper, int]]:
    moments = [
        (paper.moment(step), number, step)
        for number, paper in enumerate(papers)
        for step in range(len(paper.described["path"]) + 1)
    ]
    moments += [
        (max(paper.heard, paper.ends), number, len(paper.described["path"]) + 1)
        for number, paper in enumerate(papers)
        if paper.heard
    ]
    return [(papers[number], step) for _, number, step in sorted(moments)]


def _write(
    institution: Institution, paper: _Paper, units: dict[str, Unit], people: dict[str, Person]
) -> None:
    entry, actor = paper.described, people[paper.described["by"]]
    filing = start(
        institution,
        institution.forms[entry["form"]],
        entry["kind"],
        units[entry["unit"]],
        actor,
        paper.about.filing.channel if paper.about else None,
        bool(entry.get("opened")),
        paper.moment(0),
    )
    answers = {**filing.answers, **_dated(entry["answers"], paper.moment(0))}
    transitions.keep(filing, institution, answers, actor, filing.revision, now=paper.moment(0))
    paper.filing = filing


def _dated(answers: dict[str, Any], begun: datetime) -> dict[str, Any]:
    """The answers, with a day that the file says as `{days_before: 3}` counted from the paper's."""
    written = campus_time(begun).date()
    return {
        name: (written - timedelta(days=value["days_before"])).isoformat()
        if isinstance(value, dict) and "days_before" in value
        else value
        for name, value in answers.items()
    }


def _move(institution: Institution, paper: _Paper, step: int, people: dict[str, Person]) -> None:
    move, filing = paper.described["path"][step - 1], paper.filing
    actor, opinion = people[move["by"]], move.get("opinion", "")
    transitions.move(
        filing, institution, move["verb"], actor, opinion, filing.revision, now=paper.moment(step)
    )


def _hear(paper: _Paper, people: dict[str, Person]) -> None:
    """The day of the channel's newest post becomes known."""
    moment = max(paper.heard, paper.ends)
    day = months_before(campus_time(moment).date(), paper.described["last_update_months"])
    record_newest_post(paper.filing.channel, day, people[paper.described["by"]], now=moment)


def _in_office_hours(moment: datetime) -> datetime:
    """Any hour of a day squeezed between 8:30 and 17:30 on campus, in the same order."""
    campus = campus_time(moment)
    midnight = campus.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(hours=8.5) + (campus - midnight) * 9 / 24


def _password() -> str:
    return f"{secrets.choice(WORDS)}-{secrets.randbelow(10_000):04}-{secrets.choice(WORDS)}"
