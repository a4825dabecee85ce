"""A unit's report (报送) in a campaign: its row, its lines, and who was faster."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, select, update
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.campaigns.campaign import Campaign, is_late, reporting_units
from models.channels.channel import Channel
from models.clock import campus_time, utcnow
from models.database import Model, coded, db, lock, rows_changed
from models.events import history
from models.people.person import Person
from models.people.unit import Unit, tree
from models.rules import report_workflow
from models.rules.filters import LARGEST_ID
from models.rules.report_workflow import ReportState, ReportVerb, Standing
from models.rules.workflow import LostUpdate, Refused


class Answer(StrEnum):
    """What a unit says of one channel."""

    unchanged = "unchanged"
    change = "change"
    close = "close"

    @property
    def label(self) -> str:
        return {"unchanged": "无变更", "change": "变更", "close": "注销"}[self]


class Report(Model):
    """One unit's answer; every reporting unit has a row as soon as a campaign is published.

    `nil`: 零报告. `reported_at`: when the head signed, by which it is late or not.
    `extended_to`: a later deadline for this unit, with its reason. `paper_on`, `paper_place`,
    `scan`: when the signed and sealed paper came, where it is kept, and its picture or PDF.
    """

    __tablename__ = "report"
    __table_args__ = (UniqueConstraint("campaign_id", "unit_id"), Index(None, "campaign_id", "state"))

    id: Mapped[int] = mapped_column(primary_key=True)
    institution: Mapped[str] = mapped_column(String(40))
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    state: Mapped[ReportState] = mapped_column(coded(ReportState), default=ReportState.not_started)
    revision: Mapped[int] = mapped_column(default=1)
    nil: Mapped[bool] = mapped_column(default=False)
    handed_in_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    signed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reported_at: Mapped[datetime | None]
    received_at: Mapped[datetime | None]
    returned_reason: Mapped[str] = mapped_column(Text, default="")
    extended_to: Mapped[datetime | None]
    extension_reason: Mapped[str] = mapped_column(Text, default="")
    paper_on: Mapped[date | None]
    paper_place: Mapped[str] = mapped_column(String(200), default="")
    scan: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    scan_name: Mapped[str] = mapped_column(String(300), default="")
    scan_mime: Mapped[str] = mapped_column(String(60), default="")
    touched_at: Mapped[datetime | None]
    touched_by: Mapped[str] = mapped_column(String(200), default="")

    campaign: Mapped[Campaign] = relationship()
    unit: Mapped[Unit] = relationship()
    handed_in_by: Mapped[Person | None] = relationship(foreign_keys=[handed_in_by_id])
    signed_by: Mapped[Person | None] = relationship(foreign_keys=[signed_by_id])
    lines: Mapped[list["ReportLine"]] = relationship(back_populates="report")

    @property
    def due_at(self) -> datetime:
        """This unit's own deadline; one for all that is moved past it holds here too."""
        return max(self.extended_to or self.campaign.closes_at, self.campaign.closes_at)

    @property
    def settled_at(self) -> datetime | None:
        """The moment that says whether it was late: signed, or the campaign was closed on it."""
        return self.reported_at or self.campaign.ended_at

    def late(self, now: datetime | None = None) -> bool:
        """Signed after its deadline, or not signed though the deadline has passed."""
        return is_late(self.due_at, self.settled_at, now)

    @property
    def events(self) -> list[history.Event]:
        """What was done to it, oldest first."""
        asked = select(history.Event).where(history.Event.report_id == self.id)
        return list(db.session.scalars(asked.order_by(history.Event.id)))

    @property
    def writable(self) -> bool:
        """True while the unit may still change what it says."""
        return self.state in report_workflow.WRITABLE and self.campaign.ended_at is None

    def standing(self) -> Standing:
        heads = tree(self.institution).heads_for(self.unit_id)
        ended = self.campaign.ended_at is not None
        return Standing(self.state, self.unit_id, heads, self.handed_in_by_id, ended)

    def allowed(self, actor: Person) -> list[ReportVerb]:
        """The verbs the person may use now; buttons and guards both come from here."""
        return report_workflow.allowed(self.standing(), actor.actor())

    def editable(self, actor: Person) -> bool:
        return self.writable and report_workflow.reports(self.standing(), actor.actor())

    def check(self, revision: int) -> None:
        """Raises ReportConflict unless the person looked at the report as it is."""
        if revision != self.revision:
            raise ReportConflict(self)

    def win(
        self, revision: int, actor: Person, deed: str, now: datetime | None = None, **columns: Any
    ) -> None:
        """Writes columns if nobody was faster; else raises ReportConflict. Flushed."""
        now = now or utcnow()
        asked = (
            update(Report)
            .where(Report.id == self.id, Report.revision == revision, Report.state == self.state)
            .values(revision=revision + 1, touched_at=now, touched_by=f"{actor.name} {deed}", **columns)
        )
        won = rows_changed(asked.execution_options(synchronize_session=False))
        db.session.refresh(self)
        if not won:
            raise ReportConflict(self)

    def write(
        self, verb: str, actor: Person, now: datetime, opinion: str = "", before: ReportState | None = None
    ) -> history.Event:
        """Writes a deed down in the same transaction; a head's substitute is named as such."""
        as_head = before is ReportState.to_sign and verb in ("report_sign", "report_return")
        return history.record(
            self.institution,
            verb,
            actor,
            now,
            report_id=self.id,
            opinion=opinion,
            actor_name=actor.name_as_head(self.unit_id) if as_head else actor.name,
            from_state=before or self.state,
            to_state=self.state,
        )


