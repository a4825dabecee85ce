"""One paper about one channel: kept while it is written, moved by verbs, pinned to its edition."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, select, update
from sqlalchemy.orm import Mapped, relationship

from models import edition, history, outcome, workflow
from models.channel import Channel, ChannelState
from models.database import db, institutions, lock, utcnow
from models.filing_columns import HAS_NUMBER, IS_OPEN, FilingColumns
from models.kinds import FilingKind
from models.numbering import next_number
from models.people import Person, Unit, tree
from models.promotion import differences, promoted, search_text
from models.stale import Stale
from models.workflow import EDITABLE, Position, Refused, State, Verb

OPEN = (State.draft, State.in_review, State.returned)


class Filing(FilingColumns):
    """A row, what may be asked of it, and the three things that change it: keep, move, complete."""

    __tablename__ = "filing"
    __table_args__ = (
        # A channel has at most one open filing; a number is given once.
        Index("uq_filing_open", "channel_id", unique=True,
              sqlite_where=IS_OPEN, postgresql_where=IS_OPEN),
        Index("uq_filing_number", "institution", "number", unique=True,
              sqlite_where=HAS_NUMBER, postgresql_where=HAS_NUMBER),
        Index(None, "institution", "state", "unit_id", "search"),
    )

    channel: Mapped[Channel] = relationship(foreign_keys="Filing.channel_id")
    unit: Mapped[Unit] = relationship()
    created_by: Mapped[Person] = relationship(foreign_keys="Filing.created_by_id")
    updated_by: Mapped[Person] = relationship(foreign_keys="Filing.updated_by_id")
    submitted_by: Mapped[Person | None] = relationship(foreign_keys="Filing.submitted_by_id")

    @property
    def incomplete(self) -> bool:
        """待补充: what the register says comes from this filing and lacks later items."""
        return self.channel.current_id == self.id and self.channel.incomplete

    @property
    def events(self) -> list[history.Event]:
        return history.of_filing(self.id)

    def definition(self, institutions: dict):
        """The form as it was when this was submitted; while it is being written, today's form."""
        current = institutions[self.institution].forms.get(self.form)
        if self.state in EDITABLE and current is not None:
            return current
        return edition.form_of(self.institution, self.edition_digest, current)

    def steps(self) -> list:
        """The steps this filing takes, by its answers, its kind and the kind of its unit."""
        route = self.definition(institutions()).route
        return route.steps_for(self.answers, self.kind, self.owner_kind)

    def position(self) -> Position:
        """Where it stands, for the rules."""
        return Position(
            state=self.state, steps=tuple(self.steps()), step=self.step, unit=self.unit_id,
            heads=tree(self.institution).heads_for(self.unit_id), created_by=self.created_by_id,
            submitted_by=self.submitted_by_id, approvers=self._approvers(),
        )

    def allowed(self, actor: Person) -> list[Verb]:
        """The verbs the person may use now; buttons and guards both come from here."""
        return workflow.allowed(self.position(), actor.actor())

    def editable(self, actor: Person) -> bool:
        """True while it may be written on, and by this person."""
        return self.state in EDITABLE and workflow.reports(self.position(), actor.actor())

    def keep(self, values: dict[str, Any], revision: int, actor: Person,
             opened: bool | None = None, now: datetime | None = None) -> None:
        """Keeps what was written; nothing else moves.

        Raises Refused when it is not theirs to write, Stale when somebody was faster.
        """
        self._check(revision)
        if not self.editable(actor):
            raise Refused(f"这件备案现在是“{self.state.label}”，或不属于您的单位，您不能修改。")
        form, now = self.definition(institutions()), now or utcnow()
        unit = self._unit_in(form, values, actor)
        columns = promoted(form, values)
        self._win(
            answers=values, unit_id=unit.id, owner_kind=unit.kind, updated_by_id=actor.id,
            updated_at=now, search=search_text(unit.name, columns), **columns,
            opened=self.opened if opened is None else opened,
        )
        if self.channel.state is ChannelState.planned:
            outcome.preview(self.channel, self, form, now)
            db.session.flush()

    def move(self, verb: Verb | str, actor: Person, opinion: str, revision: int,
             now: datetime | None = None) -> history.Event:
        """Uses a verb: new state, its event, and what follows for the channel, all or nothing.

        Raises Refused (not allowed, a reason is missing, or Duplicate account) and Stale
        (somebody was faster); after either the caller rolls back.
        """
        self._check(revision)
        verb, now, before = Verb(verb), now or utcnow(), self.state
        form, position = self.definition(institutions()), self.position()
        after = workflow.move(position, actor.actor(), verb, opinion)
        changed = self._changes(form) if verb is Verb.submit else []
        step = None if verb is Verb.submit else position.steps[position.step]
        if verb is Verb.submit:
            outcome.on_submit(self, form)
            edition.pin(self.institution, form, now)
        self._win(**outcome.columns(self, verb, actor, position, after, form, now))
        entry = history.record(
            self.institution, verb, actor, now, filing_id=self.id, opinion=opinion.strip(),
            step=step and position.step, step_label=step.short if step else "",
            from_state=before, to_state=after.state, changes=changed,
        )
        outcome.follow(self, verb, form, institutions()[self.institution], now)
        return entry

    def complete(self, values: dict[str, Any], actor: Person, revision: int,
                 now: datetime | None = None) -> history.Event:
        """Adds what could not be known before the account was opened; nothing else is taken.

        Raises Refused when nothing is missing or it is not their unit's, Stale, Duplicate.
        """
        self._check(revision)
        form, now = self.definition(institutions()), now or utcnow()
        if not self.incomplete or not workflow.reports(self.position(), actor.actor()):
            raise Refused("这件备案没有待补充的内容，或不属于您的单位。")
        missing = {item.name for item in form.missing_later(self.answers, self.kind)}
        added = {name: value for name, value in values.items() if name in missing and value}
        answers = {**self.answers, **added}
        changed = differences(form, self.kind, self.answers, answers)
        columns = promoted(form, answers)
        self._win(answers=answers, submitted_answers=answers, updated_by_id=actor.id,
                  updated_at=now, search=search_text(self.unit.name, columns), **columns)
        outcome.refresh(self.channel, self, form, now)
        return history.record(self.institution, "complete", actor, now, filing_id=self.id,
                              from_state=self.state, to_state=self.state, changes=changed)

    def discard(self, actor: Person, revision: int) -> None:
        """Deletes a draft nobody has ever submitted, and its channel if that was only planned.

        Raises Refused or Stale.
        """
        self._check(revision)
        if self.state is not State.draft or self.submitted_at or not self.editable(actor):
            raise Refused("只有本单位经办人可以删除从未提交过的草稿。")
        self._win(updated_by_id=actor.id)
        channel = self.channel
        db.session.delete(self)
        db.session.flush()
        if channel.state is ChannelState.planned and not Filing.count_of(channel.id):
            db.session.delete(channel)
            db.session.flush()

    def _check(self, revision: int) -> None:
        if self.revision != revision:
            raise Stale(self)

    def _win(self, **columns: Any) -> None:
        """Of all who read this revision exactly one may write: the others are told by Stale."""
        mine = (Filing.id == self.id, Filing.state == self.state, Filing.revision == self.revision)
        won = db.session.execute(
            update(Filing).where(*mine).values(revision=Filing.revision + 1, **columns)
            .execution_options(synchronize_session=False)
        )
        db.session.refresh(self)
        if won.rowcount != 1:
            raise Stale(self)

    def _changes(self, form) -> list[dict]:
        """Against what was submitted last, or against what the register says now."""
        current = self.channel.current
        before = self.submitted_answers or (current.answers if current else None)
        return [] if before is None else differences(form, self.kind, before, self.answers)

    def _approvers(self) -> tuple[int, ...]:
        """Who has signed since the last submission, in order."""
        signed: list[int] = []
        for entry in self.events if self.step else []:
            signed = [] if entry.verb == Verb.submit else signed
            signed += [entry.actor_id] if entry.verb == Verb.approve else []
        return tuple(signed)

    def _unit_in(self, form, values: dict[str, Any], actor: Person) -> Unit:
        """The unit these answers name; it must be one the person files for."""
        item = next((item for item in form.items(self.kind) if item.type == "unit"), None)
        chosen = values.get(item.name) if item else None
        if not chosen or str(chosen["id"]) == str(self.unit_id):
            return self.unit
        unit = db.session.get(Unit, int(chosen["id"]))
        if unit is None or unit.institution != self.institution or not files_for(actor, unit):
            raise Refused("您不能替这个单位填报，请重新选择单位。")
        return unit


