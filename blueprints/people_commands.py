"""Commands that give a new deployment its first unit and its first person."""

import secrets

import click
from flask import current_app
from sqlalchemy import select

from models.database import db
from models.people import Person, Role, Unit
from models.people import add_unit as add_unit_row


@click.command("add-unit")
@click.argument("school")
@click.argument("name")
@click.option("--kind", required=True, help="单位类别的代码，见 institution.yaml 的 unit_kinds")
@click.option("--under", help="上级单位的名称")
def add_unit(school: str, name: str, kind: str, under: str | None) -> None:
    """Add a unit NAME to SCHOOL."""
    institution = _school(school)
    if kind not in institution.unit_kinds:
        raise click.ClickException("没有这个单位类别。现有：" + "、".join(institution.unit_kinds))
    parent = _unit(school, under) if under else None
    add_unit_row(school, name, kind, parent)
    db.session.commit()
    click.echo(f"已添加单位 {name}。")


@click.command("add-person")
@click.argument("school")
@click.argument("username")
@click.argument("name")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(list(Role)))
@click.option("--unit", required=True, help="所在单位的名称")
def add_person(school: str, username: str, name: str, roles: tuple[str, ...], unit: str) -> None:
    """Add a person with a random password, shown once."""
    _school(school)
    if db.session.scalar(select(Person).filter_by(institution=school, username=username)):
        raise click.ClickException(f"用户名 {username} 已被使用，请换一个。")
    where = _unit(school, unit)
    password = secrets.token_urlsafe(12)
    person = Person(institution=school, name=name, username=username)
    person.set_password(password)
    for role in roles:
        person.grant(role, where)
    db.session.add(person)
    db.session.commit()
    click.echo(f"已添加 {name}，用户名 {username}，密码 {password}（只显示这一次）。")


def _school(code: str):
    institutions = current_app.extensions["institutions"]
    if code not in institutions:
        raise click.ClickException("没有这个学校。现有：" + "、".join(institutions))
    return institutions[code]


def _unit(school: str, name: str) -> Unit:
    unit = db.session.scalar(select(Unit).filter_by(institution=school, name=name))
    if unit is None:
        raise click.ClickException(f"没有名为“{name}”的单位，请先用 flask add-unit 添加。")
    return unit
