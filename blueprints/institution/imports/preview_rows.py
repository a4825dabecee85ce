"""What the preview shows of an upload: its rows cell by cell, its counts, what confirming does."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from flask import url_for

from blueprints.institution.imports.wording import name_of, plans
from models.imports import upload_rows, uploads
from models.imports.confirming import will_write
from models.imports.form_headings import item_of
from models.imports.headings import usable
from models.imports.target import PASSED_OVER, Heading, RowState, Target
from models.imports.uploads import Upload, UploadRow

TONES = {
    RowState.add: "green",
    RowState.change: "blue",
    RowState.same: "grey",
    RowState.wrong: "red",
    RowState.double: "amber",
    RowState.left_out: "grey",
}
# A text longer than this is typed in a box of several lines.
ONE_LINE = 30
ALL = "all"


@dataclass(frozen=True)
class Cell:
    """One cell of the preview; `before` is None where nothing changes. `read`: as it was read."""

    path: str
    label: str
    text: str
    error: str = ""
    before: str | None = None
    after: str = ""
    read: str = ""
    offers: bool = False

    @property
    def is_long(self) -> bool:
        return len(self.text) > ONE_LINE or "\n" in self.text


@dataclass(frozen=True)
class PreviewRow:
    """One row of the preview. `beyond`: what is said about items that have no column here."""

    row: UploadRow
    place: str
    cells: list[Cell]
    beyond: list[Cell] = field(default_factory=list)
    problem: str = ""
    editing: bool = False
    # Sent along with another row, to take its own place on the page.
    beside: bool = False

    @property
    def tone(self) -> str:
        return TONES[self.row.state]


def shown_columns(upload: Upload, target: Target) -> list[Heading]:
    """What some sheet has a column for, in the target's order."""
    headings = target.headings()
    paths = {
        path
        for number in usable(upload.sheets, headings)
        for path in upload.sheets[number]["paths"]
        if path != PASSED_OVER
    }
    return [heading for heading in headings if heading.path in paths]


def drawn(
    upload: Upload, target: Target, rows: Sequence[UploadRow], opened: int = 0, main: int = 0
) -> list[PreviewRow]:
    """The rows as the page draws them.

    `opened`: the id of the row whose cells are to be typed in; those in error always are.
    `main`: the row that was asked for, where others ride along.
    """
    headings = {heading.path: heading for heading in target.headings()}
    own = [heading.path for heading in shown_columns(upload, target)]
    several = len(usable(upload.sheets, list(headings.values()))) > 1
    shown_rows = []
    for row in rows:
        words = upload_rows.line_of(upload, row).words
        changes = {change["path"]: change for change in row.payload.get("changes", [])}
        shown = {*own, *map(item_of, own)}
        beyond = {path: None for path in (*row.errors, *changes) if path and path not in shown}
        shown_rows.append(
            PreviewRow(
                row=row,
                place=f"{upload.sheets[row.sheet]['name']} " if several else "",
                cells=[_cell(path, headings, words, row, changes) for path in own],
                beyond=[_cell(path, headings, words, row, changes) for path in beyond],
                problem=row.errors.get("", ""),
                editing=row.state is RowState.wrong or row.id == opened,
                beside=bool(main) and row.id != main,
            )
        )
    return shown_rows


def _cell(path: str, headings: dict[str, Heading], words, row: UploadRow, changes) -> Cell:
    heading, change = headings.get(path), changes.get(item_of(path))
    return Cell(
        path=path,
        label=heading.label if heading else (change or {}).get("label", path),
        text=words.get(path, ""),
        error=row.errors.get(path, ""),
        before=change["before"] if change else None,
        after=change["after"] if change else "",
        read="" if change else row.payload.get("read", {}).get(path, ""),
        offers=bool(heading and heading.choices),
    )


def summary(upload: Upload, target: Target, show: str) -> dict:
    """The counts as tabs, and what confirming would do, in words."""
    counted = uploads.counts(upload)
    states = [(ALL, "全部", sum(counted.values()))]
    states += [(state.value, state.label, counted[state]) for state in RowState]
    passed = [RowState.same, RowState.double, RowState.left_out]
    return {
        "tabs": [
            (label, number, url_for(".import_preview", upload_id=upload.id, show=code), code == show)
            for code, label, number in states
        ],
        "plans": plans(upload.target, counted),
        "writes": will_write(counted),
        "passed": [f"{state.label} {counted[state]} 行" for state in passed if counted[state]],
        "wrong": counted[RowState.wrong],
    }


def context(upload: Upload, target: Target, show: str) -> dict:
    """What the page and every part of it needs."""
    return {
        "upload": upload,
        "name": name_of(upload.target),
        "columns": shown_columns(upload, target),
        "show": show,
        **summary(upload, target, show),
    }
