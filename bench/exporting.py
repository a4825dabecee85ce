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
from dataclasses import replace
from itertools import islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from flask import Flask
from openpyxl import Workbook
from sqlalchemy import text

from app import create_app
from bench.many_channels import grow, school_app
from bench.measuring import HOUSE, Result, resident, seconds
from bench.scale import FULL, Scale
from bench.school import officer
from blueprints.institution.components.summary_files import Export, Exporting, release
from models import clock
from models.database import db
from models.reports import summary
from models.rules.definitions.definition import Form
from models.rules.definitions.register import Register

DIALS = 7  # so many different answers; the names differ in every row
MOST_TIMES, MOST_GROWTH = 2.5, 1.3


def measured(scale: Scale) -> Iterator[Result]:
    """Rows a second, the ratio, and how the peak of memory grows with the rows."""
    peaks: dict[int, float] = {}
    with TemporaryDirectory() as folder:
        app = school_app(folder)
        for size in scale.export_channels:
            grow(app, size)
            _answer_all(app)
            yield from _pairs(folder, size, peaks, scale)
    if len(peaks) > 1:
        (few, least), (many, most) = min(peaks.items()), max(peaks.items())
        what = f"l  peak memory, {many:,} rows against {few:,}"
        note = f"{most:.0f} MB against {least:.0f} MB"
        yield Result(what, most / least, "x", MOST_GROWTH, note)


def _pairs(folder: str, size: int, peaks: dict[int, float], scale: Scale) -> Iterator[Result]:
    run = _run if scale.apart else _call
    run(cells, folder)
    pairs = [(run(ours, folder), run(alone, folder)) for _ in range(scale.export_pairs)]
    rows = pairs[0][0]["rows"]
    (mine, least), (peak, lowest) = (
        [median(pair[which][key] for pair in pairs) for which in (0, 1)] for key in ("taken", "peak")
    )
    peaks[size] = peak
    note = f"{mine:.1f} s against {least:.1f} s by openpyxl alone, {len(pairs)} pairs"
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
    process = subprocess.run(
        [sys.executable, "-m", "bench.exporting", part.__name__, folder],
        cwd=HOUSE, capture_output=True, check=True, text=True,
    )  # fmt: skip
    return json.loads(process.stdout.splitlines()[-1])


def _call(part: Callable, folder: str) -> dict:
    """The same in this process, whose peak of memory is that of all it ever did."""
    return part(folder) | {"peak": resident("VmHWM")}


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
            lines = [[*(cell[1] for cell in row.cells.values()), row.key] for row in part]
            pickle.dump(lines, file)
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
        person = officer(next(iter(app.extensions["institutions"])))
        today = clock.today()
        yield Exporting(
            Export(_table(app)[0].code, ".xlsx", today, None, "全校", "全校", "ours.xlsx"), person
        )


def main(arguments: list[str]) -> None:
    part = {"ours": ours, "cells": cells, "alone": alone}.get(arguments[0]) if arguments else None
    if part is None:
        sizes = tuple(map(int, arguments)) or FULL.export_channels
        for result in measured(replace(FULL, export_channels=sizes)):
            print(result, flush=True)
    else:
        print(json.dumps(_call(part, arguments[1])))


if __name__ == "__main__":
    main(sys.argv[1:])
