"""What a new deployment still needs before people can work in it, ticked by what is there."""

from dataclasses import dataclass
from pathlib import Path

from flask import current_app, g
from flask_login import current_user
from sqlalchemy import func, select

from blueprints.web.presentation import when
from models.backup.record import last_good_backup
from models.database import db
from models.deployment import sends_mail
from models.people.person import Grant, Person
from models.people.unit import tree
from models.rules.workflow import Role

# Nothing is filed without the first, nothing decided without the second.
NEEDED = (Role.reporter, Role.office)
NAMED = 3


@dataclass(frozen=True)
class Item:
    """`words`: what is there, or what is missing. `endpoint`: the page where it is done."""

    name: str
    done: bool
    words: str
    endpoint: str
    link: str = ""


def checklist() -> list[Item]:
    """The items in the order in which they are done; none for others, nor once all of them are ticked."""
    if not current_user.has(Role.admin):
        return []
    items = [_units(), _people(), _heads(), _mail(), _backup()]
    return [] if all(item.done for item in items) else items


def _units() -> Item:
    count = sum(node.active for node in tree(g.institution.code).nodes.values())
    words = (
        f"已有 {count} 个单位。"
        if count > 1
        else "现在只有第一个单位，请添加学院、部门等；单位多时可以用 Excel 导入。"
    )
    return Item("单位", count > 1, words, ".units", "去添加单位")


def _people() -> Item:
    query = (
        select(Grant.role, func.count(Person.id.distinct()))
        .join(Grant.person)
        .where(Person.institution == g.institution.code, Person.active, Grant.role.in_(NEEDED))
        .group_by(Grant.role)
    )
    counts = {row.role: row[1] for row in db.session.execute(query)}
    missing = [role.label for role in NEEDED if not counts.get(role)]
    if missing:
        return Item(
            "人员", False, f"还没有{'、'.join(missing)}；人多时可以用 Excel 导入。", ".people", "去添加人员"
        )
    words = "，".join(f"{role.label} {counts[role]} 人" for role in NEEDED)
    return Item("人员", True, f"{words}。", ".people")


def _heads() -> Item:
    """Ticked when somebody signs for every unit, its own head or one above it."""
    known = tree(g.institution.code)
    used = [node for node in known.nodes.values() if node.active]
    unsigned = [node.name for node in used if known.signing_unit(node.id) is None]
    if not unsigned:
        return Item("单位负责人", True, "每个单位都有人签署。", ".units")
    more = f"等 {len(unsigned)} 个单位" if len(unsigned) > NAMED else ""
    words = f"{'、'.join(unsigned[:NAMED])}{more}还没有人签署，请给本单位或上级单位指定负责人。"
    return Item("单位负责人", False, words, ".people", "去指定负责人")


def _mail() -> Item:
    words = (
        "邮件服务器已设置，提醒会同时发到各人的邮箱。"
        if sends_mail()
        else "还没有设置邮件服务器，提醒只显示在待办页。由部署人员在 config.toml 的 [MAIL] 中填写。"
    )
    return Item("邮件", sends_mail(), words, ".mail", "怎样设置")


def _backup() -> Item:
    """Ticked when it is said where backups go, and a good one is known."""
    last = last_good_backup(Path(current_app.instance_path))
    if current_app.config.get("BACKUP") and last is not None:
        return Item("备份", True, f"最近一次成功的备份：{when(last)}。", ".backup")
    words = "还没有成功的备份。由部署人员在 config.toml 的 [BACKUP] 中写明备份存放的位置。"
    return Item("备份", False, words, ".backup", "怎样备份")
