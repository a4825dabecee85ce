"""Uploaded workbooks on their way into the register: kept until they are confirmed or given up."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from itertools import chain

from sqlalchemy import (
    ForeignKey,
    Index,
    Select,
    String,
    Text,
    UniqueConstraint,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.clock import utcnow
from models.database import Model, coded, db
from models.imports import headings
from models.imports.target import PASSED_OVER, RowState, Target
from models.people.person import Person
from models.people.unit import Unit
from models.rules.workflow import Refused
from models.xlsx.worksheet import Sheet, SheetRow

# Names and phones wait in it: it does not wait for ever.
KEPT = timedelta(days=7)
# Rows go in by so many at a time: a list of all of them, twice over, need not be held.
AT_ONCE = 500
# The column of our annotated copy that holds the sentences; the copy may come back with it.
ERRORS_HEADING = "错误"


class Stage(StrEnum):
    """How far an upload is."""

    matching = "matching"  # columns are left that nobody has named yet
    reading = "reading"  # rows are being judged, some hundred at a time
    ready = "ready"  # the preview waits for its confirmation
    confirmed = "confirmed"


class Upload(Model):
    """One file of one person.

    `target`: what it is read into, `form:account`, `units` or `people`. `unit`: whose rows they
    are where a row names none. `sheets`: [{name, head: row number, headings: [text],
    paths: [path or '']}]. `total` rows, of which `done` are judged. `counts`: what confirming did.
    """

    __tablename__ = "upload"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    institution: Mapped[str] = mapped_column(String(40))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    target: Mapped[str] = mapped_column(String(60))
    file_name: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64))
    stage: Mapped[Stage] = mapped_column(coded(Stage))
    sheets: Mapped[list]
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    counts: Mapped[dict]
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    person: Mapped[Person] = relationship()
    unit: Mapped[Unit | None] = relationship()


class UploadRow(Model):
    """One row of it, as read and as judged; see `target.Line`.

    `cells`: the texts as they stand in the file; `damage`: by column number (as text) what Excel
    spoilt; `fixes`: path -> what the person typed instead. `state` is None until it is judged.
    """

    __tablename__ = "upload_row"
    __table_args__ = (Index(None, "upload_id", "state", "id"), Index(None, "upload_id", "identity"))

    id: Mapped[int] = mapped_column(primary_key=True)
    upload_id: Mapped[int] = mapped_column(ForeignKey("upload.id", ondelete="CASCADE"))
    sheet: Mapped[int]
    number: Mapped[int]
    cells: Mapped[list]
    damage: Mapped[dict]
    fixes: Mapped[dict]
    state: Mapped[RowState | None] = mapped_column(coded(RowState))
    title: Mapped[str] = mapped_column(Text, default="")
    identity: Mapped[str] = mapped_column(String(600), default="")
    errors: Mapped[dict]
    notes: Mapped[list]
    payload: Mapped[dict]


class ColumnName(Model):
    """A heading that somebody matched by hand: understood by itself from then on."""

    __tablename__ = "column_name"
    __table_args__ = (UniqueConstraint("institution", "target", "heading"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    institution: Mapped[str] = mapped_column(String(40))
    target: Mapped[str] = mapped_column(String(60))
    heading: Mapped[str] = mapped_column(String(200))
    path: Mapped[str] = mapped_column(String(100))


def remembered(institution: str, target: str) -> dict[str, str]:
    """Headings that somebody of the school matched by hand: normalised spelling to path."""
    query = select(ColumnName.heading, ColumnName.path).where(
        ColumnName.institution == institution, ColumnName.target == target
    )
    return {headings.normalised(ERRORS_HEADING): PASSED_OVER, **dict(db.session.execute(query).all())}


def start(
    person: Person, target: Target, unit: Unit | None, name: str, content: bytes, sheets: Sequence[Sheet]
) -> Upload:
    """Keep a file's rows for this person, and forget what has been lying about for too long.

    The same file once more, while the first is still open, is that one, to be judged anew: what
    it says may mean something else by now. Raises Refused when no sheet can be read.
    """
    forget_old()
    digest = sha256(content).hexdigest()
    known = _same(person, target, unit, digest)
    if known is not None:
        if known.stage is not Stage.matching:
            judge_again(known, target)
        return known
    matches = _matched(person, target, sheets)
    described = [
        {"name": sheet.name, "head": match.head, "headings": match.headings, "paths": match.paths}
        for sheet, match in zip(sheets, matches, strict=True)
    ]
    now = utcnow()
    upload = Upload(
        institution=person.institution,
        person_id=person.id,
        unit_id=unit.id if unit else None,
        target=target.code,
        file_name=name[-200:],
        digest=digest,
        stage=Stage.matching,
        sheets=described,
        counts={},
        created_at=now,
        updated_at=now,
    )
    db.session.add(upload)
    db.session.flush()
    _keep_rows(_rows(upload.id, matches))
    if not headings.is_unknown(described):
        judge_again(upload, target)
    return upload


def own(person: Person, upload_id: int) -> Upload | None:
    """The person's own upload of that id; None for anybody else's."""
    return db.session.scalar(_of(person).where(Upload.id == upload_id))


def open_ones(person: Person) -> list[Upload]:
    """What the person has not confirmed yet, the newest first."""
    query = _of(person).where(Upload.stage != Stage.confirmed).order_by(Upload.id.desc())
    return list(db.session.scalars(query))


def judge_again(upload: Upload, target: Target) -> None:
    """Every row is to be judged (anew); what was left out and what was corrected stays so."""
    db.session.execute(
        update(UploadRow)
        .where(UploadRow.upload_id == upload.id, UploadRow.state.is_distinct_from(RowState.left_out))
        .values(state=None, title="", identity="", errors={}, notes=[], payload={})
    )
    upload.stage = Stage.reading
    measure(upload, target)
    touch(upload)


def readable(upload: Upload, target: Target) -> Select[UploadRow]:
    """The rows of the sheets that can be read."""
    sheets = headings.usable(upload.sheets, target.headings())
    return select(UploadRow).where(UploadRow.upload_id == upload.id, UploadRow.sheet.in_(sheets))


def measure(upload: Upload, target: Target) -> None:
    """Count how many rows there are to judge and how many of them are judged."""
    query = readable(upload, target).with_only_columns(func.count(), func.count(UploadRow.state))
    upload.total, upload.done = db.session.execute(query).one()


def touch(upload: Upload) -> None:
    """Something about it changed: a page drawn before cannot confirm it."""
    upload.revision += 1
    upload.updated_at = utcnow()


def counts(upload: Upload) -> dict[RowState, int]:
    """How many of its rows are judged to be what."""
    query = (
        select(UploadRow.state, func.count())
        .where(UploadRow.upload_id == upload.id, UploadRow.state.is_not(None))
        .group_by(UploadRow.state)
    )
    numbers = dict(db.session.execute(query).all())
    return {state: numbers.get(state, 0) for state in RowState}


def forget(upload: Upload) -> None:
    """Give it up: its rows, with names and phones, are gone."""
    db.session.execute(delete(UploadRow).where(UploadRow.upload_id == upload.id))
    db.session.delete(upload)


def forget_old() -> None:
    """Everybody's uploads that nobody has touched for longer than they are kept."""
    old = select(Upload.id).where(Upload.updated_at < utcnow() - KEPT)
    db.session.execute(delete(UploadRow).where(UploadRow.upload_id.in_(old)))
    db.session.execute(delete(Upload).where(Upload.updated_at < utcnow() - KEPT))


