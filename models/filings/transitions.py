"""What changes a filing: keep, move, complete, discard. Each is refused to who comes too late."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from models.channels.channel import Channel, ChannelState, kinds_for
from models.clock import utcnow
from models.database import db, institutions, lock
from models.events import history
from models.filings import edition, outcome
from models.filings.conflict import Stale
from models.messaging import filing_notifications
from models.people.person import Person, Unit
from models.rules import workflow
from models.rules.answer_columns import happened_on, promoted, search_text, unit_item
from models.rules.answer_diff import differences, for_history
from models.rules.filing_kind import FilingKind
from models.rules.workflow import Refused, Role, State, Verb

OPEN = (State.draft, State.in_review, State.returned)


def open_about(row, channel_id: int):
    """The one open filing about a channel, or None. `row`: the class of filings."""
    return db.session.scalar(select(row).where(row.channel_id == channel_id, row.state.in_(OPEN)).limit(1))


class AlreadyOpen(Refused):
    """Somebody has begun a filing about this channel already: `filing`."""

    def __init__(self, filing):
        self.filing = filing
        super().__init__(
            f"“{filing.channel.title}”有一件{filing.kind.label}正在办理"
            f"（{filing.state.label}），请先办完那一件。"
        )


class FilingMoves:
    """The verbs of `models.filings.filing.Filing`. None commits; after an exception the caller rolls back.

    Every one takes the revision the person was looking at and the moment it happens.
    """

    def keep(
        self,
        values: dict[str, Any],
        revision: int,
        actor: Person,
        opened: bool | None = None,
        now: datetime | None = None,
    ) -> None:
        """Keeps what was written; nothing else moves.

        Raises Refused when it is not theirs to write, Stale when somebody was faster.
        """
        self._check(revision)
        if not self.editable(actor):
            raise Refused(f"这件备案现在是“{self.state.label}”，或不属于您的单位，您不能修改。")
        form, now = self.definition(institutions()), now or utcnow()
        unit, answers = self._unit_in(form, values, actor), self._unasked(form) | values
        self._win(
            **self._written(form, answers, unit, actor, now),
            unit_id=unit.id,
            owner_kind=unit.kind,
            opened=self.opened if opened is None else opened,
        )
        is_planned = self.channel.state is ChannelState.planned
        # One that was put aside does not speak for what another has taken up.
        if is_planned and open_about(type(self), self.channel_id) in (None, self):
            outcome.preview(self.channel, self, form, now)
            db.session.flush()

    def move(
        self, verb: Verb | str, actor: Person, opinion: str, revision: int, now: datetime | None = None
    ) -> history.Event:
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
        waited = filing_notifications.awaited(self) if verb is Verb.withdraw else set()
        if verb is Verb.submit:
            self._prepare_submission(form, now)
        self._win(**outcome.columns(self, verb, actor, position, after, form, now))
        entry = history.record(
            self.institution,
            verb,
            actor,
            now,
            filing_id=self.id,
            actor_name=self._signed_name(verb, step, actor),
            opinion=opinion.strip() or _default_opinion(step, verb),
            step=step and position.step,
            step_label=step.short if step else "",
            from_state=before,
            to_state=after.state,
            changes=changed,
        )
        outcome.follow(self, verb, form, institutions()[self.institution], now)
        filing_notifications.tell_of_move(self, verb, actor, entry.opinion, waited, now)
        return entry

    def complete(
        self, values: dict[str, Any], actor: Person, revision: int, now: datetime | None = None
    ) -> history.Event:
        """Adds what could not be known before the account was opened; nothing else is taken.

        Raises Refused when nothing is missing or it is not their unit's, Stale, Duplicate.
        """
        self._check(revision)
        form, now = self.definition(institutions()), now or utcnow()
        if not self.incomplete or not workflow.reports(self.position(), actor.actor()):
            raise Refused("这件备案没有待补充的内容，或不属于您的单位。")
        if open_about(type(self), self.channel_id) is not None:
            raise Refused("这个账号有一件备案正在办理，请在那一件里补充。")
        open_items = {item.name for item in form.completable(self.answers, self.kind)}
        added = {name: value for name, value in values.items() if name in open_items and value}
        answers = {**self.answers, **added}
        changed = differences(form, self.kind, self.answers, answers)
        if not changed:
            raise Refused("还没有填写任何待补充的内容。")
        self._win(**self._written(form, answers, self.unit, actor, now), submitted_answers=answers)
        outcome.refresh(self.channel, self, form, now)
        labels = list(dict.fromkeys(one["label"] for one in changed))
        filing_notifications.tell_of_completion(self, labels, actor, now)
        return history.record(
            self.institution,
            "complete",
            actor,
            now,
            filing_id=self.id,
            from_state=self.state,
            to_state=self.state,
            changes=for_history(form, changed),
        )

    def discard(self, actor: Person, revision: int) -> None:
        """Deletes a draft nobody has ever submitted, and its channel if that was only planned.

        A channel that was rejected before is void again. Raises Refused or Stale.
        """
        self._check(revision)
        if self.state is not State.draft or self.submitted_at or not self.editable(actor):
            raise Refused("只有本单位经办人可以删除从未提交过的草稿。")
        self._win(updated_by_id=actor.id)
        channel = self.channel
        db.session.delete(self)
        db.session.flush()
        row = type(self)
        before = db.session.scalar(
            select(row.state).where(row.channel_id == channel.id).order_by(row.id.desc()).limit(1)
        )
        if channel.state is ChannelState.planned and before is None:
            db.session.delete(channel)
        elif channel.state is ChannelState.planned and before is State.rejected:
            channel.state = ChannelState.void
        db.session.flush()

    @classmethod
    def refuse_second(cls, kind: FilingKind, channel: Channel) -> None:
        """Raises Refused when this kind does not suit the channel, or a filing about it is open."""
        lock(f"channel {channel.id}")
        if kind not in kinds_for(channel):
            state = channel.state.label
            raise Refused(f"“{channel.title}”现在是“{state}”，不能办理“{kind.label}”。")
        other = open_about(cls, channel.id)
        if other is not None:
            raise AlreadyOpen(other)

    def _prepare_submission(self, form, now: datetime) -> None:
        if self.state is State.withdrawn:
            self.refuse_second(self.kind, self.channel)
        if self.kind is not FilingKind.first and self._is_overtaken():
            raise Refused(
                "您开始填写以后，台账上的内容已经由另一件备案或补充信息更新，"
                "这件不能再提交。"
                f"请回到“{self.channel.title}”的页面重新办理“{self.kind.label}”。"
            )
        if self.kind is FilingKind.change and not self.changes(form):
            raise Refused(
                "填写的内容与在册内容完全一样，没有变更可报。没有变化时不必提交，可以删除这件草稿。"
            )
        outcome.on_submit(self, form)
        edition.pin(self.institution, form, now)

    def _is_overtaken(self) -> bool:
        """Whether the register says something else by now: another paper, or one completed."""
        current = self.channel.current
        return self.base_id != current.id or self.base_answers != current.answers

    def _signed_name(self, verb: Verb, step, actor: Person) -> str:
        """Who decides, in history's words: a head's substitute is named as such."""
        as_head = verb in workflow.DECISIONS and workflow.waits_for(step) == Role.head
        return actor.name_as_head(self.unit_id) if as_head else actor.name

    def _check(self, revision: int) -> None:
        if self.revision != revision:
            raise Stale(self)

    def _win(self, **columns: Any) -> None:
        """Of all who read this revision exactly one may write: the others are told by Stale."""
        row = type(self)
        mine = (row.id == self.id, row.state == self.state, row.revision == self.revision)
        won = db.session.execute(
            update(row)
            .where(*mine)
            .values(revision=row.revision + 1, **columns)
            .execution_options(synchronize_session=False)
        )
        db.session.refresh(self)
        if won.rowcount != 1:
            raise Stale(self)

    def _written(
        self, form, answers: dict[str, Any], unit: Unit, actor: Person, now: datetime
    ) -> dict[str, Any]:
        return {
            "answers": answers,
            "updated_by_id": actor.id,
            "updated_at": now,
            "happened_on": happened_on(form, self.kind, answers),
            "search": search_text(form, answers, unit.name),
            **promoted(form, answers),
        }

    def _unasked(self, form) -> dict[str, Any]:
        """Answers that this kind of filing does not ask for stay as they were filed."""
        asked = {item.name for item in form.items(self.kind)}
        return {name: value for name, value in self.answers.items() if name not in asked}

    def _changes(self, form) -> list[dict]:
        """Against what was submitted last, or against what the register says now."""
        current = self.channel.current
        before = self.submitted_answers or (current.answers if current else None)
        if before is None:
            return []
        return for_history(form, differences(form, self.kind, before, self.answers))

    def _unit_in(self, form, values: dict[str, Any], actor: Person) -> Unit:
        """The unit these answers name; it must be one the person files for."""
        chosen = values.get(unit_item(form, self.kind))
        if not chosen or str(chosen["id"]) == str(self.unit_id):
            return self.unit
        unit = db.session.get(Unit, int(chosen["id"]))
        if unit is None or unit.institution != self.institution or not actor.files_for(unit):
            raise Refused("您不能替这个单位填报，请重新选择单位。")
        return unit


def _default_opinion(step, verb: Verb) -> str:
    """What an approval says when its box was left empty: the step's first canned opinion.

    Where the sheet has its opinion printed already, nothing is added to it.
    """
    said = verb is Verb.approve and step and step.suggestion and not step.opinion
    return step.suggestion[0] if said else ""
