"""催报: those whose report is missing are told, by hand or by the clock; all of it is kept.

A reminder is read on the home page and goes out with the mail. Nothing commits.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, Select, Text, UniqueConstraint, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from models.campaigns.campaign import Campaign
from models.campaigns.report import Report
from models.channels.channel import Channel
from models.clock import campus_time, utcnow
from models.database import Model, coded, db, lock
from models.events import history
from models.messaging import notices
from models.people.person import Grant, Person
from models.people.unit import Unit, tree
from models.rules import report_workflow
from models.rules.reminder_occasions import Occasion, latest, time_left
from models.rules.report_workflow import ReportState
from models.rules.unit_tree import Tree
from models.rules.workflow import Refused, Role

COOL_DOWN = timedelta(hours=12)
BY_ITSELF = "定时催报"


class Reminder(Model):
    """One telling of one unit. `people`: how many were told; `by`: nobody for what went by itself.

    `due_at`: the moment an automatic one was due, so that two runs at once send it once.
    `channel`, `note`: a talk with whoever runs this account, and what came of it.
    """

    __tablename__ = "reminder"
    __table_args__ = (
        UniqueConstraint("campaign_id", "unit_id", "occasion", "due_at"),
        Index(None, "campaign_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    occasion: Mapped[Occasion] = mapped_column(coded(Occasion))
    due_at: Mapped[datetime | None]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    people: Mapped[int] = mapped_column(default=0)
    channel_id: Mapped[int | None] = mapped_column(ForeignKey("channel.id"), index=True)
    note: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime]

    unit: Mapped[Unit] = relationship()
    by: Mapped[Person | None] = relationship()
    channel: Mapped[Channel | None] = relationship()


@dataclass(frozen=True)
class Missing:
    """A unit that has not answered: whom a reminder reaches, when the last one went out."""

    report: Report
    people: frozenset[int]
    last: datetime | None

    def problem(self, now: datetime) -> str:
        """Why it cannot be reminded by hand now; '' when it can."""
        if not self.people:
            return "没有可以通知的人：请系统管理员登记经办人，或直接联系账号负责人。"
        again = self.last and self.last + COOL_DOWN
        if again and again > now:
            return f"{moment_words(self.last)}刚催过，{moment_words(again)}以后可以再催。"
        return ""


@dataclass(frozen=True)
class Result:
    """What became of one unit; `problem` is empty when `people` were told."""

    report: Report
    people: int = 0
    problem: str = ""


def missing(campaign: Campaign) -> list[Missing]:
    """The units whose report the office waits for, in the order of the tree's making."""
    query = (
        select(Report)
        .where(Report.campaign_id == campaign.id, Report.state.in_(report_workflow.MISSING))
        .options(joinedload(Report.unit))
        .order_by(Report.unit_id)
    )
    reports = list(db.session.scalars(query))
    units, reporters = tree(campaign.institution), _reporters(campaign.institution)
    last = _last(campaign)
    return [
        Missing(report, _concerned(report, units, reporters), last.get(report.unit_id)) for report in reports
    ]


def remind(
    campaign: Campaign, units: Collection[int] | None, actor: Person, now: datetime | None = None
) -> list[Result]:
    """Reminds these units, or all (None), as far as their report is missing. Flushed.

    Out: a result per unit; one in its cool-down or with nobody to tell says so. Raises Refused
    when the campaign is not running.
    """
    # The second of two presses waits here, and then finds the cool-down of the first.
    lock(f"reminders of campaign {campaign.id}")
    now = now or utcnow()
    if not campaign.running:
        raise Refused("这项备案工作还没有发布或已经结束，不能催报。")
    chosen = [unit for unit in missing(campaign) if units is None or unit.report.unit_id in units]
    results = []
    for unit in chosen:
        problem = unit.problem(now)
        if not problem:
            _send(unit, Occasion.manual, now, by=actor)
        results.append(Result(unit.report, 0 if problem else len(unit.people), problem))
    return results