class ReportLine(Model):
    """What a report says of one channel; `filing_id`: the change or closing opened for it."""

    __tablename__ = "report_line"
    __table_args__ = (UniqueConstraint("report_id", "channel_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"))
    channel_id: Mapped[int] = mapped_column(ForeignKey("channel.id"), index=True)
    answer: Mapped[Answer] = mapped_column(coded(Answer))
    filing_id: Mapped[int | None] = mapped_column(ForeignKey("filing.id", ondelete="SET NULL"))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]

    report: Mapped[Report] = relationship(back_populates="lines")
    channel: Mapped[Channel] = relationship()


class ReportConflict(LostUpdate):
    """Somebody was faster: the sentence says who did what, and when."""

    def __init__(self, report: Report):
        self.report = report
        at = campus_time(report.touched_at or utcnow())
        super().__init__(
            f"{report.touched_by}（{at.month}月{at.day}日 {at:%H:%M}），这份报送现在是"
            f"“{report.state.label}”。您的操作没有生效，请看过最新内容再决定。"
        )


def publish(campaign: Campaign, actor: Person, now: datetime | None = None) -> None:
    """Opens a campaign to its units: one report row each. Flushed. Raises Refused if it is open."""
    lock(f"campaigns of {campaign.institution}")
    db.session.refresh(campaign, ["published_at", "revision"])
    if campaign.published_at is not None:
        raise Refused("这项备案工作已经发布。")
    campaign.published_at = now or utcnow()
    campaign.revision += 1
    ask_units(campaign)
    history.record(campaign.institution, "publish", actor, campaign.published_at, opinion=campaign.title)


def ask_units(campaign: Campaign) -> None:
    """Gives every reporting unit its report; units added since then get theirs too. Flushed."""
    asked = set(db.session.scalars(select(Report.unit_id).where(Report.campaign_id == campaign.id)))
    db.session.add_all(
        Report(institution=campaign.institution, campaign=campaign, unit_id=unit)
        for unit in reporting_units(campaign.institution)
        if unit not in asked
    )
    db.session.flush()


def report_of(campaign: Campaign, unit_id: int) -> Report | None:
    """The report of a unit; None when it reports with a unit above it, or cannot be one."""
    if unit_id > LARGEST_ID:
        return None
    asked = select(Report).where(Report.campaign_id == campaign.id, Report.unit_id == unit_id)
    return db.session.scalars(asked).first()
