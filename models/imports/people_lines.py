"""One line of a list of people, as it is understood: who it is, and what they may do where."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from models.imports.target import Heading
from models.imports.unit_names import UnitNames, too_many
from models.rules import particulars
from models.rules.particulars import same, tidy
from models.rules.workflow import Role

PATHS = ("name", "username", "roles", "unit", "phone", "email", "state")
ROLES = {role.label: role for role in Role} | {"报送人": Role.reporter, "填报人": Role.reporter,
                                               "负责人": Role.head, "管理员": Role.admin}
STATES = {"启用": True, "可以登录": True, "在用": True, "正常": True,
          "停用": False, "已停用": False}
_BETWEEN = re.compile(r"[、,，;；/／\s]+")
ROLES_HELP = (
    "可以填：" + "、".join(role.label for role in Role) + "。几个角色用顿号隔开；在几个单位任职时，"
    "同一个人写几行。新人员必填。导入只增加角色，不会去掉已有的角色。"
)
HEADINGS = [
    Heading("name", "姓名", ("姓名", "人员姓名", "名字", "教师姓名", "学生姓名"), needed=True),
    Heading("username", "用户名",
            ("用户名", "工号", "学号", "工号/学号", "学工号", "职工号", "教工号", "登录名", "账号"),
            needed=True,
            help="用来登录，建议用工号或学号。已有的用户名按修改处理，不会另加一个人。"),
    Heading("roles", "角色", ("角色", "权限", "系统角色"), help=ROLES_HELP),
    Heading("unit", "单位",
            ("单位", "所在单位", "单位名称", "部门", "所在部门", "学院", "所属单位"),
            help="系统中已有的单位；名称有重复时写成“校团委/青年志愿者协会”。"),
    Heading("phone", "联系电话", ("联系电话", "电话", "手机", "手机号", "手机号码", "联系方式"),
            help="选填；留空不改动已有的。"),
    Heading("email", "邮箱", ("邮箱", "电子邮箱", "电子邮件", "E-mail", "email"),
            help="选填；留空不改动已有的。"),
    Heading("state", "状态", ("状态", "人员状态", "是否启用"),
            help="留空：新人员启用，已有的人员不变。", choices=("启用", "停用")),
]


@dataclass
class PersonLine:
    """What a line says; '' and None where it says nothing. `errors`: path -> sentence."""

    said: dict[str, str]
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


def read(words: Mapping[str, str], units: UnitNames) -> PersonLine:
    """Read a line by the same rules as the administrator's form."""
    said = {path: tidy(words.get(path, "")) for path in PATHS}
    line = PersonLine(said)
    line.name = _by(line, "name", particulars.person_name)
    line.username = _by(line, "username", particulars.username)
    line.phone = _by(line, "phone", particulars.phone)
    line.email = _by(line, "email", particulars.email)
    if said["state"]:
        line.active = STATES.get(said["state"])
        if line.active is None:
            line.errors["state"] = "状态请填“启用”或“停用”，或者留空。"
    _read_grants(line, units)
    return line


def _by(line: PersonLine, path: str, rule: Callable[[str], str]) -> str:
    try:
        return rule(line.said[path])
    except ValueError as error:
        line.errors[path] = str(error)
        return ""


def _read_grants(line: PersonLine, units: UnitNames) -> None:
    roles, unit = line.said["roles"], line.said["unit"]
    names = [name for name in _BETWEEN.split(roles) if name]
    if unknown := [name for name in names if name not in ROLES]:
        line.errors["roles"] = f"没有“{unknown[0][:20]}”这个角色，可以填：" + "、".join(
            role.label for role in Role) + "。"
    elif bool(names) != bool(unit):
        line.errors["roles" if unit else "unit"] = "角色和单位要一起填。"
    if not unit or line.errors.get("unit"):
        return
    found = units.find(unit)
    if not found:
        line.errors["unit"] = f"没有叫“{unit[:50]}”的单位。请核对名称，或先在“单位”中添加它。"
    elif len(found) > 1:
        line.errors["unit"] = too_many(unit, [units.path(one) for one in found])
    elif "roles" not in line.errors:
        line.grants = {(ROLES[name], found[0]) for name in names}


def unlike(line: PersonLine, first: Mapping[str, str]) -> dict[str, str]:
    """What a line says otherwise than the lines before it about the same person."""
    return {
        path: f"用户名 {line.username} 在表中还有一行，那里的{label}不一样，请改成一致。"
        for path, label in (("name", "姓名"), ("phone", "联系电话"), ("email", "邮箱"),
                            ("state", "状态"))
        if line.said[path] and path in first and same(line.said[path]) != first[path]
    }
