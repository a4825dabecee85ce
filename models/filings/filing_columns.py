"""The columns of a filing, apart from what it does (`models.filings.filing`)."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from models.database import coded, db
from models.rules.filing_kind import FilingKind
from models.rules.workflow import State

IS_OPEN = text("state IN ('draft', 'in_review', 'returned')")
HAS_NUMBER = text("number != ''")


class FilingColumns(db.Model):
    """`answers` is JSON by item name; the columns beside it are derived from it for lists.

    `step` counts from 0. `waits_for`, `barred_submitter_id` and `barred_approver_id` say in SQL
    what `workflow` says in Python: for whom a filing in review waits, and for whom it does not.
    `base_id`, `base_answers`: the filing that was in force when this one was begun, and what it
    said (变更前). `happened_on`: the day the change or the stop happened, from which clocks run.
    `purged_at`: when what it said of people was erased (已清理).
    """

    __abstract__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    institution: Mapped[str] = mapped_column(String(40))
    form: Mapped[str] = mapped_column(String(40))
    kind: Mapped[FilingKind] = mapped_column(coded(FilingKind))
    channel_id: Mapped[int] = mapped_column(ForeignKey("channel.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    owner_kind: Mapped[str] = mapped_column(String(40))
    state: Mapped[State] = mapped_column(coded(State), default=State.draft)
    step: Mapped[int] = mapped_column(default=0)
    revision: Mapped[int] = mapped_column(default=1)
    number: Mapped[str] = mapped_column(String(100), default="")
    edition_digest: Mapped[str] = mapped_column(String(64), default="")
    answers: Mapped[dict]
    submitted_answers: Mapped[dict | None]
    base_id: Mapped[int | None] = mapped_column(ForeignKey("filing.id"))
    base_answers: Mapped[dict | None]
    opened: Mapped[bool] = mapped_column(default=False)
    title: Mapped[str] = mapped_column(String(500), default="")
    platform: Mapped[str] = mapped_column(String(500), default="")
    account: Mapped[str] = mapped_column(String(500), default="")
    person: Mapped[str] = mapped_column(String(500), default="")
    phone: Mapped[str] = mapped_column(String(500), default="")
    search: Mapped[str] = mapped_column(Text, default="")
    happened_on: Mapped[date | None]
    created_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    updated_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    waits_for: Mapped[str] = mapped_column(String(20), default="")
    barred_submitter_id: Mapped[int | None]
    barred_approver_id: Mapped[int | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    waiting_since: Mapped[datetime | None]
    purged_at: Mapped[datetime | None]
