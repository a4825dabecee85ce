"""Judging an upload's rows, some hundred at a time, so that everybody else's work goes on."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Select, select

from models.database import db, lock
from models.imports.headings import KEY_PATH
from models.imports.target import PASSED_OVER, WRITTEN, Line, RowState, Target
from models.imports.upload import Stage, Upload, UploadRow
from models.imports.uploads import measure, readable, touch

# About half a second of work.
SLICE = 200


def judge_next(upload: Upload, target: Target) -> None:
    """Judge the next slice; after the last one the preview is ready."""
    lock(f"upload {upload.id}")
    waiting = readable(upload, target).where(UploadRow.state.is_(None))
    rows = list(db.session.scalars(waiting.order_by(UploadRow.id).limit(SLICE)))
    prepare(upload, target)
    judge(upload, target, rows)
    measure(upload, target)
    if upload.done == upload.total:
        upload.stage = Stage.ready
    touch(upload)


def prepare(upload: Upload, target: Target) -> None:
    """Let the target hear all that will be imported; one that does not listen costs nothing."""
    asked = imported(upload, target)
    target.prepare(line_of(upload, row).words for row in db.session.scalars(asked))


def imported(upload: Upload, target: Target) -> Select[UploadRow]:
    """The rows that are not left out, in the order of the file."""
    asked = readable(upload, target).where(UploadRow.state.is_distinct_from(RowState.left_out))
    return asked.order_by(UploadRow.id)


def judge(upload: Upload, target: Target, rows: Sequence[UploadRow]) -> None:
    """Let a prepared target say what these rows would do; what another one repeats is a double."""
    lines = [line_of(upload, row) for row in rows]
    target.judge(lines)
    for row, line in zip(rows, lines, strict=True):
        row.state, row.title, row.identity = line.state, line.title, line.identity[:600]
        row.errors, row.notes, row.payload = line.errors, line.notes, line.payload
    db.session.flush()
    _mark_doubles(upload, rows)


def line_of(upload: Upload, row: UploadRow) -> Line:
    """The row as a target reads it: corrections take the place of what stands in the file."""
    sheet = upload.sheets[row.sheet]
    words, damage, key = {}, {}, ""
    for column, path in enumerate(sheet["paths"]):
        text = row.cells[column] if column < len(row.cells) else ""
        if path == KEY_PATH:
            key = text
        elif path and path != PASSED_OVER:
            words[path] = text
            if sentence := row.damage.get(str(column)):
                damage[path] = sentence
    words |= row.fixes
    damage = {path: sentence for path, sentence in damage.items() if path not in row.fixes}
    return Line(sheet=sheet["name"], number=row.number, words=words, key=key, damage=damage)


def judged_line(upload: Upload, row: UploadRow) -> Line:
    """The row with what it was judged to do, for confirming it."""
    line = line_of(upload, row)
    line.state, line.title, line.identity = row.state, row.title, row.identity
    line.errors, line.notes, line.payload = dict(row.errors), list(row.notes), dict(row.payload)
    return line


def to_write(upload: Upload) -> list[UploadRow]:
    """What confirming writes, in the order of the file."""
    asked = select(UploadRow).where(UploadRow.upload_id == upload.id, UploadRow.state.in_(WRITTEN))
    return list(db.session.scalars(asked.order_by(UploadRow.id)))


def sharing(upload: Upload, identities: Iterable[str]) -> list[UploadRow]:
    """The judged rows that stand for the same thing as one of these; none that is left out."""
    asked = select(UploadRow).where(
        UploadRow.upload_id == upload.id,
        UploadRow.identity.in_({*identities} - {""}),
        UploadRow.state.is_not(None),
        UploadRow.state != RowState.left_out,
    )
    return list(db.session.scalars(asked.order_by(UploadRow.id)))


def _mark_doubles(upload: Upload, rows: Sequence[UploadRow]) -> None:
    """The first row of the file wins; those below it that mean the same are doubles."""
    first: dict[str, UploadRow] = {}
    for row in sharing(upload, (row.identity for row in rows)):
        winner = first.setdefault(row.identity, row)
        if winner is not row:
            place = upload.sheets[winner.sheet]["name"]
            row.state, row.errors, row.payload = RowState.double, {}, {}
            row.notes = [f"与“{place}”第{winner.number}行重复。"]
    db.session.flush()
