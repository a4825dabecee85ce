"""Which column of a sheet answers what: found by name, or said by hand once and remembered."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from models.database import db
from models.imports.headings import KEY_PATH, lacking_everywhere, normalised
from models.imports.target import PASSED_OVER, Target
from models.imports.uploads import ColumnName, Upload, UploadRow

# How many of a column's values tell a person what it is about.
SAMPLES = 3
# From so many rows of a sheet; a column without a value in them is as good as empty.
LOOKED_AT = 200


@dataclass
class Column:
    """A column of the file, the same in every sheet that heads it alike.

    `name`: what its input is called; `path`: what it answers now ('' unknown); `places`: the
    sheets (by number) and columns where it stands; `problem`: why the choice was refused.
    """

    name: str
    heading: str
    path: str
    places: list[tuple[int, int]]
    samples: list[str] = field(default_factory=list)
    problem: str = ""


def columns_of(upload: Upload) -> list[Column]:
    """Every column a person may have a say in, those that nobody knows first."""
    columns: dict[str, Column] = {}
    for number, sheet in enumerate(upload.sheets):
        for index, (heading, path) in enumerate(zip(sheet["headings"], sheet["paths"], strict=True)):
            if path == KEY_PATH or (path == PASSED_OVER and not heading):
                continue
            # Columns without a heading have nothing in common.
            same = f"{normalised(heading) or (number, index)} {path}"
            place = (number, index)
            columns.setdefault(same, Column(f"column-{number}-{index}", heading, path, []))
            columns[same].places.append(place)
    for column in columns.values():
        column.samples = _samples(upload, column)
    return sorted(columns.values(), key=lambda column: column.path != "")


def assign(upload: Upload, target: Target, columns: Sequence[Column]) -> str:
    """Take over what a person said about the columns, and remember it for the next file.

    In: `columns` with the chosen paths. Out: '' or the sentence why the file cannot be read so;
    a column whose choice is taken twice has its own `problem`. Refused, nothing is changed.
    """
    sheets = [dict(sheet, paths=list(sheet["paths"])) for sheet in upload.sheets]
    for column in columns:
        for number, index in column.places:
            sheets[number]["paths"][index] = column.path
    headings = target.headings()
    _find_doubles(columns, {heading.path: heading.label for heading in headings})
    if any(column.problem for column in columns):
        return "有的项对应了两列，请改好后再继续。"
    if sentence := lacking_everywhere(sheets, headings):
        return sentence
    for column in columns:
        number, index = column.places[0]
        before = upload.sheets[number]["paths"][index]
        if column.heading and before != column.path:
            _remember(upload, normalised(column.heading), column.path)
    upload.sheets = sheets
    return ""


def _find_doubles(columns: Sequence[Column], labels: dict[str, str]) -> None:
    taken: dict[tuple[int, str], Column] = {}
    for column in columns:
        if column.path == PASSED_OVER:
            continue
        for number, _ in column.places:
            first = taken.setdefault((number, column.path), column)
            if first is not column:
                column.problem = (
                    f"“{labels.get(column.path, column.path)}”已经对应“{first.heading}”这一列，"
                    "一项只能对应一列。"
                )


def _remember(upload: Upload, heading: str, path: str) -> None:
    query = select(ColumnName).where(
        ColumnName.institution == upload.institution,
        ColumnName.target == upload.target,
        ColumnName.heading == heading[:200],
    )
    known = db.session.scalar(query)
    if known is None:
        known = ColumnName(institution=upload.institution, target=upload.target, heading=heading[:200])
        db.session.add(known)
    known.path = path
    db.session.flush()


def _samples(upload: Upload, column: Column) -> list[str]:
    number, index = column.places[0]
    query = (
        select(UploadRow.cells)
        .where(UploadRow.upload_id == upload.id, UploadRow.sheet == number)
        .order_by(UploadRow.id)
        .limit(LOOKED_AT)
    )
    texts = (cells[index] for cells in db.session.scalars(query) if index < len(cells))
    return list(dict.fromkeys(text for text in texts if text))[:SAMPLES]
