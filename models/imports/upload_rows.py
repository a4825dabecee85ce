"""The rows of an upload: judged some hundred at a time, put right by hand, and judged again.

In slices, so that everybody else's work goes on.
"""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Select, select

from models.database import db, lock
from models.imports.headings import KEY_PATH
from models.imports.target import PASSED_OVER, WRITTEN, Line, RowState, Target
from models.imports.uploads import Stage, Upload, UploadRow, measure, readable, touch
from models.rules.messages import clean

# About half a second of work.
SLICE = 200
# Longer than any answer; what is pasted by mistake is not kept whole.
LONGEST = 10_000


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
    query = imported(upload, target)
    target.prepare(line_of(upload, row).words for row in db.session.scalars(query))


def imported(upload: Upload, target: Target) -> Select[UploadRow]:
    """The rows that are not left out, in the order of the file."""
    query = readable(upload, target).where(UploadRow.state.is_distinct_from(RowState.left_out))
    return query.order_by(UploadRow.id)


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
    query = select(UploadRow).where(UploadRow.upload_id == upload.id, UploadRow.state.in_(WRITTEN))
    return list(db.session.scalars(query.order_by(UploadRow.id)))


def sharing(upload: Upload, identities: Iterable[str]) -> list[UploadRow]:
    """The judged rows that stand for the same thing as one of these; none that is left out."""
    query = select(UploadRow).where(
        UploadRow.upload_id == upload.id,
        UploadRow.identity.in_({*identities} - {""}),
        UploadRow.state.is_not(None),
        UploadRow.state != RowState.left_out,
    )
    return list(db.session.scalars(query.order_by(UploadRow.id)))


def row_of(upload: Upload, row_id: int) -> UploadRow | None:
    """The judged row of that id, if it is one of the upload's."""
    query = select(UploadRow).where(
        UploadRow.upload_id == upload.id, UploadRow.id == row_id, UploadRow.state.is_not(None)
    )
    return db.session.scalar(query)


def correct(upload: Upload, target: Target, row: UploadRow, typed: Mapping[str, str]) -> list[UploadRow]:
    """Keep what was typed (path -> text) and judge the row again. Out: every row judged."""
    known = {heading.path for heading in target.headings()} - {PASSED_OVER}
    shown = line_of(upload, row).words
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
    prepare(upload, target)
    touch(upload)
    if target.one_whole:
        rows = list(db.session.scalars(imported(upload, target)))
        judge(upload, target, rows)
        return rows
    before, out = row.identity, row.state is RowState.left_out
    if not out:
        judge(upload, target, [row])
    # Those it no longer repeats, and those it repeats by now.
    like = [other for other in sharing(upload, [before, row.identity]) if other is not row]
    if like:
        judge(upload, target, like if out else [row, *like])
    return like if out else [row, *like]


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
