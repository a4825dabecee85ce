"""A unit's report (报送) in a campaign: its row, its lines, and who was faster."""

from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.campaigns.campaign import Campaign, is_late
from models.channels.channel import Channel
from models.clock import campus_time, utcnow
from models.database import Model, coded, db
from models.events import history
from models.people.person import Person
from models.people.signers import signers
from models.people.unit import Unit, tree
from models.rules import report_workflow
from models.rules.definitions.institution import Institution
from models.rules.filters import LARGEST_ID
from models.rules.report_workflow import ReportState, ReportVerb, Standing
from models.rules.workflow import LostUpdate


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

    `nil`: 零报告. `reported_at`: when the head signed. `first_reported_at`: when the head signed first,
    by which it is late or not: a paper that the office sent back was in time if it came in time.
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
    first_reported_at: Mapped[datetime | None]
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
    # Asked of every report that a page offers to sign, and so of all of them at once.
    writers: Mapped[list["ReportWriter"]] = relationship(lazy="selectin")
    lines: Mapped[list["ReportLine"]] = relationship(back_populates="report")

    @property
    def due_at(self) -> datetime:
        """This unit's own deadline; one for all that is moved past it holds here too."""
        return max(self.extended_to or self.campaign.closes_at, self.campaign.closes_at)

    @property
    def settled_at(self) -> datetime | None:
        """The moment that says whether it was late: signed first, or the campaign was closed on it."""
        if self.campaign.ended_at is not None and self.reported_at is None:
            return self.campaign.ended_at  # sent back, and never signed again
        return self.first_reported_at or self.reported_at

    def late(self, now: datetime | None = None) -> bool:
        """Signed first after its deadline, or not signed though the deadline has passed."""
        return is_late(self.due_at, self.settled_at, now)

    @property
    def events(self) -> list[history.Event]:
        """What was done to it, oldest first."""
        query = select(history.Event).where(history.Event.report_id == self.id)
        return list(db.session.scalars(query.order_by(history.Event.id)))

    @property
    def writable(self) -> bool:
        """True while the unit may still change what it says."""
        return self.state in report_workflow.WRITABLE and self.campaign.ended_at is None

    def standing(self, institution: Institution) -> Standing:
        """Where it stands, for the rules."""
        return replace(
            self.standing_of(institution, self.state, self.handed_in_by_id, self.signed_by_id),
            writers=frozenset(writer.person_id for writer in self.writers),
        )

    def standing_of(
        self, institution: Institution, state: ReportState, handed_in_by: int | None, signed_by: int | None
    ) -> Standing:
        """Where a paper of this unit and campaign stands, the report or a supplement, written by nobody."""
        writing = state in report_workflow.WRITABLE
        return Standing(
            state=state,
            unit=self.unit_id,
            heads=tree(self.institution).heads_for(self.unit_id),
            handed_in_by=handed_in_by,
            ended=self.campaign.ended_at is not None,
            signed_by=signed_by,
            office=signers(self.institution, self.unit_id)["office"] if writing else None,
            distinct=institution.reporting.distinct,
            submitter_may=institution.reporting.submitter_may,
        )

    def allowed(self, actor: Person, institution: Institution) -> list[ReportVerb]:
        """The verbs the person may use now; buttons and guards both come from here."""
        return report_workflow.allowed(self.standing(institution), actor.actor())

    def editable(self, actor: Person) -> bool:
        return self.writable and report_workflow.reports_for(self.unit_id, actor.actor())


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


class ReportWriter(Model):
    """Somebody who answered in a report or handed it in."""

    __tablename__ = "report_writer"

    report_id: Mapped[int] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)


def note_writer(report: Report, person_id: int) -> None:
    """Remembers who answered in a report or handed it in."""
    if person_id not in {writer.person_id for writer in report.writers}:
        report.writers.append(ReportWriter(person_id=person_id))


class ReportConflict(LostUpdate):
    """Somebody was faster: the sentence says who did what, and when."""

    def __init__(self, report: Report):
        self.report = report
        at = campus_time(report.touched_at or utcnow())
        super().__init__(
            f"{report.touched_by}（{at.month}月{at.day}日 {at:%H:%M}），这份报送现在是"
            f"“{report.state.label}”。您的操作没有生效，请看过最新内容再决定。"
        )


def report_of(campaign: Campaign, unit_id: int) -> Report | None:
    """The report of a unit; None when it reports with a unit above it, or cannot be one."""
    if unit_id > LARGEST_ID:
        return None
    query = select(Report).where(Report.campaign_id == campaign.id, Report.unit_id == unit_id)
    return db.session.scalars(query).first()
