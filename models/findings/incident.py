"""网络舆情事故: what happened around an account, on which day, and what was done about it."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, Select, String, Text, or_, select
from sqlalchemy.orm import Mapped, contains_eager, mapped_column, relationship

from models.channels.channel import Channel
from models.clock import campus_time, utcnow
from models.database import Model, db
from models.events import history
from models.filings.queries import scope
from models.messaging import notices
from models.people.person import Person
from models.people.unit import Unit, tree
from models.rules.workflow import Refused, Role
from models.wording import mentions


class Incident(Model):
    """One incident of a unit. `channel_id`: the account it was on, where it is registered.

    `done`: what was done so far, each addition on a line of its own with its day.
    """

    __tablename__ = "incident"
    __table_args__ = (Index(None, "institution", "happened_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    institution: Mapped[str] = mapped_column(String(40))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    channel_id: Mapped[int | None] = mapped_column(ForeignKey("channel.id", ondelete="SET NULL"), index=True)
    happened_on: Mapped[date]
    what: Mapped[str] = mapped_column(Text)
    done: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]

    unit: Mapped[Unit] = relationship()
    channel: Mapped[Channel | None] = relationship()
    by: Mapped[Person] = relationship()


def incidents(person: Person, q: str = "", unit: int | None = None) -> Select[Incident]:
    """The incidents a person may see, the newest first."""
    query = (
        select(Incident)
        .join(Incident.unit)
        .options(contains_eager(Incident.unit))
        .where(Incident.institution == person.institution)
    )
    units = scope(person, unit)
    if units is not None:
        query = query.where(Incident.unit_id.in_(units))
    if q:
        columns = (Incident.what, Incident.done, Unit.name, Unit.pinyin)
        query = query.where(or_(*(mentions(column, q) for column in columns)))
    return query.order_by(Incident.happened_on.desc(), Incident.id.desc())


def record_incident(
    unit: Unit,
    channel: Channel | None,
    happened_on: date,
    what: str,
    done: str,
    actor: Person,
    now: datetime | None = None,
) -> Incident:
    """Records an incident and tells the unit. Flushed. Raises Refused."""
    now = now or utcnow()
    _refuse(unit.institution, actor)
    if not what:
        raise Refused("请写明发生了什么。")
    if happened_on > campus_time(now).date():
        raise Refused("发生的日期还没有到，请核对。")
    incident = Incident(
        institution=unit.institution,
        unit=unit,
        channel=channel,
        happened_on=happened_on,
        what=what,
        done=_dated(done, now),
        by=actor,
        at=now,
    )
    db.session.add(incident)
    db.session.flush()
    _write(incident, actor, now, f"{what}{f'　处置：{done}' if done else ''}")
    people = notices.people_of_unit(unit.institution, unit.id) | tree(unit.institution).heads_for(unit.id)
    text = f"{unit.name}被登记网络舆情事故（{happened_on.month}月{happened_on.day}日）。"
    notices.notify(unit.institution, people, text, besides=actor, detail=what, now=now)
    return incident


def add_done(incident: Incident, done: str, actor: Person, now: datetime | None = None) -> None:
    """Adds what was done since; what was written before stays. Raises Refused."""
    now = now or utcnow()
    _refuse(incident.institution, actor)
    if not done:
        raise Refused("请写明处置情况。")
    incident.done = "\n".join(part for part in (incident.done, _dated(done, now)) if part)
    db.session.flush()
    _write(incident, actor, now, f"处置：{done}")


def _dated(done: str, now: datetime) -> str:
    day = campus_time(now)
    return f"{day.year}年{day.month}月{day.day}日：{done}" if done else ""


def _refuse(institution: str, actor: Person) -> None:
    if not actor.has(Role.office) or actor.institution != institution:
        raise Refused("只有备案审核部门可以登记网络舆情事故。")


def _write(incident: Incident, actor: Person, now: datetime, words: str) -> None:
    history.record(
        incident.institution,
        "incident",
        actor,
        now,
        channel_id=incident.channel_id,
        opinion=f"{incident.unit.name}：{words}",
    )
