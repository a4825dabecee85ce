"""Sanctions (处理): what a school's notice says follows, recorded against a unit and a year."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ForeignKey, Index, Select, String, Text, or_, select, update
from sqlalchemy.orm import Mapped, contains_eager, mapped_column, relationship

from models.channels.channel import Channel
from models.clock import campus_time, utcnow
from models.database import Model, db, lock, rows_changed
from models.events import history
from models.findings.found_account import FoundAccount
from models.messaging import notices
from models.people.person import Person
from models.people.unit import Unit, tree
from models.rules.definitions.institution import Institution
from models.rules.workflow import Refused, Role
from models.wording import mentions


class Sanction(Model):
    """One sanction. `label`: as the school's YAML worded `code` then. `year`: of what happened;
    `effect_year`: in which it has effect. `found_id`, `channel_id`: what it was for."""

    __tablename__ = "sanction"
    __table_args__ = (Index(None, "institution", "effect_year", "unit_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    institution: Mapped[str] = mapped_column(String(40))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    year: Mapped[int]
    effect_year: Mapped[int]
    code: Mapped[str] = mapped_column(String(100))
    label: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(Text)
    found_id: Mapped[int | None] = mapped_column(
        ForeignKey("found_account.id", ondelete="SET NULL"), index=True
    )
    channel_id: Mapped[int | None] = mapped_column(ForeignKey("channel.id", ondelete="SET NULL"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    lift_reason: Mapped[str] = mapped_column(Text, default="")

    unit: Mapped[Unit] = relationship()
    found_account: Mapped[FoundAccount | None] = relationship()
    channel: Mapped[Channel | None] = relationship()
    by: Mapped[Person] = relationship(foreign_keys=[by_id])
    lifted_by: Mapped[Person | None] = relationship(foreign_keys=[lifted_by_id])


def sanctions(
    person: Person, q: str = "", unit: int | None = None, year: int | None = None, state: str = ""
) -> Select[Sanction]:
    """The sanctions a person may see, the newest first. `year`: of the effect; `state`: 'in_force'
    or 'lifted'."""
    query = (
        select(Sanction)
        .join(Sanction.unit)
        .options(contains_eager(Sanction.unit))
        .where(Sanction.institution == person.institution)
    )
    visible = person.visible_units()
    if visible is not None:
        query = query.where(Sanction.unit_id.in_(visible))
    if unit is not None:
        query = query.where(Sanction.unit_id.in_(tree(person.institution).below({unit})))
    if year is not None:
        query = query.where(Sanction.effect_year == year)
    if state:
        lifted = Sanction.lifted_at.is_not(None)
        query = query.where(lifted if state == "lifted" else ~lifted)
    if q:
        columns = (Sanction.label, Sanction.reason, Unit.name, Unit.pinyin)
        query = query.where(or_(*(mentions(column, q) for column in columns)))
    return query.order_by(Sanction.id.desc())


def in_effect(institution: str, unit_ids: Collection[int] | None, year: int | None = None) -> list[Sanction]:
    """What is in effect in a year (this one by default), also what only begins after it.

    `unit_ids`: of these units; None: of all.
    """
    year = year or campus_time(utcnow()).year
    query = select(Sanction).where(
        Sanction.institution == institution, Sanction.effect_year >= year, Sanction.lifted_at.is_(None)
    )
    if unit_ids is not None:
        query = query.where(Sanction.unit_id.in_(unit_ids))
    return list(db.session.scalars(query.order_by(Sanction.effect_year, Sanction.id)))


def bars(institution: Institution, form: str, unit_id: int, year: int | None = None) -> Sanction | None:
    """The sanction that takes from a unit, or one above it, the right to file anew on a form."""
    year = year or campus_time(utcnow()).year
    codes = [code for code, rule in institution.sanctions.items() if rule.bars and form in rule.forms]
    above = tree(institution.code).upwards(unit_id)
    if not codes:
        return None
    known = in_effect(institution.code, above, year)
    return next(
        (sanction for sanction in known if sanction.code in codes and sanction.effect_year == year), None
    )


def impose(
    institution: Institution,
    code: str,
    unit: Unit,
    year: int,
    reason: str,
    actor: Person,
    finding: FoundAccount | None = None,
    channel: Channel | None = None,
    now: datetime | None = None,
) -> Sanction:
    """Records a sanction and tells the unit. Flushed. Raises Refused."""
    _refuse(institution.code, actor)
    lock(f"sanctions of {institution.code}")  # the second of two presses finds the first one's
    rule, now = institution.sanctions.get(code), now or utcnow()
    if rule is None:
        raise Refused("请选择处理种类。")
    if not reason:
        raise Refused("请写明处理原因。")
    about = {"found_id": finding and finding.id, "channel_id": channel and channel.id}
    same = select(Sanction.id).filter_by(
        institution=institution.code, unit_id=unit.id, year=year, code=code, lifted_at=None, **about
    )
    if db.session.scalar(same.limit(1)):
        raise Refused(f"{unit.name}{year}年已经登记过“{rule.label}”，不用再次登记。")
    made = Sanction(
        institution=institution.code,
        unit=unit,
        year=year,
        effect_year=rule.takes_effect(year),
        code=code,
        label=rule.label,
        reason=reason,
        by=actor,
        at=now,
        **about,
    )
    db.session.add(made)
    db.session.flush()
    _write(made, actor, now, reason)
    text = f"{unit.name}被登记处理：{rule.label}（{made.effect_year}年）。"
    _tell(made, text, reason, actor, now)
    return made


def lift(sanction: Sanction, reason: str, actor: Person, now: datetime | None = None) -> None:
    """Takes a sanction back. Raises Refused, also to who comes second."""
    _refuse(sanction.institution, actor)
    if not reason:
        raise Refused("请写明撤销的原因。")
    now = now or utcnow()
    won = rows_changed(
        update(Sanction)
        .where(Sanction.id == sanction.id, Sanction.lifted_at.is_(None))
        .values(lifted_at=now, lifted_by_id=actor.id, lift_reason=reason)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(sanction)
    if not won:
        raise Refused(f"{sanction.lifted_by.name}已经撤销了这项处理。")
    _write(sanction, actor, now, f"撤销：{reason}")
    _tell(sanction, f"{sanction.unit.name}的处理“{sanction.label}”已撤销。", reason, actor, now)


def _refuse(institution: str, actor: Person) -> None:
    if not actor.has(Role.office) or actor.institution != institution:
        raise Refused("只有备案审核部门可以登记和撤销处理。")


def _write(sanction: Sanction, actor: Person, now: datetime, words: str) -> None:
    history.record(
        sanction.institution,
        "sanction",
        actor,
        now,
        channel_id=sanction.channel_id,
        opinion=f"{sanction.unit.name}：{sanction.label}（{sanction.effect_year}年）。{words}",
    )


def _tell(sanction: Sanction, text: str, detail: str, actor: Person, now: datetime) -> None:
    people = notices.people_of_unit(sanction.institution, sanction.unit_id)
    people |= tree(sanction.institution).heads_for(sanction.unit_id)
    notices.notify(sanction.institution, people, text, besides=actor, detail=detail, now=now)
