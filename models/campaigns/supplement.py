"""补充报送: what changed since the head signed a report, signed as another paper. Nothing commits.

It goes the way of a report, with the same verbs, and begins where the last paper has been received.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.campaigns.report import Report
from models.clock import campus_time
from models.database import Model, coded, db
from models.people.person import Person
from models.rules import report_workflow
from models.rules.definitions.institution import Institution
from models.rules.report_workflow import ReportState, ReportVerb, Standing
from models.rules.workflow import LostUpdate


class Supplement(Model):
    """One supplement of a report; `number` counts them from 1."""

    __tablename__ = "report_supplement"
    __table_args__ = (UniqueConstraint("report_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), index=True)
    number: Mapped[int]
    state: Mapped[ReportState] = mapped_column(coded(ReportState), default=ReportState.not_started)
    revision: Mapped[int] = mapped_column(default=1)
    handed_in_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    signed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reported_at: Mapped[datetime | None]
    received_at: Mapped[datetime | None]
    returned_reason: Mapped[str] = mapped_column(Text, default="")
    touched_at: Mapped[datetime]
    touched_by: Mapped[str] = mapped_column(String(200), default="")

    report: Mapped[Report] = relationship()
    handed_in_by: Mapped[Person | None] = relationship(foreign_keys=[handed_in_by_id])
    signed_by: Mapped[Person | None] = relationship(foreign_keys=[signed_by_id])

    @property
    def label(self) -> str:
        """补充报送（第1次）."""
        return f"补充报送（第{self.number}次）"

    def standing(self, institution: Institution) -> Standing:
        """Where it stands, for the rules: whoever handed it in signs neither here nor there."""
        return self.report.standing_of(institution, self.state, self.handed_in_by_id, self.signed_by_id)

    def allowed(self, actor: Person, institution: Institution) -> list[ReportVerb]:
        """The verbs the person may use now."""
        return report_workflow.allowed(self.standing(institution), actor.actor())


class SupplementConflict(LostUpdate):
    """Somebody was faster: the sentence says who did what, and when."""

    def __init__(self, supplement: Supplement):
        at = campus_time(supplement.touched_at)
        super().__init__(
            f"{supplement.touched_by}（{at.month}月{at.day}日 {at:%H:%M}），{supplement.label}现在是"
            f"“{supplement.state.label}”。您的操作没有生效，请看过最新内容再决定。"
        )


def supplements_of(report: Report) -> list[Supplement]:
    """A report's supplements, the first one first."""
    query = select(Supplement).where(Supplement.report_id == report.id)
    return list(db.session.scalars(query.order_by(Supplement.number)))


def supplement_of(report: Report, number: int) -> Supplement | None:
    """The supplement of this number."""
    query = select(Supplement).where(Supplement.report_id == report.id, Supplement.number == number)
    return db.session.scalars(query).first()
