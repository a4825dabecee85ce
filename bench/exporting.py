"""A summary table as a workbook against openpyxl alone writing the same cells.

`python -m bench.exporting` measures at 10 000 and 100 000 channels, `python -m bench.exporting
10000` at that size. Every run is a process of its own, so that its peak of memory is its own; both
are run by turns, and their start is not counted in the time. The baseline has the cells ready as
plain values in a file: it asks no database, knows no form and writes no layout.
"""

import json
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from flask import Flask
from openpyxl import Workbook
from sqlalchemy import select, text

from app import create_app
from bench.many_channels import grow, school_app
from bench.measuring import HOUSE, Result, resident, seconds
from blueprints.institution.components.summary_files import Export, Exporting, release
from models import clock
from models.database import db
from models.people.person import Grant, Person, Role
from models.reports import summary
from models.rules.definitions.definition import Form
from models.rules.definitions.register import Register

SIZES = (10_000, 100_000)
PAIRS = 3
DIALS = 7  # so many different answers; the names differ in every row
MOST_TIMES, MOST_GROWTH = 2.5, 1.3


def measured(sizes: tuple[int, ...] = SIZES) -> Iterator[Result]:
    """Rows a second, the ratio, and how the peak of memory grows with the rows."""
    peaks: dict[int, float] = {}
    with TemporaryDirectory() as folder:
        app = school_app(folder)
        for size in sizes:
            grow(app, size)
            _answer_all(app)
            yield from _pairs(folder, size, peaks)
    if len(peaks) > 1:
        (few, least), (many, most) = min(peaks.items()), max(peaks.items())
        what = f"l  peak memory, {many:,} rows against {few:,}"
        note = f"{most:.0f} MB against {least:.0f} MB"
        yield Result(what, most / least, "x", MOST_GROWTH, note)


def _pairs(folder: str, size: int, peaks: dict[int, float]) -> Iterator[Result]:
    _run(cells, folder)
    pairs = [(_run(ours, folder), _run(alone, folder)) for _ in range(PAIRS)]
    rows = pairs[0][0]["rows"]
    (mine, least), (peak, lowest) = (
        [median(pair[which][said] for pair in pairs) for which in (0, 1)] for said in ("taken", "peak")
    )
    peaks[size] = peak
    note = f"{mine:.1f} s against {least:.1f} s by openpyxl alone, {PAIRS} pairs"
    yield Result(f"k  export of {rows:,} rows", mine / least, "x", MOST_TIMES, note)
    note = f"peak memory {peak:.0f} MB, openpyxl alone {lowest:.0f} MB"
    yield Result("k  its rows", rows / mine, "/s", note=note)


def _answer_all(app: Flask) -> None:
    """Every filing answers all that its form asks, as in earnest."""
    register, form = _table(app)
    with app.app_context(), db.engine.begin() as connection:
        for dial in range(DIALS):
            answers = {item.name: item.example(dial) for item in form.items()}
            if register.filter is not None:
                answers[register.filter.field] = register.filter.codes[0]
            connection.execute(
                text("UPDATE filing SET answers = json_set(:all, '$.name', title) "
                     "WHERE form = :form AND id % :dials = :dial"),
                {"all": json.dumps(answers, ensure_ascii=False), "form": form.code,
                 "dials": DIALS, "dial": dial},
            )  # fmt: skip


def _table(app: Flask) -> tuple[Register, Form]:
    """The school's first register, and its form."""
    school = next(iter(app.extensions["institutions"].values()))
    register = next(iter(school.registers.values()))
    return register, school.forms[register.form]


def _run(part: Callable, folder: str) -> dict:
    """One of the parts below in a process of its own; what it says, and its peak of memory."""
    said = subprocess.run(
        [sys.executable, "-m", "bench.exporting", part.__name__, folder],
        cwd=HOUSE, capture_output=True, check=True, text=True,
    )  # fmt: skip
    return json.loads(said.stdout.splitlines()[-1])


def ours(folder: str) -> dict:
    """What is done when the office exports the whole school."""
    with _exporting(folder) as exporting, Path(folder, exporting.export.name).open("w+b") as file:
        rows = exporting.count().total
        return {"rows": rows, "taken": seconds(lambda: exporting.write(file, release))}


def cells(folder: str) -> dict:
    """Lay the contents of the same cells down for openpyxl alone."""
    with _exporting(folder) as exporting, Path(folder, "cells").open("wb") as file:
        rows = summary.rows(exporting.register, exporting.school, None, exporting.export.day)
        for part in batched(rows):
            said = [[*(cell[1] for cell in row.cells.values()), row.key] for row in part]
            pickle.dump(said, file)
    return {}


def alone(folder: str) -> dict:
    """openpyxl alone: plain values, row by row, without any layout; to read them is not counted."""
    book, taken = Workbook(write_only=True), 0.0
    sheet = book.create_sheet()
    with Path(folder, "cells").open("rb") as file:
        while file.peek(1):
            part = pickle.load(file)
            taken += seconds(lambda: [sheet.append(row) for row in part])  # noqa: B023
    return {"taken": taken + seconds(lambda: book.save(Path(folder, "alone.xlsx")))}


def batched(rows: Iterator, size: int = 1000) -> Iterator[list]:
    while part := list(islice(rows, size)):
        yield part


@contextmanager
def _exporting(folder: str) -> Iterator[Exporting]:
    app = create_app({"INSTANCE_PATH": folder, "TESTING": True})
    with app.app_context():
        office = select(Person).join(Grant).where(Grant.role == Role.office)
        person = db.session.scalars(office).first()
        today = clock.today()
        yield Exporting(
            Export(_table(app)[0].code, ".xlsx", today, None, "全校", "全校", "ours.xlsx"), person
        )


def main(asked: list[str]) -> None:
    part = {"ours": ours, "cells": cells, "alone": alone}.get(asked[0]) if asked else None
    if part is None:
        for result in measured(tuple(map(int, asked)) or SIZES):
            print(result, flush=True)
    else:
        said = part(asked[1])
        print(json.dumps(said | {"peak": resident("VmHWM")}))


if __name__ == "__main__":
    main(sys.argv[1:])
