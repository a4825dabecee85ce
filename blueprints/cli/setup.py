"""`flask setup`: the beginning of a real installation, which never gets demo people."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click
from flask import current_app
from flask_migrate import upgrade
from sqlalchemy import func, select

from blueprints.cli.people import ONE_TIME, note_what_was_before, read_typed
from blueprints.web.schools import institutions
from models import files
from models.administration import people
from models.administration.people import Details, OneTimePassword
from models.administration.units import taken
from models.database import MIGRATIONS, db, is_served
from models.people.person import Person
from models.people.unit import Unit, add_unit
from models.purpose import begin_work, is_trial
from models.rules import particulars
from models.rules.definitions.institution import Institution
from models.rules.workflow import Refused, Role

TRIAL = """这是演示环境，里面有演示人员，不能转为正式环境。
请停止服务，把 {}（连同同名的 -wal、-shm 文件）移到别处保存，再运行 setup。"""
TRIAL_SERVED = """这是演示环境，里面有演示人员，不能转为正式环境。
请停止服务，在 config.toml 中写另一个空的数据库，再运行 setup。"""


@dataclass(frozen=True)
class Beginning:
    """What a school begins with: its first unit and its first administrator."""

    school: Institution
    unit: str
    details: Details


@click.command()
@click.option("--school", "codes", multiple=True, help="本部署的学校代码；有几所就写几次")
@click.option("--unit", help="第一个单位的名称，不写就用学校的名称")
@click.option("--username", help="第一位系统管理员的用户名，例如工号")
@click.option("--name", help="第一位系统管理员的姓名")
def setup(codes: tuple[str, ...], unit: str | None, username: str | None, name: str | None) -> None:
    """Begin a real installation: schools, first units, first administrators. Asks what is not given."""
    given = [_known(code) for code in dict.fromkeys(codes)]
    upgrade(directory=str(MIGRATIONS))
    _refuse_trial()
    schools = given or _ask_schools()
    if unit is not None and len(schools) > 1:
        raise click.ClickException("有几所学校时不写 --unit：第一个单位各用本校的名称。")
    for school in schools:
        _refuse_begun(school)
    beginnings = [_ask_beginning(school, unit, username, name) for school in schools]
    db.session.rollback()
    drawn = [people.draw_password() for _ in beginnings]
    _limit_to([school.code for school in schools])
    try:
        begin_work()
        for beginning, password in zip(beginnings, drawn, strict=True):
            _begin(beginning, password)
    except Refused as refused:
        raise click.ClickException(str(refused)) from None
    db.session.commit()
    for beginning, password in zip(beginnings, drawn, strict=True):
        _show(beginning, password)
    click.echo(f"\n{ONE_TIME}")
    click.echo("接下来运行 flask --app app serve，用这个账号登录，首页有一份清单，说明还要准备什么。")


def _refuse_trial() -> None:
    if is_trial():
        raise click.ClickException(TRIAL_SERVED if is_served() else TRIAL.format(db.engine.url.database))


def _refuse_begun(school: Institution) -> None:
    """A second first administrator is none: whoever is there adds the others."""
    count = db.session.scalar(
        select(func.count()).select_from(Person).where(Person.institution == school.code)
    )
    if count:
        raise click.ClickException(
            f"{school.name}已经在使用（有 {count} 位人员），setup 没有改动任何数据。"
            f"再添加管理员请用 add-person，忘记密码请用 reset-password。"
        )


def _known(code: str) -> Institution:
    schools = institutions()
    if code not in schools:
        there = "、".join(f"{school.code}（{school.name}）" for school in schools.values())
        raise click.ClickException(f"没有代码为“{code}”的学校。现有：{there}。")
    return schools[code]


def _ask_schools() -> list[Institution]:
    """The schools of this deployment: the only one, or those that are typed."""
    schools = institutions()
    if len(schools) == 1:
        return list(schools.values())
    if not sys.stdin.isatty():
        raise click.ClickException("请用 --school 写明学校代码。现有：" + "、".join(schools))
    for school in schools.values():
        click.echo(f"  {school.code:<12} {school.name}")
    return click.prompt("本部署的学校代码（几所用逗号隔开）", value_proc=_read_codes)


def _read_codes(typed: str) -> list[Institution]:
    codes = typed.replace("，", ",").replace("、", ",").split(",")
    try:
        return [_known(code) for code in dict.fromkeys(code.strip() for code in codes)]
    except click.ClickException as error:
        raise click.UsageError(error.message) from None


def _ask_beginning(
    school: Institution, unit: str | None, username: str | None, name: str | None
) -> Beginning:
    """What was given as options, or else is typed."""
    if sys.stdin.isatty() and (username is None or name is None):
        click.echo(f"\n{school.name}")
    top = _top_unit(school)
    return Beginning(
        school,
        _ask("--unit", "第一个单位的名称", particulars.unit_name, unit, top or school.name),
        Details(
            name=_ask("--name", "系统管理员的姓名", particulars.person_name, name),
            username=_ask("--username", "系统管理员的用户名（例如工号）", particulars.username, username),
        ),
    )


def _ask(
    option: str, label: str, rule: Callable[[str], str], given: str | None, default: str | None = None
) -> str:
    """One answer, read by its rule. Typed wrongly it is asked again; given wrongly it ends the command."""
    if given is not None:
        return read_typed(rule, given)
    if sys.stdin.isatty():
        return click.prompt(label, default=default, value_proc=lambda typed: _typed_again(rule, typed))
    if default is None:
        raise click.ClickException(f"请用 {option} 写明{label}。")
    return default


def _typed_again(rule: Callable[[str], str], typed: str) -> str:
    try:
        return rule(typed)
    except ValueError as error:
        raise click.UsageError(str(error)) from None


def _limit_to(codes: list[str]) -> None:
    """Writes `SCHOOLS` into config.toml, where nobody has: the other schools get no pages."""
    if "SCHOOLS" in current_app.config:
        return
    file = Path(current_app.instance_path) / "config.toml"
    line = f"# 本部署的学校，其他学校没有页面。\nSCHOOLS = {json.dumps(codes)}\n"
    try:
        before = file.read_text("utf-8-sig") if file.exists() else ""
        # What stands first belongs to no table, whatever follows.
        files.write(file, (f"{line}\n{before}" if before else line).encode())
    except OSError as error:
        raise click.ClickException(f"写不进 {file}：{error.strerror}。请检查权限和磁盘空间。") from None


def _top_unit(school: Institution) -> str | None:
    """The name of a unit that was there before anybody: `add-unit` may have made it."""
    query = select(Unit.name).where(Unit.institution == school.code, Unit.parent_id.is_(None))
    return db.session.scalar(query.order_by(Unit.id).limit(1))


def _begin(beginning: Beginning, password: OneTimePassword) -> None:
    """The first unit and the first administrator, with what history says of them; not committed."""
    school = beginning.school
    people.lock_people(school.code)
    _refuse_begun(school)
    query = select(Unit).filter_by(institution=school.code, name=beginning.unit, parent_id=None)
    unit = db.session.scalar(query)
    if unit is None and taken(school.code, beginning.unit, None):
        raise Refused(taken(school.code, beginning.unit, None))
    unit = unit or add_unit(school.code, beginning.unit, next(iter(school.unit_kinds)))
    person = Person(institution=school.code)
    person.set_one_time_password(password.hash)
    people.add(person, beginning.details, [(Role.admin, unit.id)], None)
    note_what_was_before(school, person)


def _show(beginning: Beginning, password: OneTimePassword) -> None:
    who = beginning.details
    click.echo(f"\n{beginning.school.name}：第一个单位 {beginning.unit}")
    click.echo(f"  系统管理员 {who.name}，用户名 {who.username}，一次性密码 {password.text}")
