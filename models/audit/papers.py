"""Is each paper where its events led, does it say what was signed, and is each file what was handed in?

A paper is compared with its newest event that has digests: whoever signs next is refused before, when it
was altered in between (`models.filings.signed`). Slice by slice, so that nobody who writes waits for long.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Row, exists, func, null, select
from sqlalchemy.exc import DBAPIError

from models.audit import replay
from models.database import db
from models.events.history import Event
from models.filings import signed
from models.filings.attachment import Attachment
from models.filings.edition import Edition
from models.filings.filing import Filing
from models.rules.event_labels import deed_label
from models.rules.fields.media import attachment_ids

# About a second's work, each.
PAPERS, BYTES = 2_000, 64 * 1024 * 1024
# No JSON, no time, a state nobody knows, bytes where a text belongs: the app never wrote that.
UNREADABLE = (ValueError, TypeError, AttributeError, LookupError, OverflowError, DBAPIError)


@dataclass(frozen=True)
class Difference:
    """A paper that is not as the history tells, and what about it is not; `sort` of paper it is."""

    filing_id: int
    title: str
    number: str
    sentence: str
    sort: str = "备案"

    def __str__(self) -> str:
        number = f"（{self.number}）" if self.number else ""
        return f"{self.sort} {self.filing_id}{number}“{self.title}”：{self.sentence}"


@dataclass(frozen=True)
class Look:
    """What one slice showed: how many were compared, up to which id, and whether that was all.

    `undigested`: how many of the papers were handed in before there were digests of what is signed;
    of them only state, people and moments could be compared.
    """

    differences: list[Difference]
    checked: int
    last_id: int
    done: bool
    undigested: int = 0


def at_papers(institution: str, after: int = 0, most: int | None = None) -> Look:
    """The filings after an id, at most so many, against their events; with the last, those that are gone."""
    most = most or PAPERS
    query = select(Filing.id).where(Filing.institution == institution, Filing.id > after)
    ids = list(db.session.scalars(query.order_by(Filing.id).limit(most)))
    differences, done = _compared(ids), len(ids) < most
    if done:
        sentence = "记录中有它的流转，备案本身却不见了。"
        differences += [Difference(number, "", "", sentence) for number in replay.gone(institution)]
    return Look(differences, len(ids), ids[-1] if ids else after, done, _undigested(ids))


def at_files(institution: str, after: int = 0, most: int | None = None) -> Look:
    """The files after an id against the digests made when they came, about so many bytes of them."""
    differences: list[Difference] = []
    checked = read = 0
    while read < (most or BYTES):
        file = _file_after(institution, after)
        if file is None:
            return Look(differences, checked, after, True)
        size, intact = _examined(file.id)
        if not intact:
            sentence = f"附件“{file.name}”与上传时的不一致：它的内容被改动。"
            differences.append(Difference(file.filing_id, file.title or "", file.number or "", sentence))
        after, checked, read = file.id, checked + 1, read + size
    return Look(differences, checked, after, False)


def _compared(ids: Sequence[int]) -> list[Difference]:
    """What does not fit of these filings, which follow each other. One that is unreadable is named."""
    try:
        return list(_differences(ids)) if ids else []
    except UNREADABLE:
        if len(ids) == 1:
            return [Difference(ids[0], "", "", "无法读取：它的内容被改动。")]
        middle = len(ids) // 2
        return _compared(ids[:middle]) + _compared(ids[middle:])


def _differences(ids: Sequence[int]) -> Iterator[Difference]:
    papers = db.session.execute(
        select(*Filing.__table__.c).where(Filing.id.in_(ids)).order_by(Filing.id)
    ).all()
    moves, signings = replay.moves_between(ids[0], ids[-1]), _signings(ids[0], ids[-1])
    files = signed.files_by_id({number for paper in papers for number in _files_of(paper)})
    whole = _whole_editions({paper.edition_digest for paper in papers if paper.id in signings})
    for paper in papers:
        sentence = replay.disagreement(paper, moves.get(paper.id, []))
        if paper.id in signings:
            sentence += _unlike_signed(paper, signings[paper.id], files, whole)
        if sentence:
            yield Difference(paper.id, paper.title, paper.number, sentence)


def _files_of(paper: Row) -> set[int]:
    return {
        number
        for answers in (paper.answers, paper.submitted_answers or {})
        for number in attachment_ids(answers).values()
    }


def _unlike_signed(paper: Row, signing: Row, files: signed.Files, whole: set[str]) -> str:
    if signing.erased:
        # Only a purge leaves an event so, as the chain proves; it empties the paper too.
        return "" if paper.purged_at else "签署的摘要已清理，备案本身却没有。"
    parts = signed.altered_parts(paper, signing, files)
    if paper.edition_digest not in whole:
        parts.append(signed.EDITION)
    if not parts:
        return ""
    signature = f"{signing.actor_name}{deed_label(signing.verb)}"
    return f"与编号 {signing.id} 的记录（{signature}）所签署的不一致：{signed.in_words(parts)}。"


def _signings(first_id: int, last_id: int) -> dict[int, Row]:
    """By filing, the newest event with digests."""
    of_these = (Event.filing_id.between(first_id, last_id), Event.signed.is_not(null()))
    newest = select(func.max(Event.id)).where(*of_these).group_by(Event.filing_id)
    query = select(*Event.__table__.c).where(Event.id.in_(newest))
    return {signing.filing_id: signing for signing in db.session.execute(query)}


def _undigested(ids: Sequence[int]) -> int:
    has_digests = exists().where(Event.filing_id == Filing.id, Event.signed.is_not(null()))
    query = select(func.count()).select_from(Filing)
    undigested = query.where(Filing.id.in_(ids), Filing.submitted_at.is_not(None), ~has_digests)
    return db.session.scalar(undigested) or 0


def _whole_editions(digests: set[str]) -> set[str]:
    """Those of which the text is kept as it was."""
    query = select(Edition.digest, Edition.text).where(Edition.digest.in_(digests))
    return {
        digest
        for digest, text in db.session.execute(query)
        if sha256(text.encode("utf-8", "replace")).hexdigest() == digest
    }


def _file_after(institution: str, after: int) -> Row | None:
    query = (
        select(Attachment.id, Attachment.name, Attachment.filing_id, Filing.title, Filing.number)
        .outerjoin(Filing, Filing.id == Attachment.filing_id)
        .where(Attachment.institution == institution, Attachment.id > after)
    )
    return db.session.execute(query.order_by(Attachment.id).limit(1)).first()


def _examined(attachment_id: int) -> tuple[int, bool]:
    """How many bytes a file has, and whether they are those that were handed in."""
    query = select(Attachment.digest, Attachment.content).where(Attachment.id == attachment_id)
    try:
        digest, content = db.session.execute(query).one()
        return len(content), sha256(content).hexdigest() == digest
    except UNREADABLE:
        return 0, False