def _of(person: Person) -> Select[Upload]:
    return select(Upload).where(Upload.institution == person.institution, Upload.person_id == person.id)


def _same(person: Person, target: Target, unit: Unit | None, digest: str) -> Upload | None:
    query = _of(person).where(
        Upload.target == target.code,
        Upload.digest == digest,
        Upload.unit_id.is_not_distinct_from(unit.id if unit else None),
        Upload.stage != Stage.confirmed,
    )
    return db.session.scalar(query)


def _matched(person: Person, target: Target, sheets: Sequence[Sheet]) -> list[headings.Match]:
    """The header and the rows of each sheet. Raises Refused where nothing can come of them."""
    target_headings = target.headings()
    names = remembered(person.institution, target.code)
    matches = [headings.match(sheet, target_headings, names) for sheet in sheets]
    sentence = headings.lacking_everywhere(
        [{"head": match.head, "paths": match.paths} for match in matches], target_headings
    )
    # What nobody knows yet may be the very column that is missing.
    if sentence and not any("" in match.paths for match in matches):
        raise Refused(sentence)
    if not any(match.rows for match in matches):
        raise Refused("表头下面没有内容。请在表头下面每行填写一项，再上传一次。")
    return matches


def _rows(upload_id: int, matches: Sequence[headings.Match]) -> Iterator[dict]:
    keys = [_keys(match) for match in matches]
    often = Counter(chain.from_iterable(keys))
    for number, (match, own) in enumerate(zip(matches, keys, strict=True)):
        for row, key in zip(match.rows, own, strict=True):
            yield {
                "upload_id": upload_id,
                "sheet": number,
                "number": row.number,
                "cells": _without_key(match, row) if often[key] > 1 else list(row.cells),
                "fixes": {},
                "damage": {str(column): sentence for column, sentence in row.damage.items()},
                "state": None,
                "errors": {},
                "notes": [],
                "payload": {},
            }


def _keys(match: headings.Match) -> list[str]:
    """The hidden key of every row; '' in a list that is not ours."""
    if headings.KEY_PATH not in match.paths:
        return [""] * len(match.rows)
    at = match.paths.index(headings.KEY_PATH)
    return [row.cells[at] for row in match.rows]


def _without_key(match: headings.Match, row: SheetRow) -> list[str]:
    """A row copied in Excel takes its hidden key along: one that stands twice says nothing."""
    return [
        "" if path == headings.KEY_PATH else text for path, text in zip(match.paths, row.cells, strict=True)
    ]


def _keep_rows(rows: Iterator[dict]) -> None:
    batch: list[dict] = []
    for row in rows:
        batch.append(row)
        if len(batch) == AT_ONCE:
            db.session.execute(insert(UploadRow), batch)
            batch = []
    if batch:
        db.session.execute(insert(UploadRow), batch)
