"""Naming a substitute for an absent head, and taking it back. Nothing commits."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlalchemy import Boolean, ColumnElement, Select, literal_column, or_, select

from models import clock
from models.clock import utcnow
from models.database import db, lock
from models.events import history
from models.messaging import notices
from models.people.person import Grant, Person
from models.people.substitute import Substitute
from models.people.unit import COUNTS, Unit, tree
from models.rules.policy import NEVER_DECIDES
from models.rules.workflow import Refused, Role
from models.wording import by_pinyin

LONGEST = timedelta(days=366)
COUNTS_NOW = literal_column(f"({COUNTS})", Boolean)


def headed_by(person: Person) -> set[int]:
    """Ids of the units for which the person may name a substitute: their own, as their head.

    The administrator may for every unit that has a head. A substitute names nobody.
    """
    if not person.has(Role.admin):
        return person.granted(Role.head)
    headed = (
        select(Grant.unit_id)
        .join(Person)
        .where(Person.institution == person.institution, Grant.role == Role.head)
    )
    return set(db.session.scalars(headed))


def heads_to_name_for(person: Person, units: Collection[int]) -> dict[int, list[Person]]:
    """For which heads of these units the person may name a substitute, by unit: themselves, or any head.

    In: units of `headed_by`.
    """
    headed: dict[int, list[Person]] = {}
    query = (
        select(Grant)
        .join(Grant.person)
        .where(Grant.unit_id.in_(units), Grant.role == Role.head, Person.active)
        .order_by(by_pinyin(Person.name), Person.id)
    )
    for grant in db.session.scalars(query):
        if person.has(Role.admin) or grant.person_id == person.id:
            headed.setdefault(grant.unit_id, []).append(grant.person)
    return headed


def candidates(institution: str) -> list[Person]:
    """Who may stand in for a head: the active reporters and heads of the school, by name.

    Nobody who administers or audits.
    """
    roles = Grant.role.in_([Role.reporter, Role.head])
    never = Person.grants.any(Grant.role.in_(NEVER_DECIDES))
    query = select(Person).where(
        Person.institution == institution, Person.active, Person.grants.any(roles), ~never
    )
    return list(db.session.scalars(query.order_by(by_pinyin(Person.name), Person.id)))


def of_units(institution: str, units: Collection[int], over: bool = False) -> Select:
    """The substitutes of these units, current and coming ones, or those that are over."""
    query = select(Substitute).where(
        Substitute.institution == institution, Substitute.unit_id.in_(units), _is_over(over)
    )
    return query.order_by(Substitute.from_on.desc() if over else Substitute.from_on, Substitute.id)


def standing_in(person: Person) -> list[Substitute]:
    """For whom the person signs today, or will."""
    return [substitute for substitute in person.substitutions if not substitute.over]


def name_substitute(
    unit: Unit,
    head: Person,
    person: Person,
    from_on: date,
    until_on: date,
    actor: Person,
    now: datetime | None = None,
) -> Substitute:
    """Lets a person sign for a unit's head from a day to a day. Flushed; both hear of it.

    Raises Refused: not theirs to name, not a person for it, or a period that makes no sense.
    """
    lock(f"substitutes of {unit.institution}")
    _check_head(unit, head, actor)
    _check_person(unit, person, actor)
    _check_period(from_on, until_on)
    _check_free(unit, head, person, from_on, until_on)
    now = now or utcnow()
    named = Substitute(
        institution=unit.institution,
        unit=unit,
        head=head,
        person=person,
        from_on=from_on,
        until_on=until_on,
        named_by=actor,
        at=now,
    )
    db.session.add(named)
    history.record(unit.institution, "substitute", actor, now, opinion=_said(named))
    _tell(
        named,
        f"您被指定为“{unit.name}”的代签人：{period(named)}，期间可以在“审核”中代单位负责人签署。",
        actor,
        now,
    )
    return named


def end(named: Substitute, actor: Person, now: datetime | None = None) -> None:
    """Takes it back at once. Raises Refused: not theirs, or over already."""
    lock(f"substitutes of {named.institution}")
    db.session.refresh(named)
    if named.unit_id not in headed_by(actor):
        raise Refused("只有本单位负责人或系统管理员可以结束代签。")
    if named.over:
        raise Refused("这次代签已经结束。")
    named.ended_at = now = now or utcnow()
    history.record(named.institution, "substitute", actor, now, opinion=f"结束：{_said(named)}")
    _tell(named, f"您为“{named.unit.name}”的代签已结束。", actor, now)


def period(named: Substitute) -> str:
    """2026年11月22日至2026年11月30日."""
    return "至".join(f"{day.year}年{day.month}月{day.day}日" for day in (named.from_on, named.until_on))


def _said(named: Substitute) -> str:
    return f"{named.person.name}代签“{named.unit.name}”，{period(named)}"


def _tell(named: Substitute, sentence: str, actor: Person, now: datetime) -> None:
    heads = select(Grant.person_id).where(Grant.unit_id == named.unit_id, Grant.role == Role.head)
    school = named.institution
    notices.notify(school, {named.person_id}, sentence, besides=actor, now=now)
    news = "代签已结束" if named.ended_at else "已指定代签人"
    others = set(db.session.scalars(heads)) - {named.person_id}
    notices.notify(school, others, f"{news}：{_said(named)}。", besides=actor, now=now)


def _check_head(unit: Unit, head: Person, actor: Person) -> None:
    if unit.id not in headed_by(actor):
        raise Refused("您只能为自己负责的单位指定代签人。")
    if head not in heads_to_name_for(actor, {unit.id}).get(unit.id, []):
        raise Refused(f"代签人只能代“{unit.name}”现在的负责人签署，请重新选择。")


def _check_person(unit: Unit, person: Person, actor: Person) -> None:
    if person.id == actor.id:
        raise Refused("不能指定自己代签，请选择别人。")
    if person.institution != unit.institution or person not in candidates(unit.institution):
        raise Refused("代签人应是本校在用的经办人或单位负责人，系统管理员和审计员不能代签，请重新选择。")
    if unit.id in person.granted(Role.head):
        raise Refused(f"{person.name}本来就是“{unit.name}”的负责人，不必指定代签。")


def _check_period(from_on: date, until_on: date) -> None:
    if from_on < clock.today():
        raise Refused("开始日期不能早于今天。")
    if until_on < from_on:
        raise Refused("结束日期不能早于开始日期。")
    if until_on - from_on > LONGEST:
        raise Refused("代签最长一年；长期代管请由系统管理员登记单位负责人。")


def _check_free(unit: Unit, head: Person, person: Person, from_on: date, until_on: date) -> None:
    for other in db.session.scalars(of_units(unit.institution, {unit.id})):
        meets = other.from_on <= until_on and from_on <= other.until_on
        if meets and other.person_id == person.id and other.head_id == head.id:
            raise Refused(f"{person.name}在这段时间已经是代签人（{period(other)}）。")


def _is_over(over: bool) -> ColumnElement[bool]:
    ended = or_(Substitute.ended_at.is_not(None), Substitute.until_on < clock.today(), ~COUNTS_NOW)
    return ended if over else ~ended


def unit_names(institution: str, person: Person) -> str:
    """Where a candidate works, to tell namesakes apart."""
    units = tree(institution).nodes
    held = sorted(person.granted(Role.reporter) | person.granted(Role.head))
    return "、".join(units[unit].name for unit in held)


def of_unit(unit: Unit) -> list[Substitute]:
    """Who stands in for a unit's head now or later."""
    return list(db.session.scalars(of_units(unit.institution, {unit.id})))
