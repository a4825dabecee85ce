"""A list of the school's people, read line by line: who is new, what changes, what they may do."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from models.administration import people as administration
from models.administration.people import Details, OneTimePassword, draw_password
from models.database import db
from models.events import history
from models.imports.target import Heading, Line, Overtaken, RowState, overtaken, refuse_too_many
from models.imports.unit_names import UnitNames, too_many
from models.people.person import Person
from models.people.unit import Unit, tree
from models.rules import particulars
from models.rules.definitions.institution import Institution
from models.rules.particulars import same, tidy
from models.rules.workflow import Role

PATHS = ("name", "username", "roles", "unit", "phone", "email", "state")
ROLES = {role.label: role for role in Role} | {
    "报送人": Role.reporter,
    "填报人": Role.reporter,
    "负责人": Role.head,
    "管理员": Role.admin,
}
STATES = {"启用": True, "可以登录": True, "在用": True, "正常": True, "停用": False, "已停用": False}
_BETWEEN = re.compile(r"[、,，;；/／\s]+")
ROLES_HELP = (
    "可以填：" + "、".join(role.label for role in Role) + "。几个角色用顿号隔开；在几个单位任职时，"
    "同一个人写几行。新人员必填。导入只增加角色，不会去掉已有的角色。"
)
HEADINGS = [
    Heading("name", "姓名", ("姓名", "人员姓名", "名字", "教师姓名", "学生姓名"), needed=True),
    Heading(
        "username",
        "用户名",
        ("用户名", "工号", "学号", "工号/学号", "学工号", "职工号", "教工号", "登录名", "账号"),
        needed=True,
        help="用来登录，建议用工号或学号。已有的用户名按修改处理，不会另加一个人。",
    ),
    Heading("roles", "角色", ("角色", "权限", "系统角色"), help=ROLES_HELP),
    Heading(
        "unit",
        "单位",
        ("单位", "所在单位", "单位名称", "部门", "所在部门", "学院", "所属单位"),
        help="系统中已有的单位；名称有重复时写成“校团委/青年志愿者协会”。",
    ),
    Heading(
        "phone",
        "联系电话",
        ("联系电话", "电话", "手机", "手机号", "手机号码", "联系方式"),
        help="选填；留空不改动已有的。",
    ),
    Heading(
        "email", "邮箱", ("邮箱", "电子邮箱", "电子邮件", "E-mail", "email"), help="选填；留空不改动已有的。"
    ),
    Heading(
        "state",
        "状态",
        ("状态", "人员状态", "是否启用"),
        help="留空：新人员启用，已有的人员不变。",
        choices=("启用", "停用"),
    ),
]


@dataclass
class PersonLine:
    """What a line says; '' and None where it says nothing. `errors`: path -> sentence."""

    texts: dict[str, str]
    name: str = ""
    username: str = ""
    phone: str = ""
    email: str = ""
    active: bool | None = None
    grants: set[tuple[Role, int]] = field(default_factory=set)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """What tells this person from the others of the school."""
        return self.username.lower()

    @property
    def identity(self) -> str:
        grants = sorted(f"{role}@{unit}" for role, unit in self.grants)
        return f"{self.key} {' '.join(grants)}"


OWN_GRANTS = "自己的角色请在“人员”页面修改，不能用表格导入。"


class PeopleTarget:
    """Lines become people and what they may do: known by their username, else new.

    Several lines may be about one person, each with roles in another unit.
    """

    code = "people"
    title = "人员"
    one_whole = True

    def __init__(self, institution: Institution, person: Person):
        self.institution, self.person = institution, person
        self.first: dict[str, dict[str, str]] = {}
        self.number = 0
        self.drawn: list[OneTimePassword] = []
        # While they are held here, no new grant asks the database for its own.
        self.units: Sequence[Unit] = ()

    def headings(self) -> list[Heading]:
        return HEADINGS

    def prepare(self, words: Iterable[Mapping[str, str]]) -> None:
        """What the first line about each person says of them: the others must not contradict."""
        self.first, self.number = defaultdict(dict), 0
        for self.number, line_words in enumerate(words, 1):
            known = self.first[same(line_words.get("username", ""))]
            for path in ("name", "phone", "email", "state"):
                if text := same(line_words.get(path, "")):
                    known.setdefault(path, text)

    def judge(self, lines: Sequence[Line]) -> None:
        if not refuse_too_many(lines, self.number):
            self._judge(lines)

    def get_ready(self, most: int) -> None:
        """Draw first passwords for as many new people."""
        self.drawn = [draw_password() for _ in range(most)]

    def confirm(self, lines: Sequence[Line]) -> dict[str, Any]:
        """Out also `passwords`: [username, name, password] of the new people, to be shown once."""
        administration.lock_people(self.institution.code)
        fresh = [Line(line.sheet, line.number, line.payload["words"]) for line in lines]
        self.prepare(line.words for line in fresh)
        read_lines = self._judge(fresh)
        if numbers := overtaken(lines, fresh):
            raise Overtaken(numbers)
        done = self._write(read_lines)
        history.record(
            self.institution.code,
            "import",
            self.person,
            opinion=f"人员：新增 {done['added']} 人，变更 {done['changed']} 人。",
        )
        return done

    def _judge(self, lines: Sequence[Line]) -> list[PersonLine]:
        units = UnitNames(tree(self.institution.code))
        read_lines = [read(line.words, units) for line in lines]
        known = self._known({person_line.key for person_line in read_lines})
        for line, person_line in zip(lines, read_lines, strict=True):
            person = known.get(person_line.key)
            held = {(grant.role, grant.unit_id) for grant in person.grants} if person else set()
            line.title = person_line.name
            first = self.first.get(same(person_line.texts["username"]), {})
            line.errors = unlike(person_line, first) | person_line.errors | line.damage
            if not line.errors:
                line.identity = person_line.identity
                line.errors = self._against(person_line, person, person_line.grants - held, units)
            if line.errors:
                line.state = RowState.wrong
                continue
            changes = _changes(person_line, person, person_line.grants - held, units) if person else []
            line.state = RowState.add if person is None else RowState.change if changes else RowState.same
            line.payload = {"words": person_line.texts, "changes": changes}
            line.notes = _notes(person_line, person, person_line.grants - held)
        return read_lines

    def _known(self, keys: set[str]) -> dict[str, Person]:
        """The school's people of these usernames."""
        query = select(Person).where(
            Person.institution == self.institution.code, func.lower(Person.username).in_(keys)
        )
        return {person.username.lower(): person for person in db.session.scalars(query)}

    def _against(
        self, person_line: PersonLine, person: Person | None, added: set[tuple[Role, int]], units: UnitNames
    ) -> dict[str, str]:
        """What the pages would refuse as well: path -> sentence."""
        closed = [units.nodes[unit].name for _, unit in added if not units.nodes[unit].active]
        if closed:
            return {"unit": f"单位“{closed[0]}”已停用，请先启用它，或改单位。"}
        if person is None:
            return {} if person_line.grants else {"roles": administration.NO_GRANT}
        if person.id == self.person.id and added:
            return {"roles": OWN_GRANTS}
        if person_line.active is False and person.active:
            sentence = administration.must_stay(person, self.person)
            return {"state": sentence} if sentence else {}
        return {}

    def _write(self, read_lines: Sequence[PersonLine]) -> dict[str, Any]:
        by_person: dict[str, list[PersonLine]] = defaultdict(list)
        for person_line in read_lines:
            by_person[person_line.key].append(person_line)
        query = select(Unit).where(Unit.institution == self.institution.code)
        self.units = db.session.scalars(query).all()
        known = self._known(set(by_person))
        new = {key: self._new(person_lines) for key, person_lines in by_person.items() if key not in known}
        db.session.flush()
        for key, (person, _) in new.items():
            administration.note_added(person, self.person)
            if any(person_line.active is False for person_line in by_person[key]):
                administration.disable(person, self.person)
        for key, person in known.items():
            self._change(person, by_person[key])
        return {
            "added": len(new),
            "changed": len(known),
            "passwords": [[person.username, person.name, password] for person, password in new.values()],
        }

    def _new(self, person_lines: Sequence[PersonLine]) -> tuple[Person, str]:
        person, drawn = Person(institution=self.institution.code), self.drawn.pop()
        person.set_one_time_password(drawn.hash)
        details = Details(
            person_lines[0].name,
            person_lines[0].username,
            _first_text(person_lines, "phone"),
            _first_text(person_lines, "email"),
        )
        administration.fill(
            person, details, set().union(*(person_line.grants for person_line in person_lines))
        )
        return person, drawn.text

    def _change(self, person: Person, person_lines: Sequence[PersonLine]) -> None:
        details = Details(
            person_lines[0].name,
            person.username,
            _first_text(person_lines, "phone") or person.phone,
            _first_text(person_lines, "email") or person.email,
        )
        held = {(grant.role, grant.unit_id) for grant in person.grants}
        administration.change(
            person, details, held.union(*(person_line.grants for person_line in person_lines)), self.person
        )
        active = next(
            (person_line.active for person_line in person_lines if person_line.active is not None),
            person.active,
        )
        if active != person.active:
            (administration.enable if active else administration.disable)(person, self.person)


