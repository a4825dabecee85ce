"""Workbooks read back: two thousand rows beside openpyxl alone, and files made to do harm."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from io import BytesIO

from openpyxl import Workbook, load_workbook

from bench.measuring import HOUSE, Result, medians_of_pairs, report
from bench.opening import open_workbook
from bench.scale import Scale, given_scale
from tests.xlsx.hostile import FILES, Hostile

COLUMNS, NAME = 14, "a.xlsx"


def measured(scale: Scale) -> list[Result]:
    """Time and memory of an honest workbook, then the worst of the hostile files."""
    rows = scale.workbook_rows
    content = workbook_of(rows)
    assert open_workbook(content, NAME) == ""
    ours, theirs = medians_of_pairs(
        lambda: open_workbook(content, NAME), lambda: _openpyxl(content), scale.workbook_pairs
    )
    _, memory = _apart(content, NAME)
    hostile = dict(list(FILES.items())[: scale.hostile_files])
    slow, large = _worst(hostile)
    note = f"{rows / ours:.0f} rows/s, {ours / theirs:.2f} x openpyxl alone"
    return [
        Result(f"r  {rows} rows x {COLUMNS} columns read", ours, "s", 2, note),
        Result("r  its peak memory", memory, "MB", 200),
        Result(f"r  slowest of {len(hostile)} hostile files", slow[0], "s", 2, slow[1]),
        Result("r  most memory of any of them", large[0], "MB", 200, large[1]),
    ]


def workbook_of(rows: int) -> bytes:
    """An honest workbook."""
    book, file = Workbook(write_only=True), BytesIO()
    sheet = book.create_sheet()
    words = ["信息工程学院", "平院信工青年之声", 3.5, "13812345678", date(2019, 9, 1), "2-3次/周"]
    for number in range(rows):
        sheet.append([words[(number + at) % len(words)] for at in range(COLUMNS)])
    book.save(file)
    return file.getvalue()


def _openpyxl(content: bytes) -> None:
    book = load_workbook(BytesIO(content), read_only=True, data_only=True)
    for _ in book.active.iter_rows(values_only=True):
        pass


def _worst(files: dict[str, Callable[[], Hostile]]) -> tuple[tuple[float, str], tuple[float, str]]:
    """The longest time and the most memory that a hostile file takes, and which one it is."""
    times, sizes = [], []
    for what, make in files.items():
        file = make()
        taken, memory = _apart(file.content, file.name)
        times.append((taken, what))
        sizes.append((memory, what))
    return max(times), max(sizes)


def _apart(content: bytes, name: str) -> tuple[float, float]:
    """Seconds and MB of reading a file in a process of its own."""
    process = subprocess.run(
        [sys.executable, "-m", "bench.opening", name],
        cwd=HOUSE, input=content, capture_output=True, check=True,
    )  # fmt: skip
    return tuple(json.loads(process.stdout))


if __name__ == "__main__":
    report(measured(given_scale()))
