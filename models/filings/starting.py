"""Beginning a filing: a new draft about a new channel, or about one that is known already."""

from datetime import datetime
from typing import Any

from models.channels.channel import Channel, ChannelState
from models.clock import utcnow
from models.database import db
from models.filings.filing import Filing, of_channel, refuse_second
from models.people.person import Person
from models.people.unit import Unit
from models.rules.answer_columns import carried_on, happened_on, promoted, search_text, unit_answer
from models.rules.definitions.definition import Form
from models.rules.definitions.institution import Institution
from models.rules.filing_kind import FilingKind
from models.rules.workflow import Refused, State


def start(
    institution: Institution,
    form: Form,
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


def planned(institution: Institution, form: Form, unit: Unit, now: datetime) -> Channel:
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
    form: Form,
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


def _check_start(form: Form, kind: FilingKind, unit: Unit, actor: Person, channel: Channel | None) -> None:
    if kind not in form.kinds:
        raise Refused(f"“{form.short}”不办理“{kind.label}”。")
    if not unit.active or not actor.files_for(unit):
        raise Refused("您不能替这个单位填报，请选择本单位或下属单位。")
    if channel is None and kind is not FilingKind.first:
        raise Refused(f"请先在台账中选择要办理“{kind.label}”的账号。")
    if channel is not None:
        refuse_second(kind, channel)


def _first_answers(form: Form, kind: FilingKind, unit: Unit, channel: Channel | None) -> dict[str, Any]:
    last = None
    if channel is not None:
        last = channel.current or db.session.scalar(of_channel(channel.id).limit(1))
    answers = carried_on(form, last.answers) if last else {}
    return answers | unit_answer(form, kind, unit)