def remind_by_itself(campaign: Campaign, now: datetime | None = None) -> list[Reminder | Missing]:
    """Sends each missing unit the latest occasion that has come, if it was not sent. Flushed.

    Out: the reminders sent, and those units that should have had one and have nobody to tell.
    """
    now = now or utcnow()
    if not campaign.running:
        return []
    opens = max(campaign.opens_at, campaign.published_at)
    sent, done = _last(campaign, by_itself=True), []
    for unit in missing(campaign):
        come = latest(opens, unit.report.due_at, now)
        before = sent.get(unit.report.unit_id)
        if come is None or (before and before >= come[0]):
            continue
        done += [unit] if not unit.people else _send_once(unit, *come, now)
    return done


def log(campaign: Campaign) -> Select[Reminder]:
    """All reminders and talks of a campaign, the newest first."""
    everything = (joinedload(Reminder.unit), joinedload(Reminder.by), joinedload(Reminder.channel))
    query = select(Reminder).where(Reminder.campaign_id == campaign.id).options(*everything)
    return query.order_by(Reminder.id.desc())


def moment_words(moment: datetime) -> str:
    """11月30日 17:00, on the campus clock."""
    local = campus_time(moment)
    return f"{local.month}月{local.day}日 {local:%H:%M}"


def _send_once(unit: Missing, due: datetime, occasion: Occasion, now: datetime) -> list[Reminder]:
    """Nothing when another run was faster."""
    try:
        with db.session.begin_nested():
            return [_send(unit, occasion, now, due=due)]
    except IntegrityError:
        return []


def _send(
    unit: Missing, occasion: Occasion, now: datetime, by: Person | None = None, due: datetime | None = None
) -> Reminder:
    report, campaign = unit.report, unit.report.campaign
    sent = Reminder(
        campaign_id=campaign.id,
        unit_id=report.unit_id,
        occasion=occasion,
        due_at=due,
        by_id=by and by.id,
        people=len(unit.people),
        at=now,
    )
    db.session.add(sent)
    db.session.flush()
    notices.notify(report.institution, unit.people, sentence(report, now), now=now)
    # What goes by itself is done on behalf of whoever set the campaign.
    history.record(
        report.institution,
        "remind",
        by or campaign.created_by,
        now,
        report_id=report.id,
        actor_name=by.name if by else BY_ITSELF,
        opinion=f"{occasion.label}，通知 {sent.people} 人",
        from_state=report.state,
        to_state=report.state,
    )
    return sent


def sentence(report: Report, now: datetime) -> str:
    """What a reminder says: which campaign, whose report, by when, and how much time is left."""
    waits = {
        ReportState.to_sign: "正等待单位负责人签字",
        ReportState.returned: "已退回，还没有重新报送",
        ReportState.writing: "还没有填完",
        ReportState.not_started: "还没有开始",
    }[report.state]
    due = f"截止时间 {moment_words(report.due_at)}，{time_left(report.due_at, now)}"
    return f"“{report.campaign.title}”{report.unit.name}的报送{waits}。{due}，请尽快报送。"


def _concerned(report: Report, units: Tree, reporters: dict[int, set[int]]) -> frozenset[int]:
    """The reporters nearest to the unit; with what waits for a signature, its heads too."""
    near = next((reporters[unit] for unit in units.upwards(report.unit_id) if unit in reporters), ())
    signing = units.heads_for(report.unit_id) if report.state is ReportState.to_sign else ()
    return frozenset(near) | frozenset(signing)


def _reporters(institution: str) -> dict[int, set[int]]:
    query = (
        select(Grant.unit_id, Grant.person_id)
        .join(Person)
        .where(Person.institution == institution, Person.active, Grant.role == Role.reporter)
    )
    reporters: dict[int, set[int]] = {}
    for unit_id, person_id in db.session.execute(query):
        reporters.setdefault(unit_id, set()).add(person_id)
    return reporters


def _last(campaign: Campaign, by_itself: bool = False) -> dict[int, datetime]:
    """When each unit was reminded last; talks about one account do not count."""
    query = select(Reminder.unit_id, func.max(Reminder.at)).where(
        Reminder.campaign_id == campaign.id, Reminder.occasion != Occasion.contact
    )
    if by_itself:
        query = query.where(Reminder.occasion != Occasion.manual)
    return dict(db.session.execute(query.group_by(Reminder.unit_id)).all())
