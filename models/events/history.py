"""What happened, for ever: each event is chained by its digest to the school's event before it."""

import json
import secrets
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import (
    JSON,
    ForeignKey,
    Index,
    Row,
    String,
    Text,
    UniqueConstraint,
    bindparam,
    column,
    event,
    func,
    null,
    or_,
    select,
    table,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.clock import utcnow
from models.database import Model, db, lock
from models.events import append_only
from models.people.person import Person
from models.rules.event_labels import deed_label
from models.rules.masking import mask_change

SEALED = (
    "institution",
    "filing_id",
    "verb",
    "actor_id",
    "actor_name",
    "step",
    "step_label",
    "from_state",
    "to_state",
)
# What somebody said, which may name people: a purge takes it away (`models.audit.erasing`).
SAID = ("opinion", "changes")
# In `erased`, of an event from before there was a salt: its digest no longer tells anything.
UNSALTED = "-"
PURGE = "purge"
# Filings know their history, so history knows them by their table alone.
FILING = table("filing", column("id"), column("channel_id"))


class Event(Model):
    """One deed. `changes` lists {path, label, before, after} in people's words; never rewritten.

    `salt` goes into the digest of what was said. A purge erases both and leaves that digest in
    `erased`: the chain still fits, and nobody can try out names against it.

    `signed`: the digests of what was signed with the deed, part by part ({part: digest}), made with
    the same salt; None where nothing was signed, and in events from before there were any.
    """

    __tablename__ = "event"
    __table_args__ = (
        # Two events after the same one would split the chain.
        UniqueConstraint("institution", "previous"),
        Index(None, "filing_id", "id"),
        # The trail is read by school, the newest first; and by deed.
        Index(None, "institution", "id"),
        Index(None, "institution", "verb", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    institution: Mapped[str] = mapped_column(String(40))
    filing_id: Mapped[int | None] = mapped_column(ForeignKey("filing.id"))
    channel_id: Mapped[int | None] = mapped_column(ForeignKey("channel.id"), index=True)
    report_id: Mapped[int | None] = mapped_column(ForeignKey("report.id"), index=True)
    verb: Mapped[str] = mapped_column(String(20))
    actor_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    actor_name: Mapped[str] = mapped_column(String(100))
    step: Mapped[int | None]
    step_label: Mapped[str] = mapped_column(String(100), default="")
    opinion: Mapped[str] = mapped_column(Text, default="")
    from_state: Mapped[str] = mapped_column(String(20), default="")
    to_state: Mapped[str] = mapped_column(String(20), default="")
    changes: Mapped[list]
    at: Mapped[datetime]
    previous: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))
    salt: Mapped[str] = mapped_column(String(32), default="", server_default="")
    erased: Mapped[str] = mapped_column(String(64), default="", server_default="")
    signed: Mapped[dict | None] = mapped_column(JSON(none_as_null=True))

    @property
    def label(self) -> str:
        """The deed in people's words: 提交, 同意, 补充信息 …"""
        return deed_label(self.verb)

    def seal(self) -> str:
        """The digest this event must have: over its content and the event before it."""
        return seal_of(self)


# Asked with every event, and made once.
EVENT = Event.__table__.c
LAST_DIGEST = (
    select(EVENT.digest)
    .where(EVENT.institution == bindparam("institution"))
    .order_by(EVENT.id.desc())
    .limit(1)
)
LAST_SIGNED = (
    select(EVENT.actor_name, EVENT.verb, EVENT.salt, EVENT.signed)
    .where(EVENT.filing_id == bindparam("filing"), EVENT.signed.is_not(null()))
    .order_by(EVENT.id.desc())
    .limit(1)
)
LAST_DIGEST_UNTIL = LAST_DIGEST.where(EVENT.id <= bindparam("until"))


def seal_of(entry: "Event | Row") -> str:
    """The digest of an event, or of a row with its columns."""
    content = {name: getattr(entry, name) for name in SEALED}
    for name in ("channel_id", "report_id"):
        if getattr(entry, name) is not None:
            content[name] = getattr(entry, name)
    if entry.signed is not None:
        content["signed"] = entry.signed
    content["at"] = entry.at.astimezone(UTC).isoformat()  # as it is read back
    if entry.salt or entry.erased:
        content["said"] = entry.erased or digest_of_said(entry)
    else:
        content |= {name: getattr(entry, name) for name in SAID}
    return _digest(entry.previous, content)


def digest_of_said(entry: "Event | Row") -> str:
    """What a purge leaves of an event's words: their digest, made with its salt."""
    if not entry.salt:
        return UNSALTED
    return _digest(entry.salt, {name: getattr(entry, name) for name in SAID})


def digests(salt: str, parts: Mapping[str, Any]) -> dict[str, str]:
    """The digest of each part of what is signed, by its name; a part is anything JSON can hold."""
    return {name: _digest(salt, {"signed": name, "content": content}) for name, content in parts.items()}


def _digest(before: str, content: dict) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return sha256((before + text).encode()).hexdigest()


def record(
    institution: str,
    verb: str,
    actor: Person,
    now: datetime | None = None,
    signed: Mapping[str, Any] | None = None,
    **details: object,
) -> Event:
    """Writes a deed down in the running transaction and chains it; returns the flushed event.

    `signed`: what the actor puts their name to, part by part; only digests of it are kept.
    `details` are further columns of Event: filing_id, channel_id or report_id, step, step_label,
    opinion, from_state, to_state, changes. Phone numbers in the changes are masked: the filing's
    own answers hold them, and history is never purged.
    """
    take_turn(institution)
    changes = [mask_change(change) for change in details.pop("changes", [])]
    salt = secrets.token_hex(16)
    entry = Event(
        **{
            "institution": institution,
            "verb": str(verb),
            "actor_id": actor.id,
            "actor_name": actor.name,
            "filing_id": None,
            "channel_id": None,
            "report_id": None,
            "step": None,
            "step_label": "",
            "opinion": "",
            "from_state": "",
            "to_state": "",
            "changes": changes,
            "salt": salt,
            "erased": "",
            "signed": digests(salt, signed) if signed else None,
            "at": now or utcnow(),
            "previous": last_digest(institution),
            **details,
        }
    )
    entry.digest = entry.seal()
    db.session.add(entry)
    db.session.flush()
    return entry


def take_turn(institution: str) -> None:
    """Nobody else adds to a school's history until this transaction ends."""
    lock(f"events of {institution}")


def record_print(filing, actor: Person, now: datetime | None = None) -> Event:
    """Writes down that a filing was printed. A draft may still be deleted, so it is only named."""
    handed_in = filing.submitted_at is not None
    return record(
        filing.institution,
        "print",
        actor,
        now,
        filing_id=filing.id if handed_in else None,
        opinion="" if handed_in else f"草稿：{filing.title or '未命名'}",
    )


def of(filing) -> list[Event]:
    """Everything that happened to a filing, oldest first."""
    query = select(Event).where(Event.filing_id == filing.id).order_by(Event.id)
    return list(db.session.scalars(query))


def of_channel(channel_id: int) -> list[Event]:
    """What was done to a channel itself, apart from its filings, oldest first."""
    query = select(Event).where(Event.channel_id == channel_id).order_by(Event.id)
    return list(db.session.scalars(query))


def last_signed(filing_id: int) -> Row | None:
    """The newest event with digests of what was signed of a filing: who, what, the digests and their salt."""
    return db.session.execute(LAST_SIGNED, {"filing": filing_id}).first()


def verify(institution: str) -> int | None:
    """The id of the first event whose content or place in the chain was altered; None if whole."""
    return next((entry.id for entry, fits in walk(institution) if not fits), None)


def walk(institution: str, after: int = 0) -> Iterator[tuple[Row, bool]]:
    """Each event after the one of that id, the oldest first, and whether it is as it was written.

    The one it begins after is taken at its word.
    """
    query = (
        select(*Event.__table__.c)
        .where(Event.institution == institution, Event.id > after)
        .order_by(Event.id)
    )
    previous = last_digest(institution, after) if after else ""
    salted, purges = _is_salted_before(institution, after), _purges(institution)
    # Whoever found what does not fit reads no further.
    with db.session.execute(query.execution_options(yield_per=1000)) as entries:
        for entry in entries:
            # Once events have a salt, one that claims to be older than that was made up.
            fits = _fits(entry, purges) and not (salted and entry.erased == UNSALTED)
            yield entry, entry.previous == previous and fits
            previous, salted = entry.digest, salted or _has_salt(entry)


def _has_salt(entry: Row) -> bool:
    """Whether an event was written with a salt, be it that a purge took it away."""
    return entry.erased != UNSALTED and bool(entry.salt or entry.erased)


def _is_salted_before(institution: str, after: int) -> bool:
    """The same of any event up to that id."""
    query = select(Event.id).where(
        Event.institution == institution,
        Event.id <= after,
        Event.erased != UNSALTED,
        or_(Event.salt != "", Event.erased != ""),
    )
    return db.session.scalar(query.limit(1)) is not None


def _fits(entry: Row, purges: dict[tuple[str, int], int]) -> bool:
    """Whether an event is as it was written, or as the purge written down later left it."""
    if not entry.erased:
        return entry.digest == seal_of(entry)
    by = max(purges.get(about, 0) for about in (("filing", entry.filing_id), ("channel", entry.channel_id)))
    emptied = not (entry.opinion or entry.changes or entry.salt)
    return emptied and by > entry.id and (entry.erased == UNSALTED or entry.digest == seal_of(entry))


def _purges(institution: str) -> dict[tuple[str, int], int]:
    """By channel and by filing, the last event that says it was purged."""
    last = func.max(Event.id)
    written = (Event.institution == institution, Event.verb == PURGE)
    channels = select(Event.channel_id, last).where(*written).group_by(Event.channel_id)
    filings = (
        select(FILING.c.id, last)
        .join_from(Event, FILING, FILING.c.channel_id == Event.channel_id)
        .where(*written)
        .group_by(FILING.c.id)
    )
    return {
        (kind, about): event_id
        for kind, query in (("channel", channels), ("filing", filings))
        for about, event_id in db.session.execute(query)
    }


def last_digest(institution: str, until: int | None = None) -> str:
    """The digest of the newest event, or of the newest up to that id; '' when there is none."""
    if until is None:
        return db.session.scalar(LAST_DIGEST, {"institution": institution}) or ""
    return db.session.scalar(LAST_DIGEST_UNTIL, {"institution": institution, "until": until}) or ""


event.listen(Event.__table__, "after_create", append_only.after_create)


@event.listens_for(Event, "before_update")
@event.listens_for(Event, "before_delete")
def _refuse(_mapper: object, _connection: object, entry: Event) -> None:
    raise RuntimeError(f"event {entry.id} is history and cannot be changed")