def files_for(actor: Person, unit: Unit) -> bool:
    """True for a reporter of the unit or of one above it, and for the office."""
    return actor.has(Role.office) or unit.id in actor.units(Role.reporter)


def start(institution, form, kind: FilingKind | str, unit: Unit, actor: Person,
          channel: Channel | None = None, opened: bool = False,
          now: datetime | None = None) -> Filing:
    """A new draft, flushed; on a channel known already it begins with what was last written.

    `opened`: the account exists already (true of every kind but a first filing).
    Raises Refused: not their unit, the wrong kind for the channel, or one is open already.
    """
    kind, now = FilingKind(kind), now or utcnow()
    _check_start(kind, unit, actor, channel)
    answers = dict(_last_answers(channel)) if channel else {}
    item = next((item for item in form.items(kind) if item.type == "unit"), None)
    if item is not None:
        answers[item.name] = {"id": str(unit.id), "name": unit.name}
    if channel is None:
        channel = Channel(institution=institution.code, form=form.code, unit=unit, updated_at=now)
    elif channel.state is ChannelState.void:
        channel.state = ChannelState.planned
    columns = promoted(form, answers)
    filing = Filing(
        institution=institution.code, form=form.code, kind=kind, channel=channel, unit=unit,
        owner_kind=unit.kind, answers=answers, opened=opened or kind is not FilingKind.first,
        created_by=actor, updated_by=actor, created_at=now, updated_at=now, state=State.draft,
        step=0, revision=1, search=search_text(unit.name, columns), **columns,
    )
    db.session.add(filing)
    db.session.flush()
    return filing