def _first_text(lines: Sequence[PersonLine], path: str) -> str:
    return next((getattr(line, path) for line in lines if getattr(line, path)), "")


def _changes(
    person_line: PersonLine, person: Person, added: set[tuple[Role, int]], units: UnitNames
) -> list[dict[str, str]]:
    """What a line changes about somebody who is there."""
    changes = [
        (path, administration.LABELS[path], getattr(person, path), getattr(person_line, path))
        for path in ("name", "phone", "email")
        if getattr(person_line, path) and getattr(person_line, path) != getattr(person, path)
    ]
    if added:
        granted = sorted(f"{role.label}（{units.nodes[unit].name}）" for role, unit in added)
        changes.append(("roles", "增加的角色", "", "、".join(granted)))
    if person_line.active not in (None, person.active):
        states = ("停用", "启用")
        changes.append(("state", "状态", states[person.active], states[person_line.active]))
    return [dict(zip(("path", "label", "before", "after"), change, strict=True)) for change in changes]


def _notes(person_line: PersonLine, person: Person | None, added: set[tuple[Role, int]]) -> list[str]:
    """Worth a look before it is confirmed."""
    notes = []
    if person and person.name != person_line.name:
        notes.append(f"这个用户名现在是“{person.name}”的，请核对是不是同一个人。")
    if any(role is Role.admin for role, _ in added):
        notes.append("将成为系统管理员，可以管理全校的单位和人员。")
    if person and added and not person.active and person_line.active is None:
        notes.append("这个人已停用，导入后仍不能登录。")
    return notes


