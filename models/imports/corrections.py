"""Putting a row right in the preview: what is typed there counts instead of the file's cell."""

from collections.abc import Mapping

from sqlalchemy import select

from models.database import db, lock
from models.imports import slices
from models.imports.target import PASSED_OVER, RowState, Target
from models.imports.upload import Upload, UploadRow
from models.imports.uploads import touch
from models.rules.messages import clean

# Longer than any answer; what is pasted by mistake is not kept whole.
LONGEST = 10_000


def row_of(upload: Upload, row_id: int) -> UploadRow | None:
    """The judged row of that id, if it is one of the upload's."""
    asked = select(UploadRow).where(
        UploadRow.upload_id == upload.id, UploadRow.id == row_id, UploadRow.state.is_not(None)
    )
    return db.session.scalar(asked)


def correct(upload: Upload, target: Target, row: UploadRow, typed: Mapping[str, str]) -> list[UploadRow]:
    """Keep what was typed (path -> text) and judge the row again. Out: every row judged."""
    known = {heading.path for heading in target.headings()} - {PASSED_OVER}
    shown = slices.line_of(upload, row).words
    fixes = dict(row.fixes)
    for path, text in typed.items():
        text = clean(text[:LONGEST])
        if path in known and text != shown.get(path, ""):
            fixes[path] = text
    row.fixes = fixes
    return _judge_with_its_like(upload, target, row)


def leave_out(upload: Upload, target: Target, row: UploadRow) -> list[UploadRow]:
    """Do not import the row; one that was a double of it may now take its place."""
    row.state = RowState.left_out
    row.errors, row.notes, row.payload = {}, [], {}
    return [row, *_judge_with_its_like(upload, target, row)]


def take_in(upload: Upload, target: Target, row: UploadRow) -> list[UploadRow]:
    """Import a row after all."""
    row.state = None
    return _judge_with_its_like(upload, target, row)


def _judge_with_its_like(upload: Upload, target: Target, row: UploadRow) -> list[UploadRow]:
    """Judge a row that was touched, and every other one whose state may hang on it."""
    lock(f"upload {upload.id}")
    db.session.flush()
    slices.prepare(upload, target)
    touch(upload)
    if target.one_whole:
        rows = list(db.session.scalars(slices.imported(upload, target)))
        slices.judge(upload, target, rows)
        return rows
    before, out = row.identity, row.state is RowState.left_out
    if not out:
        slices.judge(upload, target, [row])
    # Those it no longer repeats, and those it repeats by now.
    like = [one for one in slices.sharing(upload, [before, row.identity]) if one is not row]
    if like:
        slices.judge(upload, target, like if out else [row, *like])
    return like if out else [row, *like]
