"""One paper about one channel: kept while it is written, moved by verbs, pinned to its edition."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Select, select
from sqlalchemy.orm import Mapped, relationship

from models.channels.channel import Channel, ChannelState
from models.clock import utcnow
from models.database import db, institutions
from models.events import history
from models.filings import edition
from models.filings.conflict import Stale
from models.filings.filing_columns import HAS_NUMBER, IS_OPEN, FilingColumns
from models.filings.transitions import OPEN, AlreadyOpen, FilingMoves, open_about
from models.people.person import Person, Unit, tree
from models.rules import workflow
from models.rules.answer_columns import carried_on, happened_on, promoted, search_text, unit_answer
from models.rules.answer_diff import differences
from models.rules.filing_kind import FilingKind
from models.rules.workflow import EDITABLE, Position, Refused, State, Verb

__all__ = ["OPEN", "AlreadyOpen", "Filing", "Stale", "of_channel", "open_about", "start"]


class Filing(FilingMoves, FilingColumns):
    """A row and what may be asked of it; what it holds and what changes it are its two parents."""

    __tablename__ = "filing"
    __table_args__ = (
        # A channel has at most one open filing; a number is given once.
        Index("uq_filing_open", "channel_id", unique=True, sqlite_where=IS_OPEN, postgresql_where=IS_OPEN),
        Index(
            "uq_filing_number",
            "institution",
            "number",
            unique=True,
            sqlite_where=HAS_NUMBER,
            postgresql_where=HAS_NUMBER,
        ),
        Index("ix_filing_search", "institution", "state", "unit_id", "search"),
    )

    channel: Mapped[Channel] = relationship(foreign_keys="Filing.channel_id")
    unit: Mapped[Unit] = relationship()
    created_by: Mapped[Person] = relationship(foreign_keys="Filing.created_by_id")
    updated_by: Mapped[Person] = relationship(foreign_keys="Filing.updated_by_id")
    submitted_by: Mapped[Person | None] = relationship(foreign_keys="Filing.submitted_by_id")
    base: Mapped["Filing | None"] = relationship(foreign_keys="Filing.base_id", remote_side="Filing.id")

    @property
    def incomplete(self) -> bool:
        """待补充: what the register says comes from this filing and lacks later items."""
        return self.channel.current_id == self.id and self.channel.incomplete

    @property
    def events(self) -> list[history.Event]:
        return history.of(self)

    def definition(self, institutions: dict):
        """The form as it was when this was submitted; while it is being written, today's form."""
        current = institutions[self.institution].forms.get(self.form)
        if self.is_editable and current is not None:
            return current
        return edition.form_of(self.institution, self.edition_digest, current)

    def steps(self) -> list:
        """The steps this filing takes, by its answers, its kind and the kind of its unit."""
        route = self.definition(institutions()).route
        return route.steps_for(self.answers, self.kind, self.owner_kind)

    def position(self) -> Position:
        """Where it stands, for the rules."""
        return Position(
            state=self.state,
            steps=tuple(self.steps()),
            step=self.step,
            unit=self.unit_id,
            heads=tree(self.institution).heads_for(self.unit_id),
            created_by=self.created_by_id,
            submitted_by=self.submitted_by_id,
            approvers=history.signers(self) if self.step else (),
        )

    def allowed(self, actor: Person) -> list[Verb]:
        """The verbs the person may use now; buttons and guards both come from here."""
        return workflow.allowed(self.position(), actor.actor())

    def changes(self, form) -> list[dict]:
        """What it changes of what was in force when it was begun: [{path, label, before, after}].

        In: its definition. Empty for a first filing, which has nothing before it, and for a
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
        return self.is_editable and workflow.reports(self.position(), actor.actor())


def of_channel(channel_id: int) -> Select[tuple[Filing]]:
    """All filings about a channel, the newest first."""
    return select(Filing).where(Filing.channel_id == channel_id).order_by(Filing.id.desc())


def start(
    institution,
    form,
    kind: FilingKind | str,
    unit: Unit,
    actor: Person,
    channel: Channel | None = None,
    opened: bool = False,
    now: datetime | None = None,
) -> Filing:
    """A new draft, flushed; on a channel known already it begins with what was last written.

    `opened`: the account exists already (true of every kind but a first filing).
    Raises Refused: not their unit, a kind that the form or the channel does not take; AlreadyOpen
    when a filing about the channel is open.
    """
    kind, now = FilingKind(kind), now or utcnow()
    _check_start(form, kind, unit, actor, channel)
    filing = draft(
        form,
        kind,
        unit,
        actor,
        channel or planned(institution, form, unit, now),
        _first_answers(form, kind, unit, channel),
        opened,
        now,
    )
    db.session.add(filing)
    db.session.flush()
    return filing


def planned(institution, form, unit: Unit, now: datetime) -> Channel:
    """The row of a new channel, not yet in the session."""
    return Channel(
        institution=institution.code,
        form=form.code,
        unit=unit,
        unit_id=unit.id,
        state=ChannelState.planned,
        account_key="",
        updated_at=now,
    )


def draft(
    form,
    kind: FilingKind,
    unit: Unit,
    actor: Person,
    channel: Channel,
    answers: dict[str, Any],
    opened: bool,
    now: datetime,
) -> Filing:
    """The row of a new draft about a channel with these answers, not yet in the session."""
    if channel.state is ChannelState.void:
        channel.state = ChannelState.planned
    base = channel.current if kind is not FilingKind.first else None
    return Filing(
        institution=unit.institution,
        form=form.code,
        kind=kind,
        channel=channel,
        unit=unit,
        unit_id=unit.id,
        owner_kind=unit.kind,
        answers=answers,
        base=base,
        base_id=base and base.id,
        base_answers=base and base.answers,
        happened_on=happened_on(form, kind, answers),
        opened=opened or kind is not FilingKind.first,
        created_by=actor,
        created_by_id=actor.id,
        updated_by=actor,
        updated_by_id=actor.id,
        created_at=now,
        updated_at=now,
        state=State.draft,
        step=0,
        revision=1,
        search=search_text(form, answers, unit.name),
        **promoted(form, answers),
    )


def _check_start(form, kind: FilingKind, unit: Unit, actor: Person, channel: Channel | None) -> None:
    if kind not in form.kinds:
        raise Refused(f"“{form.short}”不办理“{kind.label}”。")
    if not unit.active or not actor.files_for(unit):
        raise Refused("您不能替这个单位填报，请选择本单位或下属单位。")
    if channel is None and kind is not FilingKind.first:
        raise Refused(f"请先在台账中选择要办理“{kind.label}”的账号。")
    if channel is not None:
        Filing.refuse_second(kind, channel)


def _first_answers(form, kind: FilingKind, unit: Unit, channel: Channel | None) -> dict[str, Any]:
    last = None
    if channel is not None:
        last = channel.current or db.session.scalar(of_channel(channel.id).limit(1))
    answers = carried_on(form, last.answers) if last else {}
    return answers | unit_answer(form, kind, unit)
