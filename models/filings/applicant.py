"""On whose behalf a filing is written: somebody without a unit (学生个人、校外人员)."""

from enum import StrEnum

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column

from models.database import Model, coded, db


class Identity(StrEnum):
    """What the applicant is to the school."""

    student = "student"
    outside = "outside"
    staff = "staff"

    @property
    def label(self) -> str:
        return {"student": "学生", "outside": "校外人员", "staff": "教职工"}[self]


class Applicant(Model):
    """Kept with the filing, which the office wrote for them or they wrote themselves by a link.

    `note` is a student number or whatever else tells them apart; `link_id` the link, if one.
    """

    __tablename__ = "applicant"

    id: Mapped[int] = mapped_column(primary_key=True)
    filing_id: Mapped[int] = mapped_column(ForeignKey("filing.id", ondelete="CASCADE"), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    phone: Mapped[str] = mapped_column(String(40), default="")
    identity: Mapped[Identity | None] = mapped_column(coded(Identity))
    note: Mapped[str] = mapped_column(String(100), default="")
    link_id: Mapped[int | None] = mapped_column(ForeignKey("invite.id", ondelete="SET NULL"))

    @property
    def words(self) -> str:
        """Who it is, for a history that anybody who sees the filing reads: no phone."""
        return f"{self.name}（{self.identity.label}）" if self.identity else self.name


def applicant_of(filing) -> Applicant | None:
    """On whose behalf a filing is written; None when its unit files for itself."""
    return db.session.scalar(select(Applicant).where(Applicant.filing_id == filing.id))


def handed_in_for(filing) -> str:
    """What the history says when the office hands in for somebody; '' when it is for nobody."""
    applicant = applicant_of(filing)
    return f"代{applicant.words}填报。" if applicant else ""
