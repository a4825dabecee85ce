"""Does history fit: every event in its chain, and the chain to every seal. Slice by slice."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Row, func, select

from models.audit.seal import Seal, SealBook
from models.database import db
from models.events.history import UNSALTED, Event, last_digest, walk

# About a second's work.
SLICE = 20_000
# What else may be the cause where the seals know more than the database.
RESTORED = (
    "如果刚恢复过较早的备份，原因就在这里：请把 instance/seals 里的封存文件改名另存，记下缘由，再重新封存。"
)


@dataclass(frozen=True)
class Verdict:
    """How many events were looked at, up to which, whether that was all, and what does not fit.

    `event_id` is the first event that does not fit, None for what is not about one event.
    """

    checked: int
    last_id: int
    done: bool
    trouble: str = ""
    event_id: int | None = None


def examine(institution: str, seals: Sequence[Seal], after: int = 0, most: int | None = None) -> Verdict:
    """Looks at events and seals that come after an event id, at most so many.

    To go on, ask again with `after` = the verdict's `last_id`.
    """
    try:
        return _examine(institution, seals, after, most)
    except (ValueError, TypeError):
        # No time, no JSON, bytes where a text belongs: the app never wrote that.
        return Verdict(0, after, True, f"编号 {after} 之后有一条记录无法读取：它的内容被改动。")


def _examine(institution: str, seals: Sequence[Seal], after: int, most: int | None) -> Verdict:
    left = {seal.event_id: seal for seal in seals if seal.event_id > after}
    known = _count(institution, after)
    checked, last_id = 0, after
    for entry, fits in walk(institution, after):
        missed = min((number for number in left if number < entry.id), default=None)
        if missed is not None:
            return Verdict(checked, last_id, True, _gone(left[missed]), missed)
        if not fits or _claims_no_salt(entry, seals):
            return Verdict(checked, last_id, True, _altered(entry.id), entry.id)
        checked, last_id = checked + 1, entry.id
        seal = left.pop(entry.id, None)
        if seal and (seal.digest, seal.events) != (entry.digest, known + checked):
            return Verdict(checked, last_id, True, _rewritten(seal, seals), entry.id)
        if checked == most:
            return Verdict(checked, last_id, not _follows(institution, last_id) and not left)
    if left:
        first = min(left)
        return Verdict(checked, last_id, True, _gone(left[first]), first)
    return Verdict(checked, last_id, True)


def _claims_no_salt(entry: Row, seals: Sequence[Seal]) -> bool:
    """Whether a purged event says it is from before there were salts, and so before any seal."""
    return bool(seals) and entry.erased == UNSALTED and entry.id > seals[0].event_id


def since_last_seal(institution: str, seals: Sequence[Seal], most: int | None = None) -> Verdict:
    """The same for what came after the newest seal, which must itself still fit."""
    if not seals:
        return examine(institution, seals, most=most)
    last = seals[-1]
    standing = (last_digest(institution, last.event_id), _count(institution, last.event_id))
    if standing != (last.digest, last.events):
        is_missing = standing[1] < last.events
        return Verdict(0, 0, True, _rewritten(last, seals) + (RESTORED if is_missing else ""), last.event_id)
    return examine(institution, seals, last.event_id, most)


def emptied(book: SealBook) -> str:
    """A sentence where something was sealed and there is no event at all; else ''.

    Where the only line is torn no seal could tell.
    """
    if not book.began or total(book.institution):
        return ""
    return f"数据库中没有任何记录，而封存文件 {book.file.name} 说明以前有过：数据库被清空或换过。{RESTORED}"


def total(institution: str) -> int:
    """How many events there are."""
    return _count(institution, None)


def _count(institution: str, until: int | None) -> int:
    query = select(func.count()).select_from(Event).where(Event.institution == institution)
    return db.session.scalar(query if until is None else query.where(Event.id <= until))


def _follows(institution: str, last_id: int) -> bool:
    query = select(Event.id).where(Event.institution == institution, Event.id > last_id)
    return db.session.scalar(query.limit(1)) is not None


def _altered(event_id: int) -> str:
    return f"从编号 {event_id} 的记录起不符：它的内容被改动，或它前面的记录被删除。"


def _gone(seal: Seal) -> str:
    return (
        f"编号 {seal.event_id} 的记录不见了：{seal.day} 封存时共有 {seal.events} 条，它是当时的最后一条。"
        f"{RESTORED}"
    )


def _rewritten(seal: Seal, seals: Sequence[Seal]) -> str:
    before = max((earlier.event_id for earlier in seals if earlier.event_id < seal.event_id), default=0)
    return (
        f"编号 {before + 1} 至 {seal.event_id} 的记录与 {seal.day} 的封存不符："
        f"其中有记录在封存之后被改写、插入或删除。"
    )
