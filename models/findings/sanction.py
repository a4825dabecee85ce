"""Sanctions (处理): what a school's notice says follows, recorded against a unit and a year."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlalchemy import ForeignKey, Index, Select, String, Text, false, or_, select
from sqlalchemy.orm import Mapped, contains_eager, joinedload, mapped_column, relationship

from models import clock
from models.channels.channel import Channel
from models.clock import campus_time, utcnow
from models.database import Model, db, lock, write_if
from models.events import history
from models.filings.queries import scope
from models.findings.found_account import FoundAccount
from models.findings.matching import forms_of
from models.messaging import notices
from models.people.person import Person
from models.people.unit import Unit, tree
from models.rules.definitions.institution import Institution, SanctionRule
from models.rules.workflow import Refused, Role
from models.wording import mentions


class Sanction(Model):
    """One sanction. `label`: as the school's YAML worded `code` then. `year`: of what happened;
    `effect_year`: in which it has effect. `found_id`, `channel_id`: what it was for.

    `basis`, `circular`: as the YAML said then. `due_on`: the last day on which what it was for must
    be gone (取缔关闭), `gone_at`: when the office saw that it is.
    """

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
    basis: Mapped[str] = mapped_column(Text, default="", server_default="")
    circular: Mapped[bool] = mapped_column(default=False, server_default=false())
    due_on: Mapped[date | None]
    gone_at: Mapped[datetime | None]

    unit: Mapped[Unit] = relationship()
    found_account: Mapped[FoundAccount | None] = relationship()
    channel: Mapped[Channel | None] = relationship()
    by: Mapped[Person] = relationship(foreign_keys=[by_id])
    lifted_by: Mapped[Person | None] = relationship(foreign_keys=[lifted_by_id])

    @property
    def title(self) -> str:
        """What the account or group is called that it was for; '' where it was for none."""
        about = self.channel or self.found_account
        return about.title if about else ""

    @property
    def closes(self) -> bool:
        """Whether its account is still to be seen gone."""
        return self.due_on is not None and self.gone_at is None and self.lifted_at is None

    def late(self, today: date | None = None) -> bool:
        """Whether the account should be gone by now and was not seen gone."""
        return self.due_on is not None and self.closes and self.due_on < (today or clock.today())


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
    units = scope(person, unit)
    if units is not None:
        query = query.where(Sanction.unit_id.in_(units))
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


def circulars(institution: str, year: int | None = None) -> Select[Sanction]:
    """What everybody of the school may read (全校通报), the newest first. `year`: of the effect."""
    query = (
        select(Sanction)
        .options(joinedload(Sanction.unit), joinedload(Sanction.channel), joinedload(Sanction.found_account))
        .where(Sanction.institution == institution, Sanction.circular, Sanction.lifted_at.is_(None))
    )
    if year is not None:
        query = query.where(Sanction.effect_year == year)
    return query.order_by(Sanction.id.desc())


def years_of_circulars(institution: str) -> list[int]:
    """The years there is a 全校通报 of, the newest first."""
    query = circulars(institution).order_by(None).with_only_columns(Sanction.effect_year).distinct()
    return sorted(db.session.scalars(query), reverse=True)


def fitting(
    institution: Institution, finding: FoundAccount | None = None, channel: Channel | None = None
) -> dict[str, SanctionRule]:
    """The kinds of sanction, by code, that suit what they are for; without either, the unit itself.

    A kind that has an account closed needs one.
    """
    forms = {channel.form} if channel else forms_of(institution, finding) if finding else None
    return {
        code: rule
        for code, rule in institution.sanctions.items()
        if (not rule.closes if forms is None else not forms.isdisjoint(rule.forms))
    }


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
    _refuse_misfit(institution, code, finding, channel)
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
        basis=rule.basis,
        circular=rule.circular,
        due_on=campus_time(now).date() + timedelta(days=rule.closes) if rule.closes else None,
        by=actor,
        at=now,
        **about,
    )
    db.session.add(made)
    db.session.flush()
    _write(made, actor, now, reason)
    text = f"{unit.name}被登记处理：{rule.label}（{made.effect_year}年）。"
    if made.due_on:
        text += f"请在{made.due_on.month}月{made.due_on.day}日前关闭“{made.title}”。"
    _tell(made, text, reason, actor, now)
    return made


def _refuse_misfit(
    institution: Institution, code: str, finding: FoundAccount | None, channel: Channel | None
) -> None:
    rule, about = institution.sanctions[code], channel or finding
    if code not in fitting(institution, finding, channel):
        if about is None:
            raise Refused(f"“{rule.label}”要针对一个账号或群，请从它在台账或发现台账的页面登记。")
        nouns = "、".join(dict.fromkeys(institution.forms[form].noun for form in rule.forms))
        raise Refused(f"“{rule.label}”用于{nouns}，不能用于“{about.title}”，请选择适用的处理。")
    if rule.closes and channel is not None and channel.gone_at is not None:
        raise Refused(f"“{channel.title}”现在是“{channel.state_label}”，不用再取缔关闭。")


def lift(sanction: Sanction, reason: str, actor: Person, now: datetime | None = None) -> None:
    """Takes a sanction back. Raises Refused, also to who comes second."""
    _refuse(sanction.institution, actor)
    if not reason:
        raise Refused("请写明撤销的原因。")
    now = now or utcnow()
    lifted = {"lifted_at": now, "lifted_by_id": actor.id, "lift_reason": reason}
    if not write_if(sanction, Sanction.lifted_at.is_(None), **lifted):
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
