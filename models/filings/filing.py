"""One paper about one channel: its columns and what may be asked of it. What changes it: `transitions`."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, Select, String, Text, false, select, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.channels.channel import Channel, kinds_for
from models.database import Model, coded, db, lock
from models.events import history
from models.filings import edition, hands
from models.filings.hands import FilingHand
from models.people.person import Person
from models.people.signers import signers
from models.people.unit import Unit, tree
from models.rules import workflow
from models.rules.answer_diff import differences
from models.rules.definitions.definition import Form
from models.rules.definitions.institution import Institution
from models.rules.definitions.route import Step
from models.rules.filing_kind import FilingKind
from models.rules.workflow import EDITABLE, Position, Refused, State, Verb

OPEN = (State.draft, State.in_review, State.returned)
IS_OPEN = text("state IN ('draft', 'in_review', 'returned')")
# A change or a closing may keep the number of its account.
HAS_OWN_NUMBER = text("number != '' AND kind NOT IN ('change', 'close')")


class Filing(Model):
    """`answers` is JSON by item name; the columns beside it are derived from it for lists.

    `step` counts from 0. `waits_for`, `bars_writers` and `bars_deciders` say in SQL what `workflow`
    says in Python: for whom a filing in review waits, and (with its `hands`) for whom it does not.
    `base_id`, `base_answers`: the filing that was in force when this one was begun, and what it
    said (变更前). `happened_on`: the day the change or the stop happened, from which clocks run.
    `purged_at`: when what it said of people was erased (已清理).
    """

    __tablename__ = "filing"
    __table_args__ = (
        # A channel has at most one open filing; a number is given once.
        Index("uq_filing_open", "channel_id", unique=True, sqlite_where=IS_OPEN, postgresql_where=IS_OPEN),
        Index(
            "uq_filing_number",
            "institution",
            "number",
            unique=True,
            sqlite_where=HAS_OWN_NUMBER,
            postgresql_where=HAS_OWN_NUMBER,
        ),
        Index("ix_filing_search", "institution", "state", "unit_id", "search"),
    )

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
    bars_writers: Mapped[bool] = mapped_column(default=False, server_default=false())
    bars_deciders: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    waiting_since: Mapped[datetime | None]
    purged_at: Mapped[datetime | None]

    channel: Mapped[Channel] = relationship(foreign_keys="Filing.channel_id")
    unit: Mapped[Unit] = relationship()
    created_by: Mapped[Person] = relationship(foreign_keys="Filing.created_by_id")
    updated_by: Mapped[Person] = relationship(foreign_keys="Filing.updated_by_id")
    submitted_by: Mapped[Person | None] = relationship(foreign_keys="Filing.submitted_by_id")
    hands: Mapped[list[FilingHand]] = relationship(cascade="all, delete-orphan", passive_deletes=True)
    base: Mapped["Filing | None"] = relationship(foreign_keys="Filing.base_id", remote_side="Filing.id")

    @property
    def incomplete(self) -> bool:
        """待补充: what the register says comes from this filing and lacks later items."""
        return self.channel.current_id == self.id and self.channel.incomplete

    @property
    def barred(self) -> frozenset[int]:
        """Ids of those who may not sign the step it waits for, though they hold what it asks for."""
        return hands.barred(self)

    @property
    def events(self) -> list[history.Event]:
        return history.of(self)

    def definition(self, institution: Institution) -> Form:
        """The form as it was when this was submitted; while it is being written, today's form."""
        current = institution.forms.get(self.form)
        if self.is_editable and current is not None:
            return current
        return edition.form_of(self.institution, self.edition_digest, current)

    def steps(self, form: Form) -> list[Step]:
        """The steps this filing takes, by its answers, its kind and the kind of its unit.

        In: its definition, here and below.
        """
        return form.route.steps_for(self.answers, self.kind, self.owner_kind)

    def position(self, form: Form) -> Position:
        """Where it stands, for the rules."""
        signing = signers(self.institution, self.unit_id, self.created_by_id) if self.is_editable else {}
        return Position(
            state=self.state,
            steps=tuple(self.steps(form)),
            step=self.step,
            unit=self.unit_id,
            heads=tree(self.institution).heads_for(self.unit_id),
            created_by=self.created_by_id,
            submitted_by=self.submitted_by_id,
            approvers=hands.signers(self) if self.step else frozenset(),
            writers=hands.writers(self),
            signers=signing,
        )

    def allowed(self, actor: Person, form: Form) -> list[Verb]:
        """The verbs the person may use now; buttons and guards both come from here."""
        return workflow.allowed(self.position(form), actor.actor())

    def look_ahead(self, actor: Person, form: Form) -> None:
        """Reads what a verb asks for, before the lock: where nobody writes meanwhile it holds under it."""
        self.allowed(actor, form)
        _ = self.channel.state, self.unit.name, tree(self.institution).granted

    def changes(self, form: Form) -> list[dict]:
        """What it changes of what was in force when it was begun: [{path, label, before, after}].

        Empty for a first filing, which has nothing before it, and for a
        closing, which leaves all as it was.
        """
        if self.base_answers is None or self.kind is FilingKind.close:
            return []
        return differences(form, FilingKind.first, self.base_answers, self.answers)

    @property
    def is_editable(self) -> bool:
        """True while it may be written on."""
        return self.state in EDITABLE

    def editable(self, actor: Person) -> bool:
        """True while it may be written on, and by this person."""
        return self.is_editable and self.reported_by(actor)

    def reported_by(self, person: Person) -> bool:
        """Whether the person files for its unit, or filed this one on behalf of somebody."""
        return workflow.reports_for(self.unit_id, self.created_by_id, person.actor())


class AlreadyOpen(Refused):
    """Somebody has begun a filing about this channel already: `filing`."""

    def __init__(self, filing: Filing):
        self.filing = filing
        super().__init__(
            f"“{filing.channel.title}”有一件{filing.kind.label}正在办理"
            f"（{filing.state.label}），请先办完那一件。"
        )


def open_about(channel_id: int) -> Filing | None:
    """The one open filing about a channel."""
    query = select(Filing).where(Filing.channel_id == channel_id, Filing.state.in_(OPEN))
    return db.session.scalar(query.limit(1))


def refuse_second(kind: FilingKind, channel: Channel) -> None:
    """Raises Refused when this kind does not suit the channel, or a filing about it is open."""
    lock(f"channel {channel.id}")
    if kind not in kinds_for(channel):
        state = channel.state.label
        raise Refused(f"“{channel.title}”现在是“{state}”，不能办理“{kind.label}”。")
    other = open_about(channel.id)
    if other is not None:
        raise AlreadyOpen(other)


def of_channel(channel_id: int) -> Select[Filing]:
    """All filings about a channel, the newest first."""
    return select(Filing).where(Filing.channel_id == channel_id).order_by(Filing.id.desc())
