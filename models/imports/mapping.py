"""Which column of a sheet answers what: found by name, or said by hand once and remembered."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from models.database import db
from models.imports.headings import KEY_PATH, normalised
from models.imports.target import PASSED_OVER, Heading, Target
from models.imports.upload import ColumnName, Upload, UploadRow

# The column of our annotated copy that holds the sentences; the copy may come back with it.
ERRORS_HEADING = "错误"
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


def remembered(institution: str, target: str) -> dict[str, str]:
    """Headings that somebody of the school matched by hand: normalised spelling to path."""
    asked = select(ColumnName.heading, ColumnName.path).where(
        ColumnName.institution == institution, ColumnName.target == target
    )
    return {normalised(ERRORS_HEADING): PASSED_OVER, **dict(db.session.execute(asked).all())}


def missing(sheet: dict, headings: Iterable[Heading]) -> list[str]:
    """The labels of the columns that a sheet cannot do without and has not."""
    return [one.label for one in headings if one.needed and one.path not in sheet["paths"]]


def is_unknown(sheets: Iterable[dict]) -> bool:
    """Whether somebody has to say what a column is."""
    return any("" in sheet["paths"] for sheet in sheets)


def usable(sheets: Sequence[dict], headings: Sequence[Heading]) -> list[int]:
    """The numbers of the sheets whose rows can be read."""
    return [number for number, sheet in enumerate(sheets) if not why_left_out(sheet, headings)]


def why_left_out(sheet: dict, headings: Sequence[Heading]) -> str:
    """Why a sheet is passed over; '' when its rows are read."""
    if not sheet["head"]:
        return "没有找到表头（各列的名称）。"
    if lacking := missing(sheet, headings):
        return f"缺少{_quoted(lacking)}列。"
    return ""


def lacking_everywhere(sheets: Sequence[dict], headings: Sequence[Heading]) -> str:
    """The sentence when no sheet can be read; '' when one can."""
    if usable(sheets, headings):
        return ""
    headed = [sheet for sheet in sheets if sheet["head"]]
    if not headed:
        needed = [one.label for one in headings if one.needed]
        return f"没有找到表头。请保留写有列名的那一行（要有{_quoted(needed)}），再上传一次。"
    lacking = min((missing(sheet, headings) for sheet in headed), key=len)
    return f"文件里没有{_quoted(lacking)}列，没有它无法导入。请补上这一列，或核对列名后再上传。"


def columns_of(upload: Upload) -> list[Column]:
    """Every column a person may have a say in, those that nobody knows first."""
    found: dict[str, Column] = {}
    for number, sheet in enumerate(upload.sheets):
        for index, (heading, path) in enumerate(zip(sheet["headings"], sheet["paths"], strict=True)):
            if path == KEY_PATH or (path == PASSED_OVER and not heading):
                continue
            # Columns without a heading have nothing in common.
            same = f"{normalised(heading) or (number, index)} {path}"
            place = (number, index)
            found.setdefault(same, Column(f"column-{number}-{index}", heading, path, []))
            found[same].places.append(place)
    for column in found.values():
        column.samples = _samples(upload, column)
    return sorted(found.values(), key=lambda one: one.path != "")


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
    _find_doubles(columns, {one.path: one.label for one in headings})
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
    asked = select(ColumnName).where(
        ColumnName.institution == upload.institution,
        ColumnName.target == upload.target,
        ColumnName.heading == heading[:200],
    )
    known = db.session.scalar(asked)
    if known is None:
        known = ColumnName(institution=upload.institution, target=upload.target, heading=heading[:200])
        db.session.add(known)
    known.path = path
    db.session.flush()


def _samples(upload: Upload, column: Column) -> list[str]:
    number, index = column.places[0]
    asked = (
        select(UploadRow.cells)
        .where(UploadRow.upload_id == upload.id, UploadRow.sheet == number)
        .order_by(UploadRow.id)
        .limit(LOOKED_AT)
    )
    texts = (cells[index] for cells in db.session.scalars(asked) if index < len(cells))
    return list(dict.fromkeys(text for text in texts if text))[:SAMPLES]


def _quoted(labels: Sequence[str]) -> str:
    return "、".join(f"“{label}”" for label in labels)
