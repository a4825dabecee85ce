"""What happened, for ever: each event is chained by its digest to the school's event before it."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, event, select
from sqlalchemy.orm import Mapped, mapped_column

from models.database import db, lock, utcnow
from models.people import Person
from models.workflow import Verb

# Deeds that are written down but are no move of a filing.
OTHER_DEEDS = {
    "complete": "补充信息", "export": "导出", "print": "打印",
    "confirm": "确认无变更", "heard": "登记更新日期", "answer": "答复核实",
    "gone": "核实销号", "still_there": "核实未销号", "opening": "出具开设手续",
    "dissolve": "解散，无须备案",
    "publish": "发布备案工作", "amend": "修改备案工作", "end": "结束备案工作",
    "reopen": "重新开放备案工作", "report_hand_in": "提交签字", "report_take_back": "撤回报送",
    "report_sign": "签字报送", "report_receive": "接收报送", "report_return": "退回报送",
    "extend": "延期", "paper": "登记纸质件", "remind": "催报", "found": "发现台账",
    "sanction": "登记处理", "substitute": "指定代签人", "invite": "发放填报链接",
    "uninvite": "撤销填报链接",
}
# They leave a filing as it was: nobody who is looking at it has to look again.
CHANGE_NOTHING = {"export", "print"}

SEALED = ("institution", "filing_id", "verb", "actor_id", "actor_name", "step", "step_label",
          "opinion", "from_state", "to_state", "changes")


class Event(db.Model):
    """One deed. `changes` lists {path, label, before, after} in people's words; never rewritten."""

    __tablename__ = "event"
    __table_args__ = (
        # Two events after the same one would split the chain.
        UniqueConstraint("institution", "previous"),
        Index(None, "filing_id", "id"),
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

    @property
    def label(self) -> str:
        """The deed in people's words: 提交, 同意, 补充信息 …"""
        return OTHER_DEEDS.get(self.verb) or Verb(self.verb).label

    def seal(self) -> str:
        """The digest this event must have: over its content and the event before it."""
        content = {name: getattr(self, name) for name in SEALED}
        for name in ("channel_id", "report_id"):
            if getattr(self, name) is not None:
                content[name] = getattr(self, name)
        content["at"] = self.at.astimezone(UTC).isoformat()  # as it is read back
        text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return sha256((self.previous + text).encode()).hexdigest()


def record(institution: str, verb: str, actor: Person, now: datetime | None = None,
           **details: object) -> Event:
    """Writes a deed down in the running transaction and chains it; returns the flushed event.

    `details` are further columns of Event: filing_id, channel_id or report_id, step, step_label,
    opinion, from_state, to_state, changes.
    """
    lock(f"events of {institution}")
    entry = Event(**{
        "institution": institution, "verb": str(verb), "actor_id": actor.id,
        "actor_name": actor.name, "filing_id": None, "channel_id": None, "report_id": None,
        "step": None, "step_label": "", "opinion": "", "from_state": "", "to_state": "",
        "changes": [],
        "at": now or utcnow(), "previous": _last_digest(institution), **details,
    })
    entry.digest = entry.seal()
    db.session.add(entry)
    db.session.flush()
    return entry


def record_print(filing, actor: Person, now: datetime | None = None) -> Event:
    """Writes down that a filing was printed. A draft may still be deleted, so it is only named."""
    handed_in = filing.submitted_at is not None
    return record(filing.institution, "print", actor, now,
                  filing_id=filing.id if handed_in else None,
                  opinion="" if handed_in else f"草稿：{filing.title or '未命名'}")


def of(filing) -> list[Event]:
    """Everything that happened to a filing, oldest first."""
    asked = select(Event).where(Event.filing_id == filing.id).order_by(Event.id)
    return list(db.session.scalars(asked))


def of_channel(channel_id: int) -> list[Event]:
    """What was done to a channel itself, apart from its filings, oldest first."""
    asked = select(Event).where(Event.channel_id == channel_id).order_by(Event.id)
    return list(db.session.scalars(asked))


def signers(filing) -> tuple[int, ...]:
    """Ids of those who approved a filing since it was last submitted, in order."""
    signed: list[int] = []
    for entry in of(filing):
        signed = [] if entry.verb == Verb.submit else signed
        signed += [entry.actor_id] if entry.verb == Verb.approve else []
    return tuple(signed)


def verify(institution: str) -> int | None:
    """The id of the first event whose content or place in the chain was altered; None if whole."""
    previous = ""
    for entry in _all(institution):
        if entry.previous != previous or entry.digest != entry.seal():
            return entry.id
        previous = entry.digest
    return None


def _all(institution: str) -> Iterator[Event]:
    asked = select(Event).where(Event.institution == institution).order_by(Event.id)
    return iter(db.session.scalars(asked.execution_options(yield_per=500)))


def _last_digest(institution: str) -> str:
    asked = select(Event.digest).where(Event.institution == institution)
    return db.session.scalar(asked.order_by(Event.id.desc()).limit(1)) or ""


@event.listens_for(Event, "before_update")
@event.listens_for(Event, "before_delete")
def _refuse(_mapper: object, _connection: object, entry: Event) -> None:
    raise RuntimeError(f"event {entry.id} is history and cannot be changed")
