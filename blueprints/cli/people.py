"""Commands that give a new deployment its first unit and its first person."""

import click
from flask import current_app
from sqlalchemy import select

from models.administration import people, units
from models.database import db
from models.people.person import Person
from models.people.unit import Unit
from models.people.unit import add_unit as add_unit_row
from models.rules import particulars
from models.rules.definitions.institution import Institution
from models.rules.workflow import Role

ONE_TIME = "密码只显示这一次，7 天内有效；首次登录时要换成自己的密码。"


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
    name = read_typed(particulars.unit_name, name)
    if sentence := units.taken(school, name, parent and parent.id):
        raise click.ClickException(sentence)
    unit = add_unit_row(school, name, kind, parent)
    if actor := people.command_actor(school):
        units.note_added(unit, institution, actor)
    db.session.commit()
    click.echo(f"已添加单位 {name}。")


@click.command("add-person")
@click.argument("school")
@click.argument("username")
@click.argument("name")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(list(Role)))
@click.option("--unit", required=True, help="所在单位的名称")
def add_person(school: str, username: str, name: str, roles: tuple[str, ...], unit: str) -> None:
    """Add a person with a one-time password, shown once."""
    institution, drawn = _school(school), people.draw_password()
    details = people.Details(
        read_typed(particulars.person_name, name), read_typed(particulars.username, username)
    )
    if people.holder(school, details.username):
        raise click.ClickException(f"用户名 {username} 已被使用，请换一个。")
    where, actor = _unit(school, unit), people.command_actor(school)
    person = Person(institution=school)
    person.set_one_time_password(drawn.hash)
    people.add(person, details, [(Role(role), where.id) for role in roles], actor)
    if actor is None:
        note_what_was_before(institution, person)
    db.session.commit()
    click.echo(f"已添加 {name}，用户名 {username}，一次性密码 {drawn.text}。")
    click.echo(ONE_TIME)


@click.command("reset-password")
@click.argument("school")
@click.argument("username")
def reset_password(school: str, username: str) -> None:
    """Give USERNAME of SCHOOL a one-time password, shown once; a lock on their account ends."""
    _school(school)
    drawn = people.draw_password()
    person = people.holder(school, username)
    if person is None:
        raise click.ClickException(f"没有用户名为“{username}”的人员。")
    people.reset_password(person, people.command_actor(school) or person, drawn)
    db.session.commit()
    click.echo(f"{person.name}（{person.username}）的一次性密码 {drawn.text}。")
    click.echo(ONE_TIME)


def note_what_was_before(institution: Institution, first: Person) -> None:
    """Until the first person came, history had nobody to name: the units are theirs too."""
    query = select(Unit).where(Unit.institution == first.institution).order_by(Unit.id)
    for unit in db.session.scalars(query):
        units.note_added(unit, institution, first)


def read_typed(rule, typed: str) -> str:
    """What is kept of what was typed. Raises click.ClickException with the rule's sentence."""
    try:
        return rule(typed)
    except ValueError as error:
        raise click.ClickException(str(error)) from error


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