def read(words: Mapping[str, str], units: UnitNames) -> PersonLine:
    """Read a line by the same rules as the administrator's form."""
    texts = {path: tidy(words.get(path, "")) for path in PATHS}
    line = PersonLine(texts)
    line.name = _by(line, "name", particulars.person_name)
    line.username = _by(line, "username", particulars.username)
    line.phone = _by(line, "phone", particulars.phone)
    line.email = _by(line, "email", particulars.email)
    if texts["state"]:
        line.active = STATES.get(texts["state"])
        if line.active is None:
            line.errors["state"] = "状态请填“启用”或“停用”，或者留空。"
    _read_grants(line, units)
    return line


def _by(line: PersonLine, path: str, rule: Callable[[str], str]) -> str:
    try:
        return rule(line.texts[path])
    except ValueError as error:
        line.errors[path] = str(error)
        return ""


def _read_grants(line: PersonLine, units: UnitNames) -> None:
    roles, unit = line.texts["roles"], line.texts["unit"]
    names = [name for name in _BETWEEN.split(roles) if name]
    if unknown := [name for name in names if name not in ROLES]:
        line.errors["roles"] = (
            f"没有“{unknown[0][:20]}”这个角色，可以填：" + "、".join(role.label for role in Role) + "。"
        )
    elif bool(names) != bool(unit):
        line.errors["roles" if unit else "unit"] = "角色和单位要一起填。"
    if not unit or line.errors.get("unit"):
        return
    unit_ids = units.find(unit)
    if not unit_ids:
        line.errors["unit"] = f"没有叫“{unit[:50]}”的单位。请核对名称，或先在“单位”中添加它。"
    elif len(unit_ids) > 1:
        line.errors["unit"] = too_many(unit, [units.path(unit_id) for unit_id in unit_ids])
    elif "roles" not in line.errors:
        line.grants = {(ROLES[name], unit_ids[0]) for name in names}


def unlike(line: PersonLine, first: Mapping[str, str]) -> dict[str, str]:
    """What a line says otherwise than the lines before it about the same person."""
    return {
        path: f"用户名 {line.username} 在表中还有一行，那里的{label}不一样，请改成一致。"
        for path, label in (("name", "姓名"), ("phone", "联系电话"), ("email", "邮箱"), ("state", "状态"))
        if line.texts[path] and path in first and same(line.texts[path]) != first[path]
    }
