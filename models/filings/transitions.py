"""What changes a filing, and with it its channel: keep, move, complete, discard.

None commits; after an exception the caller rolls back. Every one takes the revision the person was
looking at: whoever comes too late is refused by a Conflict.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from models.channels.channel import ChannelState, kinds_for
from models.clock import utcnow
from models.database import db, know_as_written, rows_changed, table_of
from models.events import history
from models.filings import edition, for_channel, hands, signed
from models.filings.barring import note_despite, reason_despite
from models.filings.conflict import Conflict
from models.filings.filing import OPEN, Filing, open_about, refuse_second
from models.filings.numbering import next_number
from models.messaging import filing_notifications
from models.people.person import Person
from models.people.signers import ask_anew
from models.people.unit import Unit
from models.rules import workflow
from models.rules.answer_columns import happened_on, promoted, search_text, unit_item
from models.rules.answer_diff import differences, for_history
from models.rules.definitions.definition import Form
from models.rules.definitions.institution import Institution
from models.rules.definitions.route import Step
from models.rules.filing_kind import FilingKind
from models.rules.workflow import Next, Position, Refused, Role, State, Verb, waits_for

FILING = table_of(Filing)


def keep(
    filing: Filing,
    institution: Institution,
    values: dict[str, Any],
    actor: Person,
    revision: int,
    opened: bool | None = None,
    now: datetime | None = None,
) -> None:
    """Keeps what was written; nothing else moves.

    Raises Refused when it is not theirs to write, Conflict when somebody was faster.
    """
    now = now or utcnow()
    columns = _kept(filing, institution, values, actor, revision, opened, now)
    _show_on_planned(filing, filing.definition(institution), now)
    _write_unless_changed(filing, **columns)
    db.session.flush()


def hand_in(
    filing: Filing,
    institution: Institution,
    values: dict[str, Any],
    actor: Person,
    opinion: str,
    revision: int,
    opened: bool | None = None,
    now: datetime | None = None,
    despite: str = "",
) -> Refused | None:
    """Keeps what was written and submits it, in one: its row is written once, not twice.

    Out: what stands against submitting it; then it is only kept. Raises Refused and Conflict as `keep` does.
    """
    now = now or utcnow()
    columns = _kept(filing, institution, values, actor, revision, opened, now)
    form = filing.definition(institution)
    try:
        judged = _judged(filing, institution, Verb.submit, actor, opinion, despite, now)
    except Refused as refusal:
        _show_on_planned(filing, form, now)
        _write_unless_changed(filing, **columns)
        db.session.flush()
        return refusal
    # Its channel's row too is written once, with the account that it has claimed.
    _show_on_planned(filing, form, now)
    _moved(filing, institution, judged, opinion, columns, now)
    return None


def move(
    filing: Filing,
    institution: Institution,
    verb: Verb | str,
    actor: Person,
    opinion: str,
    revision: int,
    now: datetime | None = None,
    despite: str = "",
) -> history.Event:
    """Uses a verb: new state, its event, and what follows for the channel, all or nothing.

    `despite`: why it goes on though a sanction stands against it; without, that is Barred.
    Raises Refused (not allowed, a reason is missing, Barred, Duplicate account) and Conflict
    (somebody was faster); after either the caller rolls back.
    """
    _check(filing, revision)
    verb, now = Verb(verb), now or utcnow()
    if verb in workflow.DECISIONS:
        ask_anew(actor)
    judged = _judged(filing, institution, verb, actor, opinion, despite, now)
    return _moved(filing, institution, judged, opinion, {}, now)


@dataclass(frozen=True)
class _Judged:
    """A verb that nothing stands against: from where to where it leads, and for whom it waited before."""

    form: Form
    verb: Verb
    actor: Person
    position: Position
    after: Next
    step: Step | None
    waited: set[int]
    despite: str


def _judged(
    filing: Filing, school: Institution, verb: Verb, actor: Person, opinion: str, despite: str, now: datetime
) -> _Judged:
    """Holds a verb against all rules. Raises Refused; then nothing of the filing has moved."""
    form = filing.definition(school)
    position = filing.position(form)
    after = workflow.move(position, actor.actor(), verb, opinion)
    step = None if verb is Verb.submit else filing.steps(form)[position.step]
    waited = filing_notifications.awaited(filing) if verb is Verb.withdraw else set()
    reason = reason_despite(school, filing, verb, step, despite)
    if verb is Verb.submit:
        _prepare_submission(filing, form, now)
    elif verb is Verb.approve:
        signed.refuse_altered(filing)
    return _Judged(form, verb, actor, position, after, step, waited, reason)


def _moved(
    filing: Filing, school: Institution, judged: _Judged, opinion: str, kept: dict[str, Any], now: datetime
) -> history.Event:
    """The new state, its event, and what follows. In: `kept`, what is written of the filing besides."""
    form, verb, actor = judged.form, judged.verb, judged.actor
    position, after, step, before = judged.position, judged.after, judged.step, filing.state
    changed = _changes_since_submitted(filing, form) if verb is Verb.submit else []
    columns = kept | _columns(filing, verb, actor, position, after, form, now)
    if after.state is State.filed:
        kept_number = filing.channel.number if filing.kind in school.number.kept_by else ""
        columns["number"] = kept_number or next_number(school, now)
    _write_unless_changed(filing, **columns)
    hands.note_move(filing, verb, actor.id)
    note_despite(filing, judged.despite, actor, now)
    entry = history.record(
        filing.institution,
        verb,
        actor,
        now,
        filing_id=filing.id,
        actor_name=_signed_name(filing, verb, step, actor),
        opinion=opinion.strip() or _default_opinion(step, verb, filing.kind),
        step=step and position.step,
        step_label=step.short if step else "",
        from_state=before,
        to_state=after.state,
        changes=changed,
        signed=signed.content_of(filing) if verb in signed.SIGNING else None,
    )
    for_channel.follow(filing, verb, form, now)
    words, waited = entry.opinion, judged.waited
    filing_notifications.notify_of_move(filing, school, verb, actor, words, waited, now)
    return entry


def complete(
    filing: Filing,
    institution: Institution,
    values: dict[str, Any],
    actor: Person,
    revision: int,
    now: datetime | None = None,
) -> history.Event:
    """Adds what could not be known before the account was opened; nothing else is taken.

    Raises Refused when nothing is missing or it is not their unit's, Conflict, Duplicate.
    """
    _check(filing, revision)
    form, now = filing.definition(institution), now or utcnow()
    if not filing.incomplete or not filing.reported_by(actor):
        raise Refused("这件备案没有待补充的内容，或不属于您的单位。")
    if open_about(filing.channel_id) is not None:
        raise Refused("这个账号有一件备案正在办理，请在那一件里补充。")
    signed.refuse_altered(filing)
    open_items = {item.name for item in form.completable(filing.answers, filing.kind)}
    added = {name: value for name, value in values.items() if name in open_items and value}
    answers = {**filing.answers, **added}
    changed = differences(form, filing.kind, filing.answers, answers)
    if not changed:
        raise Refused("还没有填写任何待补充的内容。")
    columns = _written(filing, form, answers, filing.unit, actor, now)
    _write_unless_changed(filing, **columns, submitted_answers=answers)
    for_channel.refresh(filing.channel, filing, form, now)
    labels = list(dict.fromkeys(change["label"] for change in changed))
    filing_notifications.notify_of_completion(filing, institution, labels, actor, now)
    return history.record(
        filing.institution,
        "complete",
        actor,
        now,
        filing_id=filing.id,
        from_state=filing.state,
        to_state=filing.state,
        changes=for_history(form, changed),
        signed=signed.content_of(filing),
    )


def discard(filing: Filing, actor: Person, revision: int) -> None:
    """Deletes a draft nobody has ever submitted, and its channel if that was only planned.

    A channel that was rejected before is void again. Raises Refused or Conflict.
    """
    _check(filing, revision)
    if filing.state is not State.draft or filing.submitted_at or not filing.editable(actor):
        raise Refused("只有本单位经办人可以删除从未提交过的草稿。")
    _write_unless_changed(filing, updated_by_id=actor.id)
    channel = filing.channel
    db.session.delete(filing)
    db.session.flush()
    earlier = select(Filing.state).where(Filing.channel_id == channel.id).order_by(Filing.id.desc())
    before = db.session.scalar(earlier.limit(1))
    if channel.state is ChannelState.planned and before is None:
        db.session.delete(channel)
    elif channel.state is ChannelState.planned and before is State.rejected:
        channel.state = ChannelState.void
    db.session.flush()


def _kept(
    filing: Filing,
    institution: Institution,
    values: dict[str, Any],
    actor: Person,
    revision: int,
    opened: bool | None,
    now: datetime,
) -> dict[str, Any]:
    """The columns of what was written, for the caller to write; the filing shows them already.

    Raises Refused when it is not theirs to write, Conflict when somebody was faster.
    """
    _check(filing, revision)
    if not filing.editable(actor):
        raise Refused(f"这件备案现在是“{filing.state.label}”，或不属于您的单位，您不能修改。")
    form = filing.definition(institution)
    unit, answers = _unit_in(filing, form, values, actor), _answers_of_other_kinds(filing, form) | values
    is_open = filing.opened if opened is None else opened
    # Whoever only looked through it has written nothing.
    if (answers, unit.id, is_open) != (filing.answers, filing.unit_id, filing.opened):
        hands.note_writer(filing, actor.id)
    columns = _written(filing, form, answers, unit, actor, now)
    columns |= {"unit_id": unit.id, "owner_kind": unit.kind, "opened": is_open}
    know_as_written(filing, **columns)
    return columns


def _show_on_planned(filing: Filing, form: Form, now: datetime) -> None:
    """What is being written shows on a channel that is only planned."""
    is_planned = filing.channel.state is ChannelState.planned
    # One that was put aside does not speak for what another has taken up.
    if is_planned and (filing.state in OPEN or open_about(filing.channel_id) is None):
        for_channel.preview(filing.channel, filing, form, now)


def _check(filing: Filing, revision: int) -> None:
    if filing.revision != revision:
        raise Conflict(filing)


def _write_unless_changed(filing: Filing, **columns: Any) -> None:
    """Of all who read this revision exactly one may write: the others are told by a Conflict."""
    as_it_was_read = (
        FILING.c.id == filing.id,
        FILING.c.state == filing.state,
        FILING.c.revision == filing.revision,
    )
    changed = {"revision": filing.revision + 1} | columns
    written = rows_changed(update(FILING).where(*as_it_was_read).values(changed))
    if written != 1:
        db.session.refresh(filing)
        raise Conflict(filing)
    know_as_written(filing, **changed)


def _written(
    filing: Filing, form: Form, answers: dict[str, Any], unit: Unit, actor: Person, now: datetime
) -> dict[str, Any]:
    return {
        "answers": answers,
        "updated_by_id": actor.id,
        "updated_at": now,
        "happened_on": happened_on(form, filing.kind, answers),
        "search": search_text(form, answers, unit.name),
        **promoted(form, answers),
    }


def _answers_of_other_kinds(filing: Filing, form: Form) -> dict[str, Any]:
    """Answers that this kind of filing does not ask for stay as they were filed."""
    names = {item.name for item in form.items(filing.kind)}
    return {name: value for name, value in filing.answers.items() if name not in names}


def _unit_in(filing: Filing, form: Form, values: dict[str, Any], actor: Person) -> Unit:
    """The unit these answers name; it must be one the person files for."""
    chosen = values.get(unit_item(form, filing.kind))
    if not chosen or str(chosen["id"]) == str(filing.unit_id):
        return filing.unit
    unit = db.session.get(Unit, int(chosen["id"]))
    if unit is None or unit.institution != filing.institution or not actor.files_for(unit):
        raise Refused("您不能替这个单位填报，请重新选择单位。")
    return unit


def _changes_since_submitted(filing: Filing, form: Form) -> list[dict]:
    """Against what was submitted last, or against what the register says now."""
    current = filing.channel.current
    before = filing.submitted_answers or (current.answers if current else None)
    if before is None:
        return []
    return for_history(form, differences(form, filing.kind, before, filing.answers))


def _prepare_submission(filing: Filing, form: Form, now: datetime) -> None:
    if filing.state is State.withdrawn or filing.kind not in kinds_for(filing.channel):
        refuse_second(filing.kind, filing.channel)
    if filing.kind is not FilingKind.first and _is_overtaken(filing):
        raise Refused(
            "您开始填写以后，台账上的内容已经由另一件备案或补充信息更新，"
            "这件不能再提交。"
            f"请回到“{filing.channel.title}”的页面重新办理“{filing.kind.label}”。"
        )
    if filing.kind is FilingKind.change and not filing.changes(form):
        raise Refused("填写的内容与在册内容完全一样，没有变更可报。没有变化时不必提交，可以删除这件草稿。")
    edition.pin(filing.institution, form, now)
    for_channel.claim(filing, form)


def _is_overtaken(filing: Filing) -> bool:
    """Whether the register says something else by now: another paper, or one completed."""
    current = filing.channel.current
    return filing.base_id != current.id or filing.base_answers != current.answers


def _columns(
    filing: Filing, verb: Verb, actor: Person, position: Position, after: Next, form: Form, now: datetime
) -> dict[str, Any]:
    """The filing's own columns after a move."""
    columns: dict[str, Any] = {
        "state": after.state,
        "step": after.step,
        "updated_at": now,
        "updated_by_id": actor.id,
        **hands.waiting(position, after, now),
    }
    if verb is Verb.submit:
        columns |= {
            "submitted_by_id": actor.id,
            "submitted_at": now,
            "decided_at": None,
            "submitted_answers": filing.answers,
            "edition_digest": form.digest,
        }
    if after.state in (State.filed, State.rejected):
        columns["decided_at"] = now
    return columns


def _signed_name(filing: Filing, verb: Verb, step: Step | None, actor: Person) -> str:
    """Who decides, in history's words: a head's substitute is named as such."""
    as_head = verb in workflow.DECISIONS and waits_for(step) == Role.head
    return actor.name_as_head(filing.unit_id) if as_head else actor.name


def _default_opinion(step: Step | None, verb: Verb, kind: FilingKind) -> str:
    """What an approval says when its box was left empty: the step's first canned opinion.

    Where the sheet has its opinion printed already, nothing is added to it.
    """
    if verb is not Verb.approve or step is None or step.printed(kind):
        return ""
    return next(iter(step.suggestions(kind)), "")
