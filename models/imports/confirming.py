"""Writing an upload: all of its good rows in one transaction, once."""

from typing import Any

from sqlalchemy import delete

from models.database import db, lock
from models.imports import upload_rows, uploads
from models.imports.target import WRITTEN, RowState, Target
from models.imports.uploads import Stage, Upload, UploadRow
from models.rules.workflow import LostUpdate, Refused


class Outdated(LostUpdate):
    """The page that confirms was drawn before the upload changed."""

    def __init__(self) -> None:
        super().__init__("这次导入刚才在别的窗口改过，下面是现在的内容，请核对后再确认。")


def confirm(upload: Upload, target: Target, revision: int) -> dict[str, Any]:
    """Write the new and the changed rows; the upload keeps its counts, and none of its rows.

    Out: what the target said. Raises Outdated, Overtaken (then call `judge_overtaken` after a
    rollback) or Refused.
    """
    lock(f"upload {upload.id}")
    if revision != upload.revision or upload.stage is not Stage.ready:
        raise Outdated
    rows = upload_rows.to_write(upload)
    if not rows:
        raise Refused("没有可以导入的行：没有新增，也没有变更。")
    result = target.confirm([upload_rows.judged_line(upload, row) for row in rows])
    counted = uploads.counts(upload)
    upload.counts = {
        "rows": {state.value: number for state, number in counted.items()},
        # Passwords are shown once and kept nowhere.
        "result": {name: value for name, value in result.items() if name != "passwords"},
    }
    upload.stage = Stage.confirmed
    uploads.touch(upload)
    db.session.flush()
    db.session.execute(delete(UploadRow).where(UploadRow.upload_id == upload.id))
    return result


def judge_overtaken(upload: Upload, target: Target, numbers: list[int]) -> None:
    """Judge those rows again that no longer say what was confirmed (see `Overtaken.numbers`)."""
    rows = upload_rows.to_write(upload)
    upload_rows.prepare(upload, target)
    upload_rows.judge(upload, target, [rows[number] for number in numbers if number < len(rows)])
    uploads.touch(upload)


def will_write(counted: dict[RowState, int]) -> int:
    """How many rows confirming would write."""
    return sum(counted[state] for state in WRITTEN)
